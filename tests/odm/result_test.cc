#include "odm/result.h"

#include <gtest/gtest.h>

namespace dynolith::odm {
namespace {

Result<int> failing(ErrorCode code) { return make_error(code, "no luck"); }

TEST(Result, HoldsAValueOrAnError) {
  Result<int> good = 3;
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  const Result<int> bad = failing(ErrorCode::kNotFound);
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kNotFound);
  const Result<int> copy = bad;
  EXPECT_EQ(copy.error().message, "no luck");
  EXPECT_EQ(failing(ErrorCode::kTimeout).value_or(7), 7);
}

TEST(Result, ThrowsWhatTheCodeStandsFor) {
  EXPECT_THROW(failing(ErrorCode::kNotFound).value(), NotFound);
  EXPECT_THROW(failing(ErrorCode::kInvalid).value(), ValidationError);
  EXPECT_THROW(failing(ErrorCode::kConditionFailed).value(), ConditionFailed);
  EXPECT_THROW(failing(ErrorCode::kVersionConflict).value(), VersionConflict);
  EXPECT_THROW(failing(ErrorCode::kVersionConflict).value(), ConditionFailed);
  EXPECT_THROW(failing(ErrorCode::kAlreadyExists).value(), AlreadyExists);
  EXPECT_THROW(failing(ErrorCode::kOtherEntity).value(), OtherEntity);
  EXPECT_THROW(failing(ErrorCode::kUniqueViolation).value(), UniqueViolation);
  EXPECT_THROW(failing(ErrorCode::kTransactionCanceled).value(), TransactionCanceled);
  EXPECT_THROW(failing(ErrorCode::kThrottled).value(), Throttled);
  EXPECT_THROW(failing(ErrorCode::kNetwork).value(), ServiceError);
  EXPECT_THROW(Result<void>(make_error(ErrorCode::kInternal, "")).value(), Exception);
}

TEST(Error, SaysEverythingOnOneLine) {
  Error error = make_error(ErrorCode::kInvalid, "User is not valid");
  error.problems = {{"age", "must be between 0 and 150"}, {"address.zip", "is required"}};
  error.request_id = "R1";
  EXPECT_EQ(error.to_text(),
            "invalid: User is not valid; age: must be between 0 and 150; address.zip: is required"
            " [request R1]");
}

TEST(Error, EveryCodeHasAName) {
  EXPECT_EQ(to_text(ErrorCode::kInvalid), "invalid");
  EXPECT_EQ(to_text(ErrorCode::kTrimmed), "trimmed");
  EXPECT_EQ(to_text(ErrorCode::kInternal), "internal");
}

}  // namespace
}  // namespace dynolith::odm
