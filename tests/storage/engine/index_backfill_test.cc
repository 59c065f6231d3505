// Indexes that are built and removed while the table is in use: what is in them in the end is what
// the items say, whatever was written meanwhile, and across restarts.
#include <random>
#include <thread>

#include "storage/engine/catalog.h"
#include "storage/engine/index_build.h"
#include "storage/engine/schema_encoding.h"
#include "storage/kv/open_store.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

const std::string kTable = "Table";

TableDefinition plain() { return definition(kTable, key_schema({"p"})); }

TableUpdate creates(IndexDefinition index) {
  TableUpdate update{.name = kTable};
  TableDefinition keys = definition("Keys", key_schema({"p"}), {index});
  update.attribute_definitions = keys.attribute_definitions;
  update.index_changes = {CreateIndex{std::move(index)}};
  return update;
}

TableUpdate deletes(const std::string& index) {
  return {.name = kTable, .index_changes = {DeleteIndex{index}}};
}

IndexDefinition by_g(const std::string& name = "ByG",
                     ProjectionType projection = ProjectionType::kAll) {
  return global_index(name, key_schema({"g"}, {"n:N"}), projection);
}

Item item_number(int i) {
  return {{"p", std::to_string(i)}, {"g", std::to_string(i % 7)}, {"n", i}, {"x", "filler"}};
}

void put_items(TestDatabase& database, const TablePtr& table, int count) {
  std::vector<ItemWrite> writes;
  for (int i = 0; i < count; ++i) {
    writes.push_back(put_write(table, item_number(i)));
    if (writes.size() == 1000 || i + 1 == count) {
      must(database->apply(writes));
      writes.clear();
    }
  }
}

bool belongs(const Item& item) {
  const auto g = item.find("g"), n = item.find("n");
  return g != item.end() && n != item.end() && g->second.get_if<std::string>() != nullptr &&
         !g->second.get_if<std::string>()->empty() &&
         g->second.get_if<std::string>()->size() <= 2048 && n->second.get_if<Number>() != nullptr;
}

// Holds the only index of the table against the items.
void expect_index_fits(TestDatabase& database) {
  const auto description = must(database->describe_table(kTable));
  const TablePtr& table = description.table;
  ASSERT_EQ(table->indexes.size(), 1u);
  EXPECT_EQ(table->indexes[0].status, IndexStatus::kActive);
  EXPECT_EQ(description.status, TableStatus::kActive);
  std::map<std::string, Item> expected;
  int64_t bytes = 0;
  for (Item& item : database.read_all({.table = table})) {
    if (!belongs(item)) continue;
    bytes += encode_item(item).view().item_bytes();
    expected.emplace(text_of(item.at("p")), std::move(item));
  }
  size_t entries = 0;
  for (const Item& entry : database.read_all({.table = table, .index = &table->indexes[0]})) {
    ++entries;
    const auto found = expected.find(text_of(entry.at("p")));
    ASSERT_NE(found, expected.end()) << text_of(entry.at("p"));
    EXPECT_EQ(found->second, entry);
  }
  EXPECT_EQ(entries, expected.size());
  EXPECT_EQ(description.index_entries[0].count, static_cast<int64_t>(expected.size()));
  EXPECT_EQ(description.index_entries[0].bytes, bytes);
}

// Lets the build come past its beginning.
void wait_until_under_way(TestDatabase& database) {
  const std::string start = key_space_prefix(database.table(kTable)->id, 0);
  while (true) {
    const TablePtr table = database.table(kTable);
    if (table->build == nullptr || table->build->frontier() > start) return;
    std::this_thread::yield();
  }
}

// Keys of the table's indexes in a database that is closed.
size_t index_keys_in(const std::string& directory, TableId table) {
  auto store = must(kv::open_store({.directory = directory, .clock = system_clock(), .log = {}}));
  const KeyRange all{key_space_prefix(table, 1), prefix_end(key_space_prefix(table, 0xffff))};
  size_t count = 0;
  EXPECT_EQ(store->scan({}, {.begin = all.begin, .end = all.end},
                        [&](kv::Bytes, kv::Bytes) { return ++count, true; }),
            kv::Status::kOk);
  return count;
}

