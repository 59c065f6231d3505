// Every request as the service gets it.
#include <gtest/gtest.h>

#include <algorithm>

#include "odm/connection/request.h"
#include "storage/engine/table_update.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace storage;
using test::encoded_from;
using test::item_from;

std::string json(std::string_view quoted) {
  std::string text(quoted);
  std::replace(text.begin(), text.end(), '\'', '"');
  return text;
}

struct WireCase {
  Request request;
  std::string operation;
  std::string body;  // With ' for ".
};

void expect_wire(const std::vector<WireCase>& cases) {
  for (const WireCase& each : cases) {
    EXPECT_EQ(to_wire(each.request).operation, each.operation);
    EXPECT_EQ(to_wire(each.request).body, json(each.body)) << each.operation;
  }
}

DocumentPath path(std::string name) { return {{std::move(name)}}; }

ConditionPtr exists(std::string name) {
  return std::make_shared<Condition>(Condition{AttributeExists{path(std::move(name))}});
}
ConditionPtr equals(std::string name, std::string_view value) {
  return std::make_shared<Condition>(
      Condition{Comparison{path(std::move(name)), Comparator::kEqual, encoded_from(value)}});
}
ProjectionPtr only(std::string name) {
  return std::make_shared<Projection>(Projection{{path(std::move(name))}});
}
UpdatePtr set(std::string name, std::string_view value) {
  auto update = std::make_shared<Update>();
  update->actions.emplace_back(
      SetAction{path(std::move(name)), {encoded_from(value)}, Arithmetic::kNone, std::nullopt});
  return update;
}

TEST(WireRequest, OfItems) {
  expect_wire({
      {GetRequest{"t", item_from("{p: \"a\"}")}, "GetItem",
       "{'TableName':'t','Key':{'p':{'S':'a'}},'ReturnConsumedCapacity':'TOTAL'}"},
      {GetRequest{"t", item_from("{p: \"a\"}"), true, only("size")}, "GetItem",
       "{'TableName':'t','Key':{'p':{'S':'a'}},'ConsistentRead':true,"
       "'ProjectionExpression':'#n0','ExpressionAttributeNames':{'#n0':'size'},"
       "'ReturnConsumedCapacity':'TOTAL'}"},
      {PutRequest{"t", item_from("{p: \"a\", n: 1.5}")}, "PutItem",
       "{'TableName':'t','Item':{'n':{'N':'1.5'},'p':{'S':'a'}},"
       "'ReturnConsumedCapacity':'TOTAL'}"},
      {PutRequest{"t", item_from("{p: \"a\"}"), equals("v", "3"), true, true}, "PutItem",
       "{'TableName':'t','Item':{'p':{'S':'a'}},'ConditionExpression':'#n0 = :v0',"
       "'ExpressionAttributeNames':{'#n0':'v'},'ExpressionAttributeValues':{':v0':{'N':'3'}},"
       "'ReturnValuesOnConditionCheckFailure':'ALL_OLD','ReturnValues':'ALL_OLD',"
       "'ReturnConsumedCapacity':'TOTAL'}"},
      {UpdateRequest{"t", item_from("{p: \"a\"}"), set("v", "4"), equals("v", "3"),
                     UpdateRequest::Return::kAllNew},
       "UpdateItem",
       "{'TableName':'t','Key':{'p':{'S':'a'}},'UpdateExpression':'SET #n0 = :v0',"
       "'ConditionExpression':'#n0 = :v1','ExpressionAttributeNames':{'#n0':'v'},"
       "'ExpressionAttributeValues':{':v0':{'N':'4'},':v1':{'N':'3'}},"
       "'ReturnValues':'ALL_NEW','ReturnConsumedCapacity':'TOTAL'}"},
      {UpdateRequest{"t", item_from("{p: \"a\"}"), std::make_shared<Update>()}, "UpdateItem",
       "{'TableName':'t','Key':{'p':{'S':'a'}},'ReturnConsumedCapacity':'TOTAL'}"},
      {DeleteRequest{"t", item_from("{p: \"a\"}"), exists("p"), true}, "DeleteItem",
       "{'TableName':'t','Key':{'p':{'S':'a'}},'ConditionExpression':'attribute_exists(#n0)',"
       "'ExpressionAttributeNames':{'#n0':'p'},'ReturnValues':'ALL_OLD',"
       "'ReturnConsumedCapacity':'TOTAL'}"},
  });
}

