#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/api/operations/test_api.h"

namespace dynolith::api {
namespace {

using test::TestApi;
using testing::HasSubstr;

#define P "One or more parameter values were invalid: "
#define ONE "1 validation error detected: "

// A request for table "tab" with key `p` on demand, and more members.
std::string on_demand(const std::string& more = "", const std::string& definitions = "") {
  return R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST",
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
                              {"AttributeName":"s","AttributeType":"N"})" +
         definitions + "]" + more + "}";
}

std::string with_units(const std::string& throughput) {
  return R"({"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}])" +
         throughput + "}";
}

std::string keyed(const std::string& key_schema, const std::string& definitions) {
  return R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST","KeySchema":)" + key_schema +
         R"(,"AttributeDefinitions":)" + definitions + "}";
}

std::string global_index(const std::string& members) {
  return R"(,"GlobalSecondaryIndexes":[{"IndexName":"ind",)" + members + "}]";
}

// The id is random; all else is fixed.
std::string without_id(const std::string& reply) {
  static const std::regex kId("\"TableId\":\"[0-9a-f-]{36}\"");
  return std::regex_replace(reply, kId, "\"TableId\":\"id\"");
}

TEST(CreateTable, DescribesAnOnDemandTable) {
  TestApi api;
  EXPECT_EQ(
      without_id(api(create_table, on_demand())),
      R"({"TableDescription":{"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},)"
      R"({"AttributeName":"s","AttributeType":"N"}],"TableName":"tab",)"
      R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],)"
      R"("TableStatus":"CREATING","CreationDateTime":1795257249,)"
      R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0},)"
      R"("TableSizeBytes":0,"ItemCount":0,"TableArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/tab",)"
      R"("TableId":"id","BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST",)"
      R"("LastUpdateToPayPerRequestDateTime":1795257249},)"
      R"("TableThroughputModeSummary":{"TableThroughputMode":"PAY_PER_REQUEST",)"
      R"("LastUpdateToPayPerRequestDateTime":1795257249},"DeletionProtectionEnabled":false,)"
      R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,"Status":"CREATING"}}})");
  const std::string described = api(describe_table, R"({"TableName":"tab"})");
  EXPECT_THAT(described, HasSubstr(R"({"Table":{)"));
  EXPECT_THAT(described, HasSubstr(R"("TableStatus":"ACTIVE")"));
}

TEST(CreateTable, DescribesEverySetting) {
  TestApi api;
  const std::string more = R"(,"LocalSecondaryIndexes":[{"IndexName":"local",
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"l","KeyType":"RANGE"}],
        "Projection":{"ProjectionType":"KEYS_ONLY"}}],
      "GlobalSecondaryIndexes":[{"IndexName":"global",
        "KeySchema":[{"AttributeName":"l","KeyType":"HASH"},{"AttributeName":"s","KeyType":"HASH"},
                     {"AttributeName":"p","KeyType":"RANGE"}],
        "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x","y"]},
        "OnDemandThroughput":{"MaxReadRequestUnits":7},
        "WarmThroughput":{"WriteUnitsPerSecond":5000}}],
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
      "SSESpecification":{"Enabled":true,"KMSMasterKeyId":"alias/mine"},
      "TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true,
      "OnDemandThroughput":{"MaxReadRequestUnits":-1,"MaxWriteRequestUnits":10},
      "WarmThroughput":{"ReadUnitsPerSecond":13000,"WriteUnitsPerSecond":4500},
      "Tags":[{"Key":"team","Value":""},{"Key":"größe","Value":"a b"}],
      "ResourcePolicy":"{}"})";
  ASSERT_THAT(api(create_table, on_demand(more.substr(0, more.size() - 1),
                                          R"(,{"AttributeName":"l","AttributeType":"B"})")),
              HasSubstr(R"("IndexStatus":"CREATING")"));
  const std::string table = api(describe_table, R"({"TableName":"tab"})");
  const std::string arn = "arn:aws:dynamodb:eu-west-1:000000000000:table/tab";
  for (const std::string& part : {
           std::string(
               R"("LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[)"
               R"({"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"l","KeyType":"RANGE"}],)"
               R"("Projection":{"ProjectionType":"KEYS_ONLY"},"IndexSizeBytes":0,"ItemCount":0,)"
               R"("IndexArn":")") +
               arn + R"(/index/local"}])",
           std::string(
               R"("GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[)"
               R"({"AttributeName":"l","KeyType":"HASH"},{"AttributeName":"s","KeyType":"HASH"},)"
               R"({"AttributeName":"p","KeyType":"RANGE"}],)"
               R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x","y"]},)"
               R"("IndexStatus":"ACTIVE","ProvisionedThroughput":{"NumberOfDecreasesToday":0,)"
               R"("ReadCapacityUnits":0,"WriteCapacityUnits":0},)"
               R"("OnDemandThroughput":{"MaxReadRequestUnits":7,"MaxWriteRequestUnits":-1},)"
               R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":5000,)"
               R"("Status":"ACTIVE"},"IndexSizeBytes":0,"ItemCount":0,"IndexArn":")") +
               arn + R"(/index/global"}])",
           R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},)"
           R"("LatestStreamLabel":"2026-11-21T10:34:09.000","LatestStreamArn":")" +
               arn + R"(/stream/2026-11-21T10:34:09.000")",
           std::string(R"("SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":)"
                       R"("arn:aws:kms:eu-west-1:000000000000:alias/mine"})"),
           std::string(R"("TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"})"),
           std::string(R"("DeletionProtectionEnabled":true)"),
           std::string(
               R"("OnDemandThroughput":{"MaxReadRequestUnits":-1,"MaxWriteRequestUnits":10})"),
           std::string(R"("WarmThroughput":{"ReadUnitsPerSecond":13000,"WriteUnitsPerSecond":4500,)"
                       R"("Status":"ACTIVE"})"),
       }) {
    EXPECT_THAT(table, HasSubstr(part));
  }
}

