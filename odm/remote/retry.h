// Whether, when and how often a call is tried again: the "standard" mode of the AWS SDKs, with
// DynamoDB's shorter waits.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "odm/remote/http_exchange.h"
#include "odm/remote/service_client.h"
#include "storage/clock.h"

namespace dynolith::odm {

// What an answer, or its absence, means for the next attempt.
enum class Verdict : uint8_t {
  kFinal,           // It is the answer.
  kRetry,           // Something failed; worth another attempt.
  kRetryThrottled,  // Too much was asked; worth one later.
  kCorrectClock,    // Our clock is off: sign again, with the time of the answer.
  kUnknown,         // A write that may have happened and must not be repeated.
};

// The error's name in `reply` ("ThrottlingException"); empty if it is none.
std::string service_code_of(const HttpReply& reply);

Verdict verdict_on(const HttpReply& reply, std::string_view service_code, CallKind kind);
Verdict verdict_on(const HttpFailure& failure, CallKind kind);

// False if the body is not the one that the service sent (X-Amz-Crc32).
bool is_intact(const HttpReply& reply);

// How long to wait before the retry with this number (from 0): anything from nothing to a limit
// that doubles each time.
int64_t backoff_ms(int retry, bool is_throttled, storage::IdSource& ids);

// Keeps a client from answering an outage with a storm: retries are paid from a store that
// successes refill. Threads: any.
class RetryTokens {
 public:
  // False: no retry now.
  bool take(int cost);
  // After a success: what its last retry had cost, or a little if it had none.
  void give(int cost_of_retry);
  static int cost(bool is_timeout);

 private:
  std::mutex mutex_;
  int left_ = kTokensMax;
  static constexpr int kTokensMax = 500;
};

}  // namespace dynolith::odm