TEST(WireRequest, OfRanges) {
  RangeRequest query{.table = "t", .index = "i"};
  query.key_clauses = {{"p", KeyOperator::kEqual, encoded_from("\"a\""), std::nullopt},
                       {"s", KeyOperator::kBeginsWith, encoded_from("\"b\""), std::nullopt}};
  query.forward = false;
  query.limit = 7;
  query.exclusive_start_key = item_from("{p: \"a\", s: \"ba\"}");
  query.filter = equals("c", "\"a\"");
  query.consistent = true;
  query.count_only = true;
  RangeRequest scan{.table = "t"};
  scan.segment = ScanSegment{1, 4};
  scan.projection = only("p");
  expect_wire({
      {query, "Query",
       "{'TableName':'t','IndexName':'i',"
       "'KeyConditionExpression':'#n0 = :v0 AND begins_with(#n1, :v1)','ScanIndexForward':false,"
       "'FilterExpression':'#n2 = :v0',"
       "'ExpressionAttributeNames':{'#n0':'p','#n1':'s','#n2':'c'},"
       "'ExpressionAttributeValues':{':v0':{'S':'a'},':v1':{'S':'b'}},'Limit':7,"
       "'ExclusiveStartKey':{'p':{'S':'a'},'s':{'S':'ba'}},'ConsistentRead':true,"
       "'Select':'COUNT','ReturnConsumedCapacity':'TOTAL'}"},
      {scan, "Scan",
       "{'TableName':'t','ProjectionExpression':'#n0','ExpressionAttributeNames':{'#n0':'p'},"
       "'Segment':1,'TotalSegments':4,'ReturnConsumedCapacity':'TOTAL'}"},
  });
}

TEST(WireRequest, OfBatches) {
  BatchGetRequest gets;
  gets.gets.push_back({"t", item_from("{p: \"a\"}"), true, only("x")});
  gets.gets.push_back({"u", item_from("{p: 1}")});
  gets.gets.push_back({"t", item_from("{p: \"b\"}"), true, gets.gets.front().projection});
  BatchWriteRequest writes;
  writes.writes.emplace_back(PutRequest{"t", item_from("{p: \"a\"}")});
  writes.writes.emplace_back(DeleteRequest{"u", item_from("{p: 1}")});
  writes.writes.emplace_back(DeleteRequest{"t", item_from("{p: \"b\"}")});
  expect_wire({
      {gets, "BatchGetItem",
       "{'RequestItems':{'t':{'Keys':[{'p':{'S':'a'}},{'p':{'S':'b'}}],'ConsistentRead':true,"
       "'ProjectionExpression':'#n0, #n1','ExpressionAttributeNames':{'#n0':'x','#n1':'p'}},"
       "'u':{'Keys':[{'p':{'N':'1'}}]}},'ReturnConsumedCapacity':'TOTAL'}"},
      {writes, "BatchWriteItem",
       "{'RequestItems':{'t':[{'PutRequest':{'Item':{'p':{'S':'a'}}}},"
       "{'DeleteRequest':{'Key':{'p':{'S':'b'}}}}],"
       "'u':[{'DeleteRequest':{'Key':{'p':{'N':'1'}}}}]},'ReturnConsumedCapacity':'TOTAL'}"},
  });
}

TEST(WireRequest, OfTransactions) {
  TransactWriteRequest writes;
  writes.token = "again";
  writes.actions.emplace_back(PutRequest{"t", item_from("{p: \"a\"}"), exists("p"), false, true});
  writes.actions.emplace_back(UpdateRequest{"t", item_from("{p: \"b\"}"), set("x", "1")});
  writes.actions.emplace_back(DeleteRequest{"t", item_from("{p: \"c\"}")});
  writes.actions.emplace_back(CheckRequest{"t", item_from("{p: \"d\"}"), exists("p")});
  TransactGetRequest gets;
  gets.gets.push_back({"t", item_from("{p: \"a\"}"), true, only("x")});
  expect_wire({
      {writes, "TransactWriteItems",
       "{'TransactItems':[{'Put':{'TableName':'t','Item':{'p':{'S':'a'}},"
       "'ConditionExpression':'attribute_exists(#n0)','ExpressionAttributeNames':{'#n0':'p'},"
       "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}},"
       "{'Update':{'TableName':'t','Key':{'p':{'S':'b'}},'UpdateExpression':'SET #n0 = :v0',"
       "'ExpressionAttributeNames':{'#n0':'x'},'ExpressionAttributeValues':{':v0':{'N':'1'}}}},"
       "{'Delete':{'TableName':'t','Key':{'p':{'S':'c'}}}},"
       "{'ConditionCheck':{'TableName':'t','Key':{'p':{'S':'d'}},"
       "'ConditionExpression':'attribute_exists(#n0)','ExpressionAttributeNames':{'#n0':'p'}}}],"
       "'ClientRequestToken':'again','ReturnConsumedCapacity':'TOTAL'}"},
      {gets, "TransactGetItems",
       "{'TransactItems':[{'Get':{'TableName':'t','Key':{'p':{'S':'a'}},"
       "'ProjectionExpression':'#n0','ExpressionAttributeNames':{'#n0':'x'}}}],"
       "'ReturnConsumedCapacity':'TOTAL'}"},
  });
}