TEST(CreateTable, DescribesAProvisionedTable) {
  TestApi api;
  const std::string request =
      with_units(R"(,"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":3})");
  const std::string reply = api(create_table, request);
  EXPECT_THAT(reply, HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":3)"));
  EXPECT_THAT(reply,
              HasSubstr(R"("WarmThroughput":{"ReadUnitsPerSecond":5,"WriteUnitsPerSecond":3,)"));
  EXPECT_THAT(reply, testing::Not(HasSubstr("BillingModeSummary")));
  EXPECT_THAT(
      api(create_table, request),
      testing::StartsWith(TestApi::error(ErrorCode::kResourceInUse, "Table already exists: tab")));
}

TEST(CreateTable, TakesAnArnForAName) {
  TestApi api;
  const std::string request =
      std::regex_replace(on_demand(), std::regex("\"tab\""),
                         "\"arn:aws:dynamodb:us-west-2:000000000000:table/other\"");
  EXPECT_THAT(api(create_table, request), HasSubstr(R"("TableName":"other")"));
  EXPECT_THAT(api(describe_table,
                  R"({"TableName":"arn:aws:dynamodb:ap-south-1:000000000000:table/other"})"),
              HasSubstr(R"("TableArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/other")"));
}

struct Refusal {
  std::string request, message;
};

