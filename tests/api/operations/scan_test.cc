// Scan: complaints, segments, pages and their costs.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";

class Scan : public ApiFixture {
 protected:
  Scan() { create_plain_tables(); }
  void fill(int items) {
    for (int i = 0; i < items; ++i) {
      call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'item" + std::to_string(i) +
                          "'},'n':{'N':'" + std::to_string(i) + "'}}}");
    }
  }
};

TEST_F(Scan, ComplainsInTheServicesOrder) {
  expect_answers({
      {"Scan", "{'TableName':'tab','Limit':0,'Select':'all'}",
       kInvalid +
           "2 validation errors detected: Value 'all' at 'select' failed to satisfy constraint: "
           "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
           "ALL_PROJECTED_ATTRIBUTES]; Value '0' at 'limit' failed to satisfy constraint: Member "
           "must have value greater than or equal to 1"},
      {"Scan", "{'TableName':'tab','TotalSegments':0,'Segment':0}",
       kOne + "Value '0' at 'totalSegments' failed to satisfy constraint: Member must have value "
              "greater than or equal to 1"},
      {"Scan", "{'TableName':'tab','TotalSegments':1000001,'Segment':0}",
       kOne + "Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have "
              "value "
              "less than or equal to 1000000"},
      {"Scan", "{'TableName':'tab','TotalSegments':1,'Segment':-1}",
       kOne +
           "Value '-1' at 'segment' failed to satisfy constraint: Member must have value greater "
           "than or equal to 0"},
      {"Scan", "{'TableName':'none','FilterExpression':''}",
       kInvalid + "Invalid FilterExpression: The expression can not be empty;"},
      {"Scan", "{'TableName':'none','Segment':0,'Select':'SPECIFIC_ATTRIBUTES'}",
       kInvalid + "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                  "SPECIFIC_ATTRIBUTES"},
      {"Scan", "{'TableName':'none','Select':'ALL_PROJECTED_ATTRIBUTES'}",
       kInvalid + "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
      {"Scan", "{'TableName':'none','Segment':0}",
       kInvalid + "The TotalSegments parameter is required but was not present in the request when "
                  "Segment "
                  "parameter is present"},
      {"Scan", "{'TableName':'none','TotalSegments':1}",
       kInvalid +
           "The Segment parameter is required but was not present in the request when parameter "
           "TotalSegments is present"},
      {"Scan", "{'TableName':'none','TotalSegments':2,'Segment':2}",
       kInvalid +
           "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
           "Segment: 2 is not less than TotalSegments: 2"},
      {"Scan", "{'TableName':'none','TotalSegments':2,'Segment':1}",
       "ResourceNotFoundException: Requested resource not found"},
      {"Scan", "{'TableName':'tab','IndexName':'nope'}",
       kInvalid + "The table does not have the specified index: nope"},
      {"Scan", "{'TableName':'tab','ExclusiveStartKey':{'q':{'S':'x'}}}",
       kInvalid +
           "The provided starting key is invalid: The provided key element does not match the "
           "schema"},
      {"Scan",
       "{'TableName':'tab','FilterExpression':'p.x = :v','ExpressionAttributeValues':{':v':"
       "{'S':'x'}}}",
       kInvalid +
           "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
           "allowed: Key: p"},
  });
}

TEST_F(Scan, FiltersOnKeysAndCounts) {
  fill(10);
  expect_answers({
      {"Scan",
       "{'TableName':'tab','FilterExpression':'p = :p','ProjectionExpression':'n',"
       "'ExpressionAttributeValues':{':p':{'S':'item7'}},'ReturnConsumedCapacity':'TOTAL'}",
       "{'Items':[{'n':{'N':'7'}}],'Count':1,'ScannedCount':10,'ConsumedCapacity':{'TableName':'"
       "tab',"
       "'CapacityUnits':0.5}}"},
      {"Scan", "{'TableName':'tab','Select':'COUNT'}", "{'Count':10,'ScannedCount':10}"},
      {"Scan", "{'TableName':'rng'}", "{'Items':[],'Count':0,'ScannedCount':0}"},
  });
}

// Reads on from page to page; returns the p of each item.
std::multiset<std::string> scan_all(const std::function<std::string(const std::string&)>& scan) {
  std::multiset<std::string> found;
  std::string start;
  simdjson::dom::parser parser;
  for (;;) {
    const std::string reply = scan(start);
    simdjson::dom::element page;
    if (parser.parse(reply).get(page)) {
      ADD_FAILURE() << reply;
      return found;
    }
    const simdjson::dom::array items = page["Items"].get_array().value();
    for (const auto item : items) {
      found.emplace(item["p"]["S"].get_string().value());
    }
    simdjson::dom::element last;
    if (page["LastEvaluatedKey"].get(last)) return found;
    start = ",'ExclusiveStartKey':" + simdjson::minify(last);
  }
}

TEST_F(Scan, MeetsEveryItemOnceInPagesAndSegments) {
  fill(50);
  const auto whole = scan_all([&](const std::string& start) {
    return call("Scan", "{'TableName':'tab','Limit':7" + start + "}");
  });
  EXPECT_EQ(whole.size(), 50u);
  std::multiset<std::string> in_segments;
  for (int segment = 0; segment < 3; ++segment) {
    in_segments.merge(scan_all([&](const std::string& start) {
      return call("Scan", "{'TableName':'tab','Limit':2,'TotalSegments':3,'Segment':" +
                              std::to_string(segment) + start + "}");
    }));
  }
  EXPECT_EQ(in_segments, whole);
}

TEST_F(Scan, ReadsIndexes) {
  create_indexed_table();
  call(
      "PutItem",
      "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'1'},'g':{'S':'g'},'r':{'S':'r'},'b':{'S':"
      "'B'}}}");
  call("PutItem", "{'TableName':'idx','Item':{'p':{'S':'a'},'s':{'N':'2'}}}");
  expect_answers({
      {"Scan", "{'TableName':'idx','IndexName':'gkeys','ReturnConsumedCapacity':'INDEXES'}",
       "{'Items':[{'g':{'S':'g'},'p':{'S':'a'},'r':{'S':'r'},'s':{'N':'1'}}],'Count':1,"
       "'ScannedCount':1,'ConsumedCapacity':{'TableName':'idx','CapacityUnits':0.5,'Table':{"
       "'CapacityUnits':0.0},'GlobalSecondaryIndexes':{'gkeys':{'CapacityUnits':0.5}}}}"},
      {"Scan", "{'TableName':'idx','IndexName':'gall','ConsistentRead':true}",
       kInvalid + "Consistent reads are not supported on global secondary indexes"},
      {"Scan", "{'TableName':'idx','IndexName':'gkeys','Select':'ALL_ATTRIBUTES'}",
       kInvalid +
           "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
           "for global secondary index gkeys because its projection type is not ALL"},
      {"Scan", "{'TableName':'idx','Select':'COUNT','ConsistentRead':true}",
       "{'Count':2,'ScannedCount':2}"},
  });
}

}  // namespace
}  // namespace dynolith::test
