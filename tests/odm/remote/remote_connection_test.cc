// What the remote connection sends, how, and what it makes of the replies.
#include "odm/remote/remote_connection.h"

#include <gtest/gtest.h>

#include "tests/odm/connection/trees.h"
#include "tests/odm/remote/in_process_client.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using test::item_from;
using test::text_of;
using Texts = std::vector<std::string>;

const char* const kKey = "{p: \"a\"}";

struct Remote {
  explicit Remote(std::string_view body, int status = 200)
      : client(std::make_shared<ScriptedClient>(body, status)),
        connection(remote_connection(client)) {}

  std::shared_ptr<ScriptedClient> client;
  ConnectionPtr connection;
};

TEST(RemoteConnection, SaysWhatMayBeSentTwice) {
  Remote remote("{}");
  Connection& connection = *remote.connection;
  const auto kind_after = [&](const auto& result) {
    EXPECT_TRUE(result.ok());
    return remote.client->calls.back().kind;
  };
  const auto put = [&](PutRequest request) { return kind_after(connection.put(request)); };
  const auto change = [&](UpdatePtr update, ConditionPtr condition = {},
                          UpdateRequest::Return returns = UpdateRequest::Return::kNone) {
    return kind_after(connection.update({"t", item_from(kKey), update, condition, returns}));
  };
  constexpr auto kOnce = CallKind::kWrite, kTwice = CallKind::kIdempotentWrite;
  EXPECT_EQ(kind_after(connection.get({"t", item_from(kKey)}, [](const ItemView&) {})),
            CallKind::kRead);
  EXPECT_EQ(put({"t", item_from(kKey)}), kTwice);
  EXPECT_EQ(put({"t", item_from(kKey), shared(exists("p"))}), kOnce);
  EXPECT_EQ(put({.table = "t",
                 .item = item_from(kKey),
                 .condition = shared(exists("p")),
                 .is_repeatable = true}),
            kTwice);
  EXPECT_EQ(put({.table = "t", .item = item_from(kKey), .return_old = true}), kOnce);
  EXPECT_EQ(kind_after(connection.remove({"t", item_from(kKey)})), kTwice);
  EXPECT_EQ(kind_after(connection.remove({"t", item_from(kKey), shared(exists("p"))})), kOnce);
  EXPECT_EQ(change(update(set("a", "1"), set("b.c", "2"))), kTwice);
  EXPECT_EQ(change(update(set("a", "1")), {}, UpdateRequest::Return::kAllNew), kTwice);
  EXPECT_EQ(change(update(set("a", "1")), {}, UpdateRequest::Return::kAllOld), kOnce);
  EXPECT_EQ(change(update(set("a", "1")), shared(exists("p"))), kOnce);
  EXPECT_EQ(change(update(set("list[9]", "1"))), kOnce);  // Behind its end it appends.
  EXPECT_EQ(change(update(add("a", "1"))), kOnce);
  EXPECT_EQ(change(update(set("a", if_not_exists("a", given("1"))))), kOnce);
  EXPECT_EQ(kind_after(connection.delete_table({"t"})), kOnce);
  BatchWriteRequest batch;
  batch.writes.emplace_back(PutRequest{"t", item_from(kKey)});
  EXPECT_EQ(kind_after(connection.batch_write(batch)), kTwice);
}

TEST(RemoteConnection, GivesTransactionsATokenToBeSentAgainWith) {
  Remote remote("{}");
  TransactWriteRequest request;
  request.actions.emplace_back(PutRequest{"t", item_from(kKey)});
  ASSERT_TRUE(remote.connection->transact_write(request).ok());
  request.token = "mine";
  ASSERT_TRUE(remote.connection->transact_write(request).ok());
  const auto& calls = remote.client->calls;
  EXPECT_EQ(calls[0].kind, CallKind::kIdempotentWrite);
  EXPECT_EQ(calls[0].target, "DynamoDB_20120810.TransactWriteItems");
  EXPECT_NE(calls[0].body.find("\"ClientRequestToken\":\"00000000-0000-4000-8000-000000000001\""),
            std::string::npos)
      << calls[0].body;
  EXPECT_NE(calls[1].body.find("\"ClientRequestToken\":\"mine\""), std::string::npos);
}