TableDefinition full_definition() {
  TableDefinition table{.name = "Table"};
  table.attribute_definitions = {
      {"p", AttributeType::kString}, {"s", AttributeType::kNumber}, {"b", AttributeType::kBinary}};
  table.key = {{{"p", AttributeType::kString}}, {{"s", AttributeType::kNumber}}};
  IndexDefinition local{.name = "local", .kind = IndexKind::kLocal};
  local.key = {{{"p", AttributeType::kString}}, {{"b", AttributeType::kBinary}}};
  local.projection.type = ProjectionType::kKeysOnly;
  IndexDefinition global{.name = "global", .kind = IndexKind::kGlobal};
  global.key = {{{"p", AttributeType::kString}, {"b", AttributeType::kBinary}},
                {{"s", AttributeType::kNumber}}};
  global.projection = {ProjectionType::kInclude, {"x", "y"}};
  global.throughput = Throughput{3, 4};
  global.warm_throughput = ThroughputLimits{12'000, 4'000};
  table.indexes = {local, global};
  table.throughput = {5, 6};
  table.table_class = TableClass::kStandardInfrequentAccess;
  table.encryption = ServerSideEncryption{"KMS", "arn:aws:kms:us-east-1:000000000000:key/k"};
  table.stream_view_type = StreamViewType::kNewAndOldImages;
  table.deletion_protection = true;
  table.tags = {{"team", "a"}};
  return table;
}

TEST(WireRequest, OfNewTables) {
  TableDefinition on_demand{.name = "Table"};
  on_demand.attribute_definitions = {{"p", AttributeType::kString}};
  on_demand.key = {{{"p", AttributeType::kString}}, {}};
  on_demand.billing_mode = BillingMode::kPayPerRequest;
  on_demand.on_demand_limits = ThroughputLimits{10, std::nullopt};
  expect_wire({
      {CreateTableRequest{full_definition()}, "CreateTable",
       "{'TableName':'Table','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
       "{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'b','AttributeType':'B'}],"
       "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},"
       "{'AttributeName':'s','KeyType':'RANGE'}],"
       "'LocalSecondaryIndexes':[{'IndexName':'local','KeySchema':["
       "{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'b','KeyType':'RANGE'}],"
       "'Projection':{'ProjectionType':'KEYS_ONLY'}}],"
       "'GlobalSecondaryIndexes':[{'IndexName':'global','KeySchema':["
       "{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'b','KeyType':'HASH'},"
       "{'AttributeName':'s','KeyType':'RANGE'}],"
       "'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['x','y']},"
       "'ProvisionedThroughput':{'ReadCapacityUnits':3,'WriteCapacityUnits':4},"
       "'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4000}}],"
       "'BillingMode':'PROVISIONED',"
       "'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':6},"
       "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_AND_OLD_IMAGES'},"
       "'SSESpecification':{'Enabled':true,'SSEType':'KMS',"
       "'KMSMasterKeyId':'arn:aws:kms:us-east-1:000000000000:key/k'},"
       "'Tags':[{'Key':'team','Value':'a'}],'TableClass':'STANDARD_INFREQUENT_ACCESS',"
       "'DeletionProtectionEnabled':true}"},
      {CreateTableRequest{on_demand}, "CreateTable",
       "{'TableName':'Table','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],"
       "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST',"
       "'OnDemandThroughput':{'MaxReadRequestUnits':10}}"},
  });
}

TEST(WireRequest, OfTables) {
  TableUpdate update{.name = "Table"};
  update.billing_mode = BillingMode::kPayPerRequest;
  update.on_demand_limits = ThroughputLimits{kNoLimit, 9};
  IndexDefinition global{.name = "new", .kind = IndexKind::kGlobal};
  global.key = {{{"p", AttributeType::kString}}, {}};
  update.attribute_definitions = {{"p", AttributeType::kString}};
  update.index_changes = {CreateIndex{global}, UpdateIndex{"old", Throughput{1, 2}},
                          DeleteIndex{"gone"}};
  update.stream = StreamChange{};
  update.encryption = EncryptionChange{};
  update.table_class = TableClass::kStandard;
  update.deletion_protection = false;
  expect_wire({
      {UpdateTableRequest{update}, "UpdateTable",
       "{'TableName':'Table','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],"
       "'BillingMode':'PAY_PER_REQUEST',"
       "'OnDemandThroughput':{'MaxReadRequestUnits':-1,'MaxWriteRequestUnits':9},"
       "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'new','KeySchema':["
       "{'AttributeName':'p','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}},"
       "{'Update':{'IndexName':'old',"
       "'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':2}}},"
       "{'Delete':{'IndexName':'gone'}}],'StreamSpecification':{'StreamEnabled':false},"
       "'SSESpecification':{'Enabled':false},'TableClass':'STANDARD',"
       "'DeletionProtectionEnabled':false}"},
      {DescribeTableRequest{"Table"}, "DescribeTable", "{'TableName':'Table'}"},
      {DeleteTableRequest{"Table"}, "DeleteTable", "{'TableName':'Table'}"},
      {TimeToLiveRequest{"Table", "expires", false}, "UpdateTimeToLive",
       "{'TableName':'Table',"
       "'TimeToLiveSpecification':{'Enabled':false,'AttributeName':'expires'}}"},
      {ChangesRequest{"Table"}, "GetRecords", "{'ShardIterator':'TRIM_HORIZON','Limit':1000}"},
      {ChangesRequest{"Table", "newest", 5}, "GetRecords", "{'ShardIterator':'LATEST','Limit':5}"},
  });
}

}  // namespace
}  // namespace dynolith::odm
