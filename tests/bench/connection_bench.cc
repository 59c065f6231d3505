// What the mapper's embedded connection adds to the engine's own calls.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "odm/connection/embedded_connection.h"
#include "storage/database.h"

namespace dynolith {
namespace {

using odm::ConnectionPtr;
using storage::AttributeValue;
using storage::EncodedItem;
using storage::ItemView;

constexpr int kItems = 10'000;

EncodedItem key_of(int number) {
  return storage::encode_item({{"p", "customer#4711"}, {"s", number}});
}

// About 300 bytes as DynamoDB counts them.
EncodedItem item_of(int number) {
  storage::Map address{{"street", "High Street 1"}, {"city", "Springfield"}, {"zip", "12345"}};
  return storage::encode_item({{"p", "customer#4711"},
                               {"s", number},
                               {"name", "A name of some length"},
                               {"active", true},
                               {"address", std::move(address)},
                               {"text", std::string(150, 'x')}});
}

class Songs {
 public:
  Songs()
      : database_(std::move(*storage::Database::open({}))), connection_(odm::embedded(*database_)) {
    storage::TableDefinition table;
    table.name = "tab";
    table.key = {{{"p", storage::AttributeType::kString}},
                 {{"s", storage::AttributeType::kNumber}}};
    table.attribute_definitions = {table.key.partition[0], table.key.sort[0]};
    table.billing_mode = storage::BillingMode::kPayPerRequest;
    (void)connection_->create_table({table});
    for (int i = 0; i < kItems; ++i) (void)connection_->put({.table = "tab", .item = item_of(i)});
  }
  storage::Database& database() { return *database_; }
  odm::Connection& connection() { return *connection_; }

 private:
  std::unique_ptr<storage::Database> database_;
  ConnectionPtr connection_;
};

void engine_get(benchmark::State& state) {
  Songs songs;
  const EncodedItem key_item = key_of(kItems / 2);
  size_t bytes = 0;
  for (auto _ : state) {
    const auto table = songs.database().find_table("tab");
    const auto key = storage::key_of_key_parameter(**table, key_item.view());
    (void)songs.database().get(**table, *key,
                               [&](const ItemView& item) { bytes += item.item_bytes(); });
  }
  benchmark::DoNotOptimize(bytes);
}
BENCHMARK(engine_get);

void connection_get(benchmark::State& state) {
  Songs songs;
  const odm::GetRequest request{.table = "tab", .key = key_of(kItems / 2)};
  size_t bytes = 0;
  for (auto _ : state) {
    (void)songs.connection().get(request,
                                 [&](const ItemView& item) { bytes += item.item_bytes(); });
  }
  benchmark::DoNotOptimize(bytes);
}
BENCHMARK(connection_get);

void engine_put(benchmark::State& state) {
  Songs songs;
  const EncodedItem item = item_of(kItems / 2);
  for (auto _ : state) {
    auto table = *songs.database().find_table("tab");
    auto key = *storage::key_of_item(*table, item.view());
    (void)songs.database().apply(
        {.table = std::move(table), .key = std::move(key), .action = storage::Put{item}});
  }
}
BENCHMARK(engine_put);

void connection_put(benchmark::State& state) {
  Songs songs;
  const odm::PutRequest request{.table = "tab", .item = item_of(kItems / 2)};
  for (auto _ : state) (void)songs.connection().put(request);
}
BENCHMARK(connection_put);

void connection_query(benchmark::State& state) {
  Songs songs;
  odm::RangeRequest request{.table = "tab"};
  request.key_clauses.push_back(
      {"p", storage::KeyOperator::kEqual, storage::encode_value("customer#4711"), {}});
  request.limit = static_cast<uint32_t>(state.range(0));
  size_t bytes = 0;
  for (auto _ : state) {
    (void)songs.connection().read_range(request,
                                        [&](const ItemView& item) { bytes += item.item_bytes(); });
  }
  benchmark::DoNotOptimize(bytes);
}
BENCHMARK(connection_query)->Arg(1)->Arg(100);

}  // namespace
}  // namespace dynolith