TEST(RemoteConnection, PutsABatchBackInOrder) {
  BatchGetRequest request;
  const auto names = only({"n"});
  for (const char* key : {"{p: \"a\"}", "{p: \"b\"}", "{p: \"c\"}"})
    request.gets.push_back({"t", item_from(key), false, names});
  request.gets.push_back({"u", item_from("{k: 1.0}")});
  Remote remote(
      "{'Responses':{'u':[{'k':{'N':'1'},'x':{'S':'y'}}],"
      "'t':[{'p':{'S':'c'},'n':{'N':'3'}},{'p':{'S':'a'},'n':{'N':'1'}}]},"
      "'UnprocessedKeys':{},'ConsumedCapacity':[{'TableName':'t','CapacityUnits':1.5},"
      "{'TableName':'u','CapacityUnits':0.5}]}");
  Texts items(4, "not called");
  const auto keep = [&](size_t index, const ItemView& item) {
    items[index] = item.exists() ? text_of(item) : "absent";
  };
  const auto all = remote.connection->batch_get(request, keep);
  ASSERT_TRUE(all.ok()) << all.error().to_text();
  // The key was asked for as well, to know which is which; nobody sees it.
  EXPECT_NE(remote.client->calls[0].body.find("\"#n1\":\"p\""), std::string::npos);
  EXPECT_EQ(items, (Texts{"{n: 1}", "absent", "{n: 3}", "{k: 1, x: \"y\"}"}));
  EXPECT_EQ(all->consumed_capacity, 2);

  Remote busy(
      "{'Responses':{},'UnprocessedKeys':{'u':{'Keys':[{'k':{'N':'1'}}]},"
      "'t':{'Keys':[{'p':{'S':'b'}}],'ConsistentRead':false}}}");
  items.assign(4, "not called");
  const auto some = busy.connection->batch_get(request, keep);
  ASSERT_TRUE(some.ok()) << some.error().to_text();
  EXPECT_EQ(some->unprocessed, (std::vector<size_t>{1, 3}));
  EXPECT_EQ(items, (Texts{"absent", "not called", "absent", "not called"}));

  Remote liar("{'Responses':{'t':[{'p':{'S':'a'}},{'p':{'S':'z'}}]}}");
  items.assign(4, "not called");
  const auto wrong = liar.connection->batch_get(request, keep);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kInternal);
  EXPECT_EQ(items, Texts(4, "not called"));
}

TEST(RemoteConnection, SaysWhichWritesWereLeft) {
  BatchWriteRequest request;
  request.writes.emplace_back(PutRequest{"t", item_from("{p: \"a\", n: 1.50}")});
  request.writes.emplace_back(DeleteRequest{"t", item_from("{p: \"b\"}")});
  request.writes.emplace_back(PutRequest{"u", item_from("{p: \"a\", n: 1.50}")});
  Remote remote(
      "{'UnprocessedItems':{'u':[{'PutRequest':{'Item':{'p':{'S':'a'},"
      "'n':{'N':'1.5'}}}}],'t':[{'DeleteRequest':{'Key':{'p':{'S':'b'}}}}]}}");
  const auto reply = remote.connection->batch_write(request);
  ASSERT_TRUE(reply.ok()) << reply.error().to_text();
  EXPECT_EQ(reply->unprocessed, (std::vector<size_t>{1, 2}));
}

TEST(RemoteConnection, HandsOnNothingOfAPageThatMakesNoSense) {
  Remote remote("{'Items':[{'p':{'S':'a'}},{'p':{'S':'b','N':'1'}}],'Count':2}");
  const auto page = remote.connection->read_range(
      {.table = "t"}, [](const ItemView&) { ADD_FAILURE() << "an item was handed on"; });
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().code, ErrorCode::kInternal);
  EXPECT_EQ(page.error().request_id, "request-1");
}

TEST(RemoteConnection, MayBeUsedFromItsOwnSinks) {
  Remote remote("{'Items':[{'p':{'S':'a'}},{'p':{'S':'b'}}],'Count':2}");
  Texts items;
  const auto page = remote.connection->read_range({.table = "t"}, [&](const ItemView& item) {
    const auto inner = remote.connection->read_range({.table = "t"}, [](const ItemView&) {});
    EXPECT_TRUE(inner.ok());
    items.push_back(text_of(item));
  });
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(items, (Texts{"{p: \"a\"}", "{p: \"b\"}"}));
}

TEST(RemoteConnection, CountsWhatCallsConsume) {
  auto client = std::make_shared<InProcessClient>();
  const ConnectionPtr connection = remote_connection(client);
  storage::TableDefinition table{.name = "tab"};
  table.attribute_definitions = {{"p", storage::AttributeType::kString}};
  table.key = {{{"p", storage::AttributeType::kString}}, {}};
  table.billing_mode = storage::BillingMode::kPayPerRequest;
  ASSERT_TRUE(connection->create_table({table}).ok());
  EXPECT_EQ(connection->put({"tab", item_from(kKey)})->consumed_capacity, 1);
  const auto ignore = [](const ItemView&) {};
  EXPECT_EQ(connection->get({"tab", item_from(kKey)}, ignore)->consumed_capacity, 0.5);
  EXPECT_EQ(connection->read_range({.table = "tab"}, ignore)->consumed_capacity, 0.5);
  TransactWriteRequest writes;
  writes.actions.emplace_back(DeleteRequest{"tab", item_from(kKey)});
  EXPECT_EQ(connection->transact_write(writes)->consumed_capacity, 2);
}

TEST(RemoteConnection, IsNotMadeWithOptionsThatMakeNoSense) {
  const auto connection = connect({.region = "us-east-1", .endpoint = "not a URL"});
  ASSERT_FALSE(connection.ok());
  EXPECT_EQ(connection.error().code, ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace dynolith::odm
