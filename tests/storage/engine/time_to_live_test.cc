// Items that expire: which ones, when, and that their index follows every write and setting.
#include <atomic>
#include <thread>

#include "storage/engine/expiry_index.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr int64_t kNow = 1'795'257'249;  // FakeClock's, in seconds.
constexpr int64_t kFiveYears = 5LL * 365 * 24 * 3600;

DatabaseOptions options(std::string directory = {}) {
  DatabaseOptions options;
  options.directory = std::move(directory);
  options.ttl_sweep_interval_ms = 0;
  return options;
}

// Sweeps when told to.
struct Expiring : TestDatabase {
  explicit Expiring(std::string directory = {}) { open(options(std::move(directory))); }
  TablePtr create_music(std::vector<IndexDefinition> indexes = {}) {
    return create(definition("Music", key_schema({"p"}), std::move(indexes)));
  }
  void enable(const std::string& attribute = "ttl") {
    must((*this)->set_time_to_live("Music", attribute, true));
    (*this)->wait_for_background();
  }
  void disable(const std::string& attribute = "ttl") {
    must((*this)->set_time_to_live("Music", attribute, false));
    (*this)->wait_for_background();
  }
  SweepReport sweep() { return must((*this)->sweep_expired()); }
  void put_all(const std::vector<std::pair<std::string, AttributeValue>>& items) {
    const TablePtr music = table("Music");
    for (const auto& [key, value] : items) must(put(music, {{"p", key}, {"ttl", value}}));
  }
  std::vector<std::string> keys() {
    auto names = column(read_all({.table = table("Music")}), "p");
    std::sort(names.begin(), names.end());
    return names;
  }
};

using Keys = std::vector<std::string>;

AttributeValue seconds(int64_t value) { return AttributeValue(Number(value)); }

TEST(TimeToLive, DeletesWhatHasExpiredAndNothingElse) {
  Expiring database;
  database.create_music();
  database.enable();
  database.put_all({{"now", seconds(kNow)},
                    {"past", seconds(kNow - 1)},
                    {"next", seconds(kNow + 1)},
                    {"old", seconds(kNow - kFiveYears)},
                    {"too old", seconds(kNow - kFiveYears - 1)},
                    {"zero", seconds(0)},
                    {"negative", seconds(-5)},
                    {"milliseconds", seconds(kNow * 1000)},
                    {"fraction, over", number("1795257248.1")},
                    {"fraction, to come", number("1795257249.1")},
                    {"exponent", number("17952572e2")},
                    {"huge", number("1e125")},
                    {"tiny", number("1e-130")},
                    {"text", "1795257000"}});
  must(database.put(database.table("Music"), {{"p", "none"}}));
  EXPECT_EQ(database.sweep().items_deleted, 5u);
  EXPECT_EQ(database.keys(), (Keys{"fraction, to come", "huge", "milliseconds", "negative", "next",
                                   "none", "text", "tiny", "too old", "zero"}));
  database.clock().advance_ms(1000);
  EXPECT_EQ(database.sweep().items_deleted, 2u);
  EXPECT_EQ(database.sweep().entries_read, 0u);
}

TEST(TimeToLive, ItemsStayReadableUntilTheyAreDeleted) {
  Expiring database;
  const auto music = database.create_music();
  database.enable();
  database.put_all({{"a", seconds(kNow - 10)}});
  EXPECT_TRUE(database.get(music, {{"p", "a"}}));
  EXPECT_EQ(database.tally(music).count, 1);
  database.sweep();
  EXPECT_FALSE(database.get(music, {{"p", "a"}}));
}

TEST(TimeToLive, WritesMoveAndRemoveEntries) {
  Expiring database;
  const auto music = database.create_music();
  database.enable();
  database.put_all({{"renewed", seconds(kNow)},
                    {"brought forward", seconds(kNow + 1000)},
                    {"removed", seconds(kNow)},
                    {"deleted", seconds(kNow)},
                    {"retyped", seconds(kNow)}});
  must(database.update(music, {{"p", "renewed"}}, set("ttl", seconds(kNow + 1000))));
  must(database.update(music, {{"p", "brought forward"}}, set("ttl", seconds(kNow))));
  must(database.update(music, {{"p", "removed"}}, remove("ttl")));
  must(database.erase(music, {{"p", "deleted"}}));
  must(database.put(music, {{"p", "retyped"}, {"ttl", "soon"}}));
  const auto report = database.sweep();
  EXPECT_EQ(report.entries_read, 1u);
  EXPECT_EQ(report.items_deleted, 1u);
  EXPECT_EQ(database.keys(), (Keys{"removed", "renewed", "retyped"}));
}