TEST(IndexBackfill, AnIndexOfAnOldTableHoldsItsItems) {
  TestDatabase database;
  put_items(database, database.create(plain()), 5000);
  const auto answer = must(database->update_table(creates(by_g())));
  EXPECT_EQ(answer.status, TableStatus::kUpdating);
  EXPECT_EQ(answer.table->indexes[0].status, IndexStatus::kCreating);
  database->wait_for_background();
  expect_index_fits(database);
  EXPECT_EQ(database.index_tally(database.table(kTable), 0).count, 5000);
}

TEST(IndexBackfill, AnEmptyTablesIndexIsThereAtOnce) {
  TestDatabase database;
  database.create(plain());
  must(database->update_table(creates(by_g())));
  database->wait_for_background();
  must(database.put(database.table(kTable), item_number(1)));
  expect_index_fits(database);
}

TEST(IndexBackfill, EntriesHoldWhatTheIndexProjects) {
  TestDatabase database;
  put_items(database, database.create(plain()), 3);
  must(database->update_table(creates(by_g("ByG", ProjectionType::kKeysOnly))));
  database->wait_for_background();
  const TablePtr table = database.table(kTable);
  for (const Item& entry : database.read_all({.table = table, .index = &table->indexes[0]}))
    EXPECT_EQ(entry.size(), 3u);
  EXPECT_EQ(database.index_tally(table, 0).count, 3);
}

// Items that were there before the index may have anything as its key attributes.
TEST(IndexBackfill, ItemsThatCannotBeInTheIndexAreLeftOut) {
  TestDatabase database;
  const TablePtr old = database.create(plain());
  const std::vector<Item> unfit{
      {{"p", "no attribute"}},
      {{"p", "half"}, {"g", "a"}},
      {{"p", "wrong type"}, {"g", 7}, {"n", 1}},
      {{"p", "wrong type of sort key"}, {"g", "a"}, {"n", "1"}},
      {{"p", "empty"}, {"g", ""}, {"n", 1}},
      {{"p", "too long"}, {"g", std::string(2049, 'x')}, {"n", 1}},
  };
  for (const Item& item : unfit) must(database.put(old, item));
  must(database.put(old, {{"p", "longest"}, {"g", std::string(2048, 'x')}, {"n", 1}}));
  must(database->update_table(creates(by_g())));
  database->wait_for_background();
  expect_index_fits(database);
  const TablePtr table = database.table(kTable);
  EXPECT_EQ(database.index_tally(table, 0).count, 1);

  // From now on such items are refused; those that are there can be changed, mended and deleted.
  EXPECT_EQ(database.put(table, unfit[2]).error().code, ErrorCode::kValidation);
  must(database.update(table, {{"p", "wrong type"}}, set("x", "y")));
  EXPECT_FALSE(database.update(table, {{"p", "wrong type"}}, set("n", 2)));
  EXPECT_FALSE(database.update(table, {{"p", "empty"}}, set("g", 5)));
  must(database.update(table, {{"p", "empty"}}, set("g", "mended")));
  must(database.erase(table, {{"p", "too long"}}));
  must(database.put(table, {{"p", "wrong type"}, {"g", "b"}, {"n", 1}}));
  expect_index_fits(database);
  EXPECT_EQ(database.index_tally(table, 0).count, 3);
}

class Writers {
 public:
  Writers(TestDatabase& database, int threads, int keys) {
    for (int thread = 0; thread < threads; ++thread) {
      threads_.emplace_back([&database, keys, thread, this] {
        std::mt19937 random(static_cast<unsigned>(thread));
        while (!stop_)
          write(database, static_cast<int>(random() % static_cast<unsigned>(keys)), random() % 8);
      });
    }
  }
  ~Writers() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  int64_t writes() const { return writes_; }

 private:
  void write(TestDatabase& database, int i, unsigned what) {
    // The table of an earlier state now and then, as a slow caller may have.
    if (what == 0 || table_ == nullptr) {
      const std::lock_guard lock(mutex_);
      table_ = database.table(kTable);
    }
    TablePtr table;
    {
      const std::lock_guard lock(mutex_);
      table = table_;
    }
    const Item key{{"p", std::to_string(i)}};
    if (what < 3) {
      must(database.put(table, item_number(i)));
    } else if (what < 5) {
      must(database.erase(table, key));
    } else if (what < 7) {
      must(database.update(table, key, set("g", std::to_string(what + writes_ % 3))));
    } else {
      const std::vector several{put_write(table, item_number(i)),
                                delete_write(table, {{"p", std::to_string(i + 1)}})};
      must(database->apply(several));
    }
    ++writes_;
  }

  std::mutex mutex_;
  TablePtr table_;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> writes_{0};
  std::vector<std::thread> threads_;
};

