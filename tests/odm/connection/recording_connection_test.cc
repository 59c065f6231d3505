#include "odm/connection/recording_connection.h"

#include <thread>

#include "odm/connection/embedded_connection.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using test::item_from;
using test::text_of;

INSTANTIATE_TEST_SUITE_P(Recording, ConnectionConformance,
                         testing::Values(ConnectionFactory{
                             "recording", [] { return recording(open_embedded({}).value()); }}),
                         connection_name);

std::string get(Connection& connection) {
  std::string text;
  const auto reply = connection.get(
      {.table = "T", .key = item_from("{id: 1}")},
      [&](const ItemView& item) { text = item.exists() ? text_of(item) : "absent"; });
  return reply.ok() ? text : std::string(to_text(reply.error().code));
}

BatchWriteRequest deletions(size_t count) {
  BatchWriteRequest request;
  for (size_t i = 0; i < count; ++i)
    request.writes.emplace_back(
        DeleteRequest{.table = "T", .key = item_from("{id: " + std::to_string(i) + "}")});
  return request;
}

TEST(RecordingConnection, KeepsRequestsInTheirOrder) {
  const auto connection = recording();
  EXPECT_EQ(get(*connection), "absent");
  ASSERT_TRUE(connection->put({.table = "T", .item = item_from("{id: 2}")}).ok());
  ASSERT_TRUE(connection->delete_table({.table = "T"}).ok());
  const auto requests = connection->requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(text_of(requests[0].get_if<GetRequest>()->key.view()), "{id: 1}");
  EXPECT_EQ(text_of(requests[1].get_if<PutRequest>()->item.view()), "{id: 2}");
  EXPECT_EQ(requests[2].get_if<DeleteTableRequest>()->table, "T");

  const auto wire = connection->wire();
  ASSERT_EQ(wire.size(), 3u);
  EXPECT_EQ(wire[0].operation, "GetItem");
  EXPECT_EQ(wire[1].operation, "PutItem");
  EXPECT_EQ(wire[2].body, R"({"TableName":"T"})");

  connection->clear();
  EXPECT_TRUE(connection->requests().empty());
}

TEST(RecordingConnection, ForgetsTheOldestRequests) {
  RecordingConnection connection({}, {.requests_max = 2});
  for (const char* table : {"A", "B", "C"}) (void)connection.delete_table({.table = table});
  const auto requests = connection.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].get_if<DeleteTableRequest>()->table, "B");
  EXPECT_EQ(connection.forgotten(), 1u);
}

TEST(RecordingConnection, AnswersWhatItIsTold) {
  RecordingConnection connection;
  connection.answer_next({item_from("{id: 1, n: 7}")});
  connection.answer_next({item_from("{id: 1}"), item_from("{id: 2}")}, item_from("{id: 2}"));
  EXPECT_EQ(get(connection), "{id: 1, n: 7}");

  std::vector<std::string> items;
  const auto page = connection.read_range(
      {.table = "T"}, [&](const ItemView& item) { items.push_back(text_of(item)); });
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(items, (std::vector<std::string>{"{id: 1}", "{id: 2}"}));
  EXPECT_EQ(page->count, 2u);
  EXPECT_EQ(text_of(page->last_evaluated_key.view()), "{id: 2}");

  // A write takes an answer only if it asks for an item.
  connection.answer_next({item_from("{id: 3, old: true}")});
  const PutRequest put{.table = "T", .item = item_from("{id: 3}")};
  EXPECT_FALSE(connection.put(put)->item.exists());
  DeleteRequest remove{.table = "T", .key = item_from("{id: 3}"), .return_old = true};
  EXPECT_EQ(text_of(connection.remove(remove)->item.view()), "{id: 3, old: true}");
  EXPECT_FALSE(connection.remove(remove)->item.exists());
}

TEST(RecordingConnection, AnswersBatchesAndTransactionsByPosition) {
  RecordingConnection connection;
  BatchGetRequest batch;
  for (const char* key : {"{id: 1}", "{id: 2}", "{id: 3}"})
    batch.gets.push_back({.table = "T", .key = item_from(key)});
  std::vector<std::string> items(3);
  const auto sink = [&](size_t i, const ItemView& item) {
    items[i] = item.exists() ? text_of(item) : "absent";
  };
  connection.answer_next({item_from("{id: 1}"), {}, item_from("{id: 3}")});
  ASSERT_TRUE(connection.batch_get(batch, sink).ok());
  EXPECT_EQ(items, (std::vector<std::string>{"{id: 1}", "absent", "{id: 3}"}));
  connection.answer_next({item_from("{id: 9}")});
  ASSERT_TRUE(connection.transact_get({batch.gets}, sink).ok());
  EXPECT_EQ(items, (std::vector<std::string>{"{id: 9}", "absent", "absent"}));
}

