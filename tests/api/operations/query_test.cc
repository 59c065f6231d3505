// Query: complaints, indexes, projections, pages and their costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";

// A Query of "rng" for p = a.
std::string of_a(const std::string& more, const std::string& condition = "p = :p",
                 const std::string& values = "':p':{'S':'a'}") {
  return "{'TableName':'rng','KeyConditionExpression':'" + condition +
         "','ExpressionAttributeValues':{" + values + "}" + (more.empty() ? "" : "," + more) + "}";
}

class Query : public ApiFixture {
 protected:
  Query() {
    create_plain_tables();
    for (const char* number : {"1", "2", "3", "4"}) {
      call("PutItem", std::string("{'TableName':'rng','Item':{'p':{'S':'a'},'s':{'N':'") + number +
                          "'},'v':{'N':'" + number + "'}}}");
    }
    call("PutItem", "{'TableName':'rng','Item':{'p':{'S':'b'},'s':{'N':'1'}}}");
  }
};

TEST_F(Query, ChecksMembersBeforeAllElse) {
  expect_answers({
      {"Query", "{'Limit':0}",
       kOne + "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
      {"Query", of_a("'Limit':0"),
       kOne +
           "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or "
           "equal to 1"},
      {"Query", of_a("'Select':'count'"),
       kOne +
           "Value 'count' at 'select' failed to satisfy constraint: Member must satisfy enum value "
           "set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"},
      {"Query", of_a("'IndexName':'ab'"),
       kOne + "Value 'ab' at 'indexName' failed to satisfy constraint: Member must have length "
              "greater "
              "than or equal to 3"},
      {"Query", of_a("'IndexName':'a b'"),
       kOne +
           "Value 'a b' at 'indexName' failed to satisfy constraint: Member must satisfy regular "
           "expression pattern: [a-zA-Z0-9_.-]+"},
      {"Query", "{'TableName':'rng','KeyConditions':{'p':{'ComparisonOperator':'eq'}}}",
       kOne + "Value 'eq' at 'keyConditions.p.member.comparisonOperator' failed to satisfy "
              "constraint: "
              "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, "
              "NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]"},
  });
}

TEST_F(Query, ComplainsOfTheRequestBareInTheServicesOrder) {
  expect_answers({
      {"Query", "{'TableName':'none'}",
       kInvalid +
           "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
           "request."},
      {"Query", "{'TableName':'none','FilterExpression':'v = v','QueryFilter':{}}",
       kInvalid +
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {QueryFilter} Expression parameters: {FilterExpression}"},
      {"Query",
       "{'TableName':'none','KeyConditionExpression':'p = "
       ":p','FilterExpression':'','KeyConditions':"
       "{}}",
       kInvalid +
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {KeyConditions} Expression parameters: {FilterExpression, "
           "KeyConditionExpression}"},
      {"Query", of_a("'ExclusiveStartKey':{'p':{}},'FilterExpression':''"),
       kInvalid +
           "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
           "exactly one of the supported datatypes"},
      {"Query", of_a("'ExclusiveStartKey':{'p':{'N':'x'}}"),
       kInvalid + "The parameter cannot be converted to a numeric value: x"},
      {"Query", "{'TableName':'none','KeyConditionExpression':'p > :p','FilterExpression':''}",
       kInvalid + "Invalid FilterExpression: The expression can not be empty;"},
      {"Query", "{'TableName':'none','KeyConditionExpression':'p > :p','ProjectionExpression':''}",
       kInvalid + "Invalid ProjectionExpression: The expression can not be empty;"},
      {"Query",
       "{'TableName':'none','KeyConditionExpression':'','ExpressionAttributeValues':{'loc':{'S':"
       "'x'}}}",
       kInvalid + "ExpressionAttributeValues contains invalid key: Syntax error; key: \"loc\""},
      {"Query", "{'TableName':'none','KeyConditionExpression':'p = :p'}",
       kInvalid + "Invalid KeyConditionExpression: An expression attribute value used in "
                  "expression is not "
                  "defined; attribute value: :p"},
      {"Query", of_a("'ExpressionAttributeNames':{'#a':'a'},'Select':'SPECIFIC_ATTRIBUTES'"),
       kInvalid + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
      {"Query",
       "{'TableName':'none','KeyConditionExpression':'p = :p',"
       "'ExpressionAttributeValues':{':p':{'S':'a'}}}",
       "ResourceNotFoundException: Requested resource not found"},
  });
}

TEST_F(Query, WrapsClashesOfSelect) {
  expect_answers({
      {"Query", of_a("'Select':'SPECIFIC_ATTRIBUTES'"),
       kOne + "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
              "SPECIFIC_ATTRIBUTES"},
      {"Query", of_a("'Select':'ALL_ATTRIBUTES','ProjectionExpression':'v'"),
       kOne + "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
      {"Query", of_a("'Select':'ALL_PROJECTED_ATTRIBUTES','ProjectionExpression':'v'"),
       kOne +
           "Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES"},
      {"Query", of_a("'Select':'COUNT','ProjectionExpression':'v'"),
       kOne + "Cannot specify the ProjectionExpression when choosing to get only the Count"},
      {"Query", of_a("'Select':'ALL_PROJECTED_ATTRIBUTES'"),
       kOne + "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
      {"Query",
       "{'TableName':'none','Select':'COUNT','AttributesToGet':['v'],'KeyConditions':{'p':{"
       "'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}}}",
       kOne + "Cannot specify the AttributesToGet when choosing to get only the Count"},
      {"Query", of_a("'Select':'SPECIFIC_ATTRIBUTES','ProjectionExpression':'v','Limit':1"),
       "{'Items':[{'v':{'N':'1'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'p':{'S':'a'},'s'"
       ":"
       "{'N':'1'}}}"},
  });
}

TEST_F(Query, ComplainsOfKeysAgainstTheTable) {
  expect_answers({
      {"Query", of_a("'IndexName':'nope'"),
       kInvalid + "The table does not have the specified index: nope"},
      {"Query", of_a("", "s = :s", "':s':{'N':'1'}"),
       kInvalid + "Query condition missed key schema element: p"},
      {"Query", of_a("", "p = :p AND v = :v", "':p':{'S':'a'},':v':{'N':'1'}"),
       kInvalid + "Query condition missed key schema element: s"},
      {"Query", of_a("", "p > :p"), kInvalid + "Query key condition not supported"},
      {"Query", of_a("", "p = :p", "':p':{'N':'1'}"),
       kInvalid +
           "One or more parameter values were invalid: Condition parameter type does not match "
           "schema type"},
      {"Query", of_a("'FilterExpression':'s > :f'", "p = :p", "':p':{'S':'a'},':f':{'N':'1'}"),
       kInvalid +
           "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
           "s"},
      {"Query", of_a("'FilterExpression':'v = s'"),
       kInvalid +
           "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
           "s"},
      {"Query", of_a("'ExclusiveStartKey':{'p':{'S':'a'}}"),
       kInvalid + "The provided starting key is invalid"},
      {"Query", of_a("'ExclusiveStartKey':{'p':{'S':'b'},'s':{'N':'1'}}"),
       kInvalid +
           "The provided starting key is outside query boundaries based on provided conditions"},
      {"Query",
       "{'TableName':'tab','KeyConditionExpression':'p = "
       ":p','ExpressionAttributeValues':{':p':{'S':"
       "'a'}},'ExclusiveStartKey':{'p':{'S':'a'}}}",
       kInvalid +
           "The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: "
           "{S:a}}"},
  });
}

TEST_F(Query, ReadsForwardBackwardAndByRange) {
  const std::string project = "'ProjectionExpression':'s'";
  expect_answers({
      {"Query", of_a(project),
       "{'Items':[{'s':{'N':'1'}},{'s':{'N':'2'}},{'s':{'N':'3'}},{'s':{'N':'4'}}],'Count':4,"
       "'ScannedCount':4}"},
      {"Query", of_a(project + ",'ScanIndexForward':false,'Limit':2"),
       "{'Items':[{'s':{'N':'4'}},{'s':{'N':'3'}}],'Count':2,'ScannedCount':2,'LastEvaluatedKey':{"
       "'p':{'S':'a'},'s':{'N':'3'}}}"},
      {"Query",
       of_a(project + ",'ScanIndexForward':false,'ExclusiveStartKey':{'p':{'S':'a'},'s':{'N':'2.5'}"
                      "}"),
       "{'Items':[{'s':{'N':'2'}},{'s':{'N':'1'}}],'Count':2,'ScannedCount':2}"},
      {"Query",
       of_a(project, "p = :p AND s BETWEEN :x AND :y",
            "':p':{'S':'a'},':x':{'N':'2'},':y':{'N':'3'}"),
       "{'Items':[{'s':{'N':'2'}},{'s':{'N':'3'}}],'Count':2,'ScannedCount':2}"},
      {"Query", of_a("", "p = :p", "':p':{'S':'nobody'}"),
       "{'Items':[],'Count':0,'ScannedCount':0}"},
  });
}

TEST_F(Query, CountsBeforeTheFilterAndReturnsAfterIt) {
  const std::string filter = "'FilterExpression':'v > :f'";
  const std::string values = "':p':{'S':'a'},':f':{'N':'2'}";
  expect_answers({
      {"Query", of_a(filter + ",'Select':'COUNT'", "p = :p", values),
       "{'Count':2,'ScannedCount':4}"},
      {"Query", of_a(filter + ",'Limit':2", "p = :p", values),
       "{'Items':[],'Count':0,'ScannedCount':2,'LastEvaluatedKey':{'p':{'S':'a'},'s':{'N':'2'}}}"},
      {"Query",
       of_a(filter + ",'Limit':2,'Select':'COUNT','ReturnConsumedCapacity':'TOTAL'", "p = :p",
            values),
       "{'Count':0,'ScannedCount':2,'LastEvaluatedKey':{'p':{'S':'a'},'s':{'N':'2'}},"
       "'ConsumedCapacity':{'TableName':'rng','CapacityUnits':0.5}}"},
      {"Query", of_a("'Select':'COUNT','ConsistentRead':true,'ReturnConsumedCapacity':'INDEXES'"),
       "{'Count':4,'ScannedCount':4,'ConsumedCapacity':{'TableName':'rng','CapacityUnits':1.0,"
       "'Table':{'CapacityUnits':1.0}}}"},
      {"Query",
       of_a("'Select':'COUNT','ReturnConsumedCapacity':'TOTAL'", "p = :p", "':p':{'S':'nobody'}"),
       "{'Count':0,'ScannedCount':0,'ConsumedCapacity':{'TableName':'rng','CapacityUnits':0.5}}"},
  });
}

TEST_F(Query, EndsAPageAtOneMegabyte) {
  for (int i = 0; i < 4; ++i) {
    call("PutItem", "{'TableName':'rng','Item':{'p':{'S':'big'},'s':{'N':'" + std::to_string(i) +
                        "'},'v':{'S':'" + std::string(300'000, 'x') + "'}}}");
  }
  EXPECT_EQ(call("Query", of_a("'Select':'COUNT','ReturnConsumedCapacity':'TOTAL'", "p = :p",
                               "':p':{'S':'big'}")),
            json("{'Count':4,'ScannedCount':4,'LastEvaluatedKey':{'p':{'S':'big'},'s':{'N':'3'}},"
                 "'ConsumedCapacity':{'TableName':'rng','CapacityUnits':146.5}}"));
}

class IndexedQuery : public ApiFixture {
 protected:
  IndexedQuery() {
    create_indexed_table();
    call("PutItem",
         "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'1'},'l':{'S':'l1'},'g':{'S':'g'},'r':{"
         "'S':'r1'},'a':{'S':'A'},'b':{'S':'B'}}}");
    call("PutItem",
         "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'2'},'l':{'S':'l0'},'g':{'S':'g'}}}");
  }
  static std::string on(const std::string& index, const std::string& more) {
    const bool local = index[0] == 'l';
    return "{'TableName':'idx','IndexName':'" + index + "','KeyConditionExpression':'" +
           (local ? "p = :k" : "g = :k") + "','ExpressionAttributeValues':{':k':{'S':'" +
           (local ? "a" : "g") + "'}}" + (more.empty() ? "" : "," + more) + "}";
  }
};

TEST_F(IndexedQuery, RefusesWhatGlobalIndexesDoNotHold) {
  expect_answers({
      {"Query", on("gall", "'ConsistentRead':true"),
       kInvalid + "Consistent reads are not supported on global secondary indexes"},
      {"Query", on("gkeys", "'Select':'ALL_ATTRIBUTES'"),
       kInvalid +
           "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
           "for global secondary index gkeys because its projection type is not ALL"},
      {"Query", on("gincl", "'Select':'ALL_ATTRIBUTES'"),
       kInvalid +
           "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
           "for global secondary index gincl because its projection type is not ALL"},
      {"Query", on("gkeys", "'ProjectionExpression':'p, b, a'"),
       kInvalid +
           "One or more parameter values were invalid: Global secondary index gkeys does not "
           "project [a, b]"},
      {"Query",
       "{'TableName':'idx','IndexName':'gkeys','AttributesToGet':['a'],'KeyConditions':{'g':{"
       "'ComparisonOperator':'EQ','AttributeValueList':[{'S':'g'}]}}}",
       kInvalid +
           "One or more parameter values were invalid: Global secondary index gkeys does not "
           "project [a]"},
      {"Query", on("gincl", "'FilterExpression':'attribute_exists(b) AND attribute_exists(a)'"),
       kInvalid +
           "One or more parameter values were invalid: Secondary index gincl does not project one "
           "or more filter attributes: [b]"},
      {"Query", on("gall", "'FilterExpression':'attribute_exists(g)'"),
       kInvalid +
           "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
           "g"},
  });
}

TEST_F(IndexedQuery, ReturnsWhatTheIndexHolds) {
  const std::string keys = "'g':{'S':'g'},";
  expect_answers({
      // Items without a key attribute of the index are not in it.
      {"Query", on("gkeys", ""),
       "{'Items':[{'g':{'S':'g'},'p':{'S':'a'},'r':{'S':'r1'},'s':{'N':'1'}}],'Count':1,"
       "'ScannedCount':1}"},
      {"Query", on("gincl", "'Select':'ALL_PROJECTED_ATTRIBUTES','Limit':1"),
       "{'Items':[{'a':{'S':'A'},'g':{'S':'g'},'p':{'S':'a'},'r':{'S':'r1'},'s':{'N':'1'}}],'Count'"
       ":"
       "1,'ScannedCount':1,'LastEvaluatedKey':{'g':{'S':'g'},'p':{'S':'a'},'r':{'S':'r1'},'s':{'N':"
       "'1'}}}"},
      {"Query", on("gall", "'Select':'COUNT','ReturnConsumedCapacity':'INDEXES'"),
       "{'Count':2,'ScannedCount':2,'ConsumedCapacity':{'TableName':'idx','CapacityUnits':0.5,"
       "'Table':{'CapacityUnits':0.0},'GlobalSecondaryIndexes':{'gall':{'CapacityUnits':0.5}}}}"},
      // A filter may use the table's keys if they are not the index's.
      {"Query",
       "{'TableName':'idx','IndexName':'gall','KeyConditionExpression':'g = :k','FilterExpression':"
       "'s = :s','Select':'COUNT','ExpressionAttributeValues':{':k':{'S':'g'},':s':{'N':'1'}}}",
       "{'Count':1,'ScannedCount':2}"},
  });
}

TEST_F(IndexedQuery, FetchesWhatLocalIndexesLack) {
  const std::string both =
      "{'l':{'S':'l0'},'p':{'S':'a'},'s':{'N':'2'}},"
      "{'l':{'S':'l1'},'p':{'S':'a'},'s':{'N':'1'}}";
  const std::string whole =
      "{'g':{'S':'g'},'l':{'S':'l0'},'p':{'S':'a'},'s':{'N':'2'}},{'a':{'S':'A'},'b':{'S':'B'},'g':"
      "{"
      "'S':'g'},'l':{'S':'l1'},'p':{'S':'a'},'r':{'S':'r1'},'s':{'N':'1'}}";
  expect_answers({
      {"Query", on("lkeys", "'ReturnConsumedCapacity':'INDEXES'"),
       "{'Items':[" + both +
           "],'Count':2,'ScannedCount':2,'ConsumedCapacity':{'TableName':'idx','CapacityUnits':0.5,"
           "'Table':{'CapacityUnits':0.0},'LocalSecondaryIndexes':{'lkeys':{'CapacityUnits':0.5}}}"
           "}"},
      {"Query", on("lkeys", "'Select':'ALL_ATTRIBUTES','ReturnConsumedCapacity':'INDEXES'"),
       "{'Items':[" + whole +
           "],'Count':2,'ScannedCount':2,'ConsumedCapacity':{'TableName':'idx','CapacityUnits':1.5,"
           "'Table':{'CapacityUnits':1.0},'LocalSecondaryIndexes':{'lkeys':{'CapacityUnits':0.5}}}"
           "}"},
      {"Query",
       on("lkeys",
          "'ProjectionExpression':'b','ConsistentRead':true,'ReturnConsumedCapacity':'TOTAL'"),
       "{'Items':[{},{'b':{'S':'B'}}],'Count':2,'ScannedCount':2,'ConsumedCapacity':{'TableName':"
       "'idx','CapacityUnits':3.0}}"},
      // The filter needs the item; what is returned is still what the index projects.
      {"Query", on("lkeys", "'FilterExpression':'attribute_exists(b)'"),
       "{'Items':[{'l':{'S':'l1'},'p':{'S':'a'},'s':{'N':'1'}}],'Count':1,'ScannedCount':2}"},
      {"Query", on("lall", "'Select':'ALL_ATTRIBUTES','ReturnConsumedCapacity':'TOTAL'"),
       "{'Items':[" + whole +
           "],'Count':2,'ScannedCount':2,'ConsumedCapacity':{'TableName':'idx','CapacityUnits':0.5}"
           "}"},
  });
}

TEST_F(IndexedQuery, BindsSeveralKeyAttributesFromTheLeft) {
  create(R"({'TableName':'multi','BillingMode':'PAY_PER_REQUEST',
    'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},
      {'AttributeName':'h1','AttributeType':'S'},{'AttributeName':'h2','AttributeType':'S'},
      {'AttributeName':'r1','AttributeType':'N'},{'AttributeName':'r2','AttributeType':'N'}],
    'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],
    'GlobalSecondaryIndexes':[{'IndexName':'many','Projection':{'ProjectionType':'ALL'},
      'KeySchema':[{'AttributeName':'h1','KeyType':'HASH'},{'AttributeName':'h2','KeyType':'HASH'},
        {'AttributeName':'r1','KeyType':'RANGE'},{'AttributeName':'r2','KeyType':'RANGE'}]}]})");
  for (const char* r2 : {"1", "2", "3"}) {
    call("PutItem", std::string("{'TableName':'multi','Item':{'p':{'S':'") + r2 +
                        "'},'h1':{'S':'x'},'h2':{'S':'y'},'r1':{'N':'1'},'r2':{'N':'" + r2 +
                        "'}}}");
  }
  const auto many = [](const std::string& condition, const std::string& values,
                       const std::string& more) {
    return "{'TableName':'multi','IndexName':'many','KeyConditionExpression':'" + condition +
           "','ExpressionAttributeValues':{':x':{'S':'x'},':y':{'S':'y'}" + values + "}," + more +
           "}";
  };
  expect_answers({
      {"Query",
       many("r2 > :b AND h2 = :y AND h1 = :x AND r1 = :a", ",':a':{'N':'1'},':b':{'N':'1'}",
            "'ProjectionExpression':'p','Limit':1"),
       "{'Items':[{'p':{'S':'2'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'h1':{'S':'x'},"
       "'h2':{'S':'y'},'p':{'S':'2'},'r1':{'N':'1'},'r2':{'N':'2'}}}"},
      {"Query", many("h1 = :x AND h2 = :y", "", "'Select':'COUNT'"),
       "{'Count':3,'ScannedCount':3}"},
      {"Query", many("h1 = :x AND h2 = :y AND r2 = :b", ",':b':{'N':'1'}", "'Select':'COUNT'"),
       kInvalid +
           "RANGE key attributes r1 must have equality conditions specified in the query because a "
           "condition is present on key attribute r2"},
      {"Query", many("h1 = :x AND h2 > :y", "", "'Select':'COUNT'"),
       kInvalid + "HASH key attributes h2 must have equality conditions specified in the query"},
  });
}

}  // namespace
}  // namespace dynolith::test
