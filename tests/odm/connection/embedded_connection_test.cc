// The embedded connection alone: what it costs, how it is opened, and that trees which programs
// made wrongly are refused.
#include "odm/connection/embedded_connection.h"

#include "odm/connection/testing.h"
#include "storage/engine/table_update.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

ConnectionPtr in_memory() { return open_embedded({}).value(); }

INSTANTIATE_TEST_SUITE_P(Embedded, ConnectionConformance,
                         testing::Values(ConnectionFactory{"embedded", in_memory}),
                         connection_name);

using test::item_from;
using test::text_of;

storage::TableDefinition users() {
  auto users = test::definition("Users", test::key_schema({"id:N"}));
  users.stream_view_type = storage::StreamViewType::kNewImage;
  return users;
}

// Reads on from `position`; the items that were put.
Result<ChangesReply> read_on(Connection& connection, const std::string& position,
                             std::vector<std::string>& items) {
  return connection.read_changes(
      {.table = "Users", .position = position},
      [&](const ChangeRecord& change) { items.push_back(text_of(change.record.new_image)); });
}

using Texts = std::vector<std::string>;

TEST(EmbeddedConnection, SaysWhenADirectoryIsInUse) {
  const test::TempDir directory;
  const auto first = open_embedded({.directory = directory.path()});
  ASSERT_TRUE(first.ok()) << first.error().to_text();
  const auto second = open_embedded({.directory = directory.path()});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST(EmbeddedConnection, UsesTheClockIdsAndWaitThatItIsGiven) {
  const auto database = std::move(*storage::Database::open({}));
  const auto clock = std::make_shared<FixedClock>(5);
  const auto ids = std::make_shared<CountingIds>();
  std::vector<int64_t> waits;
  const auto connection =
      embedded(*database, {.clock = clock, .ids = ids, .wait = [&](int64_t milliseconds) {
                             waits.push_back(milliseconds);
                           }});
  connection->wait_ms(7);
  EXPECT_EQ(waits, (std::vector<int64_t>{7}));
  EXPECT_EQ(connection->clock().now_ms(), 5);
  EXPECT_EQ(&connection->ids(), ids.get());
}

TEST(EmbeddedConnection, KeepsItsDatabaseOpen) {
  ConnectionPtr connection;
  {
    std::shared_ptr<storage::Database> database = std::move(*storage::Database::open({}));
    connection = embedded(database);
  }
  EXPECT_TRUE(connection->create_table({users()}).ok());
}

TEST(EmbeddedConnection, CountsCapacityAsTheServiceDoes) {
  const auto connection = in_memory();
  auto table = test::definition("Users", test::key_schema({"id:N"}),
                                {test::global_index("byName", test::key_schema({"name"}))});
  ASSERT_TRUE(connection->create_table({table}).ok());
  const std::string text(4 * 1024, 'x');
  const auto item = item_from("{id: 1, name: \"a\", text: \"" + text + "\"}");
  const auto none = [](const auto&...) {};
  GetRequest get{.table = "Users", .key = item_from("{id: 1}")};
  EXPECT_EQ(connection->get(get, none)->consumed_capacity, 0.5);  // Of what is not there.

  EXPECT_EQ(connection->put({.table = "Users", .item = item})->consumed_capacity, 5 + 5);
  EXPECT_EQ(connection->get(get, none)->consumed_capacity, 1);
  get.consistent = true;
  EXPECT_EQ(connection->get(get, none)->consumed_capacity, 2);
  get.projection = trees::only({"id"});
  EXPECT_EQ(connection->get(get, none)->consumed_capacity, 2);
  EXPECT_EQ(connection->transact_get({{get}}, none)->consumed_capacity, 4);
  EXPECT_EQ(connection->batch_get({{get}}, none)->consumed_capacity, 2);
  RangeRequest scan{.table = "Users", .index = "byName"};
  EXPECT_EQ(connection->read_range(scan, none)->consumed_capacity, 1);

  TransactWriteRequest transaction{.token = "t"};
  transaction.actions.emplace_back(UpdateRequest{.table = "Users",
                                                 .key = item_from("{id: 2}"),
                                                 .update = trees::update(trees::add("n", "1"))});
  EXPECT_EQ(connection->transact_write(transaction)->consumed_capacity, 2);
  EXPECT_EQ(connection->transact_write(transaction)->consumed_capacity, 2);  // Reading it, twice 1.
  const DeleteRequest remove{.table = "Users", .key = item_from("{id: 1}")};
  EXPECT_EQ(connection->remove(remove)->consumed_capacity, 5 + 5);
  EXPECT_EQ(connection->remove(remove)->consumed_capacity, 1);
}

TEST(EmbeddedConnection, FetchedItemsOfALocalIndexCost) {
  const auto connection = in_memory();
  auto table = test::definition("Songs", test::key_schema({"artist"}, {"title"}),
                                {test::local_index("byYear", test::key_schema({"artist"}, {"year"}),
                                                   storage::ProjectionType::kKeysOnly)});
  ASSERT_TRUE(connection->create_table({table}).ok());
  const auto item = item_from(R"({artist: "a", title: "b", year: "c", more: 1})");
  ASSERT_TRUE(connection->put({.table = "Songs", .item = item}).ok());
  RangeRequest query{.table = "Songs", .index = "byYear"};
  query.key_clauses.push_back(trees::clause("artist", "=", "\"a\""));
  const auto none = [](const ItemView&) {};
  EXPECT_EQ(connection->read_range(query, none)->consumed_capacity, 0.5);
  query.projection = trees::only({"more"});
  EXPECT_EQ(connection->read_range(query, none)->consumed_capacity, 1);
  query.consistent = true;
  EXPECT_EQ(connection->read_range(query, none)->consumed_capacity, 2);
}

TEST(EmbeddedConnection, PositionsOutliveTheProgram) {
  const test::TempDir directory;
  std::string position;
  Texts items;
  {
    const auto connection = open_embedded({.directory = directory.path()}).value();
    ASSERT_TRUE(connection->create_table({users()}).ok());
    ASSERT_TRUE(connection->put({.table = "Users", .item = item_from("{id: 1}")}).ok());
    position = read_on(*connection, "", items)->position;
    ASSERT_TRUE(connection->put({.table = "Users", .item = item_from("{id: 2}")}).ok());
  }
  const auto connection = open_embedded({.directory = directory.path()}).value();
  const auto reply = read_on(*connection, position, items);
  ASSERT_TRUE(reply.ok()) << reply.error().to_text();
  EXPECT_EQ(items, (Texts{"{id: 1}", "{id: 2}"}));
}

TEST(EmbeddedConnection, SaysThatAPositionIsTooOld) {
  constexpr int64_t kDayMs = 24 * 3600 * 1000;
  const auto clock = std::make_shared<FixedClock>();
  const auto database = std::move(*storage::Database::open({.clock = clock}));
  const auto connection = embedded(*database);
  ASSERT_TRUE(connection->create_table({users()}).ok());
  Texts items;
  const std::string oldest = read_on(*connection, "", items)->position;
  ASSERT_TRUE(connection->put({.table = "Users", .item = item_from("{id: 1}")}).ok());
  clock->advance_ms(kDayMs + 1);
  ASSERT_TRUE(connection->put({.table = "Users", .item = item_from("{id: 2}")}).ok());
  database->wait_for_background();

  const auto late = read_on(*connection, oldest, items);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::kTrimmed);
  EXPECT_EQ(late.error().service_code, "TrimmedDataAccessException");
  ASSERT_TRUE(read_on(*connection, "", items).ok());
  EXPECT_EQ(items, (Texts{"{id: 2}"}));

  // A stream that was turned off goes whole.
  storage::TableUpdate update{.name = "Users"};
  for (const auto view_type : {std::optional<storage::StreamViewType>(),
                               std::optional(storage::StreamViewType::kNewImage)}) {
    update.stream = storage::StreamChange{view_type};
    ASSERT_TRUE(connection->update_table({update}).ok());
  }
  clock->advance_ms(kDayMs + 1);
  database->wait_for_background();
  EXPECT_EQ(read_on(*connection, oldest, items).error().code, ErrorCode::kTrimmed);
}

