// UpdateItem: complaints, upserts, every ReturnValues form, what it costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kEnveloped = "ValidationException: 1 validation error detected: ";

// "{'TableName':'tab','Key':{'p':{'S':'a'}},<more>}".
std::string update(const std::string& more) {
  return "{'TableName':'tab','Key':{'p':{'S':'a'}}" + (more.empty() ? "" : "," + more) + "}";
}

std::string set(const std::string& expression, const std::string& values,
                const std::string& more = "") {
  return update("'UpdateExpression':'" + expression + "'" +
                (values.empty() ? "" : ",'ExpressionAttributeValues':{" + values + "}") +
                (more.empty() ? "" : "," + more));
}

class UpdateItem : public ApiFixture {
 protected:
  UpdateItem() { create_plain_tables(); }
  std::string item() { return call("GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'}}}"); }
  void put(const std::string& attributes) {
    EXPECT_EQ(call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'}," + attributes + "}}"),
              "{}");
  }
};

TEST_F(UpdateItem, ChecksMembersBeforeAllElse) {
  expect_answers({
      {"UpdateItem", "{'TableName':'','Key':{}}",
       kEnveloped + "Value at 'TableName' failed to satisfy constraint: Member must have length "
                    "greater than "
                    "or equal to 1"},
      {"UpdateItem", "{'TableName':'tab','Key':{},'ReturnValues':'x','ReturnConsumedCapacity':'y'}",
       kEnveloped + "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, "
                    "UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"},
      // Without a key, the older way: all together.
      {"UpdateItem", "{'ReturnValues':'x','ReturnConsumedCapacity':'y'}",
       kInvalid +
           "4 validation errors detected: Value 'y' at 'returnConsumedCapacity' failed to satisfy "
           "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value null at "
           "'tableName' failed to satisfy constraint: Member must not be null; Value 'x' at "
           "'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
           "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value null at 'key' failed to "
           "satisfy constraint: Member must not be null"},
      {"UpdateItem", update("'AttributeUpdates':{'a':{'Action':'x'}}"),
       kEnveloped +
           "Value 'x' at 'attributeUpdates.a.member.action' failed to satisfy constraint: Member "
           "must satisfy enum value set: [ADD, PUT, DELETE]"},
  });
}

