// Database get and put beside RocksDB's own Get and Put of the same bytes under the same keys, on
// disk, in one run.
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/database.h"

namespace {

using namespace dynolith::storage;

constexpr size_t kItems = 100'000;

// Removed when the process ends.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "dynolith-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string sub(const char* name) const {
    const std::string path = path_ + "/" + name;
    std::filesystem::create_directory(path);
    return path;
  }

 private:
  std::string path_;
};

// An item of about 300 bytes.
EncodedItem make_item(size_t i) {
  return encode_item({{"pk", "customer#" + std::to_string(i)},
                      {"name", std::string(40, 'n')},
                      {"address", std::string(120, 'a')},
                      {"balance", static_cast<int64_t>(i)},
                      {"tags", StringSet{{"alpha", "beta", "gamma"}}},
                      {"notes", std::string(80, static_cast<char>('a' + i % 26))}});
}

struct Fixture {
  Directory directory;
  std::unique_ptr<Database> database;
  std::unique_ptr<rocksdb::DB> rocks;
  TablePtr table;
  TablePtr indexed;
  std::vector<EncodedItem> items;
  std::vector<EncodedKey> keys;

  Fixture() {
    database = std::move(*Database::open({.directory = directory.sub("database")}));
    table = create("plain", false);
    indexed = create("indexed", true);
    open_rocks();
    for (size_t i = 0; i < kItems; ++i) {
      items.push_back(make_item(i));
      keys.push_back(*key_of_item(*table, items[i].view()));
    }
    for (size_t i = 0; i < kItems; ++i) {
      put_into_database(i, i);
      put_into_rocks(i, i);
    }
  }

  TablePtr create(const char* name, bool with_index) {
    TableDefinition definition;
    definition.name = name;
    definition.billing_mode = BillingMode::kPayPerRequest;
    definition.attribute_definitions = {{"pk"}};
    definition.key.partition = {{"pk"}};
    if (with_index) {
      definition.attribute_definitions.push_back({"notes"});
      IndexDefinition index;
      index.name = "by_notes";
      index.key.partition = {{"notes"}};
      definition.indexes = {index};
    }
    auto created = database->create_table(std::move(definition));
    if (!created) std::abort();
    return created->table;
  }

  void open_rocks() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = 64u << 20;
    // As our store sets them: what is compared is our own work, not RocksDB's settings.
    options.allow_concurrent_memtable_write = false;
    options.enable_write_thread_adaptive_yield = false;
    options.allow_fallocate = false;
    options.bytes_per_sync = 1u << 20;
    options.max_background_jobs = 2;
    options.compression = rocksdb::kLZ4Compression;
    options.level_compaction_dynamic_level_bytes = true;
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = rocksdb::NewLRUCache(128u << 20);
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, directory.sub("rocks"), &opened).ok()) std::abort();
    rocks.reset(opened);
  }

  // The item numbered `value` under the key of that numbered `key`.
  void put_into_database(size_t key, size_t value) {
    const ItemWrite write{.table = table, .key = keys[key], .action = Put{items[value]}};
    if (!database->apply(write)) std::abort();
  }
  void put_into_rocks(size_t key, size_t value) {
    if (!rocks->Put({}, keys[key].bytes, items[value].bytes).ok()) std::abort();
  }
};

Fixture& fixture() {
  static Fixture shared;
  return shared;
}

// Visits all items in an order that caches do not foresee.
size_t scattered(size_t i) { return i * 7919 % kItems; }

void rocksdb_get(benchmark::State& state) {
  Fixture& f = fixture();
  rocksdb::PinnableSlice value;
  size_t i = static_cast<size_t>(state.thread_index()) * 1000;
  for (auto _ : state) {
    value.Reset();
    const size_t n = scattered(++i);
    if (!f.rocks->Get({}, f.rocks->DefaultColumnFamily(), f.keys[n].bytes, &value).ok())
      std::abort();
    benchmark::DoNotOptimize(value.data());
  }
}
BENCHMARK(rocksdb_get)->Threads(1)->Threads(2)->UseRealTime();

void database_get(benchmark::State& state) {
  Fixture& f = fixture();
  size_t i = static_cast<size_t>(state.thread_index()) * 1000;
  for (auto _ : state) {
    const size_t n = scattered(++i);
    const auto done = f.database->get(*f.table, f.keys[n], [](const ItemView& item) {
      if (!item.exists()) std::abort();
      benchmark::DoNotOptimize(item.bytes().data());
    });
    if (!done) std::abort();
  }
}
BENCHMARK(database_get)->Threads(1)->Threads(2)->UseRealTime();

// The whole way of a program that has a name and a key.
void database_find_table_and_get(benchmark::State& state) {
  Fixture& f = fixture();
  size_t i = 0;
  for (auto _ : state) {
    const auto table = *f.database->find_table("plain");
    const auto key = *key_of_item(*table, f.items[scattered(++i)].view());
    const auto done = f.database->get(
        *table, key, [](const ItemView& item) { benchmark::DoNotOptimize(item.bytes().data()); });
    if (!done) std::abort();
  }
}
BENCHMARK(database_find_table_and_get)->UseRealTime();

void find_table(benchmark::State& state) {
  Fixture& f = fixture();
  for (auto _ : state) benchmark::DoNotOptimize(f.database->find_table("plain"));
}
BENCHMARK(find_table)->Threads(1)->Threads(2);

void rocksdb_put(benchmark::State& state) {
  Fixture& f = fixture();
  size_t i = static_cast<size_t>(state.thread_index()) * 1000;
  for (auto _ : state) {
    ++i;
    f.put_into_rocks(scattered(i), scattered(i + i / kItems + 1));
  }
}
BENCHMARK(rocksdb_put)->Threads(1)->Threads(2)->UseRealTime();

void database_put(benchmark::State& state) {
  Fixture& f = fixture();
  size_t i = static_cast<size_t>(state.thread_index()) * 1000;
  ItemWrite write{.table = f.table};
  for (auto _ : state) {
    ++i;
    write.key.bytes = f.keys[scattered(i)].bytes;
    write.action = Put{f.items[scattered(i + i / kItems + 1)]};
    if (!f.database->apply(write)) std::abort();
  }
}
BENCHMARK(database_put)->Threads(1)->Threads(2)->UseRealTime();

// Every put changes the item and moves its entry in the index.
void database_put_with_an_index(benchmark::State& state) {
  Fixture& f = fixture();
  size_t i = 0;
  ItemWrite write{.table = f.indexed};
  for (auto _ : state) {
    ++i;
    write.key.bytes = f.keys[scattered(i)].bytes;
    write.key.bytes[3] = static_cast<char>(f.indexed->id);
    write.action = Put{f.items[scattered(i + i / kItems + 1)]};
    if (!f.database->apply(write)) std::abort();
  }
}
BENCHMARK(database_put_with_an_index)->UseRealTime();

void database_scan_page(benchmark::State& state) {
  Fixture& f = fixture();
  for (auto _ : state) {
    const RangeRead read{.table = f.table};
    const auto page = f.database->read_range(
        read, [](const ItemView& item) { benchmark::DoNotOptimize(item.bytes().data()); });
    if (!page) std::abort();
    state.counters["items"] = page->scanned_count;
  }
}
BENCHMARK(database_scan_page)->UseRealTime();

}  // namespace
