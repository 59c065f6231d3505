#include "storage/engine/request_tokens.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/encoding/key_encoding.h"
#include "storage/encoding/little_endian.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr TableId kSystemTable = 0;
constexpr IndexId kTokens = 5;
constexpr char kVersion = 1;
constexpr size_t kPeriodBytes = 4;

// Without writes nobody notices that a period is over.
constexpr std::chrono::minutes kLookAgainAfter{1};

std::string period_prefix(uint32_t period) {
  std::string key = key_space_prefix(kSystemTable, kTokens);
  for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(period >> shift);
  return key;
}

void append_u32le(std::string& out, uint32_t value) {
  char bytes[4];
  store_u32le(bytes, value);
  out.append(bytes, sizeof bytes);
}

std::string token_name(std::string_view scope, std::string_view token) {
  std::string name;
  name += static_cast<char>(scope.size() >> 8);
  name += static_cast<char>(scope.size());
  return name.append(scope).append(token);
}

uint32_t period_of_key(std::string_view key) {
  uint32_t period = 0;
  for (const char byte : key.substr(kKeyPrefixBytes, kPeriodBytes))
    period = period << 8 | static_cast<uint8_t>(byte);
  return period;
}

}  // namespace

std::string TokenRecord::encode() const {
  std::string row;
  row.reserve(10 + request.size() + item_bytes.size() * 4);
  row += kVersion;
  append_u32le(row, static_cast<uint32_t>(expires_ms));
  append_u32le(row, static_cast<uint32_t>(expires_ms >> 32));
  row += static_cast<char>(request.size());
  row += request;
  for (const uint32_t bytes : item_bytes) append_u32le(row, bytes);
  return row;
}

std::optional<TokenRecord> TokenRecord::decode(std::string_view row) {
  if (row.size() < 10 || row[0] != kVersion) return std::nullopt;
  const size_t request_bytes = static_cast<uint8_t>(row[9]);
  if (row.size() < 10 + request_bytes) return std::nullopt;
  TokenRecord record;
  record.expires_ms = static_cast<int64_t>(uint64_t{load_u32le(row.data() + 1)} |
                                           uint64_t{load_u32le(row.data() + 5)} << 32);
  record.request = row.substr(10, request_bytes);
  row.remove_prefix(10 + request_bytes);
  if (row.size() % 4 != 0) return std::nullopt;
  for (; !row.empty(); row.remove_prefix(4)) record.item_bytes.push_back(load_u32le(row.data()));
  return record;
}

RequestTokens::Claim::Claim(RequestTokens& tokens, std::string name, int64_t now, uint32_t period)
    : now_ms(now),
      tokens_(tokens),
      name_(std::move(name)),
      current_(period_prefix(period) + name_),
      previous_(period_prefix(period > 0 ? period - 1 : 0) + name_),
      is_first_([&] {
        if (name_.empty()) return true;
        const std::lock_guard lock(tokens_.claims_mutex_);
        return tokens_.claims_.insert(name_).second;
      }()) {}

RequestTokens::Claim::~Claim() {
  if (name_.empty() || !is_first_) return;
  const std::lock_guard lock(tokens_.claims_mutex_);
  tokens_.claims_.erase(name_);
}

RequestTokens::~RequestTokens() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> RequestTokens::load() {
  const KeyRange all = prefix_range(key_space_prefix(kSystemTable, kTokens));
  uint32_t last = 0;
  const kv::Status status =
      store_.scan({}, {.begin = all.begin, .end = all.end, .reverse = true, .fill_cache = false},
                  [&](kv::Bytes key, kv::Bytes) { return last = period_of_key(key), false; });
  if (status != kv::Status::kOk) return kv::to_error(status);
  period_ = last;
  if (last > 0) sweep_in_background();
  return {};
}

uint32_t RequestTokens::period_at(int64_t now_ms) {
  const auto now = static_cast<uint32_t>(std::max<int64_t>(now_ms, 0) / kTokenLifeMs);
  uint32_t last = period_.load(std::memory_order_relaxed);
  while (now > last) {
    if (!period_.compare_exchange_weak(last, now, std::memory_order_relaxed)) continue;
    sweep_in_background();
    return now;
  }
  return last;
}

RequestTokens::Claim RequestTokens::claim(std::string_view scope, std::string_view token) {
  if (token.empty()) return {*this, {}, 0, 0};
  const int64_t now_ms = clock_.now_ms();
  return {*this, token_name(scope, token), now_ms, period_at(now_ms)};
}

Result<std::optional<TokenRecord>> RequestTokens::find(const Claim& claim, kv::Reads& reads,
                                                       size_t declared) {
  for (const size_t key : {declared, declared + 1}) {
    const auto row = reads.at(key);
    if (!row) continue;
    auto record = TokenRecord::decode(*row);
    if (!record) return make_error(ErrorCode::kCorruption, "the row of a request token is damaged");
    if (record->expires_ms > claim.now_ms) return record;
  }
  return std::optional<TokenRecord>{};
}

void RequestTokens::remember(const Claim& claim, TokenRecord& record, kv::Writes& writes) {
  record.expires_ms = claim.now_ms + kTokenLifeMs;
  writes.put(claim.current(), record.encode());
}

kv::Status RequestTokens::sweep() {
  const uint32_t current = period_at(clock_.now_ms());
  if (current < 2) return kv::Status::kOk;
  return store_.drop_range(key_space_prefix(kSystemTable, kTokens), period_prefix(current - 1));
}

void RequestTokens::sweep_in_background() {
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_all();
}

void RequestTokens::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, kLookAgainAfter, [&] { return stopping_ || due_; });
    if (stopping_) return;
    due_ = false;
    lock.unlock();
    // What a full disk keeps from being removed is removed with the next period.
    (void)sweep();
    lock.lock();
  }
}

}  // namespace dynolith::storage
