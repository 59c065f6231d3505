// PutItem: every complaint in its words and order, what it returns, what it costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kEnveloped = "ValidationException: 1 validation error detected: ";

std::string text_of(size_t bytes) { return std::string(bytes, 'x'); }

class PutItem : public ApiFixture {
 protected:
  PutItem() { create_plain_tables(); }
};

TEST_F(PutItem, ChecksMembersBeforeAllElse) {
  expect_answers({
      {"PutItem", "{}",
       kEnveloped +
           "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
      {"PutItem", "{'TableName':'','ReturnValues':'x'}",
       kEnveloped + "Value at 'TableName' failed to satisfy constraint: Member must have length "
                    "greater than "
                    "or equal to 1"},
      {"PutItem", "{'TableName':'a!'}",
       kEnveloped +
           "Value 'a!' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
           "expression pattern: [a-zA-Z0-9_.-]+"},
      {"PutItem", "{'TableName':'" + text_of(256) + "'}",
       kEnveloped + "Value '" + text_of(256) +
           "' at 'tableName' failed to satisfy constraint: Member must have length less than or "
           "equal to 255"},
      {"PutItem", "{'TableName':'" + text_of(255) + "','Item':{'p':{'S':'a'}}}",
       "ResourceNotFoundException: Requested resource not found"},
      {"PutItem", "{'TableName':'q','Item':{'p':{'S':'a'}}}",
       "ResourceNotFoundException: Requested resource not found"},
      {"PutItem", "{'TableName':'tab'}",
       kEnveloped + "Value null at 'item' failed to satisfy constraint: Member must not be null"},
      {"PutItem", "{'TableName':'tab','Item':{},'ReturnValues':'none'}",
       kEnveloped + "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, "
                    "UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"},
      {"PutItem", "{'TableName':'tab','Item':{},'ReturnConsumedCapacity':'x'}",
       kEnveloped + "Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
                    "must satisfy "
                    "enum value set: [INDEXES, TOTAL, NONE]"},
      {"PutItem",
       "{'TableName':'tab','Item':{},'ReturnItemCollectionMetrics':'z','ReturnValues':'y',"
       "'ReturnConsumedCapacity':'x'}",
       kInvalid +
           "3 validation errors detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy "
           "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'y' at "
           "'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
           "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value 'z' at "
           "'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum "
           "value set: [SIZE, NONE]"},
      {"PutItem", "{'TableName':'tab','Item':{},'ReturnValuesOnConditionCheckFailure':'ALL_NEW'}",
       kEnveloped +
           "Value 'ALL_NEW' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: "
           "Member must satisfy enum value set: [ALL_OLD, NONE]"},
      {"PutItem", "{'TableName':'tab','Item':{},'ConditionalOperator':'or'}",
       kEnveloped + "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"},
      {"PutItem", "{'TableName':7}",
       "SerializationException: NUMBER_VALUE cannot be converted to String"},
  });
}

TEST_F(PutItem, ChecksStylesThenValuesThenPlaceholdersThenExpressions) {
  const std::string item = "'Item':{'p':{'S':'a'}}";
  const std::string bad_item = "'Item':{'p':{'S':'a'},'n':{'N':'x'}}";
  expect_answers({
      {"PutItem", "{'TableName':'tab'," + bad_item + ",'ConditionExpression':'p','Expected':{}}",
       kEnveloped +
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"},
      {"PutItem",
       "{'TableName':'tab'," + bad_item +
           ",'ConditionExpression':'p','Expected':{},'ConditionalOperator':'OR'}",
       kEnveloped +
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {ConditionalOperator, Expected} Expression parameters: "
           "{ConditionExpression}"},
      {"PutItem", "{'TableName':'tab'," + bad_item + ",'ExpressionAttributeNames':{}}",
       kEnveloped + "ExpressionAttributeNames can only be specified when using expressions"},
      {"PutItem", "{'TableName':'tab'," + bad_item + ",'ExpressionAttributeValues':{}}",
       kEnveloped + "ExpressionAttributeValues can only be specified when using expressions"},
      {"PutItem",
       "{'TableName':'tab'," + bad_item +
           ",'ConditionExpression':'','ExpressionAttributeNames':{}}",
       kEnveloped + "The parameter cannot be converted to a numeric value: x"},
      {"PutItem",
       "{'TableName':'tab'," + item + ",'ConditionExpression':'','ExpressionAttributeNames':{}}",
       kEnveloped + "ExpressionAttributeNames must not be empty"},
      {"PutItem",
       "{'TableName':'tab'," + item + ",'ConditionExpression':'','ExpressionAttributeValues':{}}",
       kEnveloped + "ExpressionAttributeValues must not be empty"},
      {"PutItem",
       "{'TableName':'tab'," + item +
           ",'ConditionExpression':'','ExpressionAttributeNames':{'p':'p'}}",
       kEnveloped + "ExpressionAttributeNames contains invalid key: Syntax error; key: \"p\""},
      {"PutItem",
       "{'TableName':'tab'," + item +
           ",'ConditionExpression':'','ExpressionAttributeValues':{':v':{'N':'x'},'v':{'S':''}}}",
       kEnveloped + "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\""},
      {"PutItem",
       "{'TableName':'tab'," + item +
           ",'ConditionExpression':'','ExpressionAttributeValues':{':v':{'N':'x'}}}",
       kEnveloped + "The parameter cannot be converted to a numeric value: x"},
      {"PutItem", "{'TableName':'tab'," + item + ",'ConditionExpression':''}",
       kEnveloped + "Invalid ConditionExpression: The expression can not be empty;"},
      {"PutItem",
       "{'TableName':'none'," + item +
           ",'ConditionExpression':'attribute_exists(p)','ExpressionAttributeNames':{'#a':'b'},"
           "'ReturnValues':'ALL_NEW'}",
       kEnveloped + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
      {"PutItem", "{'TableName':'none'," + item + ",'ReturnValues':'ALL_NEW'}",
       kEnveloped + "ReturnValues can only be ALL_OLD or NONE"},
      {"PutItem", "{'TableName':'none'," + item + ",'ReturnValues':'ALL_OLD'}",
       "ResourceNotFoundException: Requested resource not found"},
  });
}

TEST_F(PutItem, RefusesValuesThatAreNone) {
  const struct {
    std::string value, message;
  } kCases[] = {
      {"{}",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {"{'dog':'cat'}",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {"{'S':'a','N':'1'}",
       "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
       "supported datatypes"},
      {"{'NULL':false}",
       "One or more parameter values were invalid: Null attribute value types must have the value "
       "of true"},
      {"{'SS':[]}", "One or more parameter values were invalid: An string set  may not be empty"},
      {"{'NS':[]}", "One or more parameter values were invalid: An number set  may not be empty"},
      {"{'BS':[]}", "One or more parameter values were invalid: Binary sets should not be empty"},
      {"{'SS':['b','a','b']}",
       "One or more parameter values were invalid: Input collection [\"a\", \"b\", \"b\"] contains "
       "duplicates."},
      {"{'NS':['1','1.0']}",
       "One or more parameter values were invalid: Input collection contains duplicates."},
      {"{'M':{'a':{'M':{'':{'S':'x'}}}}}", "Empty attribute name"},
      {"{'N':'1e126'}",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {"{'N':'1e-131'}",
       "Number underflow. Attempting to store a number with magnitude smaller than supported "
       "range"},
      {"{'N':'123456789012345678901234567890123456789'}",
       "Attempting to store more than 38 significant digits in a Number"},
  };
  for (const auto& [value, message] : kCases) {
    EXPECT_EQ(call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'v':" + value + "}}"),
              kEnveloped + message)
        << value;
  }
}

TEST_F(PutItem, NeverWrapsWhatItFindsAgainstTheTable) {
  expect_answers({
      {"PutItem", "{'TableName':'rng','Item':{'p':{'S':'a'}}}",
       kInvalid + "One or more parameter values were invalid: Missing the key s in the item"},
      {"PutItem", "{'TableName':'rng','Item':{}}",
       kInvalid + "One or more parameter values were invalid: Missing the key p in the item"},
      {"PutItem", "{'TableName':'rng','Item':{'p':{'N':'1'},'s':{'N':'1'}}}",
       kInvalid +
           "One or more parameter values were invalid: Type mismatch for key p expected: S actual: "
           "N"},
      {"PutItem", "{'TableName':'rng','Item':{'p':{'S':''},'s':{'N':'1'}}}",
       kInvalid +
           "One or more parameter values are not valid. The AttributeValue for a key attribute "
           "cannot contain an empty string value. Key: p"},
      {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'" + text_of(2049) + "'}}}",
       kInvalid +
           "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
           "size limit of2048 bytes"},
      {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'" + text_of(2048) + "'}}}", "{}"},
      {"PutItem",
       "{'TableName':'tab','Item':{'p':{'S':'a'}},'ConditionExpression':'attribute_exists(p.x)'}",
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: Key: p"},
  });
}

