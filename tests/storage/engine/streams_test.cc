// Streams of changes: what is recorded, shards, and what becomes of streams with time and across
// restarts.
#include <atomic>
#include <map>
#include <thread>

#include "storage/engine/catalog.h"
#include "storage/engine/item_writer.h"
#include "storage/engine/stream_descriptor.h"
#include "storage/engine/stream_registry.h"
#include "storage/kv/open_store.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr int64_t kHour = 3600 * 1000;

TableDefinition streamed(const std::string& name,
                         StreamViewType view = StreamViewType::kNewAndOldImages) {
  TableDefinition table = definition(name, key_schema({"p"}));
  table.stream_view_type = view;
  return table;
}

std::string text_of(const ItemView& image) {
  if (!image.exists()) return "-";
  const auto value = image.find("v");
  return std::string(image.find("p")->text()) + (value ? std::string(value->text()) : "");
}

// "2 MODIFY a old new", one for each record.
using Lines = std::vector<std::string>;
Lines lines_of(Database& database, const Stream& stream, StreamRead read = {}) {
  constexpr std::string_view kEvents[] = {"INSERT", "MODIFY", "REMOVE"};
  Lines lines;
  must(database.read_stream(stream, read, [&](uint64_t position, const StreamRecordView& record) {
    lines.push_back(std::to_string(position) + " " +
                    std::string(kEvents[static_cast<size_t>(record.event)]) + " " +
                    std::string(record.key.find("p")->text()) + " " + text_of(record.old_image) +
                    " " + text_of(record.new_image));
  }));
  return lines;
}

StreamPtr stream_of(TestDatabase& database, std::string_view table) {
  const auto streams = database->list_streams(table);
  if (streams.empty()) throw std::runtime_error("no stream");
  return must(database->find_stream(streams.back()->table, streams.back()->number));
}

TEST(Streams, EveryChangeIsRecordedAndNothingElse) {
  TestDatabase database;
  const TablePtr table = database.create(streamed("Music"));
  must(database.put(table, {{"p", "a"}, {"v", "1"}}));
  must(database.put(table, {{"p", "a"}, {"v", "1"}}));  // The same.
  must(database.update(table, {{"p", "a"}}, set("v", "2")));
  must(database.update(table, {{"p", "a"}}, set("v", "2")));
  must(database.update(table, {{"p", "b"}}, remove("v")));  // Makes nothing.
  must(database.update(table, {{"p", "b"}}, set("v", "3")));
  must(database.erase(table, {{"p", "c"}}));
  must(database.erase(table, {{"p", "a"}}));
  const Condition absent = not_exists("p");
  EXPECT_FALSE(database.put(table, {{"p", "b"}, {"v", "4"}}, &absent));
  EXPECT_EQ(lines_of(*database, *stream_of(database, "Music")),
            (Lines{"1 INSERT a - a1", "2 MODIFY a a1 a2", "3 INSERT b - b3", "4 REMOVE a a2 -"}));
}

TEST(Streams, AViewTypeSaysWhichImagesARecordHas) {
  const struct {
    StreamViewType view;
    Lines lines;
  } cases[] = {
      {StreamViewType::kKeysOnly, {"1 INSERT a - -", "2 MODIFY a - -", "3 REMOVE a - -"}},
      {StreamViewType::kNewImage, {"1 INSERT a - a1", "2 MODIFY a - a2", "3 REMOVE a - -"}},
      {StreamViewType::kOldImage, {"1 INSERT a - -", "2 MODIFY a a1 -", "3 REMOVE a a2 -"}},
      {StreamViewType::kNewAndOldImages,
       {"1 INSERT a - a1", "2 MODIFY a a1 a2", "3 REMOVE a a2 -"}},
  };
  for (const auto& [view, lines] : cases) {
    TestDatabase database;
    const TablePtr table = database.create(streamed("Music", view));
    must(database.put(table, {{"p", "a"}, {"v", "1"}}));
    must(database.put(table, {{"p", "a"}, {"v", "2"}}));
    must(database.erase(table, {{"p", "a"}}));
    EXPECT_EQ(lines_of(*database, *stream_of(database, "Music")), lines);
  }
}

