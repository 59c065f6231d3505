#include "api/error_reply.h"

#include <gtest/gtest.h>

#include "storage/encoding/item_encoding.h"

namespace dynolith::api {
namespace {

using storage::ErrorCode;
using storage::make_error;

constexpr Operation kBare{"GetItem", nullptr, false, Envelope::kBare};
constexpr Operation kEnveloped{"PutItem", nullptr, true, Envelope::kOneError};

TEST(ErrorReply, GivesStatusTypeAndMemberOfEachCode) {
  struct Case {
    ErrorCode code;
    unsigned status;
    std::string_view body;
  };
  constexpr Case kCases[] = {
      {ErrorCode::kValidation, 400,
       R"({"__type":"com.amazon.coral.validate#ValidationException","message":"m"})"},
      {ErrorCode::kConditionalCheckFailed, 400,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"m"})"},
      {ErrorCode::kResourceNotFound, 400,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"m"})"},
      {ErrorCode::kResourceInUse, 400,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceInUseException","message":"m"})"},
      {ErrorCode::kTransactionInProgress, 400,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionInProgressException","Message":"m"})"},
      {ErrorCode::kIdempotentParameterMismatch, 400,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException","Message":"m"})"},
      {ErrorCode::kSerialization, 400,
       R"({"__type":"com.amazon.coral.service#SerializationException","Message":"m"})"},
      {ErrorCode::kMissingAuthenticationToken, 400,
       R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException","message":"m"})"},
      {ErrorCode::kUnavailable, 503,
       R"({"__type":"com.amazon.coral.service#ServiceUnavailable","message":"m"})"},
      // What went wrong inside is not told.
      {ErrorCode::kIo, 500,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"})"},
      {ErrorCode::kInternal, 500,
       R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"})"},
  };
  for (const auto& test : kCases) {
    const auto reply = error_reply(make_error(test.code, "m"), nullptr, Wording::kAws2026);
    EXPECT_EQ(reply.status, test.status);
    EXPECT_EQ(reply.body, test.body);
  }
}

TEST(ErrorReply, LeavesAnEmptyMessageOut) {
  EXPECT_EQ(error_reply(make_error(ErrorCode::kUnknownOperation), nullptr, Wording::kAws2026).body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
}

TEST(ErrorReply, EnvelopesErrorsOfTheRequestOnTheOperationsThatDo) {
  const auto message = [](const storage::Error& error, const Operation* operation,
                          Wording wording) {
    const auto body = error_reply(error, operation, wording).body;
    const size_t begin = body.find("message\":\"") + 10;
    return body.substr(begin, body.size() - begin - 2);
  };
  const auto of_request = storage::request_error("core");
  const auto of_table = storage::validation_error("core");
  EXPECT_EQ(message(of_request, &kEnveloped, Wording::kAws2026),
            "1 validation error detected: core");
  EXPECT_EQ(message(of_request, &kEnveloped, Wording::kClassic), "core");
  EXPECT_EQ(message(of_request, &kBare, Wording::kAws2026), "core");
  EXPECT_EQ(message(of_request, nullptr, Wording::kAws2026), "core");
  EXPECT_EQ(message(of_table, &kEnveloped, Wording::kAws2026), "core");
}

TEST(ErrorReply, EscapesMessages) {
  EXPECT_EQ(error_reply(storage::validation_error("a\"\n\\"), nullptr, Wording::kAws2026).body,
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"a\"\n\\"})");
}

std::string encoded_item() {
  return storage::encode_item({{"p", storage::AttributeValue("a")}}).bytes;
}

TEST(ErrorReply, ShowsTheItemThatFailedTheCondition) {
  auto error = make_error(ErrorCode::kConditionalCheckFailed, "m");
  error.detail = std::make_shared<storage::ErrorDetail>(
      storage::ErrorDetail{.item = encoded_item(), .reasons = {}});
  EXPECT_EQ(error_reply(error, &kEnveloped, Wording::kAws2026).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("message":"m","Item":{"p":{"S":"a"}}})");
}

TEST(ErrorReply, ShowsTheReasonsOfACancelledTransaction) {
  auto error = make_error(ErrorCode::kTransactionCanceled, "m");
  storage::ErrorDetail detail;
  detail.reasons.push_back({});
  detail.reasons.push_back({"ConditionalCheckFailed", "no", encoded_item()});
  error.detail = std::make_shared<storage::ErrorDetail>(detail);
  EXPECT_EQ(error_reply(error, nullptr, Wording::kAws2026).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",)"
            R"("Message":"m","CancellationReasons":[{"Code":"None"},)"
            R"({"Code":"ConditionalCheckFailed","Message":"no","Item":{"p":{"S":"a"}}}]})");
}

}  // namespace
}  // namespace dynolith::api