TEST(TimeToLive, IndexEntriesAndTalliesGoWithTheItems) {
  Expiring database;
  const auto music = database.create(definition("Music", key_schema({"p"}, {"s"}),
                                                {local_index("Lsi", key_schema({"p"}, {"ttl:N"})),
                                                 global_index("Gsi", key_schema({"ttl:N"}))}));
  database.enable();
  for (int i = 0; i < 60; ++i)
    must(database.put(music,
                      {{"p", "a"}, {"s", std::to_string(i)}, {"ttl", seconds(kNow - i % 2)}}));
  must(database.put(music, {{"p", "a"}, {"s", "later"}, {"ttl", seconds(kNow + 9)}}));
  EXPECT_EQ(database.sweep().items_deleted, 60u);
  EXPECT_EQ(database.tally(music).count, 1);
  for (const size_t index : {0u, 1u}) {
    EXPECT_EQ(database.index_tally(music, index).count, 1);
    EXPECT_EQ(database.read_all({.table = music, .index = &music->indexes[index]}).size(), 1u);
  }
}

TEST(TimeToLive, TheKeyItselfMayBeTheAttribute) {
  Expiring database;
  database.create(definition("Music", key_schema({"ttl:N"})));
  database.enable();
  must(database.put(database.table("Music"), {{"ttl", seconds(kNow)}}));
  EXPECT_EQ(database.sweep().items_deleted, 1u);
}

TEST(TimeToLive, ItemsThatAreThereBeforeCountToo) {
  Expiring database;
  const auto music = database.create_music();
  for (int i = 0; i < 3000; ++i)
    must(database.put(music, {{"p", std::to_string(i)}, {"ttl", seconds(kNow + i % 3)}}));
  EXPECT_EQ(database.sweep().entries_read, 0u);
  database.enable();
  const auto report = database.sweep();
  EXPECT_EQ(report.entries_read, 1000u);
  EXPECT_EQ(report.items_deleted, 1000u);
}

TEST(TimeToLive, IsNotSweptOnceItIsOff) {
  Expiring database;
  database.create_music();
  database.enable();
  database.put_all({{"a", seconds(kNow)}, {"b", seconds(kNow)}});
  database.disable();
  EXPECT_EQ(database.sweep().entries_read, 0u);
  database.put_all({{"c", seconds(kNow)}, {"b", seconds(kNow + 9)}});
  // On again, by another attribute: nothing of the first is left.
  must(database.put(database.table("Music"), {{"p", "d"}, {"end", seconds(kNow)}}));
  database.enable("end");
  EXPECT_EQ(database.sweep().entries_read, 1u);
  EXPECT_EQ(database.keys(), (Keys{"a", "b", "c"}));
}

TEST(TimeToLive, SettingsAreKeptAndChangesThatChangeNothingRefused) {
  TempDir directory;
  Expiring database(directory.path());
  database.create_music();
  EXPECT_EQ(must(database->describe_time_to_live("Music")).status, TimeToLiveStatus::kDisabled);
  const auto set = [&](const char* name, const char* attribute, bool enabled) {
    return message_of(database->set_time_to_live(name, attribute, enabled));
  };
  EXPECT_EQ(set("Music", "ttl", false), "TimeToLive is already disabled");
  EXPECT_EQ(set("Music", "ttl", true), "no error");
  EXPECT_EQ(set("Music", "ttl", true), "TimeToLive is already enabled");
  constexpr char kDifferent[] =
      "TimeToLive is active on a different AttributeName: current AttributeName is ttl";
  EXPECT_EQ(set("Music", "end", true), kDifferent);
  EXPECT_EQ(set("Music", "end", false), kDifferent);
  EXPECT_EQ(set("Nope", "ttl", true), "Requested resource not found: Table: Nope not found");
  EXPECT_EQ(message_of(database->describe_time_to_live("Nope")),
            "Requested resource not found: Table: Nope not found");
  database.open(options(directory.path()));
  const auto kept = must(database->describe_time_to_live("Music"));
  EXPECT_EQ(kept.status, TimeToLiveStatus::kEnabled);
  EXPECT_EQ(kept.attribute, "ttl");
}

TEST(TimeToLive, ShowsItsTransitionsAndRefusesChangesMeanwhile) {
  Expiring database;
  auto slow = options();
  slow.time_to_live = {.transition_ms = 1000, .change_interval_ms = 5000};
  database.open(std::move(slow));
  database.create_music();
  const auto status = [&] { return must(database->describe_time_to_live("Music")).status; };
  database.enable();
  EXPECT_EQ(status(), TimeToLiveStatus::kEnabling);
  database.clock().advance_ms(1000);
  EXPECT_EQ(status(), TimeToLiveStatus::kEnabled);
  const auto too_soon = database->set_time_to_live("Music", "ttl", false);
  EXPECT_EQ(message_of(too_soon),
            "Time to live has been modified multiple times within a fixed interval");
  database.clock().advance_ms(4000);
  database.disable();
  EXPECT_EQ(status(), TimeToLiveStatus::kDisabling);
  EXPECT_EQ(must(database->describe_time_to_live("Music")).attribute, "ttl");
  database.clock().advance_ms(1000);
  EXPECT_EQ(status(), TimeToLiveStatus::kDisabled);
}

