// Every connection: batches.
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using test::item_from;
using test::text_of;

std::string user(size_t id) { return "{id: " + std::to_string(id) + "}"; }

BatchGetRequest gets_of(size_t count) {
  BatchGetRequest request;
  for (size_t i = 0; i < count; ++i)
    request.gets.push_back({.table = "Users", .key = item_from(user(i))});
  return request;
}

BatchWriteRequest puts_of(size_t count) {
  BatchWriteRequest request;
  for (size_t i = 0; i < count; ++i)
    request.writes.emplace_back(PutRequest{.table = "Users", .item = item_from(user(i))});
  return request;
}

std::vector<std::string> read(Connection& connection, const BatchGetRequest& request) {
  std::vector<std::string> items(request.gets.size(), "not called");
  const auto reply = connection.batch_get(request, [&](size_t i, const ItemView& item) {
    items[i] = item.exists() ? text_of(item) : "absent";
  });
  EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
  if (reply.ok()) {
    EXPECT_TRUE(reply->unprocessed.empty());
  }
  return items;
}

TEST_P(ConnectionConformance, BatchesReadManyTables) {
  put_songs();
  put("Users", R"({id: 1, name: "a"})");
  BatchGetRequest request;
  request.gets.push_back({.table = "Users", .key = item_from("{id: 2}"), .consistent = true});
  request.gets.push_back({.table = "Songs",
                          .key = item_from(R"({artist: "Miles", title: "Blue"})"),
                          .projection = only({"year"})});
  request.gets.push_back({.table = "Users", .key = item_from("{id: 1}"), .consistent = true});
  EXPECT_EQ(read(connection(), request),
            (std::vector<std::string>{"absent", "{year: 1959}", R"({id: 1, name: "a"})"}));
}

TEST_P(ConnectionConformance, BatchesReadAHundredItems) {
  put("Users", user(99));
  const auto items = read(connection(), gets_of(100));
  EXPECT_EQ(items[0], "absent");
  EXPECT_EQ(items[99], user(99));
}

TEST_P(ConnectionConformance, RefusesBatchesOfReadsThatAreWrong) {
  const auto error = [&](const BatchGetRequest& request) {
    const auto reply = connection().batch_get(request, [](size_t, const ItemView&) {});
    return refused(error_of(reply), ErrorCode::kBadRequest);
  };
  BatchGetRequest twice = gets_of(2);
  twice.gets.push_back(twice.gets[0]);
  EXPECT_EQ(error(twice), "Provided list of item keys contains duplicates");
  BatchGetRequest wrong = gets_of(1);
  wrong.gets[0].key = item_from(R"({id: "x"})");
  EXPECT_EQ(error(wrong), "The provided key element does not match the schema");
  EXPECT_NE(error(gets_of(101)), "");
  EXPECT_NE(error({}), "");
}

TEST_P(ConnectionConformance, BatchesWriteManyTables) {
  put("Users", R"({id: 1, name: "a"})");
  BatchWriteRequest request;
  request.writes.emplace_back(DeleteRequest{.table = "Users", .key = item_from("{id: 1}")});
  request.writes.emplace_back(
      PutRequest{.table = "Songs", .item = item_from(R"({artist: "a", title: "b", n: 1})")});
  request.writes.emplace_back(
      PutRequest{.table = "Users", .item = item_from(R"({id: 2, name: "b"})")});
  const auto reply = connection().batch_write(request);
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_TRUE(reply->unprocessed.empty());
  EXPECT_EQ(get("Users", "{id: 1}"), "absent");
  EXPECT_EQ(get("Users", "{id: 2}"), R"({id: 2, name: "b"})");
  EXPECT_EQ(get("Songs", R"({artist: "a", title: "b"})"), R"({artist: "a", n: 1, title: "b"})");
}

TEST_P(ConnectionConformance, BatchesWriteMoreThanAMegabyte) {
  const std::string text(200 * 1024, 'x');
  BatchWriteRequest request;
  for (size_t i = 0; i < 25; ++i)
    request.writes.emplace_back(
        PutRequest{.table = "Users",
                   .item = item_from("{id: " + std::to_string(i) + ", text: \"" + text + "\"}")});
  const auto reply = connection().batch_write(request);
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_TRUE(reply->unprocessed.empty());
  RangeRequest scan{.table = "Users", .count_only = true};
  const Page page = read_page(scan);
  EXPECT_EQ(page.reply.count, 6u);  // A page is a megabyte.
  EXPECT_TRUE(page.reply.last_evaluated_key.exists());
}

TEST_P(ConnectionConformance, OneBadMemberKeepsABatchFromBeingWritten) {
  const auto error = [&](BatchWriteRequest request) {
    const auto reply = connection().batch_write(request);
    return refused(error_of(reply), ErrorCode::kBadRequest);
  };
  BatchWriteRequest twice = puts_of(2);
  twice.writes.emplace_back(DeleteRequest{.table = "Users", .key = item_from(user(0))});
  EXPECT_EQ(error(twice), "Provided list of item keys contains duplicates");
  BatchWriteRequest wrong = puts_of(1);
  wrong.writes.emplace_back(PutRequest{.table = "Users", .item = item_from("{name: 1}")});
  EXPECT_EQ(error(wrong), "The provided key element does not match the schema");
  BatchWriteRequest large = puts_of(1);
  large.writes.emplace_back(
      PutRequest{.table = "Users",
                 .item = item_from("{id: 7, text: \"" + std::string(400 * 1024, 'x') + "\"}")});
  EXPECT_EQ(error(large), "Item size has exceeded the maximum allowed size");
  EXPECT_NE(error(puts_of(26)), "");
  EXPECT_NE(error({}), "");
  EXPECT_EQ(get("Users", user(0)), "absent");
}

TEST_P(ConnectionConformance, BatchesNeedTheirTables) {
  BatchWriteRequest writes = puts_of(1);
  writes.writes.emplace_back(PutRequest{.table = "Nothing", .item = item_from("{id: 1}")});
  refused(error_of(connection().batch_write(writes)), ErrorCode::kTableNotFound);
  EXPECT_EQ(get("Users", user(0)), "absent");
}

}  // namespace
}  // namespace dynolith::odm
