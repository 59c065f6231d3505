// How many items a second an index of an old table takes in, on disk: nobody writing, then one
// thread writing the same table all the while.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/database.h"

namespace {

using namespace dynolith::storage;

constexpr size_t kItems = 500'000;
constexpr char kTable[] = "Table";

// An item of about 300 bytes.
EncodedItem make_item(size_t i) {
  return encode_item({{"pk", "customer#" + std::to_string(i)},
                      {"town", "town" + std::to_string(i % 1000)},
                      {"name", std::string(40, 'n')},
                      {"address", std::string(120, 'a')},
                      {"balance", static_cast<int64_t>(i)},
                      {"notes", std::string(80, static_cast<char>('a' + i % 26))}});
}

class Fixture {
 public:
  Fixture() {
    std::string name =
        (std::filesystem::temp_directory_path() / "dynolith-backfill-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    database = std::move(*Database::open({.directory = directory_}));
    TableDefinition definition;
    definition.name = kTable;
    definition.billing_mode = BillingMode::kPayPerRequest;
    definition.attribute_definitions = {{"pk"}};
    definition.key.partition = {{"pk"}};
    const TablePtr table = database->create_table(std::move(definition))->table;
    std::vector<ItemWrite> writes;
    for (size_t i = 0; i < kItems; ++i) {
      EncodedItem item = make_item(i);
      EncodedKey key = *key_of_item(*table, item.view());
      writes.push_back({.table = table, .key = std::move(key), .action = Put{std::move(item)}});
      if (writes.size() < 1000) continue;
      if (!database->apply(writes)) std::abort();
      writes.clear();
    }
  }
  ~Fixture() {
    database.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void create_index(ProjectionType projection) {
    IndexDefinition index;
    index.name = "by_town";
    index.key.partition = {{"town"}};
    index.projection.type = projection;
    TableUpdate update{.name = kTable, .attribute_definitions = {{"town"}}};
    update.index_changes = {CreateIndex{index}};
    if (!database->update_table(update)) std::abort();
    database->wait_for_background();
  }
  void delete_index() {
    if (!database->update_table({.name = kTable, .index_changes = {DeleteIndex{"by_town"}}}))
      std::abort();
    database->wait_for_background();
  }

  std::unique_ptr<Database> database;

 private:
  std::string directory_;
};

Fixture& fixture() {
  static Fixture instance;
  return instance;
}

class Writer {
 public:
  explicit Writer(Database& database)
      : thread_([&] {
          for (size_t i = 0; !stop_; i = (i + 7919) % kItems) {
            const TablePtr table = *database.find_table(kTable);
            EncodedItem item = make_item(i);
            EncodedKey key = *key_of_item(*table, item.view());
            if (!database.apply(
                    {.table = table, .key = std::move(key), .action = Put{std::move(item)}}))
              std::abort();
            ++writes_;
          }
        }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }
  size_t writes() const { return writes_; }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<size_t> writes_{0};
  std::thread thread_;  // Last member.
};

void run(benchmark::State& state, ProjectionType projection, bool with_writer) {
  fixture();  // Made before anything is timed.
  size_t writes = 0;
  for (auto _ : state) {
    std::unique_ptr<Writer> writer;
    if (with_writer) writer = std::make_unique<Writer>(*fixture().database);
    fixture().create_index(projection);
    if (writer != nullptr) writes += writer->writes();
    writer.reset();
    state.PauseTiming();
    fixture().delete_index();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<int64_t>(kItems) * state.iterations());
  state.counters["writes/s"] =
      benchmark::Counter(static_cast<double>(writes), benchmark::Counter::kIsRate);
}

void BackfillOfWholeItems(benchmark::State& state) { run(state, ProjectionType::kAll, false); }
void BackfillOfKeys(benchmark::State& state) { run(state, ProjectionType::kKeysOnly, false); }
void BackfillBesideAWriter(benchmark::State& state) { run(state, ProjectionType::kAll, true); }

BENCHMARK(BackfillOfWholeItems)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);
BENCHMARK(BackfillOfKeys)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);
BENCHMARK(BackfillBesideAWriter)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);

}  // namespace
