// GetItem: every complaint in its words and order, projections, what a read costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";

class GetItem : public ApiFixture {
 protected:
  GetItem() { create_plain_tables(); }
};

TEST_F(GetItem, ComplainsInTheServicesOrder) {
  const std::string key = "'Key':{'p':{'S':'a'}}";
  expect_answers({
      {"GetItem", "{'TableName':'','ReturnConsumedCapacity':'x'}",
       kOne + "Value at 'TableName' failed to satisfy constraint: Member must have length greater "
              "than "
              "or equal to 1"},
      {"GetItem", "{'TableName':'tab','ReturnConsumedCapacity':'x'}",
       kInvalid +
           "2 validation errors detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy "
           "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value null at "
           "'key' failed to satisfy constraint: Member must not be null"},
      {"GetItem", "{'TableName':'tab'," + key + ",'AttributesToGet':[]}",
       kOne +
           "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length "
           "greater than or equal to 1"},
      {"GetItem",
       "{'TableName':'tab','Key':{'p':{}},'AttributesToGet':['a'],'ProjectionExpression':'a'}",
       kInvalid + "Can not use both expression and non-expression parameters in the same request: "
                  "Non-expression parameters: {AttributesToGet} Expression parameters: "
                  "{ProjectionExpression}"},
      // Before a wrong key, and without the envelope.
      {"GetItem", "{'TableName':'tab','Key':{'x':{'S':'a'}},'ExpressionAttributeNames':{'#a':'a'}}",
       kInvalid + "ExpressionAttributeNames can only be specified when using expressions"},
      {"GetItem",
       "{'TableName':'tab','Key':{'p':{}},'ProjectionExpression':'','ExpressionAttributeNames':{}}",
       kInvalid +
           "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {"GetItem",
       "{'TableName':'tab'," + key +
           ",'ProjectionExpression':'','ExpressionAttributeNames':{'#a':''}}",
       kInvalid + "Empty attribute name"},
      {"GetItem", "{'TableName':'tab'," + key + ",'ProjectionExpression':''}",
       kInvalid + "Invalid ProjectionExpression: The expression can not be empty;"},
      {"GetItem",
       "{'TableName':'none'," + key +
           ",'ProjectionExpression':'a','ExpressionAttributeNames':{'#b':'b','#a':'a'}}",
       kInvalid +
           "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #a}"},
      {"GetItem", "{'TableName':'none'," + key + "}",
       "ResourceNotFoundException: Requested resource not found"},
      {"GetItem", "{'TableName':'tab'," + key + ",'AttributesToGet':['a','b','a']}",
       kInvalid +
           "One or more parameter values were invalid: Duplicate value in attribute name: a"},
      {"GetItem", "{'TableName':'tab'," + key + ",'AttributesToGet':['a','']}",
       kInvalid + "Empty attribute name"},
      {"GetItem", "{'TableName':'tab'," + key + ",'ProjectionExpression':'p.x'}",
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: Key: p"},
  });
}

TEST_F(GetItem, HoldsTheKeyAgainstTheTable) {
  const std::string mismatch = kInvalid + "The provided key element does not match the schema";
  expect_answers({
      {"GetItem", "{'TableName':'tab','Key':{}}", mismatch},
      {"GetItem", "{'TableName':'tab','Key':{'q':{'S':'a'}}}", mismatch},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'N':'1'}}}", mismatch},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'BOOL':true}}}", mismatch},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'},'s':{'N':'1'}}}", mismatch},
      {"GetItem", "{'TableName':'rng','Key':{'p':{'S':'a'}}}", mismatch},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':''}}}",
       kInvalid +
           "One or more parameter values are not valid. The AttributeValue for a key attribute "
           "cannot contain an empty string value. Key: p"},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'" + std::string(2049, 'x') + "'}}}",
       kInvalid +
           "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
           "size limit of2048 bytes"},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'" + std::string(2048, 'x') + "'}}}", "{}"},
  });
}

