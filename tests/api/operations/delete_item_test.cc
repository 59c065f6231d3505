// DeleteItem: complaints, conditions, what it returns and costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kEnveloped = "ValidationException: 1 validation error detected: ";

class DeleteItem : public ApiFixture {
 protected:
  DeleteItem() {
    create_plain_tables();
    call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'n':{'N':'1'}}}");
  }
};

TEST_F(DeleteItem, ComplainsInTheServicesOrder) {
  expect_answers({
      {"DeleteItem", "{'TableName':'tab','ReturnValues':'x','ReturnConsumedCapacity':'y'}",
       kInvalid +
           "3 validation errors detected: Value 'y' at 'returnConsumedCapacity' failed to satisfy "
           "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'x' at "
           "'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
           "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value null at 'key' failed to "
           "satisfy constraint: Member must not be null"},
      {"DeleteItem", "{'TableName':'none','Key':{'p':{'S':'a'}},'ReturnValues':'ALL_NEW'}",
       kEnveloped + "ReturnValues can only be ALL_OLD or NONE"},
      {"DeleteItem",
       "{'TableName':'none','Key':{'p':{'S':'a'}},'ReturnValues':'UPDATED_OLD',"
       "'ConditionExpression':'a = :a'}",
       kEnveloped +
           "Invalid ConditionExpression: An expression attribute value used in expression is not "
           "defined; attribute value: :a"},
      {"DeleteItem", "{'TableName':'none','Key':{'p':{'S':'a'}}}",
       "ResourceNotFoundException: Requested resource not found"},
      {"DeleteItem", "{'TableName':'tab','Key':{'q':{'S':'a'}}}",
       kInvalid + "The provided key element does not match the schema"},
  });
}

TEST_F(DeleteItem, RemovesTheItemOnceAndReturnsItIfAsked) {
  expect_answers({
      {"DeleteItem",
       "{'TableName':'tab','Key':{'p':{'S':'a'}},'ReturnValues':'ALL_OLD',"
       "'ReturnConsumedCapacity':'TOTAL'}",
       "{'Attributes':{'n':{'N':'1'},'p':{'S':'a'}},'ConsumedCapacity':{'TableName':'tab',"
       "'CapacityUnits':1.0}}"},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'}}}", "{}"},
      {"DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'a'}},'ReturnValues':'ALL_OLD'}", "{}"},
      {"DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'a'}},'ReturnConsumedCapacity':'INDEXES'}",
       "{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':1.0,'Table':{'CapacityUnits':1.0}}"
       "}"},
  });
}

TEST_F(DeleteItem, KeepsTheItemWhenTheConditionFails) {
  const std::string request =
      "{'TableName':'tab','Key':{'p':{'S':'a'}},'ConditionExpression':'n > :n',"
      "'ExpressionAttributeValues':{':n':{'N':'5'}}";
  expect_answers({
      {"DeleteItem", request + "}",
       "ConditionalCheckFailedException: The conditional request failed"},
      {"DeleteItem", request + ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
       "ConditionalCheckFailedException: The conditional request failed | "
       R"({"n":{"N":"1"},"p":{"S":"a"}})"},
      {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'}}}",
       "{'Item':{'n':{'N':'1'},'p':{'S':'a'}}}"},
      // An absent item differs from every value, so this creates nothing and succeeds.
      {"DeleteItem",
       "{'TableName':'tab','Key':{'p':{'S':'b'}},'ConditionExpression':'p <> :p',"
       "'ExpressionAttributeValues':{':p':{'S':'b'}}}",
       "{}"},
  });
}

}  // namespace
}  // namespace dynolith::test