TEST(Streams, EachWriteOfATransactionHasItsRecord) {
  TestDatabase database;
  const TablePtr with = database.create(streamed("With"));
  const TablePtr without = database.create(definition("Without", key_schema({"p"})));
  must(database.put(with, {{"p", "a"}, {"v", "1"}}));
  std::vector<ItemWrite> writes;
  writes.push_back(delete_write(with, {{"p", "a"}}));
  writes.push_back(put_write(without, {{"p", "a"}}));
  writes.push_back(put_write(with, {{"p", "b"}}));
  writes.back().origin = WriteOrigin::kTimeToLive;
  must(database->apply(writes));
  const StreamPtr stream = stream_of(database, "With");
  EXPECT_EQ(lines_of(*database, *stream, {.first = 2}),
            (Lines{"2 REMOVE a a1 -", "3 INSERT b - b"}));
  std::vector<StreamOrigin> origins;
  must(database->read_stream(*stream, {.first = 2}, [&](uint64_t, const StreamRecordView& record) {
    origins.push_back(record.origin);
    EXPECT_EQ(record.created_ms, database.clock().now_ms());
  }));
  EXPECT_EQ(origins, (std::vector{StreamOrigin::kClient, StreamOrigin::kTimeToLive}));
  EXPECT_TRUE(database->list_streams("Without").empty());
}

TEST(Streams, PagesEndAtTheirLimits) {
  TestDatabase database;
  const TablePtr table = database.create(streamed("Music", StreamViewType::kNewImage));
  for (const char* key : {"a", "b", "c", "d"})
    must(database.put(table, {{"p", key}, {"v", std::string(1000, 'x')}}));
  const StreamPtr stream = stream_of(database, "Music");
  const struct {
    StreamRead read;
    uint64_t next;
  } cases[] = {{{}, 5},
               {{.first = 5}, 5},
               {{.first = 3}, 5},
               {{.last = 2}, 3},
               {{.first = 3, .last = 2}, 3},
               {{.records_max = 3}, 4},
               {{.bytes_max = 1}, 2},
               {{.bytes_max = 2100}, 3}};
  for (const auto& [read, next] : cases)
    EXPECT_EQ(must(database->read_stream(*stream, read, [](uint64_t, const auto&) {})).next, next);
  EXPECT_EQ(must(database->stream_end(*stream)), 4u);
}

