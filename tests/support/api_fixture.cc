#include "tests/support/api_fixture.h"

#include <algorithm>
#include <stdexcept>

#include "api/error_reply.h"

namespace dynolith::test {

namespace {

std::string described(const std::string& error_body) {
  simdjson::dom::parser parser;
  const simdjson::dom::element error = parser.parse(error_body);
  const std::string_view type = error["__type"];
  std::string text(type.substr(type.find('#') + 1));
  for (const char* name : {"message", "Message"}) {
    std::string_view message;
    if (!error[name].get(message)) text.append(": ").append(message);
  }
  simdjson::dom::element more;
  for (const char* name : {"Item", "ThrottlingReasons", "throttlingReasons"}) {
    if (!error[name].get(more)) text.append(" | ").append(simdjson::minify(more));
  }
  return text;
}

}  // namespace

ApiFixture::ApiFixture() {
  auto database = storage::Database::open({.clock = clock_});
  if (!database) throw std::runtime_error(database.error().message);
  database_ = std::move(*database);
}

std::string json(std::string_view quoted) {
  std::string text(quoted);
  std::replace(text.begin(), text.end(), '\'', '"');
  return text;
}

std::string ApiFixture::call(std::string_view name, std::string_view body) {
  const api::Operation* operation = api::find_operation(name);
  if (operation == nullptr) return "no such operation";
  const api::OperationContext context{*database_,      "",
                                      "us-east-1",     "localhost:8000",
                                      wording_,        api::value_wording(*operation, wording_),
                                      admission_.get()};
  std::string reply;
  const auto object = parser_.parse(json(body));
  if (!object) return "not JSON: " + std::string(body);
  const auto done = operation->handle(context, *object, reply);
  if (done) return reply;
  return described(api::error_reply(done.error(), operation, wording_).body);
}

void ApiFixture::expect_answers(const std::vector<ApiCase>& cases) {
  for (const auto& [operation, body, answer] : cases) {
    EXPECT_EQ(call(operation, body), answer.starts_with('{') ? json(answer) : answer)
        << operation << ' ' << body.substr(0, 500);
  }
}

void ApiFixture::create(std::string_view definition) {
  const std::string answer = call("CreateTable", definition);
  EXPECT_TRUE(answer.starts_with('{')) << answer;
}

void ApiFixture::create_plain_tables() {
  create(R"({'TableName':'tab','BillingMode':'PAY_PER_REQUEST',
    'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],
    'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]})");
  create(R"({'TableName':'rng','BillingMode':'PAY_PER_REQUEST',
    'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},
                            {'AttributeName':'s','AttributeType':'N'}],
    'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},
                 {'AttributeName':'s','KeyType':'RANGE'}]})");
}

void ApiFixture::create_indexed_table() {
  create(R"({'TableName':'idx','BillingMode':'PAY_PER_REQUEST',
    'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},
                            {'AttributeName':'s','AttributeType':'N'},
                            {'AttributeName':'l','AttributeType':'S'},
                            {'AttributeName':'g','AttributeType':'S'},
                            {'AttributeName':'r','AttributeType':'S'}],
    'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'s','KeyType':'RANGE'}],
    'LocalSecondaryIndexes':[
      {'IndexName':'lall','Projection':{'ProjectionType':'ALL'},
       'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'l','KeyType':'RANGE'}]},
      {'IndexName':'lkeys','Projection':{'ProjectionType':'KEYS_ONLY'},
       'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'l','KeyType':'RANGE'}]}],
    'GlobalSecondaryIndexes':[
      {'IndexName':'gall','Projection':{'ProjectionType':'ALL'},
       'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}]},
      {'IndexName':'gkeys','Projection':{'ProjectionType':'KEYS_ONLY'},
       'KeySchema':[{'AttributeName':'g','KeyType':'HASH'},{'AttributeName':'r','KeyType':'RANGE'}]},
      {'IndexName':'gincl','Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['a']},
       'KeySchema':[{'AttributeName':'g','KeyType':'HASH'},{'AttributeName':'r','KeyType':'RANGE'}]}]})");
}

}  // namespace dynolith::test
