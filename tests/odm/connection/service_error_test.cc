#include "odm/connection/service_error.h"

#include <gtest/gtest.h>

#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using EngineCode = storage::ErrorCode;

TEST(ServiceError, EveryErrorHasItsCodeAndTheServicesName) {
  const struct {
    EngineCode engine;
    ErrorCode code;
    const char* exception;
  } kCases[] = {
      {EngineCode::kValidation, ErrorCode::kBadRequest, "ValidationException"},
      {EngineCode::kConditionalCheckFailed, ErrorCode::kConditionFailed,
       "ConditionalCheckFailedException"},
      {EngineCode::kResourceNotFound, ErrorCode::kTableNotFound, "ResourceNotFoundException"},
      {EngineCode::kResourceInUse, ErrorCode::kTableInUse, "ResourceInUseException"},
      {EngineCode::kLimitExceeded, ErrorCode::kLimitExceeded, "LimitExceededException"},
      {EngineCode::kTransactionConflict, ErrorCode::kTransactionConflict,
       "TransactionConflictException"},
      {EngineCode::kProvisionedThroughputExceeded, ErrorCode::kThrottled,
       "ProvisionedThroughputExceededException"},
      {EngineCode::kTrimmedDataAccess, ErrorCode::kTrimmed, "TrimmedDataAccessException"},
  };
  for (const auto& [engine, code, exception] : kCases) {
    const Error error = to_error(storage::make_error(engine, "words"));
    EXPECT_EQ(error.code, code) << exception;
    EXPECT_EQ(error.service_code, exception);
    EXPECT_EQ(error.message, "words");
    if (engine == EngineCode::kValidation) continue;  // Like every name that is not known.
    EXPECT_EQ(code_of_exception(exception), code);
  }
  EXPECT_EQ(code_of_exception("SomethingNewException"), ErrorCode::kBadRequest);
  EXPECT_EQ(to_error(storage::make_error(EngineCode::kUnavailable)).code, ErrorCode::kUnavailable);
  EXPECT_EQ(to_error(storage::make_error(EngineCode::kUnknownOutcome)).code,
            ErrorCode::kUnknownOutcome);
  EXPECT_EQ(to_error(storage::make_error(EngineCode::kCorruption)).code, ErrorCode::kInternal);
}

TEST(ServiceError, OnlyWhatIsWrongWithTheRequestIsWrapped) {
  const auto message = [](storage::Error error, Envelope envelope) {
    return to_error(std::move(error), envelope).message;
  };
  EXPECT_EQ(message(storage::request_error("x"), Envelope::kOneError),
            "1 validation error detected: x");
  EXPECT_EQ(message(storage::request_error("x"), Envelope::kBare), "x");
  EXPECT_EQ(message(storage::validation_error("x"), Envelope::kOneError), "x");
}

TEST(ServiceError, ReasonsComeAlong) {
  storage::Error error = storage::make_error(EngineCode::kTransactionCanceled, "cancelled");
  const std::string item = test::item_from("{id: 1}").bytes;
  error.detail = std::make_shared<const storage::ErrorDetail>(storage::ErrorDetail{
      {},
      {{}, {"ConditionalCheckFailed", "failed", item}, {"TransactionConflict", "conflict", {}}}});
  const Error translated = to_error(std::move(error));
  ASSERT_EQ(translated.operations.size(), 3u);
  EXPECT_EQ(translated.operations[0].reason, "None");
  EXPECT_EQ(translated.operations[1].code, ErrorCode::kConditionFailed);
  EXPECT_EQ(translated.operations[1].item.bytes, item);
  EXPECT_EQ(translated.operations[2].code, ErrorCode::kTransactionConflict);
  EXPECT_EQ(translated.operations[2].message, "conflict");
}

}  // namespace
}  // namespace dynolith::odm
