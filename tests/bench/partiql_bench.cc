// What a Query costs when PartiQL expresses it, beside the same Query call: from a request's text
// to the reply's, through the dispatcher, without HTTP. The promise is at most 1.3 times as much.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "api/dispatcher.h"

namespace dynolith {
namespace {

class Api {
 public:
  explicit Api(int items) : database_(std::move(*storage::Database::open({}))) {
    dispatcher_ = std::make_unique<api::Dispatcher>(*database_, api::DispatcherOptions{});
    call("CreateTable", R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
                              {"AttributeName":"s","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},
                   {"AttributeName":"s","KeyType":"RANGE"}]})");
    for (int i = 0; i < items; ++i) {
      call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"customer#4711"},"s":{"N":")" +
                          std::to_string(i) +
                          R"("},"name":{"S":"A name of some length"},"active":{"BOOL":true},)"
                          R"("text":{"S":")" +
                          std::string(120, 'x') + R"("}}})");
    }
  }

  unsigned call(const std::string& operation, std::string_view body) {
    const std::string target = "DynamoDB_20120810." + operation;
    api::ApiRequest request;
    request.target = target;
    request.content_type = "application/x-amz-json-1.0";
    request.authorization =
        "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0";
    request.amz_date = "20261121T000000Z";
    request.host = "localhost:8000";
    request.body = body;
    reply_.body.clear();
    dispatcher_->handle(request, reply_);
    return reply_.status;
  }

 private:
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
  api::ApiReply reply_;
};

void run(benchmark::State& state, const std::string& operation, std::string_view body) {
  Api api(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    if (api.call(operation, body) != 200) state.SkipWithError("refused");
  }
}

void query(benchmark::State& state) {
  run(state, "Query",
      R"({"TableName":"tab","KeyConditionExpression":"p = :p AND s >= :s",)"
      R"("ExpressionAttributeValues":{":p":{"S":"customer#4711"},":s":{"N":"0"}}})");
}
void query_by_partiql(benchmark::State& state) {
  run(state, "ExecuteStatement",
      R"({"Statement":"SELECT * FROM \"tab\" WHERE \"p\" = 'customer#4711' AND \"s\" >= 0"})");
}
void query_by_partiql_with_parameters(benchmark::State& state) {
  run(state, "ExecuteStatement",
      R"({"Statement":"SELECT * FROM \"tab\" WHERE \"p\" = ? AND \"s\" >= ?",)"
      R"("Parameters":[{"S":"customer#4711"},{"N":"0"}]})");
}
void filtered_query(benchmark::State& state) {
  run(state, "Query", R"~({"TableName":"tab","KeyConditionExpression":"p = :p",
      "FilterExpression":"active = :t AND begins_with(#n, :n)","ProjectionExpression":"s, #n",
      "ExpressionAttributeNames":{"#n":"name"},"ExpressionAttributeValues":
      {":p":{"S":"customer#4711"},":t":{"BOOL":true},":n":{"S":"A"}}})~");
}
void filtered_query_by_partiql(benchmark::State& state) {
  run(state, "ExecuteStatement", R"~({"Statement":
      "SELECT s, name FROM \"tab\" WHERE p = ? AND active = true AND begins_with(name, ?)",
      "Parameters":[{"S":"customer#4711"},{"S":"A"}]})~");
}

BENCHMARK(query)->Arg(0)->Arg(1)->Arg(100);
BENCHMARK(query_by_partiql)->Arg(0)->Arg(1)->Arg(100);
BENCHMARK(query_by_partiql_with_parameters)->Arg(0)->Arg(1)->Arg(100);
BENCHMARK(filtered_query)->Arg(1)->Arg(100);
BENCHMARK(filtered_query_by_partiql)->Arg(1)->Arg(100);

}  // namespace
}  // namespace dynolith
