// BatchGetItem: complaints, replies, the 16 MB limit, costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";

std::string keys(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "{'p':{'S':'k" : ",{'p':{'S':'k") + std::to_string(i) + "'}}";
  }
  return text;
}

std::string request(const std::string& tables, const std::string& more = "") {
  return "{'RequestItems':{" + tables + "}" + (more.empty() ? "" : "," + more) + "}";
}

class BatchGetItem : public ApiFixture {
 protected:
  BatchGetItem() { create_plain_tables(); }
};

TEST_F(BatchGetItem, ComplainsInTheServicesOrder) {
  const std::string unused =
      "'none':{'Keys':[{'p':{'S':'a'}}],'ProjectionExpression':'p',"
      "'ExpressionAttributeNames':{'#a':'a'}}";
  expect_answers({
      {"BatchGetItem", "{}",
       kOne + "Value null at 'requestItems' failed to satisfy constraint: Member must not be null"},
      {"BatchGetItem", request(""),
       kOne +
           "Value at 'RequestItems' failed to satisfy constraint: Member must have length greater "
           "than or equal to 1"},
      {"BatchGetItem", request("'tab':{}"),
       kOne +
           "Value null at 'requestItems.tab.member.keys' failed to satisfy constraint: Member must "
           "not be null"},
      {"BatchGetItem", request("'tab':{'Keys':[]}"),
       kOne +
           "Value at 'RequestItems.tab.member.Keys' failed to satisfy constraint: Member must have "
           "length greater than or equal to 1"},
      {"BatchGetItem", request("'tab':{'Keys':[" + keys(101) + "]}"),
       kOne +
           "Value at 'RequestItems.tab.member.Keys' failed to satisfy constraint: Member must have "
           "length less than or equal to 100"},
      {"BatchGetItem",
       request("'tab':{'Keys':[" + keys(60) + "]},'rng':{'Keys':[" + keys(41) + "]}"),
       kInvalid + "Too many items requested for the BatchGetItem call"},
      {"BatchGetItem", request("'t!':{'Keys':[{}]}"),
       kOne +
           R"(Value '{"t!":{"Keys":[{}]}}' at 'requestItems' failed to satisfy constraint: Map keys )"
           "must satisfy constraint: [Member must have length less than or equal to 255, Member "
           "must have length greater than or equal to 3, Member must satisfy regular expression "
           "pattern: [a-zA-Z0-9_.-]+]"},
      {"BatchGetItem", request(unused),
       kInvalid + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
      {"BatchGetItem",
       request("'none':{'Keys':[{'p':{'S':'a'}}],'ExpressionAttributeNames':{'#a':'a'}}"),
       kInvalid + "ExpressionAttributeNames can only be specified when using expressions"},
      {"BatchGetItem",
       request("'none':{'Keys':[{}],'AttributesToGet':['a'],'ProjectionExpression':'a'}"),
       kInvalid + "Can not use both expression and non-expression parameters in the same request: "
                  "Non-expression parameters: {AttributesToGet} Expression parameters: "
                  "{ProjectionExpression}"},
      {"BatchGetItem", request("'none':{'Keys':[{'p':{'S':'a'}},{'p':{'S':'a'}}]}"),
       kInvalid + "Provided list of item keys contains duplicates"},
      {"BatchGetItem", request("'tab':{'Keys':[{'q':{'S':'a'}}]},'none':{'Keys':[{}]}"),
       "ResourceNotFoundException: Requested resource not found"},
      {"BatchGetItem", request("'tab':{'Keys':[{'q':{'S':'a'}}]}"),
       kInvalid + "The provided key element does not match the schema"},
      {"BatchGetItem", request("'tab':{'Keys':[null]}"),
       kInvalid + "The provided key element does not match the schema"},
  });
}

TEST_F(BatchGetItem, AnswersForEveryTable) {
  call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'v':{'S':'" + std::string(4096, 'x') +
                      "'},'n':{'N':'1'}}}");
  call("PutItem", "{'TableName':'rng','Item':{'p':{'S':'a'},'s':{'N':'1000'}}}");
  expect_answers({
      {"BatchGetItem",
       request("'tab':{'Keys':[{'p':{'S':'a'}},{'p':{'S':'b'}}],'ProjectionExpression':'#n',"
               "'ExpressionAttributeNames':{'#n':'n'},'ConsistentRead':true},"
               "'rng':{'Keys':[{'p':{'S':'zz'},'s':{'N':'1'}}]}",
               "'ReturnConsumedCapacity':'TOTAL'"),
       "{'Responses':{'tab':[{'n':{'N':'1'}}],'rng':[]},'UnprocessedKeys':{},'ConsumedCapacity':[{"
       "'TableName':'tab','CapacityUnits':3.0},{'TableName':'rng','CapacityUnits':0.5}]}"},
      // The same number written differently is no duplicate, and is returned once.
      {"BatchGetItem",
       request("'rng':{'Keys':[{'p':{'S':'a'},'s':{'N':'1000'}},{'s':{'N':'1e3'},'p':{'S':'a'}}]}"),
       "{'Responses':{'rng':[{'p':{'S':'a'},'s':{'N':'1000'}}]},'UnprocessedKeys':{}}"},
      {"BatchGetItem",
       request("'rng':{'Keys':[{'p':{'S':'a'},'s':{'N':'1'}},{'s':{'N':'1'},'p':{'S':'a'}}]}"),
       kInvalid + "Provided list of item keys contains duplicates"},
      {"BatchGetItem",
       request(
           "'arn:aws:dynamodb:eu-west-1:000000000000:table/rng':{'AttributesToGet':['s'],'Keys':["
           "{'p':{'S':'a'},'s':{'N':'1000'}}]}"),
       "{'Responses':{'arn:aws:dynamodb:eu-west-1:000000000000:table/rng':[{'s':{'N':'1000'}}]},"
       "'UnprocessedKeys':{}}"},
  });
}

TEST_F(BatchGetItem, LeavesOverWhatExceeds16MB) {
  const std::string large(400'000, 'x');
  for (int i = 0; i < 43; ++i) {
    call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k" + std::to_string(i) + "'},'v':{'S':'" +
                        large + "'}}}");
  }
  const std::string reply =
      call("BatchGetItem", request("'tab':{'Keys':[" + keys(43) +
                                   "],'ProjectionExpression':'p','ConsistentRead':false},"
                                   "'rng':{'Keys':[{'p':{'S':'a'},'s':{'N':'1'}}]}"));
  simdjson::dom::parser parser;
  const simdjson::dom::element parsed = parser.parse(reply);
  // 16,777,216 bytes hold 41 items of 400,004 and a few bytes.
  EXPECT_EQ(parsed["Responses"]["tab"].get_array().size(), 41u);
  EXPECT_EQ(parsed["Responses"]["rng"].get_array().size(), 0u);
  EXPECT_EQ(
      simdjson::minify(parsed["UnprocessedKeys"].value()),
      json("{'tab':{'ConsistentRead':false,'ProjectionExpression':'p','Keys':[{'p':{'S':'k41'}"
           "},{'p':{'S':'k42'}}]},'rng':{'Keys':[{'p':{'S':'a'},'s':{'N':'1'}}]}}"));
}

}  // namespace
}  // namespace dynolith::test
