// The life of tables: created, found, listed, deleted, and all of it across restarts.
#include <thread>

#include "storage/engine/schema_encoding.h"
#include "storage/kv/open_store.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

TableDefinition plain(const std::string& name) { return definition(name, key_schema({"p"})); }

TableDefinition indexed(const std::string& name) {
  return definition(name, key_schema({"p"}), {global_index("Gsi", key_schema({"g"}))});
}

TEST(Tables, ANewTableSaysCreatingAndIsUsableAtOnce) {
  TestDatabase database;
  const auto created = must(database->create_table(indexed("Music")));
  EXPECT_EQ(created.status, TableStatus::kCreating);
  EXPECT_EQ(created.items.count, 0);
  ASSERT_EQ(created.index_entries.size(), 1u);
  EXPECT_EQ(created.table->uuid.size(), 36u);
  EXPECT_EQ(created.table->created_ms, database.clock().now_ms());
  EXPECT_EQ(must(database->describe_table("Music")).status, TableStatus::kActive);
  must(database.put(database.table("Music"), {{"p", "a"}}));
}

TEST(Tables, ATableExistsOnce) {
  TestDatabase database;
  database.create(plain("Music"));
  const auto again = database->create_table(plain("Music"));
  EXPECT_EQ(again.error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(again.error().message, "Table already exists: Music");
}

TEST(Tables, UnsoundDefinitionsAreRefusedAndLeaveNothing) {
  TestDatabase database;
  TableDefinition unsound = plain("Music");
  unsound.attribute_definitions.clear();
  EXPECT_EQ(database->create_table(unsound).error().code, ErrorCode::kValidation);
  EXPECT_TRUE(database->list_tables("", 100).empty());
}

TEST(Tables, AbsentOnesAreNotFound) {
  TestDatabase database;
  EXPECT_EQ(message_of(database->find_table("Nope")), "Requested resource not found");
  EXPECT_EQ(message_of(database->describe_table("Nope")),
            "Requested resource not found: Table: Nope not found");
  EXPECT_EQ(message_of(database->delete_table("Nope")),
            "Requested resource not found: Table: Nope not found");
  EXPECT_EQ(database->find_table("Nope").error().code, ErrorCode::kResourceNotFound);
}

TEST(Tables, AreListedInByteOrderInPages) {
  TestDatabase database;
  for (const char* name : {"bbb", "Aaa", "ccc", "aaa"}) database.create(plain(name));
  using Names = std::vector<std::string>;
  EXPECT_EQ(database->list_tables("", 100), (Names{"Aaa", "aaa", "bbb", "ccc"}));
  EXPECT_EQ(database->list_tables("", 2), (Names{"Aaa", "aaa"}));
  EXPECT_EQ(database->list_tables("aaa", 2), (Names{"bbb", "ccc"}));
  EXPECT_EQ(database->list_tables("abc", 1), (Names{"bbb"}));  // Need not exist.
  EXPECT_EQ(database->list_tables("ccc", 2), (Names{}));
}

TEST(Tables, ScopesDoNotSeeEachOther) {
  TestDatabase database;
  const auto ours = must(database->create_table(plain("Music"), "us")).table;
  const auto theirs = must(database->create_table(plain("Music"), "eu")).table;
  must(database.put(ours, {{"p", "a"}}));
  EXPECT_FALSE(database.get(theirs, {{"p", "a"}}));
  EXPECT_FALSE(database->find_table("Music"));
  EXPECT_EQ(must(database->find_table("Music", "eu"))->id, theirs->id);
  EXPECT_EQ(database->list_tables("", 10, "eu"), std::vector<std::string>{"Music"});
  must(database->delete_table("Music", "eu"));
  EXPECT_TRUE(database->find_table("Music", "us"));
}

TEST(Tables, CreatingLastsAsLongAsTheOptionsSay) {
  TestDatabase database;
  DatabaseOptions options;
  options.create_table_ms = 500;
  database.open(options);
  database.create(plain("Music"));
  database.clock().advance_ms(499);
  EXPECT_EQ(must(database->describe_table("Music")).status, TableStatus::kCreating);
  EXPECT_EQ(message_of(database->find_table("Music")), "Requested resource not found");
  EXPECT_EQ(database->delete_table("Music").error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(database->list_tables("", 9).size(), 1u);
  database.clock().advance_ms(1);
  EXPECT_EQ(must(database->describe_table("Music")).status, TableStatus::kActive);
  EXPECT_TRUE(database->find_table("Music"));
}

TEST(Tables, DeletingLastsAsLongAsTheOptionsSay) {
  TestDatabase database;
  DatabaseOptions options;
  options.delete_table_ms = 500;
  database.open(options);
  const TablePtr table = database.create(plain("Music"));
  must(database.put(table, {{"p", "a"}}));
  EXPECT_EQ(must(database->delete_table("Music")).status, TableStatus::kDeleting);
  EXPECT_EQ(must(database->delete_table("Music")).status, TableStatus::kDeleting);
  database.clock().advance_ms(499);
  EXPECT_EQ(must(database->describe_table("Music")).status, TableStatus::kDeleting);
  EXPECT_FALSE(database->find_table("Music"));
  EXPECT_EQ(database->create_table(plain("Music")).error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(database->list_tables("", 9).size(), 1u);
  database.clock().advance_ms(1);
  EXPECT_FALSE(database->describe_table("Music"));
  EXPECT_TRUE(database->list_tables("", 9).empty());
  EXPECT_NE(database.create(plain("Music"))->id, table->id);
}

TEST(Tables, ADeletedTablesNameIsFreeAtOnceAndItsDataNeverComesBack) {
  TestDatabase database;
  for (int round = 0; round < 3; ++round) {
    const TablePtr table = database.create(indexed("Music"));
    EXPECT_FALSE(database.get(table, {{"p", "a"}}));
    must(database.put(table, {{"p", "a"}, {"g", "x"}}));
    const auto deleted = must(database->delete_table("Music"));
    EXPECT_EQ(deleted.status, TableStatus::kDeleting);
    EXPECT_EQ(deleted.items.count, 1);
    EXPECT_FALSE(database->describe_table("Music"));
  }
  database->wait_for_background();
}

TEST(Tables, AHandleOfADeletedTableIsRefused) {
  TestDatabase database;
  const TablePtr table = database.create(plain("Music"));
  must(database->delete_table("Music"));
  EXPECT_EQ(database.put(table, {{"p", "a"}}).error().code, ErrorCode::kResourceNotFound);
  const std::vector writes{put_write(table, {{"p", "a"}}), put_write(table, {{"p", "b"}})};
  EXPECT_EQ(database->apply(writes).error().code, ErrorCode::kResourceNotFound);
  const auto key = must(key_of_item(*table, encode_item({{"p", "a"}}).view()));
  EXPECT_EQ(database->get(*table, key, [](const ItemView&) {}).error().code,
            ErrorCode::kResourceNotFound);
  EXPECT_EQ(database->read_range({.table = table}, [](const ItemView&) {}).error().code,
            ErrorCode::kResourceNotFound);
}

TEST(Tables, DeletionProtectionHolds) {
  TestDatabase database;
  TableDefinition kept = plain("Music");
  kept.deletion_protection = true;
  database.create(kept);
  const auto refused = database->delete_table("Music");
  EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
  EXPECT_EQ(refused.error().message,
            "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection first.");
  EXPECT_TRUE(database->find_table("Music"));
}

TEST(Tables, EverythingSurvivesARestart) {
  const TempDir directory;
  TestDatabase database(directory.path());
  const TablePtr before = database.create(indexed("Music"));
  must(database.put(before, {{"p", "a"}, {"g", "x"}, {"n", 1}}));
  must(database.put(before, {{"p", "b"}}));
  const auto tally = database.tally(before);
  const auto index_tally = database.index_tally(before, 0);
  database.close();

  database.open(directory.path());
  const TablePtr after = database.table("Music");
  EXPECT_EQ(after->id, before->id);
  EXPECT_EQ(after->uuid, before->uuid);
  EXPECT_EQ(after->created_ms, before->created_ms);
  EXPECT_EQ(must(database->describe_table("Music")).status, TableStatus::kActive);
  EXPECT_EQ(database.get(after, {{"p", "a"}}), (Item{{"p", "a"}, {"g", "x"}, {"n", 1}}));
  EXPECT_EQ(database.read({.table = after, .index = &after->indexes[0]}).size(), 1u);
  EXPECT_EQ(database.tally(after).count, 2);
  EXPECT_EQ(database.tally(after).bytes, tally.bytes);
  EXPECT_EQ(database.index_tally(after, 0).count, 1);
  EXPECT_EQ(database.index_tally(after, 0).bytes, index_tally.bytes);
}

TEST(Tables, IdsAreNotReusedAfterARestart) {
  const TempDir directory;
  TestDatabase database(directory.path());
  const TableId first = database.create(plain("Music"))->id;
  must(database->delete_table("Music"));
  database.close();
  database.open(directory.path());
  EXPECT_GT(database.create(plain("Music"))->id, first);
}

size_t entries_in(kv::Store& store, const KeyRange& range) {
  size_t count = 0;
  EXPECT_EQ(store.scan({}, {.begin = range.begin, .end = range.end},
                       [&](kv::Bytes, kv::Bytes) { return ++count, true; }),
            kv::Status::kOk);
  return count;
}

// As the process leaves it that dies between the deletion's commit and the end of the clearing.
void mark_as_dropping(const std::string& directory, const Table& table) {
  const auto store = must(kv::open_store({.directory = directory}));
  const KeyRange records = prefix_range(key_space_prefix(0, 1));
  std::string key;
  ASSERT_EQ(store->scan({}, {.begin = records.begin, .end = records.end},
                        [&](kv::Bytes found, kv::Bytes) { return key = found, false; }),
            kv::Status::kOk);
  ASSERT_EQ(store->write([&](kv::Writes& writes) {
    writes.put(key, encode_table_record(table, TableRecordState::kDropping));
  }),
            kv::Status::kOk);
}

TEST(Tables, ADeletionThatDiedHalfWayIsFinishedAfterTheRestart) {
  const TempDir directory;
  TestDatabase database(directory.path());
  const TablePtr table = database.create(indexed("Music"));
  for (int i = 0; i < 100; ++i) must(database.put(table, {{"p", std::to_string(i)}, {"g", "x"}}));
  database.close();
  mark_as_dropping(directory.path(), *table);

  database.open(directory.path());
  EXPECT_FALSE(database->find_table("Music"));
  const TablePtr next = database.create(indexed("Music"));
  must(database.put(next, {{"p", "a"}, {"g", "x"}}));
  database->wait_for_background();
  EXPECT_EQ(database.tally(next).count, 1);
  database.close();

  const auto store = must(kv::open_store({.directory = directory.path()}));
  const auto space = [](TableId id) { return prefix_range(key_space_prefix(id, 0).substr(0, 4)); };
  EXPECT_EQ(entries_in(*store, space(table->id)), 0u);
  EXPECT_EQ(entries_in(*store, space(next->id)), 2u);
  EXPECT_EQ(entries_in(*store, prefix_range(key_space_prefix(0, 1))), 1u);
  EXPECT_EQ(must(store->tally(table->tally_name)).count, 0);
}

// Closing does not wait for the data to go; the next opening goes on with it.
TEST(Tables, ADeletionMayBeCutShortByClosing) {
  const TempDir directory;
  TestDatabase database(directory.path());
  const TablePtr table = database.create(indexed("Music"));
  for (int i = 0; i < 2000; ++i) must(database.put(table, {{"p", std::to_string(i)}, {"g", "x"}}));
  must(database->delete_table("Music"));
  for (int i = 0; i < 3; ++i) {
    database.close();
    database.open(directory.path());
    EXPECT_TRUE(database->list_tables("", 10).empty());
  }
  database->wait_for_background();
  database.close();
  const auto store = must(kv::open_store({.directory = directory.path()}));
  EXPECT_EQ(entries_in(*store, prefix_range(key_space_prefix(table->id, 0).substr(0, 4))), 0u);
  EXPECT_EQ(entries_in(*store, prefix_range(key_space_prefix(0, 1))), 0u);
}

TEST(Tables, ACorruptRecordStopsTheOpening) {
  const TempDir directory;
  TestDatabase database(directory.path());
  database.create(plain("Music"));
  database.close();
  {
    const auto store = must(kv::open_store({.directory = directory.path()}));
    ASSERT_EQ(store->write([&](kv::Writes& writes) {
      writes.put(key_space_prefix(0, 1) + "x", "\x01nonsense");
    }),
              kv::Status::kOk);
  }
  const auto opened = Database::open({.directory = directory.path()});
  EXPECT_EQ(opened.error().code, ErrorCode::kDirectoryCorrupt);
  EXPECT_EQ(opened.error().message, "data directory '" + directory.path() +
                                        "' is damaged: a table record cannot be read; restore it "
                                        "from a backup");
}

TEST(Tables, AreFoundWhileOthersComeAndGo) {
  TestDatabase database;
  const TablePtr stays = database.create(plain("Stays"));
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  std::atomic<int> missing{0};
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto found = database->find_table("Stays");
        if (!found || (*found)->id != stays->id) ++missing;
        const auto other = database->find_table("Goes");
        if (other) (void)database->list_tables("", 10);
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    const TablePtr table = database.create(indexed("Goes"));
    must(database.put(table, {{"p", "a"}, {"g", "x"}}));
    must(database->delete_table("Goes"));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(missing, 0);
}

// A write either happens before the deletion or is refused; none leaves data behind.
TEST(Tables, WritesRacingADeletionLeaveNothingBehind) {
  const TempDir directory;
  TestDatabase database(directory.path());
  std::vector<TableId> ids;
  for (int round = 0; round < 10; ++round) {
    const TablePtr table = database.create(indexed("Music"));
    ids.push_back(table->id);
    std::vector<std::thread> writers;
    for (int w = 0; w < 3; ++w) {
      writers.emplace_back([&database, table, w] {
        for (int i = 0;; ++i) {
          const auto put = database.put(table, {{"p", std::to_string(w * 10'000 + i)}, {"g", "x"}});
          if (put) continue;
          EXPECT_EQ(put.error().code, ErrorCode::kResourceNotFound);
          break;
        }
      });
    }
    while (database.tally(table).count < 5) std::this_thread::yield();
    must(database->delete_table("Music"));
    for (auto& writer : writers) writer.join();
  }
  database->wait_for_background();
  database.close();
  const auto store = must(kv::open_store({.directory = directory.path()}));
  for (const TableId id : ids)
    EXPECT_EQ(entries_in(*store, prefix_range(key_space_prefix(id, 0).substr(0, 4))), 0u);
}

}  // namespace
}  // namespace dynolith::test