TEST_F(GetItem, FindsNumberKeysByValue) {
  call("PutItem", "{'TableName':'rng','Item':{'p':{'S':'a'},'s':{'N':'1e3'},'v':{'S':'x'}}}");
  for (const char* number : {"1000", "1e3", "1000.0", "001000", "+1000"}) {
    EXPECT_EQ(call("GetItem", std::string("{'TableName':'rng','Key':{'p':{'S':'a'},'s':{'N':'") +
                                  number + "'}}}"),
              json("{'Item':{'p':{'S':'a'},'s':{'N':'1000'},'v':{'S':'x'}}}"));
  }
}

TEST_F(GetItem, ProjectsWhatIsThere) {
  call("PutItem",
       "{'TableName':'tab','Item':{'p':{'S':'a'},'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}},"
       "'l':{'L':[{'S':'0'},{'S':'1'},{'S':'2'}]},'dot.ted':{'S':'d'}}}");
  const auto get = [](const std::string& more) {
    return "{'TableName':'tab','Key':{'p':{'S':'a'}}," + more + "}";
  };
  expect_answers({
      {"GetItem", get("'ProjectionExpression':'p, m.y'"),
       "{'Item':{'m':{'M':{'y':{'N':'2'}}},'p':{'S':'a'}}}"},
      {"GetItem", get("'ProjectionExpression':'l[2], l[0]'"),
       "{'Item':{'l':{'L':[{'S':'0'},{'S':'2'}]}}}"},
      {"GetItem", get("'ProjectionExpression':'#d','ExpressionAttributeNames':{'#d':'dot.ted'}"),
       "{'Item':{'dot.ted':{'S':'d'}}}"},
      {"GetItem", get("'ProjectionExpression':'zz, m[0], l.x, p'"), "{'Item':{'p':{'S':'a'}}}"},
      {"GetItem", get("'ProjectionExpression':'zz'"), "{'Item':{}}"},
      {"GetItem", get("'AttributesToGet':['dot.ted','zz']"), "{'Item':{'dot.ted':{'S':'d'}}}"},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'b'}},'ProjectionExpression':'zz'}", "{}"},
      {"GetItem", get("'ProjectionExpression':'m, m.x'"),
       kInvalid +
           "Invalid ProjectionExpression: Two document paths overlap with each other; must remove "
           "or rewrite one of these paths; path one: [m], path two: [m, x]"},
  });
}

TEST_F(GetItem, CostsHalfAUnitPer4KBOrAWholeOneIfConsistent) {
  const auto put = [&](size_t item_bytes) {
    call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'v':{'S':'" +
                        std::string(item_bytes - 3, 'x') + "'}}}");
  };
  const auto cost = [&](const std::string& more) {
    return call("GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'}},'ProjectionExpression':'p'," +
                               more + "}");
  };
  put(4096);
  EXPECT_EQ(cost("'ReturnConsumedCapacity':'TOTAL'"),
            json("{'Item':{'p':{'S':'a'}},'ConsumedCapacity':{'TableName':'tab',"
                 "'CapacityUnits':0.5}}"));
  put(4097);
  EXPECT_EQ(cost("'ReturnConsumedCapacity':'TOTAL'"),
            json("{'Item':{'p':{'S':'a'}},'ConsumedCapacity':{'TableName':'tab',"
                 "'CapacityUnits':1.0}}"));
  EXPECT_EQ(cost("'ReturnConsumedCapacity':'INDEXES','ConsistentRead':true"),
            json("{'Item':{'p':{'S':'a'}},'ConsumedCapacity':{'TableName':'tab',"
                 "'CapacityUnits':2.0,'Table':{'CapacityUnits':2.0}}}"));
  EXPECT_EQ(call("GetItem",
                 "{'TableName':'tab','Key':{'p':{'S':'zz'}},'ReturnConsumedCapacity':'TOTAL'}"),
            json("{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':0.5}}"));
}

}  // namespace
}  // namespace dynolith::test