TEST(IndexBackfill, WritesDuringTheBuildAreAllInTheIndex) {
  constexpr int kItems = 12'000;
  TestDatabase database;
  put_items(database, database.create(plain()), kItems);
  for (int round = 0; round < 5; ++round) {
    {
      const Writers writers(database, 4, kItems + 500);
      must(database->update_table(creates(by_g("ByG" + std::to_string(round)))));
      database->wait_for_background();
    }
    expect_index_fits(database);
    {
      const Writers writers(database, 2, kItems);
      must(database->update_table(deletes("ByG" + std::to_string(round))));
      database->wait_for_background();
    }
    EXPECT_TRUE(database.table(kTable)->indexes.empty());
  }
}

TEST(IndexBackfill, GoesOnAfterARestart) {
  constexpr int kItems = 20'000;
  const TempDir directory;
  TestDatabase database(directory.path());
  put_items(database, database.create(plain()), kItems);
  must(database->update_table(creates(by_g())));
  for (int restarts = 0; restarts < 3; ++restarts) {
    wait_until_under_way(database);
    database.close();
    database.open(directory.path());
    const TablePtr table = database.table(kTable);
    for (int i = restarts; i < kItems; i += 1000) {
      must(database.erase(table, {{"p", std::to_string(i)}}));
      must(database.put(table, item_number(kItems + i)));
    }
  }
  database->wait_for_background();
  expect_index_fits(database);
}

TEST(IndexBackfill, GoesOnFromWhereItWas) {
  const TempDir directory;
  TestDatabase database(directory.path());
  put_items(database, database.create(plain()), 100);
  must(database->update_table(creates(by_g())));
  database->wait_for_background();
  const TablePtr table = database.table(kTable);
  database.close();
  // As if the process had died when the build was past half of the hashes.
  const std::string frontier = key_space_prefix(table->id, 0) + "\x80";
  {
    auto store = must(kv::open_store({.directory = directory.path(), .clock = system_clock()}));
    Table building = *table;
    building.indexes[0].status = IndexStatus::kCreating;
    std::string record_key = key_space_prefix(0, 1);
    for (int shift = 24; shift >= 0; shift -= 8)
      record_key += static_cast<char>(building.id >> shift);
    ASSERT_EQ(store->write([&](kv::Writes& writes) {
      writes.put(record_key, encode_table_record(building, TableRecordState::kLive));
      writes.put(build_record_key(building.id, building.indexes[0].id), frontier);
    }),
              kv::Status::kOk);
  }
  database.open(directory.path());
  database->wait_for_background();
  // Entries of the second half were added again, and counted again: nothing before the frontier
  // was.
  const auto counted = database.index_tally(database.table(kTable), 0).count;
  EXPECT_GT(counted, 100);
  EXPECT_LT(counted, 200);
}