TEST(Streams, AShardOfAgeGetsASuccessor) {
  TestDatabase database;
  const TablePtr table = database.create(streamed("Music"));
  const int64_t created = database.clock().now_ms();
  database.clock().advance_ms(4 * kHour);
  EXPECT_EQ(stream_of(database, "Music")->shards.size(), 1u);  // An empty one stays.
  must(database.put(table, {{"p", "a"}}));
  must(database.put(table, {{"p", "b"}}));
  database.clock().advance_ms(60'000);
  const StreamPtr stream = stream_of(database, "Music");
  const int64_t now = database.clock().now_ms();
  EXPECT_EQ(stream->shards,
            (std::vector<Shard>{{1, 1, 2, created, now, 0}, {2, 3, 0, now, 0, created}}));
  must(database.put(table, {{"p", "c"}}));
  database.clock().advance_ms(4 * kHour - 1);
  EXPECT_EQ(stream_of(database, "Music")->shards.size(), 2u);
  database.clock().advance_ms(1);
  EXPECT_EQ(stream_of(database, "Music")->shards.back(), (Shard{3, 4, 0, now + 4 * kHour, 0, now}));
}

TEST(Streams, RecordsGoAfterADayAndClosedShardsWithThem) {
  TestDatabase database;
  const TablePtr table = database.create(streamed("Music"));
  const auto put = [&](const char* key) { must(database.put(table, {{"p", key}})); };
  put("a");
  put("b");
  database.clock().advance_ms(4 * kHour);
  put("c");
  database->wait_for_background();  // Closes the shard of a, b and c.
  put("d");
  database.clock().advance_ms(20 * kHour - 1);
  EXPECT_EQ(stream_of(database, "Music")->trimmed, 0u);
  database.clock().advance_ms(1);
  StreamPtr stream = stream_of(database, "Music");
  EXPECT_EQ(stream->trimmed, 2u);
  EXPECT_EQ(stream->shards.front().first, 1u);
  EXPECT_EQ(database->read_stream(*stream, {.first = 2}, [](uint64_t, const auto&) {}).error().code,
            ErrorCode::kTrimmedDataAccess);
  EXPECT_EQ(lines_of(*database, *stream, {.first = 3}),
            (Lines{"3 INSERT c - c", "4 INSERT d - d"}));
  database.clock().advance_ms(4 * kHour);
  stream = stream_of(database, "Music");
  EXPECT_EQ(stream->trimmed, 4u);
  EXPECT_EQ(stream->shards.front().number, 2u);
  EXPECT_NE(stream->shards.front().parent_created_ms, 0);
  EXPECT_EQ(must(database->stream_end(*stream)), 4u);
  put("e");
  EXPECT_EQ(lines_of(*database, *stream, {.first = 5}), (Lines{"5 INSERT e - e"}));
}

TEST(Streams, WhatWasTrimmedLeavesTheStore) {
  TestDatabase database;
  const TablePtr table = database.create(streamed("Music"));
  for (int i = 0; i < 2500; ++i) must(database.put(table, {{"p", std::to_string(i)}}));
  database.clock().advance_ms(24 * kHour);
  must(database.put(table, {{"p", "last"}}));
  database->wait_for_background();
  const StreamPtr stream = stream_of(database, "Music");
  EXPECT_EQ(stream->trimmed, 2500u);
  Stream untrimmed = *stream;
  untrimmed.trimmed = 0;
  EXPECT_EQ(lines_of(*database, untrimmed, {.first = 2501}).size(), 1u);
}

TEST(Streams, TheStreamOfADeletedTableCanBeReadForADay) {
  TestDatabase database;
  const TablePtr first = database.create(streamed("Music"));
  must(database.put(first, {{"p", "a"}}));
  must(database->delete_table("Music"));
  const StreamPtr old = stream_of(database, "Music");
  EXPECT_FALSE(old->is_on());
  EXPECT_EQ(old->shards.back().last, 1u);
  EXPECT_FALSE(old->shards.back().is_open());

  database.clock().advance_ms(1);
  const TablePtr second = database.create(streamed("Music"));
  must(database.put(second, {{"p", "b"}}));
  database->wait_for_background();
  EXPECT_EQ(database->list_streams("Music").size(), 2u);
  EXPECT_EQ(lines_of(*database, *old), (Lines{"1 INSERT a - a"}));
  EXPECT_EQ(lines_of(*database, *stream_of(database, "Music")), (Lines{"1 INSERT b - b"}));

  database.clock().advance_ms(24 * kHour - 2);
  EXPECT_EQ(database->list_streams("Music").size(), 2u);
  database.clock().advance_ms(1);
  EXPECT_EQ(database->list_streams("Music").size(), 1u);
  EXPECT_EQ(database->find_stream(old->table, old->number).error().code,
            ErrorCode::kResourceNotFound);
  database->wait_for_background();
  EXPECT_EQ(must(database->stream_end(*old)), 0u);  // Nothing is left of it.
}

TEST(Streams, AreListedByTableAndAgeWithinTheirScope) {
  TestDatabase database;
  for (const char* name : {"bbb", "aaa"}) database.create(streamed(name));
  must(database->create_table(streamed("ccc"), "other"));
  must(database->delete_table("aaa"));
  database.clock().advance_ms(5);
  database.create(streamed("aaa"));
  Lines names;
  for (const StreamPtr& stream : database->list_streams(""))
    names.push_back(stream->table_name + (stream->is_on() ? " on" : " off"));
  EXPECT_EQ(names, (Lines{"aaa off", "aaa on", "bbb on"}));
  EXPECT_EQ(database->list_streams("", "other").size(), 1u);
  EXPECT_TRUE(database->list_streams("ccc").empty());
  const StreamPtr stream = stream_of(database, "bbb");
  EXPECT_EQ(must(database->find_stream("bbb", stream->created_ms))->table, stream->table);
  EXPECT_FALSE(database->find_stream("bbb", stream->created_ms + 1));
  EXPECT_FALSE(database->find_stream("bbb", stream->created_ms, "other"));
}

TEST(Streams, SurviveARestart) {
  const TempDir directory;
  TestDatabase database(directory.path());
  const TablePtr table = database.create(streamed("Music"));
  database.create(streamed("Gone"));
  must(database.put(table, {{"p", "a"}}));
  must(database->delete_table("Gone"));
  database.clock().advance_ms(4 * kHour);
  const StreamPtr before = stream_of(database, "Music");
  ASSERT_EQ(before->shards.size(), 2u);
  database.open(directory.path());
  must(database.put(database.table("Music"), {{"p", "b"}}));
  const StreamPtr after = stream_of(database, "Music");
  EXPECT_EQ(after->shards, before->shards);
  EXPECT_EQ(lines_of(*database, *after), (Lines{"1 INSERT a - a", "2 INSERT b - b"}));
  EXPECT_FALSE(stream_of(database, "Gone")->is_on());
  database.clock().advance_ms(20 * kHour);
  EXPECT_TRUE(database->list_streams("Gone").empty());
}

TEST(Streams, AReaderThatPollsSeesEachChangeOnceAndInOrder) {
  constexpr int kWriters = 4, kRounds = 300;
  TestDatabase database;
  const TablePtr table = database.create(streamed("Music", StreamViewType::kNewImage));
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      const Update own = add("n", 1), shared = add("n", 1);
      for (int i = 0; i < kRounds; ++i) {
        must(database->apply(update_write(table, {{"p", std::to_string(w)}}, own)));
        must(database->apply(update_write(table, {{"p", "shared"}}, shared)));
      }
    });
  }
  const StreamPtr stream = stream_of(database, "Music");
  std::map<std::string, int64_t> counts;
  uint64_t next = 1;
  while (next <= 2 * kWriters * kRounds) {
    const StreamRead read{.first = next, .records_max = 7};
    const auto page = must(database->read_stream(
        *stream, read, [&](uint64_t position, const StreamRecordView& record) {
          EXPECT_EQ(position, next++);
          const std::string item(record.key.find("p")->text());
          EXPECT_EQ(record.new_image.find("n")->number(), Number(++counts[item])) << item;
        }));
    ASSERT_EQ(page.next, next);
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(counts["shared"], kWriters * kRounds);
  EXPECT_EQ(counts.size(), kWriters + 1u);
}