TEST_F(PutItem, RefusesItemsBeyond400KBWithTheirNames) {
  // "p" + "a" + "v" leave 409,597 bytes.
  const std::string start = "{'TableName':'tab','Item':{'p':{'S':'a'},'v':{'S':'";
  EXPECT_EQ(call("PutItem", start + text_of(409'597) + "'}}}"), "{}");
  EXPECT_EQ(call("PutItem", start + text_of(409'598) + "'}}}"),
            kInvalid + "Item size has exceeded the maximum allowed size");
}

TEST_F(PutItem, ReturnsTheOldItemOnlyIfAskedAndThere) {
  expect_answers({
      {"PutItem",
       "{'TableName':'tab','Item':{'p':{'S':'a'},'v':{'N':'1.0'}},'ReturnValues':'ALL_OLD'}", "{}"},
      {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'}},'ReturnValues':'ALL_OLD'}",
       "{'Attributes':{'p':{'S':'a'},'v':{'N':'1'}}}"},
      {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'}},'ReturnValues':'NONE'}", "{}"},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'}}}", "{'Item':{'p':{'S':'a'}}}"},
  });
}

TEST_F(PutItem, FailsItsConditionWithTheItemOnlyIfAskedAndThere) {
  const std::string item = "{'TableName':'tab','Item':{'p':{'S':'a'}}";
  const std::string failed = "ConditionalCheckFailedException: The conditional request failed";
  const std::string exists = ",'ConditionExpression':'attribute_exists(p)'";
  const std::string absent = ",'ConditionExpression':'attribute_not_exists(p)'";
  const std::string with_item = ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
  expect_answers({
      {"PutItem", item + exists + with_item + "}", failed},
      {"PutItem", item + absent + with_item + "}", "{}"},
      {"PutItem", item + absent + "}", failed},
      {"PutItem", item + absent + ",'ReturnValuesOnConditionCheckFailure':'NONE'}", failed},
      {"PutItem", item + absent + with_item + "}", failed + R"( | {"p":{"S":"a"}})"},
      {"PutItem", item + exists + "}", "{}"},
  });
}

