#include "odm/remote/credentials.h"

#include <algorithm>
#include <string_view>

#include "odm/value.h"

namespace dynolith::odm {
namespace {

constexpr int64_t kRefreshBeforeMs = 5 * 60 * 1000;
constexpr int64_t kBetweenRefreshesMs = 60 * 1000;

bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

bool are_usable(const Credentials& credentials) {
  return !credentials.access_key_id.empty() && !credentials.secret_access_key.empty() &&
         is_header_text(credentials.access_key_id) &&
         is_header_text(credentials.secret_access_key) && is_header_text(credentials.session_token);
}

Error no_credentials(std::string_view who, std::string_view why) {
  std::string message(who);
  return make_error(ErrorCode::kNoCredentials, message.append(": ").append(why));
}

Result<Credentials> made_credentials(Credentials keys, std::string_view expiration,
                                     std::string_view who) {
  if (!are_usable(keys)) return no_credentials(who, "its answer has no usable keys");
  if (expiration.empty()) return keys;
  const auto moment = parse_iso_text(expiration);
  if (!moment) return no_credentials(who, "its answer expires at no known moment");
  keys.expires_at_ms = moment->time_since_epoch().count();
  return keys;
}

CredentialsProvider::CredentialsProvider(std::unique_ptr<CredentialsSource> source,
                                         std::shared_ptr<storage::Clock> clock)
    : source_(std::move(source)), clock_(std::move(clock)) {}

bool CredentialsProvider::is_valid(const CredentialsPtr& credentials) const {
  return credentials != nullptr &&
         (credentials->expires_at_ms == 0 || clock_->now_ms() < credentials->expires_at_ms);
}

bool CredentialsProvider::is_due(const CredentialsPtr& credentials) const {
  return credentials->expires_at_ms != 0 &&
         clock_->now_ms() >= credentials->expires_at_ms - kRefreshBeforeMs &&
         clock_->monotonic_ms() >= not_before_ms_;
}

Result<CredentialsPtr> CredentialsProvider::get() {
  std::unique_lock lock(mutex_);
  if (is_valid(current_)) {
    if (is_fetching_ || !is_due(current_)) return current_;
    const CredentialsPtr still_valid = current_;
    auto fetched = fetch(lock);
    return fetched ? fetched : still_valid;
  }
  if (!is_fetching_) return fetch(lock);
  // What the one that fetches gets is for all who wait, also its error.
  const uint64_t awaited = fetches_;
  fetched_.wait(lock, [&] { return fetches_ != awaited; });
  if (is_valid(current_)) return current_;
  return last_error_ ? *last_error_ : make_error(ErrorCode::kNoCredentials, "they have expired");
}

void CredentialsProvider::discard(const CredentialsPtr& expired) {
  const std::lock_guard lock(mutex_);
  if (current_ == expired) current_ = nullptr;
}

Result<CredentialsPtr> CredentialsProvider::fetch(std::unique_lock<std::mutex>& lock) {
  is_fetching_ = true;
  lock.unlock();
  auto fetched = source_->fetch();
  lock.lock();
  is_fetching_ = false;
  not_before_ms_ = clock_->monotonic_ms() + kBetweenRefreshesMs;
  ++fetches_;
  fetched_.notify_all();
  last_error_.reset();
  if (!fetched) {
    last_error_ = fetched.error();
  } else if (!are_usable(*fetched)) {
    last_error_ = make_error(ErrorCode::kNoCredentials,
                             "the credentials found are empty or have characters that none have");
  }
  if (last_error_) return *last_error_;
  auto made = std::make_shared<const Credentials>(std::move(*fetched));
  if (!is_valid(made)) {
    last_error_ = make_error(ErrorCode::kNoCredentials, "the credentials found have expired");
    return *last_error_;
  }
  current_ = std::move(made);
  return current_;
}

}  // namespace dynolith::odm