// The parts of a database around its streams, to change tables with.
class StreamParts : public ::testing::Test {
 protected:
  StreamParts() {
    kv::StoreOptions options;
    options.clock = clock_;
    store_ = must(kv::open_store(std::move(options)));
    ids_ = system_id_source();
    catalog_.emplace(*store_, *clock_, *ids_, CatalogOptions{});
    tokens_.emplace(*store_, *clock_);
    collections_.emplace(*store_, kItemCollectionBytesMax);
    writer_.emplace(*store_, gate_, *tokens_, *collections_, *clock_, 250);
    registry_.emplace(*store_, gate_, *clock_, kShardAgeMs);
  }

  TablePtr create(TableDefinition table) {
    TablePtr created = must(catalog_->create(std::move(table), ""));
    registry_->follow(created);
    return created;
  }
  Result<void> turn(std::optional<StreamViewType> view) {
    const auto changed = catalog_->update("Music", "", [&](Table& table, TableStatus) {
      return set_stream(table, view, clock_->now_ms());
    });
    if (!changed) return changed.error();
    registry_->follow(*changed);
    return {};
  }
  // What a new process makes of the store.
  void load_again() {
    registry_.emplace(*store_, gate_, *clock_, kShardAgeMs);
    must(registry_->load(catalog_->all()));
  }

  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::shared_ptr<IdSource> ids_;
  std::unique_ptr<kv::Store> store_;
  WriteGate gate_;
  std::optional<Catalog> catalog_;
  std::optional<RequestTokens> tokens_;
  std::optional<ItemCollections> collections_;
  std::optional<ItemWriter> writer_;
  std::optional<StreamRegistry> registry_;
};