TEST(EmbeddedConnection, RefusesWhatIsNoPositionOfItsStreams) {
  const auto connection = in_memory();
  ASSERT_TRUE(connection->create_table({users()}).ok());
  Texts items;
  const std::string begin = read_on(*connection, "", items)->position;
  const std::string created = begin.substr(0, begin.find(':'));
  for (const std::string& position :
       {created + ":2", created + ":-1", created + "0:1", created + ":0", begin + " "}) {
    const auto reply = read_on(*connection, position, items);
    ASSERT_FALSE(reply.ok()) << position;
    EXPECT_EQ(reply.error().code, ErrorCode::kBadRequest) << position;
  }
}

TEST(EmbeddedConnection, KeysOfOneTableShareTheirOptionsInABatch) {
  const auto connection = in_memory();
  ASSERT_TRUE(connection->create_table({users()}).ok());
  BatchGetRequest request;
  request.gets.push_back({.table = "Users", .key = item_from("{id: 1}")});
  request.gets.push_back({.table = "Users", .key = item_from("{id: 2}"), .consistent = true});
  EXPECT_FALSE(connection->batch_get(request, [](size_t, const ItemView&) {}).ok());
  request.gets[1].consistent = false;
  request.gets[1].projection = trees::only({"a"});
  EXPECT_FALSE(connection->batch_get(request, [](size_t, const ItemView&) {}).ok());
  request.gets[0].projection = trees::only({"a"});  // Another tree that says the same.
  EXPECT_TRUE(connection->batch_get(request, [](size_t, const ItemView&) {}).ok());
}

}  // namespace
}  // namespace dynolith::odm
