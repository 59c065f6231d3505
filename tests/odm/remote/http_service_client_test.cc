#include "odm/remote/http_service_client.h"

#include <gtest/gtest.h>

#include "api/auth/sigv4.h"
#include "api/auth/utc_time.h"
#include "tests/odm/remote/fakes.h"

namespace dynolith::odm {
namespace {

using Kind = HttpFailure::Kind;
using test::answers;
using test::fails;

constexpr const char* kPut = "DynamoDB_20120810.PutItem";
constexpr const char* kSecret = "hidden-secret";

HttpOutcome error_answer(int status, const std::string& type,
                         std::vector<HttpHeader> headers = {}) {
  headers.push_back({"x-amzn-requestid", "R-" + type});
  return answers(status, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + type + "\"}",
                 std::move(headers));
}
HttpOutcome throttles() { return error_answer(400, "ThrottlingException"); }
HttpOutcome succeeds() { return answers(200, "{}", {{"x-amzn-requestid", "R-ok"}}); }

class HttpServiceClientTest : public ::testing::Test {
 protected:
  HttpServiceClientTest() {
    options_.region = "eu-central-1";
    options_.endpoint = "http://localhost:8000";
    options_.credentials = {"AKIDEXAMPLE", kSecret, "hidden-token"};
  }

  Result<ServiceReply> call(CallKind kind = CallKind::kRead, const char* target = kPut) {
    if (client_ == nullptr) client_ = make_service_client(options_, around_.get()).value();
    auto answer = client_->call(target, "{\"a\":1}", kind);
    const std::string error = answer ? "" : answer.error().to_text();
    EXPECT_EQ(error.find("hidden"), std::string::npos);
    return answer;
  }
  // "200", "400" or the name of the error.
  std::string outcome(std::vector<HttpOutcome> script, CallKind kind) {
    around_.transport->asked.clear();
    around_.transport->script.assign(script.begin(), script.end());
    around_.waits.clear();
    const auto answer = call(kind);
    if (!answer) return std::string(to_text(answer.error().code));
    return std::to_string(answer->status);
  }
  size_t attempts() const { return around_.transport->asked.size(); }

