// What an operation costs above the store: from a request's text to the reply's, without HTTP.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "api/operations/operations.h"
#include "storage/database.h"

namespace dynolith {
namespace {

class Api {
 public:
  Api() {
    database_ = std::move(*storage::Database::open({}));
    call("CreateTable", R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
                              {"AttributeName":"s","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},
                   {"AttributeName":"s","KeyType":"RANGE"}]})");
  }

  // The reply, which lives until the next call.
  const std::string& call(std::string_view name, std::string_view body) {
    reply_.clear();
    const api::OperationContext context{*database_, "", "us-east-1", "localhost:8000"};
    const auto object = parser_.parse(body);
    const auto done = api::find_operation(name)->handle(context, *object, reply_);
    if (!done) reply_ = done.error().message;
    return reply_;
  }

 private:
  std::unique_ptr<storage::Database> database_;
  api::JsonParser parser_;
  std::string reply_;
};

// About 300 bytes as DynamoDB counts them.
std::string item(int number) {
  return R"({"p":{"S":"customer#4711"},"s":{"N":")" + std::to_string(number) +
         R"("},"name":{"S":"A name of some length"},"active":{"BOOL":true},)"
         R"("tags":{"SS":["red","green","blue"]},"address":{"M":{"street":{"S":"High Street 1"},)"
         R"("city":{"S":"Springfield"},"zip":{"S":"12345"}}},"history":{"L":[{"N":"1"},{"N":"2.5"}]},)"
         R"("text":{"S":")" +
         std::string(120, 'x') + R"("}})";
}

std::string key(int number) {
  return R"({"p":{"S":"customer#4711"},"s":{"N":")" + std::to_string(number) + R"("}})";
}

void expect_json(benchmark::State& state, const std::string& reply) {
  if (!reply.starts_with('{')) state.SkipWithError(reply.c_str());
}

void run(benchmark::State& state, std::string_view operation, const std::string& body,
         int items = 1) {
  Api api;
  for (int i = 0; i < items; ++i) {
    api.call("PutItem", R"({"TableName":"tab","Item":)" + item(i) + "}");
  }
  for (auto _ : state) expect_json(state, api.call(operation, body));
}

void get_item(benchmark::State& state) {
  run(state, "GetItem", R"({"TableName":"tab","Key":)" + key(0) + "}");
}
BENCHMARK(get_item);

void get_item_projected(benchmark::State& state) {
  run(state, "GetItem",
      R"({"TableName":"tab","ProjectionExpression":"#n, address.city","ExpressionAttributeNames":)"
      R"({"#n":"name"},"Key":)" +
          key(0) + "}");
}
BENCHMARK(get_item_projected);

void put_item(benchmark::State& state) {
  run(state, "PutItem", R"({"TableName":"tab","Item":)" + item(0) + "}");
}
BENCHMARK(put_item);

void put_item_conditional(benchmark::State& state) {
  run(state, "PutItem",
      R"({"TableName":"tab","ConditionExpression":"attribute_exists(p) AND active = :t",)"
      R"("ExpressionAttributeValues":{":t":{"BOOL":true}},"Item":)" +
          item(0) + "}");
}
BENCHMARK(put_item_conditional);

void update_item(benchmark::State& state) {
  run(state, "UpdateItem",
      R"({"TableName":"tab","UpdateExpression":"SET visits = if_not_exists(visits, :z) + :o",)"
      R"("ExpressionAttributeValues":{":z":{"N":"0"},":o":{"N":"1"}},"Key":)" +
          key(0) + "}");
}
BENCHMARK(update_item);

void query_page(benchmark::State& state) {
  run(state, "Query",
      R"({"TableName":"tab","KeyConditionExpression":"p = :p","ExpressionAttributeValues":)"
      R"({":p":{"S":"customer#4711"}}})",
      static_cast<int>(state.range(0)));
}
BENCHMARK(query_page)->Arg(1)->Arg(100)->Arg(3000);

void query_page_projected(benchmark::State& state) {
  run(state, "Query",
      R"({"TableName":"tab","KeyConditionExpression":"p = :p","ProjectionExpression":"s, active",)"
      R"("ExpressionAttributeValues":{":p":{"S":"customer#4711"}}})",
      static_cast<int>(state.range(0)));
}
BENCHMARK(query_page_projected)->Arg(3000);

}  // namespace
}  // namespace dynolith
