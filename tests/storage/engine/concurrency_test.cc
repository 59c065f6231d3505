// Many threads on the same and on different items; totals are exact. Run it under thread sanitizer.
#include <thread>

#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr int kThreads = 8;
constexpr int kRounds = 100;

template <class Work>
void on_all_threads(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
}

int64_t number_at(TestDatabase& database, const TablePtr& table, const std::string& key) {
  const auto item = database.get(table, {{"p", key}});
  return *item->at("n").get_if<Number>()->to_int64();
}

TEST(Concurrency, IncrementsOfOneAndOfDifferentCountersAreAllThere) {
  TestDatabase database;
  const TablePtr table = database.create(definition("Counters", key_schema({"p"})));
  on_all_threads([&](int thread) {
    const std::string own = "own" + std::to_string(thread);
    for (int i = 0; i < kRounds; ++i) {
      must(database.update(table, {{"p", "shared"}}, add("n", 1)));
      must(database.update(table, {{"p", own}}, add("n", 1)));
    }
  });
  EXPECT_EQ(number_at(database, table, "shared"), kThreads * kRounds);
  for (int i = 0; i < kThreads; ++i)
    EXPECT_EQ(number_at(database, table, "own" + std::to_string(i)), kRounds);
  EXPECT_EQ(database.tally(table).count, kThreads + 1);
}

// Optimistic locking: read, then write only if nobody else has. Every success counts once.
TEST(Concurrency, ConditionsLetExactlyOneOfManyThrough) {
  TestDatabase database;
  const TablePtr table = database.create(definition("Counters", key_schema({"p"})));
  must(database.put(table, {{"p", "a"}, {"n", 0}}));
  std::atomic<int64_t> successes{0};
  on_all_threads([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      const int64_t seen = number_at(database, table, "a");
      const Condition unchanged = equals("n", seen);
      const auto put = database.put(table, {{"p", "a"}, {"n", seen + 1}}, &unchanged);
      if (put)
        ++successes;
      else
        EXPECT_EQ(put.error().code, ErrorCode::kConditionalCheckFailed);
    }
  });
  EXPECT_EQ(number_at(database, table, "a"), successes);
  EXPECT_GE(successes, kRounds);
}

// Each transaction moves one unit between two accounts of many; readers see the sum unchanged.
TEST(Concurrency, TransactionsKeepASumThatReadersSee) {
  constexpr int kAccounts = 5, kEach = 1000;
  TestDatabase database;
  const TablePtr table = database.create(
      definition("Accounts", key_schema({"p"}), {global_index("Gsi", key_schema({"g"}, {"n:N"}))}));
  for (int i = 0; i < kAccounts; ++i)
    must(database.put(table, {{"p", std::to_string(i)}, {"g", "x"}, {"n", kEach}}));
  const Update more = add("n", 1), less = add("n", -1);
  on_all_threads([&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const int from = (thread + i) % kAccounts, to = (thread + 2 * i + 1) % kAccounts;
      if (from == to) continue;
      const std::vector writes{update_write(table, {{"p", std::to_string(from)}}, less),
                               update_write(table, {{"p", std::to_string(to)}}, more)};
      must(database->apply(writes));
      for (const Index* index : {static_cast<const Index*>(nullptr), &table->indexes[0]}) {
        int64_t sum = 0;
        int count = 0;
        must(database->read_range({.table = table, .index = index}, [&](const ItemView& item) {
          sum += *item.find("n")->number().to_int64();
          ++count;
        }));
        EXPECT_EQ(count, kAccounts);
        EXPECT_EQ(sum, kAccounts * kEach);
      }
    }
  });
  EXPECT_EQ(database.tally(table).count, kAccounts);
  EXPECT_EQ(database.index_tally(table, 0).count, kAccounts);
}

TEST(Concurrency, IndexEntriesFollowItemsThatManyChange) {
  TestDatabase database;
  const TablePtr table = database.create(
      definition("Table", key_schema({"p"}), {global_index("Gsi", key_schema({"g"}))}));
  on_all_threads([&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const std::string key = std::to_string(i % 7);
      if ((i + thread) % 5 == 0)
        must(database.erase(table, {{"p", key}}));
      else
        must(database.put(table, {{"p", key}, {"g", std::to_string(thread)}, {"n", i}}));
    }
  });
  const auto items = database.read_all({.table = table});
  auto entries = database.read_all({.table = table, .index = &table->indexes[0]});
  EXPECT_EQ(entries.size(), items.size());
  for (const Item& entry : entries) EXPECT_EQ(database.get(table, {{"p", entry.at("p")}}), entry);
  EXPECT_EQ(database.tally(table).count, static_cast<int64_t>(items.size()));
  EXPECT_EQ(database.index_tally(table, 0).count, static_cast<int64_t>(items.size()));
  EXPECT_EQ(database.index_tally(table, 0).bytes, database.tally(table).bytes);
}

}  // namespace
}  // namespace dynolith::test
