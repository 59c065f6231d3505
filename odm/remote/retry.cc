#include "odm/remote/retry.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "api/json/reader.h"

namespace dynolith::odm {
namespace {

constexpr int64_t kFailureBaseMs = 25, kThrottledBaseMs = 50;
constexpr int64_t kBackoffMaxMs = 20'000;
constexpr int kDoublingsMax = 20;
constexpr int kRetryCost = 5, kTimeoutCost = 10, kFirstSuccessGain = 1;

constexpr std::array<std::string_view, 6> kThrottlingCodes = {
    "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
    "TransactionInProgressException",         "Throttling",          "SlowDown"};
constexpr std::array<std::string_view, 4> kClockCodes = {
    "RequestTimeTooSkewed", "InvalidSignatureException", "RequestExpired", "SignatureDoesNotMatch"};

template <size_t kCount>
bool is_among(const std::array<std::string_view, kCount>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// "com.amazonaws.dynamodb.v20120810#ThrottlingException" and "ThrottlingException:http://..." are
// both "ThrottlingException".
std::string bare_code(std::string_view text) {
  text = text.substr(0, text.find(':'));
  const size_t hash = text.rfind('#');
  return std::string(hash == std::string_view::npos ? text : text.substr(hash + 1));
}

}  // namespace

std::string service_code_of(const HttpReply& reply) {
  if (reply.status < 400) return {};
  if (const auto header = reply.header("x-amzn-errortype"); !header.empty())
    return bare_code(header);
  api::JsonParser parser;
  const auto body = parser.parse(reply.body);
  if (!body) return {};
  std::string_view type;
  if ((*body)["__type"].get_string().get(type) != simdjson::SUCCESS) return {};
  return bare_code(type);
}

Verdict verdict_on(const HttpReply& reply, std::string_view service_code, CallKind kind) {
  if (reply.status < 400) return Verdict::kFinal;
  if (is_among(kThrottlingCodes, service_code) || reply.status == 429)
    return Verdict::kRetryThrottled;
  if (reply.status < 500) {
    return is_among(kClockCodes, service_code) ? Verdict::kCorrectClock : Verdict::kFinal;
  }
  // 503 says that nothing was done. The others do not: the service may have failed after it wrote.
  if (reply.status == 503 || kind != CallKind::kWrite) return Verdict::kRetry;
  return Verdict::kUnknown;
}

Verdict verdict_on(const HttpFailure& failure, CallKind kind) {
  if (failure.was_sent && kind == CallKind::kWrite) return Verdict::kUnknown;
  const bool is_lasting =
      failure.kind == HttpFailure::Kind::kNotTrusted || failure.kind == HttpFailure::Kind::kRefused;
  return is_lasting ? Verdict::kFinal : Verdict::kRetry;
}

bool is_intact(const HttpReply& reply) {
  const std::string_view said = reply.header("x-amz-crc32");
  if (said.empty()) return true;
  uint32_t expected = 0;
  const auto [end, failure] = std::from_chars(said.data(), said.data() + said.size(), expected);
  if (failure != std::errc() || end != said.data() + said.size()) return false;
  return crc32_z(0, reinterpret_cast<const Bytef*>(reply.body.data()), reply.body.size()) ==
         expected;
}

int64_t backoff_ms(int retry, bool is_throttled, storage::IdSource& ids) {
  const int64_t base = is_throttled ? kThrottledBaseMs : kFailureBaseMs;
  const int64_t limit = std::min(base << std::clamp(retry, 0, kDoublingsMax), kBackoffMaxMs);
  uint32_t random = 0;
  ids.fill(std::as_writable_bytes(std::span(&random, 1)));
  return static_cast<int64_t>(random) * (limit + 1) >> 32;
}

bool RetryTokens::take(int cost) {
  const std::lock_guard lock(mutex_);
  if (left_ < cost) return false;
  left_ -= cost;
  return true;
}

void RetryTokens::give(int cost_of_retry) {
  const std::lock_guard lock(mutex_);
  left_ = std::min(left_ + (cost_of_retry > 0 ? cost_of_retry : kFirstSuccessGain), kTokensMax);
}

int RetryTokens::cost(bool is_timeout) { return is_timeout ? kTimeoutCost : kRetryCost; }

}  // namespace dynolith::odm