  test::FakeSurroundings around_;
  RemoteOptions options_;
  std::shared_ptr<ServiceClient> client_;
};

TEST_F(HttpServiceClientTest, SignsWhatItSends) {
  around_.transport->script = {succeeds()};
  const auto reply = call().value();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "{}");
  EXPECT_EQ(reply.request_id, "R-ok");
  ASSERT_EQ(attempts(), 1u);
  const test::Asked& asked = around_.transport->asked[0];
  EXPECT_EQ(asked.url, "http://localhost:8000");
  EXPECT_EQ(asked.header("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(asked.header("X-Amz-Target"), kPut);
  EXPECT_EQ(asked.header("X-Amz-Security-Token"), "hidden-token");
  EXPECT_EQ(asked.header("Accept-Encoding"), "identity");
  EXPECT_EQ(asked.header("User-Agent"), "dynolith-odm");

  api::ReceivedRequest received{
      asked.method, asked.path, "", {{"Host", "localhost:8000"}}, asked.body};
  for (const HttpHeader& header : asked.headers)
    received.headers.push_back({header.name, header.value});
  const int64_t now = around_.clock->now_ms();
  EXPECT_TRUE(api::verify(received, kSecret, "dynamodb", now, 1000).ok());
  EXPECT_FALSE(api::verify(received, "another", "dynamodb", now, 1000).ok());
}

TEST_F(HttpServiceClientTest, SendsStreamsOfAwsElsewhere) {
  options_.endpoint.clear();
  around_.transport->script = {succeeds(), succeeds()};
  EXPECT_TRUE(call().ok());
  EXPECT_TRUE(call(CallKind::kRead, "DynamoDBStreams_20120810.GetRecords").ok());
  EXPECT_EQ(around_.transport->asked[0].url, "https://dynamodb.eu-central-1.amazonaws.com");
  EXPECT_EQ(around_.transport->asked[1].url, "https://streams.dynamodb.eu-central-1.amazonaws.com");
}

TEST_F(HttpServiceClientTest, TriesAgainWhatIsSafe) {
  const auto unsent = fails(Kind::kNotConnected, false), silent = fails(Kind::kTimedOut, true),
             cut = fails(Kind::kCutOff, true), broken = fails(Kind::kCutOff, false),
             untrusted = fails(Kind::kNotTrusted, false);
  const auto failed = error_answer(500, "InternalServerError"),
             busy = error_answer(503, "ServiceUnavailable"),
             invalid = error_answer(400, "ValidationException");
  const auto corrupt = answers(200, "{}", {{"x-amz-crc32", "1"}});
  struct Case {
    const char* what;
    std::vector<HttpOutcome> script;
    const char *read, *idempotent, *write;
    size_t attempts, attempts_of_write;
  };
  const Case cases[] = {
      {"at once", {succeeds()}, "200", "200", "200", 1, 1},
      {"refused", {invalid}, "400", "400", "400", 1, 1},
      {"not connected", {unsent, broken, succeeds()}, "200", "200", "200", 3, 3},
      {"never connected", {}, "network", "network", "network", 4, 4},
      {"untrusted", {untrusted}, "network", "network", "network", 1, 1},
      {"silent once", {silent, succeeds()}, "200", "200", "unknown_outcome", 2, 1},
      {"cut off once", {cut, succeeds()}, "200", "200", "unknown_outcome", 2, 1},
      {"silent",
       {silent, silent, silent, silent},
       "timeout",
       "unknown_outcome",
       "unknown_outcome",
       4,
       1},
      {"silent, then gone", {silent}, "network", "unknown_outcome", "unknown_outcome", 4, 1},
      {"silent, then refused", {silent, invalid}, "400", "400", "unknown_outcome", 2, 1},
      {"silent, then throttled",
       {silent, throttles(), throttles(), throttles()},
       "400",
       "unknown_outcome",
       "unknown_outcome",
       4,
       1},
      {"corrupt once", {corrupt, succeeds()}, "200", "200", "unknown_outcome", 2, 1},
      {"failed once", {failed, succeeds()}, "200", "200", "unknown_outcome", 2, 1},
      {"failed", {failed, failed, failed, failed}, "500", "500", "unknown_outcome", 4, 1},
      {"busy once", {busy, succeeds()}, "200", "200", "200", 2, 2},
      {"busy", {busy, busy, busy, busy}, "503", "503", "503", 4, 4},
      {"throttled", {throttles(), throttles(), throttles(), succeeds()}, "200", "200", "200", 4, 4},
      {"throttled too long",
       {throttles(), throttles(), throttles(), throttles(), succeeds()},
       "400",
       "400",
       "400",
       4,
       4},
  };
  for (const Case& given : cases) {
    SCOPED_TRACE(given.what);
    client_ = nullptr;  // With all its tokens.
    EXPECT_EQ(outcome(given.script, CallKind::kRead), given.read);
    EXPECT_EQ(attempts(), given.attempts);
    EXPECT_EQ(outcome(given.script, CallKind::kIdempotentWrite), given.idempotent);
    EXPECT_EQ(attempts(), given.attempts);
    EXPECT_EQ(outcome(given.script, CallKind::kWrite), given.write);
    EXPECT_EQ(attempts(), given.attempts_of_write);
  }
}

TEST_F(HttpServiceClientTest, SaysWhatIsKnownOfAWriteWithoutAnswer) {
  around_.transport->script = {fails(Kind::kTimedOut, true)};
  EXPECT_EQ(call(CallKind::kWrite).error().to_text(),
            "unknown_outcome: no answer from http://localhost:8000: a failure; the write was sent "
            "and may have been carried out");
  around_.transport->script = {error_answer(500, "InternalServerError")};
  const auto failed = call(CallKind::kWrite);
  EXPECT_EQ(failed.error().to_text(),
            "unknown_outcome: the service failed with status 500; the write was sent and may have "
            "been carried out [request R-InternalServerError]");
  EXPECT_EQ(failed.error().http_status, 500);
  EXPECT_EQ(failed.error().service_code, "InternalServerError");
}

TEST_F(HttpServiceClientTest, WaitsLongerAfterEachAttempt) {
  outcome({}, CallKind::kRead);
  EXPECT_EQ(around_.waits, (std::vector<int64_t>{25, 50, 100}));
  outcome({throttles(), throttles(), throttles(), throttles()}, CallKind::kRead);
  EXPECT_EQ(around_.waits, (std::vector<int64_t>{50, 100, 200}));
  outcome({throttles(), succeeds()}, CallKind::kWrite);
  EXPECT_EQ(around_.waits, (std::vector<int64_t>{50}));
}

TEST_F(HttpServiceClientTest, TriesAsOftenAsItIsTold) {
  for (const int attempts_max : {1, 2, 7}) {
    options_.max_attempts = attempts_max;
    client_ = nullptr;
    EXPECT_EQ(outcome({}, CallKind::kRead), "network");
    EXPECT_EQ(attempts(), static_cast<size_t>(attempts_max));
  }
}

TEST_F(HttpServiceClientTest, StaysWithinItsTotalLimit) {
  options_.total_timeout_ms = 60;
  EXPECT_EQ(outcome({}, CallKind::kRead), "network");
  EXPECT_EQ(attempts(), 2u);  // The second wait would have been 50.
  EXPECT_EQ(around_.transport->asked[0].total_timeout_ms, 60);
  EXPECT_EQ(around_.transport->asked[1].total_timeout_ms, 35);
}

TEST_F(HttpServiceClientTest, StopsRetryingThroughALongOutage) {
  options_.max_attempts = 2;
  for (int i = 0; i < 100; ++i) {
    outcome({}, CallKind::kRead);
    ASSERT_EQ(attempts(), 2u) << i;
  }
  outcome({}, CallKind::kRead);
  EXPECT_EQ(attempts(), 1u);
  for (int i = 0; i < 5; ++i) outcome({succeeds()}, CallKind::kRead);
  outcome({}, CallKind::kRead);
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(HttpServiceClientTest, CorrectsItsClockOnce) {
  const auto skewed = [](const char* date) {
    return error_answer(400, "InvalidSignatureException", {{"date", date}});
  };
  // The fake clock stands at 2026-11-21T10:34:09Z.
  const char* hour_later = "Sat, 21 Nov 2026 11:34:09 GMT";
  const int64_t theirs = api::parse_utc(hour_later).value();
  ASSERT_GT(theirs - around_.clock->now_ms(), 59 * 60'000);
  EXPECT_EQ(outcome({skewed(hour_later), succeeds()}, CallKind::kWrite), "200");
  EXPECT_EQ(attempts(), 2u);
  EXPECT_EQ(around_.waits.size(), 0u);
  EXPECT_EQ(around_.transport->asked[1].header("X-Amz-Date"), api::compact_utc(theirs));
  // Later calls begin with the corrected time.
  EXPECT_EQ(outcome({succeeds()}, CallKind::kWrite), "200");
  EXPECT_EQ(around_.transport->asked[0].header("X-Amz-Date"), api::compact_utc(theirs));
  // The time was not the reason, or is not said.
  EXPECT_EQ(outcome({skewed(hour_later), succeeds()}, CallKind::kRead), "400");
  EXPECT_EQ(attempts(), 1u);
  EXPECT_EQ(outcome({skewed("yesterday"), succeeds()}, CallKind::kRead), "400");
  EXPECT_EQ(attempts(), 1u);
  // Not in circles.
  EXPECT_EQ(outcome({skewed("Sat, 21 Nov 2026 01:00:00 GMT"),
                     skewed("Sat, 21 Nov 2026 05:00:00 GMT"), succeeds()},
                    CallKind::kRead),
            "400");
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(HttpServiceClientTest, TakesNewCredentialsWhenTheServiceSaysTheyHaveExpired) {
  options_.credentials = {};
  const char* file = "/home/me/.aws/credentials";
  around_.system->variables["HOME"] = "/home/me";
  around_.system->files[file] = "[default]\naws_access_key_id=OLD\naws_secret_access_key=hidden\n";
  const auto expired = error_answer(400, "ExpiredTokenException");
  EXPECT_EQ(outcome({expired, succeeds()}, CallKind::kWrite), "400");  // There are no others.
  EXPECT_EQ(attempts(), 1u);
  around_.transport->on_exchange = [&] {
    around_.system->files[file] =
        "[default]\naws_access_key_id=NEW\naws_secret_access_key=hidden\n";
  };
  EXPECT_EQ(outcome({expired, succeeds()}, CallKind::kWrite), "200");
  EXPECT_EQ(attempts(), 2u);
  EXPECT_NE(around_.transport->asked[1].header("Authorization").find("NEW/"), std::string::npos);
}

TEST_F(HttpServiceClientTest, AsksNobodyBeforeTheFirstCall) {
  options_.credentials = {};
  around_.system->variables["AWS_EC2_METADATA_DISABLED"] = "true";
  const auto client = make_service_client(options_, around_.get()).value();
  EXPECT_EQ(attempts(), 0u);
  EXPECT_EQ(client->call(kPut, "{}", CallKind::kWrite).error().code, ErrorCode::kNoCredentials);
  EXPECT_EQ(attempts(), 0u);
}

TEST_F(HttpServiceClientTest, RefusesLineEndsWithoutShowingThem) {
  options_.credentials.session_token = "hidden\r\nX-Evil: 1";
  EXPECT_EQ(call().error().code, ErrorCode::kNoCredentials);
  options_.credentials.session_token.clear();
  options_.credentials.access_key_id = "hidden\n";
  client_ = nullptr;
  EXPECT_EQ(call().error().code, ErrorCode::kNoCredentials);
  options_.credentials.access_key_id = "KEY";
  client_ = nullptr;
  EXPECT_EQ(call(CallKind::kRead, "DynamoDB_20120810.PutItem\r\nX: hidden").error().code,
            ErrorCode::kBadRequest);
  EXPECT_EQ(attempts(), 0u);
}

TEST_F(HttpServiceClientTest, RefusesOptionsThatCannotBe) {
  const auto refused = [&](auto change) {
    RemoteOptions options = options_;
    change(options);
    const auto made = make_service_client(options, test::FakeSurroundings().get());
    return !made.ok() && made.error().code == ErrorCode::kBadRequest;
  };
  EXPECT_FALSE(refused([](RemoteOptions&) {}));
  EXPECT_TRUE(refused([](RemoteOptions& options) { options.region.clear(); }));
  EXPECT_TRUE(refused([](RemoteOptions& options) { options.endpoint = "localhost"; }));
  EXPECT_TRUE(refused([](RemoteOptions& options) { options.max_attempts = 0; }));
  EXPECT_TRUE(refused([](RemoteOptions& options) { options.max_attempts = 101; }));
  EXPECT_TRUE(refused([](RemoteOptions& options) { options.connections_max = 0; }));
  EXPECT_TRUE(refused([](RemoteOptions& options) { options.user_agent_suffix = "a\r\nX: y"; }));
}

}  // namespace
}  // namespace dynolith::odm