TEST_F(StreamParts, AStreamTurnedOnAgainIsAnother) {
  const TablePtr table = create(streamed("Music"));
  must(writer_->apply(put_write(table, {{"p", "a"}})));
  must(turn(std::nullopt));
  EXPECT_FALSE(must(registry_->find(table->id, 1))->is_on());
  must(writer_->apply(put_write(table, {{"p", "b"}})));  // By the snapshot of before.
  must(turn(StreamViewType::kKeysOnly));                 // Within the same millisecond.
  must(writer_->apply(put_write(table, {{"p", "c"}})));
  const auto streams = registry_->list("Music", "");
  ASSERT_EQ(streams.size(), 2u);
  EXPECT_EQ(streams[0]->shards.back().last, 1u);
  EXPECT_LT(streams[0]->created_ms, streams[1]->created_ms);
  EXPECT_EQ(streams[1]->view_type, StreamViewType::kKeysOnly);
  EXPECT_EQ(must(store_->log_end(std::string("s\0\0\0\1\0\0\0\1", 9))), 1u);
  EXPECT_EQ(must(store_->log_end(std::string("s\0\0\0\1\0\0\0\2", 9))), 1u);
}

TEST_F(StreamParts, AStreamIsTurnedOnAndOffOnce) {
  create(streamed("Music"));
  EXPECT_EQ(message_of(turn(StreamViewType::kKeysOnly)),
            "Table already has an enabled stream: TableName: Music");
  must(turn(std::nullopt));
  EXPECT_EQ(message_of(turn(std::nullopt)),
            "Table already has a disabled stream: TableName: Music");
}

// A process that dies between the change of the table and that of the stream.
TEST_F(StreamParts, WhatWasNotFollowedIsMadeGoodByTheNextProcess) {
  const TablePtr table = must(catalog_->create(streamed("Music"), ""));
  must(writer_->apply(put_write(table, {{"p", "a"}})));
  load_again();
  EXPECT_TRUE(must(registry_->find(table->id, 1))->is_on());

  must(catalog_->update("Music", "", [&](Table& changed, TableStatus) {
    return set_stream(changed, std::nullopt, clock_->now_ms());
  }));
  load_again();
  const StreamPtr closed = must(registry_->find(table->id, 1));
  EXPECT_FALSE(closed->is_on());
  EXPECT_EQ(closed->shards.back().last, 1u);

  create(streamed("Other"));
  bool already = false;
  must(catalog_->remove("Other", "", already));
  load_again();
  EXPECT_FALSE(registry_->list("Other", "").back()->is_on());
}

TEST_F(StreamParts, ShardsRotateWhileWritersCommit) {
  const TablePtr table = create(streamed("Music", StreamViewType::kNewImage));
  std::atomic<bool> done{false};
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 300; ++i)
        must(writer_->apply(put_write(table, {{"p", std::to_string(w)}, {"v", i}})));
    });
  }
  std::thread turner([&] {
    while (!done) {
      clock_->advance_ms(4 * kHour / 100);
      registry_->tend();
    }
  });
  for (std::thread& writer : writers) writer.join();
  done = true;
  turner.join();
  const StreamPtr stream = must(registry_->find(table->id, 1));
  uint64_t next = stream->shards.front().first;
  for (const Shard& shard : stream->shards) {
    EXPECT_EQ(shard.first, next);
    if (!shard.is_open()) next = shard.last + 1;
  }
  EXPECT_EQ(must(store_->log_end(std::string("s\0\0\0\1\0\0\0\1", 9))), 900u);
}

TEST(StreamDescriptors, AreReadAsTheyWereWritten) {
  Stream stream;
  stream.table = 7;
  stream.number = 2;
  stream.scope = "key/region";
  stream.table_name = "Music";
  stream.key = key_schema({"p:N"}, {"s:B"});
  stream.view_type = StreamViewType::kOldImage;
  stream.created_ms = 1;
  stream.closed_ms = 2;
  stream.trimmed = 3;
  stream.shards = {{4, 5, 6, 7, 8, 9}, {5, 7, 0, 10, 0, 7}};
  const std::string bytes = encode_stream(stream);
  const Stream read = must(decode_stream(bytes));
  EXPECT_EQ(encode_stream(read), bytes);
  EXPECT_EQ(read.shards, stream.shards);
  EXPECT_EQ(read.key, stream.key);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_stream(bytes.substr(0, size))) << size;
  Item item = to_item(ItemView::trusted(bytes));
  item["view"] = 4;
  EXPECT_EQ(decode_stream(encode_item(item).bytes).error().code, ErrorCode::kCorruption);
  item["version"] = 2;
  EXPECT_EQ(decode_stream(encode_item(item).bytes).error().code, ErrorCode::kDirectoryTooNew);
}

}  // namespace
}  // namespace dynolith::test
