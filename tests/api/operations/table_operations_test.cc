// DescribeTable, ListTables, DeleteTable, DescribeLimits, DescribeEndpoints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/api/operations/test_api.h"

namespace dynolith::api {
namespace {

using test::TestApi;
using testing::HasSubstr;

std::string create(TestApi& api, const std::string& name, const std::string& more = "") {
  return api(create_table, R"({"TableName":")" + name + R"(","BillingMode":"PAY_PER_REQUEST",
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}])" +
                               more + "}");
}

std::string table(const std::string& name) { return R"({"TableName":")" + name + "\"}"; }

TEST(DescribeTable, RefusesWhatNamesNoTable) {
  TestApi api;
  const struct {
    std::string request, reply;
  } kCases[] = {
      {"{}",
       TestApi::invalid("1 validation error detected: Value null at 'tableName' failed to satisfy "
                        "constraint: Member must not be null")},
      {table("no!"),
       TestApi::invalid("1 validation error detected: Value 'no!' at 'tableName' failed to "
                        "satisfy constraint: Member must satisfy regular expression pattern: "
                        "[a-zA-Z0-9_.-]+")},
      {table("none"), TestApi::error(ErrorCode::kResourceNotFound,
                                     "Requested resource not found: Table: none not found")},
      {table("arn:aws:dynamodb:eu-west-1:000000000000:table/none"),
       TestApi::error(ErrorCode::kResourceNotFound,
                      "Requested resource not found: Table: none not found")},
      {table("arn:aws:s3:eu-west-1:000000000000:table/none"),
       TestApi::invalid("Invalid TableArn: Invalid ResourceArn provided as input "
                        "arn:aws:s3:eu-west-1:000000000000:table/none")},
      {R"({"TableName":23})",
       TestApi::error(ErrorCode::kSerialization, "NUMBER_VALUE cannot be converted to String")},
  };
  for (const auto& [request, reply] : kCases) {
    EXPECT_EQ(api(describe_table, request), reply) << request;
    EXPECT_EQ(api(delete_table, request), reply) << request;
  }
}

TEST(DescribeTable, ShowsCreatingForAsLongAsTheDatabaseSays) {
  TestApi api(500);
  create(api, "tab");
  EXPECT_THAT(api(describe_table, table("tab")), HasSubstr(R"("TableStatus":"CREATING")"));
  api.clock().advance_ms(499);
  EXPECT_THAT(api(describe_table, table("tab")), HasSubstr(R"("TableStatus":"CREATING")"));
  api.clock().advance_ms(1);
  EXPECT_THAT(api(describe_table, table("tab")), HasSubstr(R"("TableStatus":"ACTIVE")"));
}

TEST(DeleteTable, AnswersWithTheReducedDescription) {
  TestApi api;
  create(api, "tab");
  const std::string reply = api(delete_table, table("tab"));
  EXPECT_THAT(reply,
              testing::StartsWith(
                  R"({"TableDescription":{"TableName":"tab","TableStatus":"DELETING",)"
                  R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)"
                  R"("WriteCapacityUnits":0},"TableSizeBytes":0,"ItemCount":0,)"
                  R"("TableArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/tab","TableId":")"));
  EXPECT_THAT(reply, HasSubstr("BillingModeSummary"));
  for (const char* absent : {"CreationDateTime", "KeySchema", "AttributeDefinitions", "Warm"}) {
    EXPECT_THAT(reply, testing::Not(HasSubstr(absent)));
  }
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":[]})");
  EXPECT_THAT(create(api, "tab"), HasSubstr("TableDescription"));
}

TEST(DeleteTable, LeavesProtectedTablesAlone) {
  TestApi api;
  create(api, "tab", R"(,"DeletionProtectionEnabled":true)");
  EXPECT_EQ(
      api(delete_table, table("tab")),
      TestApi::invalid("Resource cannot be deleted as it is currently protected against deletion. "
                       "Disable deletion protection first."));
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":["tab"]})");
}

TEST(ListTables, PagesInByteOrder) {
  TestApi api;
  for (const char* name : {"bbb", "aaa", "Zzz", "aa0"}) create(api, name);
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":["Zzz","aa0","aaa","bbb"]})");
  EXPECT_EQ(api(list_tables, R"({"Limit":4})"), R"({"TableNames":["Zzz","aa0","aaa","bbb"]})");
  EXPECT_EQ(api(list_tables, R"({"Limit":3})"),
            R"({"TableNames":["Zzz","aa0","aaa"],"LastEvaluatedTableName":"aaa"})");
  EXPECT_EQ(api(list_tables, R"({"ExclusiveStartTableName":"aaa"})"), R"({"TableNames":["bbb"]})");
  EXPECT_EQ(api(list_tables, R"({"ExclusiveStartTableName":"aa1","Limit":1})"),
            R"({"TableNames":["aaa"],"LastEvaluatedTableName":"aaa"})");
  EXPECT_EQ(api(list_tables, R"({"ExclusiveStartTableName":"zzz"})"), R"({"TableNames":[]})");
}

TEST(ListTables, ShowsAHundredAtMost) {
  TestApi api;
  for (int i = 100; i < 201; ++i) create(api, "t" + std::to_string(i));
  const std::string first = api(list_tables, "{}");
  EXPECT_THAT(first, testing::EndsWith(R"("t199"],"LastEvaluatedTableName":"t199"})"));
  EXPECT_EQ(api(list_tables, R"({"ExclusiveStartTableName":"t199"})"),
            R"({"TableNames":["t200"]})");
}

TEST(ListTables, RefusesLimitsAndNamesOutOfBounds) {
  TestApi api;
  const std::string value_of = "1 validation error detected: Value '";
  for (const auto& [limit, bound] : {std::pair{"0", "greater than or equal to 1"},
                                     {"-1", "greater than or equal to 1"},
                                     {"101", "less than or equal to 100"}}) {
    EXPECT_EQ(api(list_tables, R"({"Limit":)" + std::string(limit) + "}"),
              TestApi::invalid(value_of + limit +
                               "' at 'limit' failed to satisfy constraint: Member must "
                               "have value " +
                               bound));
  }
  EXPECT_EQ(
      api(list_tables, R"({"ExclusiveStartTableName":"ab"})"),
      TestApi::invalid(value_of + "ab' at 'exclusiveStartTableName' failed to satisfy constraint: "
                                  "Member must have length greater than or equal to 3"));
  EXPECT_EQ(api(list_tables, R"({"ExclusiveStartTableName":"a;c"})"),
            TestApi::invalid(value_of +
                             "a;c' at 'exclusiveStartTableName' failed to satisfy constraint: "
                             "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"));
}

TEST(ListTables, ScopesDoNotSeeEachOther) {
  TestApi api;
  create(api, "tab");
  api.scope = "other";
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":[]})");
  EXPECT_THAT(create(api, "tab"), HasSubstr("TableDescription"));
}

TEST(DescribeLimits, ShowsTheDefaultQuotas) {
  TestApi api;
  EXPECT_EQ(api(describe_limits, "{}"),
            R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
            R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
}

TEST(DescribeEndpoints, PointsBackToTheHostAsked) {
  TestApi api;
  EXPECT_EQ(api(describe_endpoints, "{}"),
            R"({"Endpoints":[{"Address":"localhost:8000","CachePeriodInMinutes":1440}]})");
}

}  // namespace
}  // namespace dynolith::api
