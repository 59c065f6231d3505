// BatchWriteItem: complaints, all-or-nothing checks, what is left over, costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";
const std::string kMapValues =
    "' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member "
    "must have length less than or equal to 25, Member must have length greater than or equal to "
    "1]";

std::string puts(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) {
    text += std::string(i == first ? "" : ",") + "{'PutRequest':{'Item':{'p':{'S':'k" +
            std::to_string(i) + "'}}}}";
  }
  return text;
}

std::string request(const std::string& tables, const std::string& more = "") {
  return "{'RequestItems':{" + tables + "}" + (more.empty() ? "" : "," + more) + "}";
}

class BatchWriteItem : public ApiFixture {
 protected:
  BatchWriteItem() { create_plain_tables(); }
  std::string count(const std::string& table) {
    return call("Scan", "{'TableName':'" + table + "','Select':'COUNT'}");
  }
  const std::string nothing_ = json("{'Count':0,'ScannedCount':0}");
};

TEST_F(BatchWriteItem, ChecksMembersBeforeAllElse) {
  expect_answers({
      {"BatchWriteItem", "{'ReturnItemCollectionMetrics':'x'}",
       kInvalid +
           "2 validation errors detected: Value 'x' at 'returnItemCollectionMetrics' failed to "
           "satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]; Value null at "
           "'requestItems' failed to satisfy constraint: Member must not be null"},
      {"BatchWriteItem", request(""),
       kOne + "Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length "
              "greater than or equal to 1"},
      {"BatchWriteItem", request("'tab':[]"), kOne + "Value '" + json("{'tab':[]}") + kMapValues},
      {"BatchWriteItem", request("'tab':[" + puts(0, 1) + "],'rng':[]"),
       kOne + "Value '" + json("{'tab':[" + puts(0, 1) + "],'rng':[]}") + kMapValues},
      {"BatchWriteItem", request("'tab':[" + puts(0, 13) + "],'rng':[" + puts(0, 13) + "]"),
       kInvalid + "Too many items requested for the BatchWriteItem call"},
      {"BatchWriteItem", request("'tab':[{'PutRequest':{}},{'DeleteRequest':{}}]"),
       kInvalid +
           "2 validation errors detected: Value null at "
           "'requestItems.tab.member.1.member.putRequest.item' failed to satisfy constraint: "
           "Member "
           "must not be null; Value null at 'requestItems.tab.member.2.member.deleteRequest.key' "
           "failed to satisfy constraint: Member must not be null"},
      {"BatchWriteItem", request("'none':[{}]"),
       kInvalid +
           "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
           "the supported datatypes"},
      {"BatchWriteItem", request("'none':[{'PutRequest':{'Item':{}},'DeleteRequest':{'Key':{}}}]"),
       kInvalid +
           "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
           "the supported datatypes"},
      {"BatchWriteItem", request("'none':[{'PutRequest':{'Item':{'a':{}}}}]"),
       kInvalid +
           "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {"BatchWriteItem", request("'tab':[" + puts(0, 1) + "],'none':[" + puts(0, 1) + "]"),
       "ResourceNotFoundException: Requested resource not found"},
  });
  EXPECT_EQ(count("tab"), nothing_);
}

TEST_F(BatchWriteItem, TakesUpTo25) {
  EXPECT_EQ(call("BatchWriteItem", request("'tab':[" + puts(0, 25) + "]")),
            json("{'UnprocessedItems':{}}"));
  EXPECT_EQ(count("tab"), json("{'Count':25,'ScannedCount':25}"));
  const std::string refused = call("BatchWriteItem", request("'tab':[" + puts(0, 26) + "]"));
  EXPECT_TRUE(refused.ends_with(kMapValues)) << refused;
}

TEST_F(BatchWriteItem, WritesNothingIfOneMemberIsBad) {
  create_indexed_table();
  const std::string good = "'tab':[" + puts(0, 1) + "],";
  const std::string mismatch = kInvalid + "The provided key element does not match the schema";
  const std::string duplicates = kInvalid + "Provided list of item keys contains duplicates";
  expect_answers({
      {"BatchWriteItem", request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':'a'}}}}]"),
       mismatch},
      {"BatchWriteItem",
       request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'S':'1'}}}}]"), mismatch},
      {"BatchWriteItem", request(good + "'rng':[{'DeleteRequest':{'Key':{'p':{'S':'a'}}}}]"),
       mismatch},
      {"BatchWriteItem",
       request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':''},'s':{'N':'1'}}}}]"),
       kInvalid +
           "One or more parameter values are not valid. The AttributeValue for a key attribute "
           "cannot contain an empty string value. Key: p"},
      {"BatchWriteItem",
       request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'1000'}}}},"
                      "{'DeleteRequest':{'Key':{'p':{'S':'a'},'s':{'N':'1e3'}}}}]"),
       duplicates},
      {"BatchWriteItem",
       request("'tab':[" + puts(0, 1) + "],'arn:aws:dynamodb:us-east-1:000000000000:table/tab':[" +
               puts(0, 1) + "]"),
       duplicates},
      {"BatchWriteItem",
       request(good + "'idx':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'1'},'g':{'NULL':true}}"
                      "}}]"),
       kInvalid +
           "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
           "Actual: NULL IndexName: gall"},
      {"BatchWriteItem",
       request("'tab':[" + puts(0, 1) + ",{'PutRequest':{'Item':{'p':{'S':'a'},'v':{'S':'" +
               std::string(409'598, 'x') + "'}}}}]"),
       kInvalid + "Item size has exceeded the maximum allowed size"},
  });
  EXPECT_EQ(count("tab"), nothing_);
  EXPECT_EQ(count("rng"), nothing_);
}

TEST_F(BatchWriteItem, PutsAndDeletesAndTellsTheCost) {
  create_indexed_table();
  call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'old'},'v':{'S':'v'}}}");
  expect_answers({
      {"BatchWriteItem",
       request("'tab':[{'DeleteRequest':{'Key':{'p':{'S':'old'}}}}," + puts(0, 1) +
                   "],'idx':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'1'},'g':{'S':'g'}}}},{"
                   "'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'2'},'g':{'S':'g'}}}}]",
               "'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE'"),
       "{'UnprocessedItems':{},'ItemCollectionMetrics':{'idx':[{'ItemCollectionKey':{'p':{'S':'a'}}"
       ","
       "'SizeEstimateRangeGB':[0.0,1.0]}]},'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':"
       "2.0,'Table':{'CapacityUnits':2.0}},{'TableName':'idx','CapacityUnits':4.0,'Table':{"
       "'CapacityUnits':2.0},'GlobalSecondaryIndexes':{'gall':{'CapacityUnits':2.0}}}]}"},
      {"Scan", "{'TableName':'tab'}", "{'Items':[{'p':{'S':'k0'}}],'Count':1,'ScannedCount':1}"},
      {"Query",
       "{'TableName':'idx','IndexName':'gall','Select':'COUNT','KeyConditionExpression':'g = :g',"
       "'ExpressionAttributeValues':{':g':{'S':'g'}}}",
       "{'Count':2,'ScannedCount':2}"},
  });
}

}  // namespace
}  // namespace dynolith::test
