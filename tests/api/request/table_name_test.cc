#include "api/request/table_name.h"

#include <gtest/gtest.h>

#include <string>

namespace dynolith::api {
namespace {

TEST(TableName, IsItselfOrTheEndOfAnArn) {
  const struct {
    std::string given, name;
  } kCases[] = {
      {"music", "music"},
      {"a", "a"},
      {"arn:aws:dynamodb:us-east-1:000000000000:table/music", "music"},
      {"arn:aws:dynamodb:ddblocal:000000000000:table/music", "music"},
      {"arn:aws-cn:dynamodb:cn-north-1:123456789012:table/a.b-c_d", "a.b-c_d"},
  };
  for (const auto& [given, name] : kCases) {
    const auto reference = table_reference(given);
    ASSERT_TRUE(reference.ok()) << given;
    EXPECT_EQ(reference->name, name);
    EXPECT_EQ(reference->given, given);
  }
}

TEST(TableName, RefusesArnsOfAnythingElse) {
  for (const std::string arn : {
           "arn:",
           "arn:aws:dynamodb",
           "arn:aws:dynamodb:us-east-1:000000000000:table",
           "arn:aws:dynamodb:us-east-1:000000000000:table/",
           "arn:aws:dynamodb:us-east-1:000000000000:table/a/index/b",
           "arn:aws:dynamodb:us-east-1:000000000000:table/a b",
           "arn:aws:dynamodb:us-east-1:00000000000:table/a",
           "arn:aws:dynamodb:us-east-1:00000000000x:table/a",
           "arn:aws:dynamodb::000000000000:table/a",
           "arn:aws:s3:us-east-1:000000000000:table/a",
           "arn:xyz:dynamodb:us-east-1:000000000000:table/a",
       }) {
    const auto reference = table_reference(arn);
    ASSERT_FALSE(reference.ok()) << arn;
    EXPECT_EQ(reference.error().message,
              "Invalid TableArn: Invalid ResourceArn provided as input " + arn);
  }
}

TEST(TableName, NeedsThreeCharactersInTheOlderWordingOnly) {
  EXPECT_TRUE(is_table_name("a", Wording::kAws2026));
  EXPECT_FALSE(is_table_name("ab", Wording::kClassic));
  EXPECT_TRUE(is_table_name("abc", Wording::kClassic));
  EXPECT_TRUE(is_table_name(std::string(255, 'x'), Wording::kAws2026));
  EXPECT_FALSE(is_table_name(std::string(256, 'x'), Wording::kAws2026));
}

}  // namespace
}  // namespace dynolith::api
