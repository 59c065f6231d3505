#include "odm/remote/retry.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/odm/remote/fakes.h"

namespace dynolith::odm {
namespace {

HttpReply error_reply(int status, const std::string& type) {
  return {status, {}, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + type + "\"}"};
}

TEST(Retry, JudgesAnswers) {
  struct Case {
    int status;
    std::string type;
    Verdict read, idempotent, write;
  };
  constexpr auto kFinal = Verdict::kFinal, kRetry = Verdict::kRetry,
                 kThrottled = Verdict::kRetryThrottled, kClock = Verdict::kCorrectClock,
                 kUnknown = Verdict::kUnknown;
  const Case cases[] = {
      {200, "", kFinal, kFinal, kFinal},
      {400, "ValidationException", kFinal, kFinal, kFinal},
      {400, "ConditionalCheckFailedException", kFinal, kFinal, kFinal},
      {400, "TransactionCanceledException", kFinal, kFinal, kFinal},
      {400, "ProvisionedThroughputExceededException", kThrottled, kThrottled, kThrottled},
      {400, "ThrottlingException", kThrottled, kThrottled, kThrottled},
      {400, "RequestLimitExceeded", kThrottled, kThrottled, kThrottled},
      {400, "TransactionInProgressException", kThrottled, kThrottled, kThrottled},
      {400, "RequestTimeTooSkewed", kClock, kClock, kClock},
      {400, "InvalidSignatureException", kClock, kClock, kClock},
      {500, "InternalServerError", kRetry, kRetry, kUnknown},
      {502, "", kRetry, kRetry, kUnknown},
      {503, "ServiceUnavailable", kRetry, kRetry, kRetry},
      {504, "", kRetry, kRetry, kUnknown},
  };
  for (const auto& [status, type, read, idempotent, write] : cases) {
    const HttpReply reply = error_reply(status, type);
    const std::string code = service_code_of(reply);
    EXPECT_EQ(code, status >= 400 ? type : "");
    EXPECT_EQ(verdict_on(reply, code, CallKind::kRead), read) << status << type;
    EXPECT_EQ(verdict_on(reply, code, CallKind::kIdempotentWrite), idempotent) << status << type;
    EXPECT_EQ(verdict_on(reply, code, CallKind::kWrite), write) << status << type;
  }
}

TEST(Retry, JudgesSilence) {
  using Kind = HttpFailure::Kind;
  for (const Kind kind : {Kind::kNotConnected, Kind::kTimedOut, Kind::kCutOff, Kind::kMalformed}) {
    for (const CallKind call : {CallKind::kRead, CallKind::kIdempotentWrite, CallKind::kWrite}) {
      EXPECT_EQ(verdict_on(HttpFailure{kind, false, ""}, call), Verdict::kRetry);
      EXPECT_EQ(verdict_on(HttpFailure{kind, true, ""}, call),
                call == CallKind::kWrite ? Verdict::kUnknown : Verdict::kRetry);
    }
  }
  EXPECT_EQ(verdict_on(HttpFailure{Kind::kNotTrusted, false, ""}, CallKind::kRead),
            Verdict::kFinal);
  EXPECT_EQ(verdict_on(HttpFailure{Kind::kRefused, false, ""}, CallKind::kRead), Verdict::kFinal);
}

TEST(Retry, FindsTheNameOfAnError) {
  EXPECT_EQ(service_code_of({400, {{"x-amzn-errortype", "A:http://x"}}, ""}), "A");
  EXPECT_EQ(service_code_of({400, {}, R"({"__type":"B"})"}), "B");
  for (const char* body : {"", "<html>", "[]", R"({"__type":1})", R"({"message":"x"})"})
    EXPECT_EQ(service_code_of({500, {}, body}), "") << body;
  EXPECT_EQ(service_code_of({200, {}, R"({"__type":"B"})"}), "");
}

TEST(Retry, ChecksTheChecksum) {
  const std::string body = "{\"a\":1}";
  const auto sum = std::to_string(crc32(0, reinterpret_cast<const Bytef*>(body.data()), 7));
  EXPECT_TRUE(is_intact({200, {}, body}));
  EXPECT_TRUE(is_intact({200, {{"x-amz-crc32", sum}}, body}));
  EXPECT_FALSE(is_intact({200, {{"x-amz-crc32", sum}}, body + " "}));
  for (const char* junk : {"1", "-1", "x", "99999999999"})
    EXPECT_FALSE(is_intact({200, {{"x-amz-crc32", junk}}, body})) << junk;
}

TEST(Retry, WaitsLongerEachTimeAndAnythingBelow) {
  test::FixedIds longest(0xff), shortest(0);
  const int64_t failures[] = {25, 50, 100, 200}, throttled[] = {50, 100, 200, 400};
  for (int retry = 0; retry < 4; ++retry) {
    EXPECT_EQ(backoff_ms(retry, false, longest), failures[retry]);
    EXPECT_EQ(backoff_ms(retry, true, longest), throttled[retry]);
    EXPECT_EQ(backoff_ms(retry, true, shortest), 0);
  }
  for (const int retry : {10, 20, 63, 1000})
    EXPECT_EQ(backoff_ms(retry, false, longest), 20'000) << retry;
}

TEST(Retry, TokensRunOutAndComeBackWithSuccess) {
  RetryTokens tokens;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(tokens.take(RetryTokens::cost(false)));
  EXPECT_FALSE(tokens.take(RetryTokens::cost(false)));
  for (int i = 0; i < 5; ++i) tokens.give(0);
  EXPECT_TRUE(tokens.take(RetryTokens::cost(false)));
  EXPECT_FALSE(tokens.take(RetryTokens::cost(true)));
  tokens.give(10);
  EXPECT_TRUE(tokens.take(RetryTokens::cost(true)));
}

}  // namespace
}  // namespace dynolith::odm