TEST(CreateTable, RefusesIllFormedMembers) {
  const std::string null = "' failed to satisfy constraint: Member must not be null";
  const Refusal cases[] = {
      {"{}", "3 validation errors detected: Value null at 'attributeDefinitions" + null +
                 "; Value null at 'tableName" + null + "; Value null at 'keySchema" + null},
      {R"({"TableName":"ab","KeySchema":null})",
       "3 validation errors detected: Value null at 'attributeDefinitions" + null +
           "; Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length "
           "greater "
           "than or equal to 3; Value null at 'keySchema" +
           null},
      {keyed(R"([{"KeyType":"HASH","AttributeName":"p"},{"AttributeName":"s","KeyType":"hash"}])",
             R"([{"AttributeName":"p","AttributeType":"S"}])"),
       ONE "Value 'hash' at 'keySchema.2.member.keyType' failed to satisfy constraint: Member must "
           "satisfy enum value set: [HASH, RANGE]"},
      {keyed(R"([{"KeyType":"HASH","AttributeName":""}])", R"([{"AttributeType":"S"}])"),
       "2 validation errors detected: Value null at 'attributeDefinitions.1.member.attributeName" +
           null +
           "; Value '' at 'keySchema.1.member.attributeName' failed to satisfy constraint: Member "
           "must "
           "have length greater than or equal to 1"},
      {keyed("[null]", "[]"),
       "2 validation errors detected: Value null at "
       "'keySchema.1.member.attributeName" +
           null + "; Value null at 'keySchema.1.member.keyType" + null},
      {on_demand(
           global_index(R"("KeySchema":[{"AttributeName":"p","KeyType":"H"}],"Projection":{})")),
       ONE "Value 'H' at 'globalSecondaryIndexes.1.member.keySchema.1.member.keyType' failed to "
           "satisfy "
           "constraint: Member must satisfy enum value set: [HASH, RANGE]"},
      {on_demand(global_index(R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}])")),
       ONE "Value null at 'globalSecondaryIndexes.1.member.projection" + null},
      {on_demand(global_index(R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
                                 "Projection":{"ProjectionType":"SOME"})")),
       ONE "Value 'SOME' at 'globalSecondaryIndexes.1.member.projection.projectionType' failed to "
           "satisfy "
           "constraint: Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]"},
      {on_demand(global_index(R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
                                 "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":[]})")),
       ONE "Value '[]' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to "
           "satisfy "
           "constraint: Member must have length greater than or equal to 1"},
      {on_demand(R"(,"LocalSecondaryIndexes":[{"IndexName":"l!","KeySchema":[],"Projection":{}}],
                     "GlobalSecondaryIndexes":[{"IndexName":"g!!"}])"),
       "6 validation errors detected: Value 'g!!' at 'globalSecondaryIndexes.1.member.indexName' "
       "failed to "
       "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value "
       "null at "
       "'globalSecondaryIndexes.1.member.keySchema" +
           null + "; Value null at 'globalSecondaryIndexes.1.member.projection" + null +
           "; Value 'l!' at 'localSecondaryIndexes.1.member.indexName' failed to satisfy "
           "constraint: Member "
           "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'l!' at "
           "'localSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must "
           "have length "
           "greater than or equal to 3; Value '[]' at 'localSecondaryIndexes.1.member.keySchema' "
           "failed to "
           "satisfy constraint: Member must have length greater than or equal to 1"},
      {on_demand(R"(,"BillingMode":"pay_per_request")"),
       ONE "Value 'pay_per_request' at 'billingMode' failed to satisfy constraint: Member must "
           "satisfy enum "
           "value set: [PROVISIONED, PAY_PER_REQUEST]"},
      {with_units(R"(,"ProvisionedThroughput":{"ReadCapacityUnits":0})"),
       "2 validation errors detected: Value '0' at 'provisionedThroughput.readCapacityUnits' "
       "failed to "
       "satisfy constraint: Member must have value greater than or equal to 1; Value null at "
       "'provisionedThroughput.writeCapacityUnits" +
           null},
      {on_demand(R"(,"StreamSpecification":{})"),
       ONE "Value null at 'streamSpecification.streamEnabled" + null},
      {on_demand(R"(,"TableClass":"CHEAP")"), ONE "Value 'CHEAP' at 'tableClass' failed to satisfy "
                                                  "constraint: Member must satisfy enum value set: "
                                                  "[STANDARD, STANDARD_INFREQUENT_ACCESS]"},
      {on_demand(R"(,"Tags":[{"Key":""},null])"),
       "4 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy "
       "constraint: Member "
       "must have length greater than or equal to 1; Value null at 'tags.1.member.value" +
           null + "; Value null at 'tags.2.member.key" + null +
           "; Value null at 'tags.2.member.value" + null},
  };
  TestApi api;
  for (const auto& [request, message] : cases) {
    EXPECT_EQ(api(create_table, request), TestApi::invalid(message)) << request;
  }
  for (const std::string type : {"BOOL", "BS", "L", "M", "NS", "NULL", "SS", "junk"}) {
    EXPECT_EQ(
        api(create_table, keyed(R"([{"KeyType":"HASH","AttributeName":"p"}])",
                                R"([{"AttributeName":"p","AttributeType":")" + type + "\"}]")),
        TestApi::invalid(ONE "Value '" + type +
                         "' at 'attributeDefinitions.1.member.attributeType' failed to satisfy "
                         "constraint: Member must satisfy enum value set: [B, N, S]"));
  }
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":[]})");
}