TEST(IndexBackfill, AnIndexMayBeDeletedWhileItIsBuilt) {
  const TempDir directory;
  TestDatabase database(directory.path());
  put_items(database, database.create(plain()), 20'000);
  must(database->update_table(creates(by_g())));
  wait_until_under_way(database);
  const TablePtr table = must(database->update_table(deletes("ByG"))).table;
  EXPECT_EQ(table->find_index("ByG"), nullptr);
  must(database.put(database.table(kTable), {{"p", "x"}, {"g", 5}}));  // Its types bind no more.
  database->wait_for_background();
  EXPECT_TRUE(database.table(kTable)->indexes.empty());
  EXPECT_EQ(database.table(kTable)->definition.attribute_definitions.size(), 1u);
  database.close();
  EXPECT_EQ(index_keys_in(directory.path(), table->id), 0u);
}

TEST(IndexBackfill, ATableMayBeDeletedWhileItsIndexIsBuilt) {
  const TempDir directory;
  TestDatabase database(directory.path());
  put_items(database, database.create(plain()), 20'000);
  const TableId id = must(database->update_table(creates(by_g()))).table->id;
  wait_until_under_way(database);
  must(database->delete_table(kTable));
  put_items(database, database.create(plain()), 10);  // Another of the same name.
  database->wait_for_background();
  EXPECT_TRUE(database.table(kTable)->indexes.empty());
  database.close();
  EXPECT_EQ(index_keys_in(directory.path(), id), 0u);
}

TEST(IndexBackfill, RemovalGoesOnAfterARestart) {
  const TempDir directory;
  TestDatabase database(directory.path());
  put_items(database, database.create(plain()), 5000);
  must(database->update_table(creates(by_g())));
  database->wait_for_background();
  const TablePtr table = must(database->update_table(deletes("ByG"))).table;
  database.close();
  database.open(directory.path());
  database->wait_for_background();
  EXPECT_TRUE(database.table(kTable)->indexes.empty());
  database.close();
  EXPECT_EQ(index_keys_in(directory.path(), table->id), 0u);
}

// A caller may hold a table's snapshot for long.
TEST(IndexBackfill, ReadsOfAnIndexFollowItsStateNow) {
  TestDatabase database;
  DatabaseOptions options;
  options.update_table_ms = 500;
  database.open(std::move(options));
  put_items(database, database.create(plain()), 10);
  const TablePtr creating = must(database->update_table(creates(by_g()))).table;
  const auto message = [&](const TablePtr& table) {
    return message_of(database->read_range({.table = table, .index = &table->indexes[0]},
                                           [](const ItemView&) {}));
  };
  EXPECT_EQ(message(creating), "Cannot read from backfilling global secondary index: ByG");
  database.clock().advance_ms(500);
  database->wait_for_background();
  EXPECT_EQ(message(creating), "no error");
  const TablePtr active = database.table(kTable);
  must(database->update_table(deletes("ByG")));
  EXPECT_EQ(message(active), "The table does not have the specified index: ByG");
  database.clock().advance_ms(500);
  database->wait_for_background();
  EXPECT_EQ(message(active), "The table does not have the specified index: ByG");
}

TEST(IndexBackfill, IdsOfIndexesAreNeverUsedAgain) {
  TestDatabase database;
  put_items(database, database.create(plain()), 10);
  IndexId last = 0;
  for (int i = 0; i < 3; ++i) {
    const TablePtr table = must(database->update_table(creates(by_g()))).table;
    EXPECT_GT(table->indexes[0].id, last);
    last = table->indexes[0].id;
    database->wait_for_background();
    expect_index_fits(database);
    must(database->update_table(deletes("ByG")));
    database->wait_for_background();
  }
}

TEST(IndexBackfill, WaitsForAsLongAsTheTableShowsUpdating) {
  TestDatabase database;
  DatabaseOptions options;
  options.update_table_ms = 500;
  database.open(std::move(options));
  put_items(database, database.create(plain()), 10);
  must(database->update_table(creates(by_g())));
  auto description = must(database->describe_table(kTable));
  EXPECT_EQ(description.status, TableStatus::kUpdating);
  ASSERT_NE(description.table->build, nullptr);
  EXPECT_FALSE(description.table->build->has_begun());
  must(database.put(database.table(kTable), item_number(11)));  // Usable all the while.
  EXPECT_EQ(message_of(database->delete_table(kTable)),
            "Attempt to change a resource which is still in use: Table is being updated: Table");
  EXPECT_EQ(database->update_table(deletes("ByG")).error().code, ErrorCode::kResourceInUse);
  database.clock().advance_ms(500);
  database->wait_for_background();
  expect_index_fits(database);

  must(database->update_table(deletes("ByG")));
  description = must(database->describe_table(kTable));
  EXPECT_EQ(description.table->indexes[0].status, IndexStatus::kDeleting);
  database.clock().advance_ms(500);
  database->wait_for_background();
  EXPECT_TRUE(database.table(kTable)->indexes.empty());
}

TEST(IndexBuild, CoversWhatIsBeforeItsFrontier) {
  IndexBuild build("b");
  EXPECT_TRUE(build.covers("a"));
  EXPECT_FALSE(build.covers("b"));
  EXPECT_FALSE(build.has_begun());
  build.claim("d");
  EXPECT_TRUE(build.has_begun());
  EXPECT_FALSE(build.is_claimed("a"));
  EXPECT_TRUE(build.is_claimed("b"));
  EXPECT_TRUE(build.is_claimed("c"));
  EXPECT_FALSE(build.is_claimed("d"));
  EXPECT_FALSE(build.covers("c"));
  build.release();
  EXPECT_FALSE(build.is_claimed("c"));
  EXPECT_FALSE(build.covers("c"));
  build.claim("d");
  std::thread waiting([&] { build.wait_until_free("c"); });
  build.cover();
  waiting.join();
  EXPECT_TRUE(build.covers("c"));
  EXPECT_EQ(build.frontier(), "d");
}

}  // namespace
}  // namespace dynolith::test