TEST(TimeToLive, AnIndexThatWasNotFinishedIsFinishedAfterARestart) {
  TempDir directory;
  Expiring database(directory.path());
  const auto music = database.create_music();
  constexpr int kItems = 5000;
  for (int i = 0; i < kItems; ++i)
    must(database.put(music, {{"p", std::to_string(i)}, {"ttl", seconds(kNow)}}));
  must(database->set_time_to_live("Music", "ttl", true));
  database.open(options(directory.path()));  // The filling has hardly begun.
  database->wait_for_background();
  EXPECT_EQ(database.sweep().items_deleted, static_cast<uint64_t>(kItems));
  EXPECT_EQ(database.tally(database.table("Music")).count, 0);
}

TEST(TimeToLive, FollowsWritesWhileItsIndexIsMade) {
  Expiring database;
  const auto music = database.create_music();
  constexpr int kItems = 2000;
  for (int i = 0; i < kItems; ++i)
    must(database.put(music, {{"p", std::to_string(i)}, {"ttl", seconds(kNow)}}));
  std::thread writer([&] {
    for (int i = 0; i < kItems; i += 2)
      must(database.put(music, {{"p", std::to_string(i)}, {"ttl", seconds(kNow + 100)}}));
  });
  for (int round = 0; round < 5; ++round) {
    must(database->set_time_to_live("Music", "ttl", true));
    must(database->set_time_to_live("Music", "ttl", false));
  }
  must(database->set_time_to_live("Music", "ttl", true));
  writer.join();
  database->wait_for_background();
  const auto now = database.sweep();
  EXPECT_EQ(now.entries_read, kItems / 2u);
  EXPECT_EQ(now.items_deleted, kItems / 2u);
  database.clock().advance_ms(100'000);
  EXPECT_EQ(database.sweep().items_deleted, kItems / 2u);
  EXPECT_EQ(database.tally(music).count, 0);
}

TEST(TimeToLive, ARenewedItemIsNeverDeleted) {
  Expiring database;
  const auto music = database.create_music();
  database.enable();
  std::atomic<bool> done{false};
  std::thread sweeping([&] {
    while (!done) database.sweep();
  });
  for (int i = 0; i < 500; ++i) {
    const Item key{{"p", "a"}};
    must(database.put(music, {{"p", "a"}, {"ttl", seconds(kNow)}}));
    must(database.update(music, key, set("ttl", seconds(kNow + 1000))));
    EXPECT_TRUE(database.get(music, key));
  }
  done = true;
  sweeping.join();
}

TEST(TimeToLive, TablesMayBeDroppedWhileTheyAreSwept) {
  Expiring database;
  std::atomic<bool> done{false};
  std::thread sweeping([&] {
    while (!done) database.sweep();
  });
  for (int round = 0; round < 10; ++round) {
    const auto music = database.create_music();
    must(database->set_time_to_live("Music", "ttl", true));
    for (int i = 0; i < 100; ++i)
      must(database.put(music, {{"p", std::to_string(i)}, {"ttl", seconds(kNow)}}));
    must(database->delete_table("Music"));
  }
  done = true;
  sweeping.join();
  database->wait_for_background();
  EXPECT_EQ(database.sweep().entries_read, 0u);
}

// The cost of a sweep follows what expires, however much is stored in however many tables.
TEST(TimeToLive, ASweepReadsWhatExpiresOnly) {
  Expiring database;
  for (int table = 0; table < 20; ++table) {
    const std::string name = "Table" + std::to_string(table);
    const auto made = database.create(definition(name, key_schema({"p"})));
    must(database->set_time_to_live(name, "ttl", true));
    for (int i = 0; i < 500; ++i)
      must(database.put(
          made, {{"p", std::to_string(i)}, {"ttl", seconds(kNow + (i < 3 ? 0 : 100 + i))}}));
  }
  database->wait_for_background();
  const auto report = database.sweep();
  EXPECT_EQ(report.entries_read, 60u);
  EXPECT_EQ(report.items_deleted, 60u);
}

TEST(TimeToLive, SweepsByItselfAtIntervals) {
  Expiring database;
  auto quick = options();
  quick.ttl_sweep_interval_ms = 1;
  database.open(std::move(quick));
  const auto music = database.create_music();
  database.put_all({{"a", seconds(kNow)}});
  must(database->set_time_to_live("Music", "ttl", true));
  while (database.get(music, {{"p", "a"}})) std::this_thread::yield();
}

TEST(TimeToLive, EntriesLookAsTheFormatSays) {
  const EncodedKey item{std::string("\0\0\0\7\0\0rest", 10)};
  const std::string entry = expiry_entry_key(7, 0x6b49d200, item.bytes);
  EXPECT_EQ(entry, std::string("\0\0\0\7\xff\xff\0\0\0\0\x6b\x49\xd2\0rest", 18));
  EXPECT_EQ(item_key_of_expiry_entry(entry), item);
  const KeyRange range = expiry_range(7, 0, 0x6b49d200);
  EXPECT_TRUE(range.begin <= entry && entry < range.end);
  EXPECT_FALSE(entry < expiry_range(7, 0, 0x6b49d1ff).end);
}

}  // namespace
}  // namespace dynolith::test
