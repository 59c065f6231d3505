#include "api/dispatcher.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dynolith::api {
namespace {

constexpr std::string_view kJson = "application/x-amz-json-1.0";
constexpr std::string_view kSigned =
    "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=ab";

// Answers with what it was given.
Result<void> echo(const OperationContext& context, const JsonObject& body, std::string& reply) {
  reply.append(context.scope).append("|").append(context.region).append("|");
  reply.append(context.host).append("|").append(simdjson::to_string(body));
  return {};
}

Result<void> fail(const OperationContext&, const JsonObject&, std::string& reply) {
  reply = "{\"half\":";
  return storage::request_error("no");
}

Result<void> throw_up(const OperationContext&, const JsonObject&, std::string& reply) {
  reply = "{\"half\":";
  throw std::runtime_error("secret path /x");
}

const Operation* find_stub(std::string_view name) {
  static constexpr Operation kStubs[] = {
      {"Echo", &echo, false, Envelope::kBare},
      {"Fail", &fail, false, Envelope::kOneError},
      {"ThrowUp", &throw_up, false, Envelope::kBare},
      {"EchoChanges", &echo, false, Envelope::kBare, Service::kStreams}};
  for (const auto& stub : kStubs) {
    if (stub.name == name) return &stub;
  }
  return nullptr;
}

class DispatcherTest : public testing::Test {
 protected:
  ApiReply handle(const ApiRequest& request, bool isolate = false) {
    DispatcherOptions options;
    options.isolate = isolate;
    options.find = &find_stub;
    options.log = [this](const std::string& line) { logged_ += line; };
    return Dispatcher(*database_, std::move(options)).handle(request);
  }
  static ApiRequest request(std::string_view operation, std::string_view body = "{}") {
    ApiRequest request;
    request.target = operation;
    request.content_type = kJson;
    request.authorization = kSigned;
    request.amz_date = "20261121T120000Z";
    request.host = "localhost:8000";
    request.body = body;
    return request;
  }

  std::unique_ptr<storage::Database> database_ = storage::Database::open({}).value();
  std::string logged_;
};

TEST_F(DispatcherTest, HandsTheOperationWhatItNeeds) {
  const auto reply = handle(request("DynamoDB_20120810.Echo", "{\"a\":1}"));
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.content_type, kJson);
  EXPECT_EQ(reply.body, "|eu-west-1|localhost:8000|{\"a\":1}");
}

TEST_F(DispatcherTest, IsolatesByAccessKeyAndRegionIfAsked) {
  EXPECT_EQ(handle(request("DynamoDB_20120810.Echo"), true).body,
            "AKID/eu-west-1|eu-west-1|localhost:8000|{}");
}

TEST_F(DispatcherTest, AnswersPlainJsonInKind) {
  auto plain = request("DynamoDB_20120810.Echo");
  plain.content_type = "application/json";
  EXPECT_EQ(handle(plain).content_type, "application/json");
}

// Each case is wrong in all the ways of those below it too.
TEST_F(DispatcherTest, ComplainsInTheServicesOrder) {
  constexpr std::string_view kService = "{\"__type\":\"com.amazon.coral.service#";
  auto bad = request("Nowhere.Echo", "{");
  bad.content_type = "text/plain";
  bad.authorization = {};
  auto reply = handle(bad);
  EXPECT_EQ(reply.status, 404u);
  EXPECT_EQ(reply.body, "<UnknownOperationException/>\n");

  bad.content_type = kJson;
  reply = handle(bad);
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(reply.body, std::string(kService) + "SerializationException\"}");

  bad.body = {};
  reply = handle(bad);
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(reply.body, std::string(kService) + "UnknownOperationException\"}");

  bad.target = "DynamoDB_20120810.Echo";
  reply = handle(bad);
  EXPECT_EQ(reply.body, std::string(kService) +
                            "MissingAuthenticationTokenException\",\"message\":\"Request is "
                            "missing Authentication Token\"}");

  bad.authorization = kSigned;
  reply = handle(bad);
  EXPECT_EQ(reply.body, std::string(kService) + "SerializationException\"}");
}

TEST_F(DispatcherTest, KnowsNoOperationOutsideItsServices) {
  for (const std::string_view target :
       {"", "Echo", "DynamoDB_20120810", "DynamoDB_20120810.", "DynamoDB_20120810.echo",
        "DynamoDB_20111205.Echo", "DynamoDBStreams_20120810.Echo", "DynamoDB_20120810.EchoChanges",
        " DynamoDB_20120810.Echo", "DynamoDB_20120810.Echo "}) {
    EXPECT_NE(handle(request(target)).body.find("UnknownOperationException"), std::string::npos)
        << target;
  }
  EXPECT_EQ(handle(request("DynamoDBStreams_20120810.EchoChanges")).status, 200u);
}

TEST_F(DispatcherTest, RefusesWhatIsNoJsonObject) {
  for (const std::string_view body :
       {"[]", "\"a\"", "1", "null", "{\"a\":}", "{} {}", "{\"a\":1"}) {
    EXPECT_EQ(handle(request("DynamoDB_20120810.Echo", body)).body,
              "{\"__type\":\"com.amazon.coral.service#SerializationException\"}")
        << body;
  }
  const std::string deep(200'000, '{');
  EXPECT_EQ(handle(request("DynamoDB_20120810.Echo", deep)).status, 400u);
}

TEST_F(DispatcherTest, LeavesNothingOfAReplyThatFailed) {
  EXPECT_EQ(handle(request("DynamoDB_20120810.Fail")).body,
            "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"1 "
            "validation error detected: no\"}");
  EXPECT_EQ(logged_, "");
}

TEST_F(DispatcherTest, StopsExceptionsAndLogsThem) {
  const auto reply = handle(request("DynamoDB_20120810.ThrowUp"));
  EXPECT_EQ(reply.status, 500u);
  EXPECT_EQ(reply.body,
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#InternalServerError\",\"message\":"
            "\"Internal server error\"}");
  EXPECT_EQ(logged_, "ThrowUp failed: secret path /x");
}

}  // namespace
}  // namespace dynolith::api