TEST(CreateTable, KeepsToTheLimitsOfNames) {
  TestApi api;
  const auto named = [](const std::string& name) {
    return std::regex_replace(on_demand(), std::regex("\"tab\""), "\"" + name + "\"");
  };
  EXPECT_THAT(api(create_table, named(std::string(255, 'n'))), HasSubstr("TableDescription"));
  EXPECT_THAT(
      api(create_table, named(std::string(256, 'n'))),
      HasSubstr("'tableName' failed to satisfy constraint: Member must have length less than or "
                "equal to 255"));
  EXPECT_THAT(api(create_table, named("a-_.B9")), HasSubstr("TableDescription"));
  EXPECT_THAT(api(create_table, named("sch!ma")), HasSubstr("regular expression pattern"));
  const auto with_key = [](const std::string& key) {
    return keyed(R"([{"KeyType":"HASH","AttributeName":")" + key + "\"}]",
                 R"([{"AttributeName":")" + key + R"(","AttributeType":"S"}])");
  };
  EXPECT_THAT(api(create_table, with_key(std::string(255, 'k'))), HasSubstr("TableDescription"));
  EXPECT_THAT(
      api(create_table, with_key(std::string(256, 'k'))),
      HasSubstr(
          "'attributeDefinitions.1.member.attributeName' failed to satisfy constraint: Member "
          "must have length less than or equal to 255"));
}