TEST_F(UpdateItem, ComplainsOfExpressionsInTheServicesOrder) {
  expect_answers({
      {"UpdateItem", update("'UpdateExpression':'','AttributeUpdates':{},'Expected':{}"),
       kEnveloped +
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: "
           "{UpdateExpression}"},
      {"UpdateItem", update("'ExpressionAttributeValues':{':v':{'S':'x'}}"),
       kEnveloped + "ExpressionAttributeValues can only be specified when using expressions"},
      {"UpdateItem", update("'UpdateExpression':'SET','ExpressionAttributeValues':{}"),
       kEnveloped + "ExpressionAttributeValues must not be empty"},
      {"UpdateItem", set("", "':v':{'S':'x'}"),
       kEnveloped + "Invalid UpdateExpression: The expression can not be empty;"},
      {"UpdateItem", update("'UpdateExpression':'SET a = :v','ConditionExpression':''"),
       kEnveloped +
           "Invalid UpdateExpression: An expression attribute value used in expression is not "
           "defined; attribute value: :v"},
      {"UpdateItem",
       set("SET a = :v", "':v':{'S':'x'},':w':{'S':'x'}", "'ExpressionAttributeNames':{'#a':'a'}"),
       kEnveloped + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
      {"UpdateItem", set("SET a = :v", "':v':{'S':'x'},':w':{'S':'x'}"),
       kEnveloped +
           "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
      {"UpdateItem", "{'TableName':'none','Key':{'p':{'S':'a'}},'UpdateExpression':'SET a = :v'}",
       kEnveloped +
           "Invalid UpdateExpression: An expression attribute value used in expression is not "
           "defined; attribute value: :v"},
      {"UpdateItem", "{'TableName':'none','Key':{'q':{'S':'a'}},'UpdateExpression':'REMOVE p'}",
       "ResourceNotFoundException: Requested resource not found"},
      {"UpdateItem", "{'TableName':'tab','Key':{'q':{'S':'a'}},'UpdateExpression':'REMOVE p'}",
       kInvalid + "The provided key element does not match the schema"},
      {"UpdateItem", update("'UpdateExpression':'REMOVE p'"),
       kInvalid + "One or more parameter values were invalid: Cannot update attribute p. This "
                  "attribute is "
                  "part of the key"},
      {"UpdateItem", set("SET p.x = :v", "':v':{'S':'x'}"),
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: Key: p"},
      {"UpdateItem", update("'UpdateExpression':'SET a = p.x'"),
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: Key: p"},
      {"UpdateItem", update("'UpdateExpression':'SET a = b'"),
       kInvalid + "The provided expression refers to an attribute that does not exist in the item"},
  });
}

TEST_F(UpdateItem, CreatesTheItemUnlessItOnlyRemoves) {
  expect_answers({
      {"UpdateItem", update("'UpdateExpression':'REMOVE a, x.y','ReturnValues':'ALL_NEW'"), "{}"},
      {"GetItem", update(""), "{}"},
      {"UpdateItem", update("'ReturnValues':'ALL_NEW'"), "{'Attributes':{'p':{'S':'a'}}}"},
      {"GetItem", update(""), "{'Item':{'p':{'S':'a'}}}"},
      {"DeleteItem", update(""), "{}"},
      {"UpdateItem", update("'AttributeUpdates':{},'ReturnValues':'UPDATED_NEW'"), "{}"},
      {"GetItem", update(""), "{'Item':{'p':{'S':'a'}}}"},
      {"DeleteItem", update(""), "{}"},
      {"UpdateItem", set("ADD n :one", "':one':{'N':'1'}", "'ReturnValues':'UPDATED_NEW'"),
       "{'Attributes':{'n':{'N':'1'}}}"},
      {"UpdateItem", set("SET n = n + :one", "':one':{'N':'1'}", "'ReturnValues':'ALL_OLD'"),
       "{'Attributes':{'n':{'N':'1'},'p':{'S':'a'}}}"},
      {"GetItem", update(""), "{'Item':{'n':{'N':'2'},'p':{'S':'a'}}}"},
  });
}

TEST_F(UpdateItem, ReturnsTheLeavesItTouched) {
  const std::string before =
      "'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}},'l':{'L':[{'S':'0'},{'S':'1'},{'S':'2'}]},"
      "'z':{'S':'z'}";
  const struct {
    std::string expression, old_values, new_values;
  } kCases[] = {
      {"SET m.x = :v, l[1] = :v, w = :v",
       "{'Attributes':{'l':{'L':[{'S':'1'}]},'m':{'M':{'x':{'N':'1'}}}}}",
       "{'Attributes':{'l':{'L':[{'S':'V'}]},'m':{'M':{'x':{'S':'V'}}},'w':{'S':'V'}}}"},
      {"SET l[100] = :v", "{}", "{}"},
      {"SET z = :v REMOVE l[1], m.zz", "{'Attributes':{'l':{'L':[{'S':'1'}]},'z':{'S':'z'}}}",
       "{'Attributes':{'l':{'L':[{'S':'2'}]},'z':{'S':'V'}}}"},
      {"SET m.nw = :v", "{}", "{'Attributes':{'m':{'M':{'nw':{'S':'V'}}}}}"},
  };
  for (const auto& [expression, old_values, new_values] : kCases) {
    put(before);
    EXPECT_EQ(call("UpdateItem", set(expression, "':v':{'S':'V'}", "'ReturnValues':'UPDATED_OLD'")),
              json(old_values))
        << expression;
    put(before);
    EXPECT_EQ(call("UpdateItem", set(expression, "':v':{'S':'V'}", "'ReturnValues':'UPDATED_NEW'")),
              json(new_values))
        << expression;
  }
}

TEST_F(UpdateItem, ReturnsWholeImages) {
  put("'n':{'N':'1'}");
  expect_answers({
      {"UpdateItem", set("SET n = :v", "':v':{'N':'2'}", "'ReturnValues':'ALL_OLD'"),
       "{'Attributes':{'n':{'N':'1'},'p':{'S':'a'}}}"},
      {"UpdateItem", set("SET n = :v", "':v':{'N':'3'}", "'ReturnValues':'ALL_NEW'"),
       "{'Attributes':{'n':{'N':'3'},'p':{'S':'a'}}}"},
      {"UpdateItem", set("SET n = :v", "':v':{'N':'4'}", "'ReturnValues':'NONE'"), "{}"},
      {"UpdateItem", set("SET n = :v", "':v':{'N':'5'}"), "{}"},
      {"UpdateItem", update("'UpdateExpression':'REMOVE n','ReturnValues':'UPDATED_NEW'"), "{}"},
  });
}

TEST_F(UpdateItem, ChangesNothingWhenItFails) {
  put("'n':{'N':'1'}");
  const std::string condition = "'ConditionExpression':'n = :old'";
  expect_answers({
      {"UpdateItem",
       set("SET n = :new", "':new':{'N':'9'},':old':{'N':'2'}",
           condition + ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"),
       "ConditionalCheckFailedException: The conditional request failed | "
       R"({"n":{"N":"1"},"p":{"S":"a"}})"},
      {"UpdateItem", set("SET n = n + :s", "':s':{'S':'x'}"),
       kEnveloped +
           "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or "
           "function: +, operand type: S"},
      {"UpdateItem", set("SET p1 = :v, q.r = :v", "':v':{'S':'x'}"),
       kInvalid + "The document path provided in the update expression is invalid for update"},
      {"UpdateItem", set("ADD n :v", "':v':{'SS':['x']}"),
       kInvalid + "An operand in the update expression has an incorrect data type"},
      {"UpdateItem", set("SET big = :v", "':v':{'S':'" + std::string(409'600, 'x') + "'}"),
       kInvalid + "Item size to update has exceeded the maximum allowed size"},
      {"GetItem", update(""), "{'Item':{'n':{'N':'1'},'p':{'S':'a'}}}"},
  });
}

TEST_F(UpdateItem, TakesTheLargestItemAndNoByteMore) {
  // "p" + "a" + "v" leave 409,597 bytes.
  EXPECT_EQ(call("UpdateItem", set("SET v = :v", "':v':{'S':'" + std::string(409'597, 'x') + "'}")),
            "{}");
  EXPECT_EQ(call("UpdateItem", set("SET v = :v", "':v':{'S':'" + std::string(409'598, 'x') + "'}")),
            kInvalid + "Item size to update has exceeded the maximum allowed size");
}

TEST_F(UpdateItem, CostsTheLargerImage) {
  put("'v':{'S':'" + std::string(2000, 'x') + "'}");
  EXPECT_EQ(
      call("UpdateItem", update("'UpdateExpression':'REMOVE v','ReturnConsumedCapacity':'TOTAL'")),
      json("{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':2.0}}"));
  EXPECT_EQ(call("UpdateItem", update("'ReturnConsumedCapacity':'TOTAL'")),
            json("{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':1.0}}"));
}

TEST_F(UpdateItem, RefusesIndexKeysThatFitNoIndex) {
  create_indexed_table();
  const std::string start =
      "{'TableName':'idx','Key':{'p':{'S':'a'},'s':{'N':'1'}},'UpdateExpression':'SET ";
  expect_answers({
      {"UpdateItem", start + "g = :v','ExpressionAttributeValues':{':v':{'N':'1'}}}",
       kInvalid +
           "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
           "Actual: N IndexName: gall"},
      {"UpdateItem", start + "g = :v','ExpressionAttributeValues':{':v':{'S':''}}}",
       kInvalid +
           "One or more parameter values are not valid. The update expression attempted to update "
           "a "
           "secondary index key to a value that is not supported. The AttributeValue for a key "
           "attribute cannot contain an empty string value."},
      {"UpdateItem", start + "g.x = :v','ExpressionAttributeValues':{':v':{'S':'x'}}}",
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: IndexKey: g"},
      {"UpdateItem",
       start +
           "g = "
           ":v','ExpressionAttributeValues':{':v':{'S':'x'}},'ReturnConsumedCapacity':'INDEXES',"
           "'ReturnItemCollectionMetrics':'SIZE'}",
       "{'ConsumedCapacity':{'TableName':'idx','CapacityUnits':2.0,'Table':{'CapacityUnits':1.0},"
       "'GlobalSecondaryIndexes':{'gall':{'CapacityUnits':1.0}}},'ItemCollectionMetrics':{"
       "'ItemCollectionKey':{'p':{'S':'a'}},'SizeEstimateRangeGB':[0.0,1.0]}}"},
  });
}

}  // namespace
}  // namespace dynolith::test