TEST_F(PutItem, CostsAWriteUnitPerKilobyteOfTheLargerImage) {
  const std::string total = ",'ReturnConsumedCapacity':'TOTAL'}";
  const std::string large =
      "{'TableName':'tab','Item':{'p':{'S':'a'},'v':{'S':'" + text_of(1025 - 3) + "'}}";
  const std::string small = "{'TableName':'tab','Item':{'p':{'S':'a'}}";
  expect_answers({
      {"PutItem", small + total, "{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':1.0}}"},
      {"PutItem", large + total, "{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':2.0}}"},
      {"PutItem", small + ",'ReturnConsumedCapacity':'INDEXES'}",
       "{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':2.0,'Table':{'CapacityUnits':2.0}}"
       "}"},
      {"PutItem", small + ",'ReturnConsumedCapacity':'NONE'}", "{}"},
  });
}

TEST_F(PutItem, AnswersUnderTheArnItWasGiven) {
  const std::string arn = "arn:aws:dynamodb:eu-north-1:000000000000:table/tab";
  EXPECT_EQ(call("PutItem", "{'TableName':'" + arn +
                                "','Item':{'p':{'S':'a'}},'ReturnConsumedCapacity':'TOTAL'}"),
            R"({"ConsumedCapacity":{"TableName":")" + arn + R"(","CapacityUnits":1.0}})");
  const std::string bad = "arn:aws:dynamodb:eu-north-1:000000000000:index/tab";
  EXPECT_EQ(call("PutItem", "{'TableName':'" + bad + "','Item':{'p':{'S':'a'}}}"),
            kInvalid + "Invalid TableArn: Invalid ResourceArn provided as input " + bad);
}

class IndexedPutItem : public ApiFixture {
 protected:
  IndexedPutItem() { create_indexed_table(); }
};