TEST(CreateTable, RefusesSchemasThatMakeNoSense) {
  const std::string p = R"({"AttributeName":"p","KeyType":"HASH"})";
  const std::string s = R"({"AttributeName":"s","KeyType":"RANGE"})";
  const std::string p_range = R"({"AttributeName":"p","KeyType":"RANGE"})";
  const std::string s_hash = R"({"AttributeName":"s","KeyType":"HASH"})";
  const std::string p_type = R"({"AttributeName":"p","AttributeType":"S"})";
  const std::string s_type = R"({"AttributeName":"s","AttributeType":"S"})";
  const std::string both = "[" + p_type + "," + s_type + "]";
  const std::string all = R"(,"Projection":{"ProjectionType":"ALL"})";
  const auto index = [&](const std::string& keys, const std::string& projection) {
    return on_demand(global_index("\"KeySchema\":[" + keys + "]" + projection));
  };
  const auto local = [](const std::string& keys) {
    return on_demand(R"(,"LocalSecondaryIndexes":[{"IndexName":"ind","KeySchema":[)" + keys +
                     R"(],"Projection":{"ProjectionType":"ALL"}}])");
  };
  const Refusal cases[] = {
      {keyed("[" + p_range + "]", "[" + p_type + "]"),
       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
      {keyed("[" + p + "," + s_hash + "]", both),
       "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
      {keyed("[" + p + "," + p_range + "]", "[" + p_type + "]"),
       "Invalid KeySchema: Both the Hash Key and the Range Key element in the KeySchema have the "
       "same name"},
      {keyed("[" + p + "]", "[]"),
       P "Some index key attributes are not defined in AttributeDefinitions. Keys: [p], "
         "AttributeDefinitions: []"},
      {keyed("[" + p + "]", both),
       P "Number of attributes in KeySchema does not exactly match number of attributes defined in "
         "AttributeDefinitions"},
      {on_demand(R"(,"GlobalSecondaryIndexes":[])"), P "List of GlobalSecondaryIndexes is empty"},
      {on_demand(R"(,"LocalSecondaryIndexes":[])"), P "List of LocalSecondaryIndexes is empty"},
      {index(p, R"(,"Projection":{})"), P "Unknown ProjectionType: null"},
      {index(p, R"(,"Projection":{"ProjectionType":"ALL","NonKeyAttributes":["x"]})"),
       P "ProjectionType is ALL, but NonKeyAttributes is specified"},
      {index(p, R"(,"Projection":{"ProjectionType":"INCLUDE"})"),
       P "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"},
      {index(s, all), "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
      {index(R"({"AttributeName":"x","KeyType":"HASH"})", all),
       P "Some index key attributes are not defined in AttributeDefinitions. Keys: [x], "
         "AttributeDefinitions: [p, s]"},
      {index(p, all + R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
       P "ProvisionedThroughput should not be specified for index: ind when BillingMode is "
         "PAY_PER_REQUEST"},
      {local(p), P "Index KeySchema does not have a range key for index: ind"},
  };
  TestApi api;
  for (const auto& [request, message] : cases) {
    EXPECT_EQ(api(create_table, request), TestApi::invalid(message)) << request;
  }
  EXPECT_THAT(api(create_table, index(p + "," + s + "," + s_hash, all)),
              HasSubstr("HASH must precede RANGE"));
  EXPECT_THAT(api(create_table, index(p + "," + s_hash + "," + s, all)), HasSubstr("same name"));
  EXPECT_THAT(api(create_table, local(p + "," + s + "," + s)),
              HasSubstr("less than or equal to 2"));
  EXPECT_THAT(api(create_table, local(p + "," + p_range)), HasSubstr("same name"));
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":[]})");
}

TEST(CreateTable, RefusesSettingsThatContradictEachOther) {
  const Refusal cases[] = {
      {with_units(""),
       P "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode "
         "is PROVISIONED"},
      {on_demand(R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
       P "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
         "PAY_PER_REQUEST"},
      {with_units(
           R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,"WriteCapacityUnits":1})"),
       "Given value 1000000000001 for ReadCapacityUnits is out of bounds"},
      {with_units(R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},
                      "OnDemandThroughput":{"MaxReadRequestUnits":1})"),
       P "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is "
         "PROVISIONED."},
      {on_demand(R"(,"OnDemandThroughput":{"MaxReadRequestUnits":0})"),
       "Given value 0 for MaxReadRequestUnits is out of bounds"},
      {on_demand(R"(,"WarmThroughput":{"WriteUnitsPerSecond":0})"),
       "Given value 0 for WriteUnitsPerSecond is out of bounds"},
      {on_demand(R"(,"StreamSpecification":{"StreamEnabled":false,"StreamViewType":"KEYS_ONLY"})"),
       P "Table is being created with a stream disabled, UpdateViewType should not be specified"},
      {on_demand(R"(,"SSESpecification":{"Enabled":true,"SSEType":"AES256"})"),
       P "SSEType AES256 is not supported"},
      {on_demand(R"(,"Tags":[{"Key":"aws:x","Value":"v"}])"),
       P "Tag keys must not begin with aws:"},
      {on_demand(R"(,"Tags":[{"Key":"k","Value":"v"},{"Key":"k","Value":"w"}])"),
       P "Duplicate tag key: k"},
      {on_demand(R"(,"VectorIndexes":[{"IndexName":"vec"}])"), "Vector indexes are not supported"},
  };
  TestApi api;
  for (const auto& [request, message] : cases) {
    EXPECT_EQ(api(create_table, request), TestApi::invalid(message)) << request;
  }
  EXPECT_THAT(api(create_table, on_demand(R"(,"StreamSpecification":{"StreamEnabled":true})")),
              HasSubstr("StreamViewType"));
  for (const char c : std::string_view("!%#>;|<&*()")) {
    EXPECT_THAT(api(create_table,
                    on_demand(R"(,"Tags":[{"Key":"k","Value":")" + std::string(1, c) + "\"}]")),
                HasSubstr("Tag keys and values"));
  }
  std::string tags;
  for (int i = 0; i < 51; ++i) {
    tags +=
        (i > 0 ? "," : "") + std::string(R"({"Key":"k)") + std::to_string(i) + R"(","Value":""})";
  }
  EXPECT_THAT(api(create_table, on_demand(R"(,"Tags":[)" + tags + "]")), HasSubstr("ags"));
  EXPECT_EQ(api(list_tables, "{}"), R"({"TableNames":[]})");
  EXPECT_THAT(api(create_table, on_demand(R"(,"StreamSpecification":{"StreamEnabled":false},
                                              "SSESpecification":{"Enabled":false})")),
              testing::Not(testing::AnyOf(HasSubstr("Stream"), HasSubstr("SSE"))));
}

}  // namespace
}  // namespace dynolith::api
