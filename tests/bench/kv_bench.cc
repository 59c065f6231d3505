// The store against RocksDB itself: the same keys, the same 300 bytes, the same settings, in one
// run.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/kv/big_endian.h"
#include "storage/kv/instance.h"
#include "storage/kv/open_store.h"

namespace dynolith::storage::kv {
namespace {

constexpr int kEntries = 100'000;

std::string key_of(uint64_t number) {
  std::string key;
  append_big_endian(key, uint32_t{7});
  append_big_endian(key, uint16_t{0});
  append_big_endian(key, number * 0x9E3779B97F4A7C15u);  // Scattered, as hashes are.
  return key + "customer#" + std::to_string(number);
}

struct Directory {
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "kv_bench.XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::string path;
};

// Both sides, filled alike; made once.
struct Sides {
  Sides() {
    for (uint64_t i = 0; i < kEntries; ++i) keys.push_back(key_of(i));
    StoreOptions options;
    options.directory = ours.path;
    store = std::move(open_store(options)).value();
    settings.path = theirs.path;
    settings.cache = rocksdb::NewLRUCache(options.block_cache_bytes);
    settings.write_buffer_bytes = options.write_buffer_bytes;
    if (!Instance::open(settings, OpenMode::kCreate, bare).ok()) std::abort();
    for (const std::string& key : keys) {
      put_ours(key);
      put_theirs(key);
    }
  }
  void compact() {
    if (std::exchange(compacted, true)) return;
    store->compact();
    bare->db().CompactRange({}, bare->data(), nullptr, nullptr).PermitUncheckedError();
  }
  void put_ours(Bytes key) {
    const Status status = store->transact({}, std::span(&key, 1), [&](Reads&, Writes& writes) {
      writes.put(key, value);
      return Verdict::kCommit;
    });
    if (status != Status::kOk) std::abort();
  }
  void put_theirs(const std::string& key) {
    if (!bare->db().Put({}, bare->data(), key, value).ok()) std::abort();
  }

  std::vector<std::string> keys;
  std::string value = std::string(300, 'v');
  Directory ours, theirs;
  std::unique_ptr<Store> store;
  InstanceSettings settings;
  std::unique_ptr<Instance> bare;
  bool compacted = false;
};

Sides& sides() {
  static Sides both;
  return both;
}

class Order {
 public:
  explicit Order(int thread) : random_(static_cast<uint64_t>(thread) + 1) {}
  size_t next() { return random_() % kEntries; }

 private:
  std::minstd_rand random_;
};

void bare_get(benchmark::State& state) {
  Sides& both = sides();
  if (state.range(0) == 1) both.compact();
  Order order(state.thread_index());
  const rocksdb::ReadOptions options;
  rocksdb::PinnableSlice value;
  for (auto _ : state) {
    value.Reset();
    if (!both.bare->db().Get(options, both.bare->data(), both.keys[order.next()], &value).ok())
      std::abort();
    benchmark::DoNotOptimize(value.data());
  }
}

void store_get(benchmark::State& state) {
  Sides& both = sides();
  if (state.range(0) == 1) both.compact();
  Order order(state.thread_index());
  Pinned value;
  for (auto _ : state) {
    if (both.store->get({}, both.keys[order.next()], value) != Status::kOk) std::abort();
    benchmark::DoNotOptimize(value.get().data());
  }
}

void bare_put(benchmark::State& state) {
  Sides& both = sides();
  Order order(state.thread_index());
  for (auto _ : state) both.put_theirs(both.keys[order.next()]);
}

void store_put(benchmark::State& state) {
  Sides& both = sides();
  Order order(state.thread_index());
  for (auto _ : state) both.put_ours(both.keys[order.next()]);
}

// As an item is written into a table with live counts: the old value read, a tally changed.
void store_put_with_read_and_tally(benchmark::State& state) {
  Sides& both = sides();
  Order order(state.thread_index());
  for (auto _ : state) {
    const Bytes key = both.keys[order.next()];
    both.store->transact({}, std::span(&key, 1), [&](Reads& reads, Writes& writes) {
      benchmark::DoNotOptimize(reads.at(0));
      writes.put(key, both.value);
      writes.add("tally", {0, 1});
      return Verdict::kCommit;
    });
  }
}

void bare_scan(benchmark::State& state) {
  Sides& both = sides();
  both.compact();
  Order order(state.thread_index());
  const rocksdb::Slice end("\xff");
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end;
  for (auto _ : state) {
    const std::unique_ptr<rocksdb::Iterator> entry(
        both.bare->db().NewIterator(options, both.bare->data()));
    int rows = 0;
    for (entry->Seek(both.keys[order.next()]); entry->Valid() && ++rows < 1000; entry->Next())
      benchmark::DoNotOptimize(entry->value().data());
  }
}

void store_scan(benchmark::State& state) {
  Sides& both = sides();
  both.compact();
  Order order(state.thread_index());
  for (auto _ : state) {
    int rows = 0;
    const ScanOptions scan{.begin = both.keys[order.next()], .end = "\xff"};
    both.store->scan({}, scan, [&](Bytes, Bytes value) {
      benchmark::DoNotOptimize(value.data());
      return ++rows < 1000;
    });
  }
}

// With the fsync before the answer: how well commits share one.
void put_durably(benchmark::State& state) {
  static std::unique_ptr<Directory> directory;
  static std::unique_ptr<Store> store;
  if (state.thread_index() == 0) {
    directory = std::make_unique<Directory>();
    store = std::move(open_store({.directory = directory->path, .durability = Durability::kAlways}))
                .value();
  }
  Order order(state.thread_index());
  const std::string value(300, 'v');
  for (auto _ : state) {
    const std::string key = key_of(order.next());
    store->write([&](Writes& writes) { writes.put(key, value); });
  }
  if (state.thread_index() == 0) {
    store.reset();
    directory.reset();
  }
}

// In this order: puts, reads from the memtable, then the first that reads from files compacts.
BENCHMARK(bare_put)->UseRealTime()->ThreadRange(1, 4);
BENCHMARK(store_put)->UseRealTime()->ThreadRange(1, 4);
BENCHMARK(store_put_with_read_and_tally)->UseRealTime()->ThreadRange(1, 4);
BENCHMARK(bare_get)->ArgName("from_files")->Arg(0)->UseRealTime()->ThreadRange(1, 2);
BENCHMARK(store_get)->ArgName("from_files")->Arg(0)->UseRealTime()->ThreadRange(1, 2);
BENCHMARK(bare_get)->ArgName("from_files")->Arg(1)->UseRealTime()->ThreadRange(1, 2);
BENCHMARK(store_get)->ArgName("from_files")->Arg(1)->UseRealTime()->ThreadRange(1, 2);
BENCHMARK(bare_scan);
BENCHMARK(store_scan);
BENCHMARK(put_durably)->UseRealTime()->ThreadRange(1, 16);

}  // namespace
}  // namespace dynolith::storage::kv