TEST(RecordingConnection, FailsAsOftenAsItIsTold) {
  RecordingConnection connection;
  connection.fail_next(make_error(ErrorCode::kThrottled, "slow down"), 2);
  connection.fail_next(make_error(ErrorCode::kNetwork, "cut off"));
  EXPECT_EQ(get(connection), "throttled");
  EXPECT_EQ(connection.put({.table = "T"}).error().code, ErrorCode::kThrottled);
  EXPECT_EQ(get(connection), "network");
  EXPECT_EQ(get(connection), "absent");
  EXPECT_EQ(connection.requests().size(), 4u);
}

TEST(RecordingConnection, LeavesMembersOfBatchesUnprocessed) {
  RecordingConnection connection;
  connection.leave_unprocessed_next(2);
  connection.leave_unprocessed_next(100);
  EXPECT_EQ(connection.batch_write(deletions(3))->unprocessed, (std::vector<size_t>{1, 2}));
  EXPECT_EQ(connection.batch_write(deletions(2))->unprocessed, (std::vector<size_t>{0, 1}));
  EXPECT_TRUE(connection.batch_write(deletions(2))->unprocessed.empty());
}

TEST(RecordingConnection, DoesTheRestOfABatchBehindIt) {
  const auto inner = open_embedded({}).value();
  const auto connection = recording(inner);
  storage::TableDefinition table;
  table.name = "Tab";
  table.key.partition = {{"id", storage::AttributeType::kNumber}};
  table.attribute_definitions = table.key.partition;
  table.billing_mode = storage::BillingMode::kPayPerRequest;
  ASSERT_TRUE(connection->create_table({table}).ok());
  BatchWriteRequest puts;
  for (const char* item : {"{id: 1}", "{id: 2}", "{id: 3}"})
    puts.writes.emplace_back(PutRequest{.table = "Tab", .item = item_from(item)});
  connection->leave_unprocessed_next(1);
  EXPECT_EQ(connection->batch_write(puts)->unprocessed, (std::vector<size_t>{2}));

  BatchGetRequest gets;
  for (const char* key : {"{id: 1}", "{id: 2}", "{id: 3}"})
    gets.gets.push_back({.table = "Tab", .key = item_from(key)});
  std::vector<bool> found(3);
  connection->leave_unprocessed_next(1);
  const auto sink = [&](size_t i, const ItemView& item) { found[i] = item.exists(); };
  EXPECT_EQ(connection->batch_get(gets, sink)->unprocessed, (std::vector<size_t>{2}));
  EXPECT_EQ(found, (std::vector<bool>{true, true, false}));
  EXPECT_TRUE(connection->batch_get(gets, sink)->unprocessed.empty());
  EXPECT_EQ(found, (std::vector<bool>{true, true, false}));
}

TEST(RecordingConnection, DescribesTablesAndChangesAsTold) {
  RecordingConnection connection;
  EXPECT_EQ(connection.describe_table({.table = "T"}).error().code, ErrorCode::kTableNotFound);
  TableState table;
  table.definition.name = "T";
  connection.describe_next(table);
  EXPECT_EQ(connection.describe_table({.table = "T"})->definition.name, "T");

  connection.answer_next({item_from("{id: 1}")});
  std::vector<std::string> changes;
  const auto reply = connection.read_changes({.table = "T"}, [&](const ChangeRecord& change) {
    changes.push_back(text_of(change.record.new_image));
  });
  EXPECT_EQ(changes, (std::vector<std::string>{"{id: 1}"}));
  EXPECT_TRUE(reply->at_end);
}

TEST(RecordingConnection, WaitingMovesItsClock) {
  RecordingConnection connection;
  const int64_t before = connection.clock().now_ms();
  connection.wait_ms(250);
  connection.wait_ms(1000);
  EXPECT_EQ(connection.clock().now_ms(), before + 1250);
  EXPECT_EQ(connection.waits(), (std::vector<int64_t>{250, 1000}));
  EXPECT_EQ(storage::new_uuid(connection.ids()), "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(storage::new_uuid(connection.ids()), "00000000-0000-4000-8000-000000000002");
}

TEST(RecordingConnection, TakesCallsOfManyThreads) {
  RecordingConnection connection;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) (void)connection.delete_table({.table = "T"});
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(connection.requests().size(), 400u);
}

}  // namespace
}  // namespace dynolith::odm