TEST_F(IndexedPutItem, ChargesEveryIndexThatChanged) {
  const std::string keys = "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'1'}";
  const std::string indexes = "},'ReturnConsumedCapacity':'INDEXES'}";
  expect_answers({
      {"PutItem", keys + ",'l':{'S':'l'},'g':{'S':'g'},'r':{'S':'r'}" + indexes,
       "{'ConsumedCapacity':{'TableName':'idx','CapacityUnits':6.0,'Table':{'CapacityUnits':1.0},"
       "'LocalSecondaryIndexes':{'lall':{'CapacityUnits':1.0},'lkeys':{'CapacityUnits':1.0}},"
       "'GlobalSecondaryIndexes':{'gall':{'CapacityUnits':1.0},'gkeys':{'CapacityUnits':1.0},"
       "'gincl':{'CapacityUnits':1.0}}}}"},
      // The same item again changes no index; another key moves entries, which costs two.
      {"PutItem", keys + ",'l':{'S':'l'},'g':{'S':'g'},'r':{'S':'r'}" + indexes,
       "{'ConsumedCapacity':{'TableName':'idx','CapacityUnits':1.0,'Table':{'CapacityUnits':1.0}}"
       "}"},
      {"PutItem", keys + ",'g':{'S':'G'},'r':{'S':'r'}" + indexes,
       "{'ConsumedCapacity':{'TableName':'idx','CapacityUnits':9.0,'Table':{'CapacityUnits':1.0},"
       "'LocalSecondaryIndexes':{'lall':{'CapacityUnits':1.0},'lkeys':{'CapacityUnits':1.0}},"
       "'GlobalSecondaryIndexes':{'gall':{'CapacityUnits':2.0},'gkeys':{'CapacityUnits':2.0},"
       "'gincl':{'CapacityUnits':2.0}}}}"},
  });
}

TEST_F(IndexedPutItem, TellsItemCollectionMetricsOfTablesWithLocalIndexes) {
  create_plain_tables();
  expect_answers({
      {"PutItem",
       "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'1'}},'ReturnItemCollectionMetrics':'"
       "SIZE'"
       "}",
       "{'ItemCollectionMetrics':{'ItemCollectionKey':{'p':{'S':'a'}},'SizeEstimateRangeGB':[0.0,1."
       "0"
       "]}}"},
      {"PutItem",
       "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'1'}},'ReturnItemCollectionMetrics':'"
       "NONE'"
       "}",
       "{}"},
      {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'}},'ReturnItemCollectionMetrics':'SIZE'}",
       "{}"},
  });
}

TEST_F(IndexedPutItem, RefusesIndexKeysThatFitNoIndex) {
  const std::string keys = "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'1'},";
  expect_answers({
      {"PutItem", keys + "'l':{'N':'1'}}}",
       kInvalid +
           "One or more parameter values were invalid: Type mismatch for Index Key l Expected: S "
           "Actual: N IndexName: lall"},
      {"PutItem", keys + "'g':{'NULL':true}}}",
       kInvalid +
           "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
           "Actual: NULL IndexName: gall"},
      {"PutItem", keys + "'g':{'S':''}}}",
       kInvalid + "One or more parameter values are not valid. A value specified for a secondary "
                  "index key "
                  "is not supported. The AttributeValue for a key attribute cannot contain an "
                  "empty string "
                  "value. IndexName: gall, IndexKey: g"},
      {"PutItem", keys + "'l':{'S':'" + text_of(1024) + "'}}}", "{}"},
      {"PutItem", keys + "'l':{'S':'" + text_of(1025) + "'}}}",
       kInvalid +
           "One or more parameter values were invalid: Aggregated size of all range keys has "
           "exceeded the size limit of 1024 bytes"},
      {"PutItem",
       keys + "'l':{'S':'l'}},'ConditionExpression':'l[0] = "
              ":v','ExpressionAttributeValues':{':v':{'S':'x'}}}",
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: IndexKey: l"},
  });
}

TEST_F(PutItem, SpeaksTheOlderWords) {
  wording_ = api::Wording::kClassic;
  expect_answers({
      {"PutItem", "{'TableName':'ab','Item':{'p':{'S':'a'}}}",
       kEnveloped + "Value 'ab' at 'tableName' failed to satisfy constraint: Member must have "
                    "length greater "
                    "than or equal to 3"},
      {"PutItem", "{'TableName':'abc','Item':{'p':{'S':'a'}},'ReturnValues':'x'}",
       kEnveloped + "Value 'x' at 'returnValues' failed to satisfy constraint: Member must satisfy "
                    "enum value "
                    "set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
      {"PutItem",
       "{'TableName':'abc','Item':{'p':{'S':'a'}},'ExpressionAttributeNames':{'#a':'a'}}",
       kInvalid + "ExpressionAttributeNames can only be specified when using expressions: "
                  "ConditionExpression is null"},
      {"PutItem",
       "{'TableName':'abc','Item':{'p':{'S':'a'}},'ConditionExpression':'a = :v',"
       "'ExpressionAttributeValues':{':v':{'SS':[]}}}",
       kInvalid +
           "ExpressionAttributeValues contains invalid value: One or more parameter values were "
           "invalid: An string set  may not be empty for key :v"},
  });
}

}  // namespace
}  // namespace dynolith::test
