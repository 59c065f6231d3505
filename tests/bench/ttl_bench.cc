// A table of a million items with a time to live, of which a thousand expire: what a sweep reads
// and how long it takes, what a sweep costs when nothing has expired, and what a put costs more.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "storage/database.h"

namespace {

using namespace dynolith::storage;

constexpr int kItems = 1'000'000;
constexpr int kExpiring = 1000;

template <class T>
T must(Result<T> result) {
  if (!result) std::abort();
  return std::move(*result);
}

TableDefinition definition_of(const char* name) {
  TableDefinition definition;
  definition.name = name;
  definition.key.partition = {{"id", AttributeType::kString}};
  definition.attribute_definitions = definition.key.partition;
  definition.billing_mode = BillingMode::kPayPerRequest;
  return definition;
}

struct Fixture {
  std::unique_ptr<Database> database;
  TablePtr expiring, plain;
  int64_t now_s = system_clock()->now_ms() / 1000;

  Fixture() {
    database = must(Database::open({.ttl_sweep_interval_ms = 0}));
    plain = must(database->create_table(definition_of("Plain"))).table;
    must(database->create_table(definition_of("Sessions")));
    if (!database->set_time_to_live("Sessions", "expires", true)) std::abort();
    expiring = must(database->find_table("Sessions"));
    for (int i = 0; i < kItems; ++i) put(expiring, i, now_s + 100'000 + i);
  }

  void put(const TablePtr& table, int i, int64_t expires) {
    const EncodedItem item =
        encode_item({{"id", "session#" + std::to_string(i)}, {"expires", expires}});
    ItemWrite write{
        .table = table, .key = must(key_of_item(*table, item.view())), .action = Put{item}};
    must(database->apply(write));
  }
};

Fixture& fixture() {
  static Fixture fixture;
  return fixture;
}

void BM_SweepOfThousandAmongMillion(benchmark::State& state) {
  Fixture& f = fixture();
  SweepReport report;
  for (auto _ : state) {
    state.PauseTiming();
    for (int i = 0; i < kExpiring; ++i) f.put(f.expiring, i * (kItems / kExpiring), f.now_s - 1);
    state.ResumeTiming();
    report = must(f.database->sweep_expired());
  }
  if (report.items_deleted != kExpiring) std::abort();
  state.counters["entries_read"] = static_cast<double>(report.entries_read);
  state.counters["items_deleted"] = static_cast<double>(report.items_deleted);
}
BENCHMARK(BM_SweepOfThousandAmongMillion)->Unit(benchmark::kMillisecond)->Iterations(5);

void BM_SweepOfNothingAmongMillion(benchmark::State& state) {
  Fixture& f = fixture();
  uint64_t read = 0;
  for (auto _ : state) read += must(f.database->sweep_expired()).entries_read;
  state.counters["entries_read"] = static_cast<double>(read);
}
BENCHMARK(BM_SweepOfNothingAmongMillion)->Unit(benchmark::kMicrosecond);

void BM_Put(benchmark::State& state) {
  Fixture& f = fixture();
  const TablePtr& table = state.range(0) == 0 ? f.plain : f.expiring;
  int i = kItems;
  for (auto _ : state) {
    ++i;
    f.put(table, i, f.now_s + 100'000 + i);
  }
}
BENCHMARK(BM_Put)->ArgName("expires")->Arg(0)->Arg(1);

}  // namespace
