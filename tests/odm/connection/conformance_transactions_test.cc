// Every connection: transactions.
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using test::item_from;
using test::text_of;

PutRequest put_user(std::string_view item, ConditionPtr condition = {}) {
  return {.table = "Users", .item = item_from(item), .condition = std::move(condition)};
}

std::vector<std::string> reasons_of(const Error& error) {
  std::vector<std::string> reasons;
  for (const OperationFailure& failure : error.operations) reasons.push_back(failure.reason);
  return reasons;
}

using Reasons = std::vector<std::string>;

TEST_P(ConnectionConformance, TransactionsDoEveryKindOfAction) {
  put("Users", "{id: 1, n: 1}");
  put("Users", "{id: 2}");
  put("Users", "{id: 3}");
  TransactWriteRequest request;
  request.actions.emplace_back(UpdateRequest{
      .table = "Users", .key = item_from("{id: 1}"), .update = update(add("n", "4"))});
  request.actions.emplace_back(DeleteRequest{.table = "Users", .key = item_from("{id: 2}")});
  request.actions.emplace_back(CheckRequest{
      .table = "Users", .key = item_from("{id: 3}"), .condition = shared(exists("id"))});
  request.actions.emplace_back(
      PutRequest{.table = "Songs", .item = item_from(R"({artist: "a", title: "b"})")});
  const auto reply = connection().transact_write(request);
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_EQ(get("Users", "{id: 1}"), "{id: 1, n: 5}");
  EXPECT_EQ(get("Users", "{id: 2}"), "absent");
  EXPECT_EQ(get("Songs", R"({artist: "a", title: "b"})"), R"({artist: "a", title: "b"})");
}

TEST_P(ConnectionConformance, TransactionsAreCancelledWithReasons) {
  put("Users", "{id: 2, n: 7}");
  TransactWriteRequest request;
  request.actions.emplace_back(put_user("{id: 1}"));
  request.actions.emplace_back(CheckRequest{.table = "Users",
                                            .key = item_from("{id: 2}"),
                                            .condition = shared(equals("n", "8")),
                                            .return_old_on_failure = true});
  request.actions.emplace_back(put_user("{id: 3}", shared(exists("id"))));
  const auto reply = connection().transact_write(request);
  EXPECT_EQ(refused(error_of(reply), ErrorCode::kTransactionCanceled),
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ConditionalCheckFailed, ConditionalCheckFailed]");
  EXPECT_EQ(reasons_of(reply.error()),
            (Reasons{"None", "ConditionalCheckFailed", "ConditionalCheckFailed"}));
  const auto& failures = reply.error().operations;
  EXPECT_EQ(failures[1].code, ErrorCode::kConditionFailed);
  EXPECT_EQ(failures[1].message, "The conditional request failed");
  EXPECT_EQ(text_of(failures[1].item.view()), "{id: 2, n: 7}");
  EXPECT_FALSE(failures[2].item.exists());
  EXPECT_EQ(get("Users", "{id: 1}"), "absent");
}

TEST_P(ConnectionConformance, TransactionsAreCancelledByWhatIsImpossible) {
  put("Users", R"({id: 1, s: "text"})");
  TransactWriteRequest request;
  request.actions.emplace_back(put_user("{id: 2}"));
  request.actions.emplace_back(UpdateRequest{
      .table = "Users", .key = item_from("{id: 1}"), .update = update(add("s", "1"))});
  const auto reply = connection().transact_write(request);
  refused(error_of(reply), ErrorCode::kTransactionCanceled);
  EXPECT_EQ(reasons_of(reply.error()), (Reasons{"None", "ValidationError"}));
  EXPECT_EQ(reply.error().operations[1].code, ErrorCode::kBadRequest);
  EXPECT_EQ(get("Users", "{id: 2}"), "absent");

  request.actions.back() = UpdateRequest{
      .table = "Users", .key = item_from(R"({id: "x"})"), .update = update(set("s", "1"))};
  const auto misfit = connection().transact_write(request);
  refused(error_of(misfit), ErrorCode::kTransactionCanceled);
  EXPECT_EQ(reasons_of(misfit.error()), (Reasons{"None", "ValidationError"}));
  EXPECT_EQ(misfit.error().operations[1].message,
            "The provided key element does not match the schema");
}

TEST_P(ConnectionConformance, ATokenCarriesATransactionOutOnce) {
  TransactWriteRequest request;
  request.token = "token-1";
  request.actions.emplace_back(
      UpdateRequest{.table = "Users",
                    .key = item_from("{id: 1}"),
                    .update = update(add("n", "1")),
                    .condition = shared(either(not_exists("n"), equals("n", "0")))});
  for (int i = 0; i < 3; ++i) {
    const auto reply = connection().transact_write(request);
    EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
  }
  EXPECT_EQ(get("Users", "{id: 1}"), "{id: 1, n: 1}");

  auto& changed = std::get<UpdateRequest>(request.actions[0]);
  changed.update = update(add("n", "2"));
  refused(error_of(connection().transact_write(request)), ErrorCode::kIdempotentParameterMismatch);
  changed.update = update(add("n", "1"));
  changed.condition = {};
  refused(error_of(connection().transact_write(request)), ErrorCode::kIdempotentParameterMismatch);
  EXPECT_EQ(get("Users", "{id: 1}"), "{id: 1, n: 1}");
}

TEST_P(ConnectionConformance, RefusesTransactionsThatMakeNoSense) {
  const auto error = [&](TransactWriteRequest request) {
    const auto reply = connection().transact_write(request);
    return refused(error_of(reply), ErrorCode::kBadRequest);
  };
  TransactWriteRequest twice;
  twice.actions.emplace_back(put_user("{id: 1}"));
  twice.actions.emplace_back(DeleteRequest{.table = "Users", .key = item_from("{id: 1}")});
  EXPECT_EQ(error(twice), "Transaction request cannot include multiple operations on one item");

  TransactWriteRequest many, large;
  for (int i = 0; i < 101; ++i)
    many.actions.emplace_back(put_user("{id: " + std::to_string(i) + "}"));
  EXPECT_NE(error(many), "");
  EXPECT_NE(error({}), "");
  const std::string text(399 * 1024, 'x');
  for (int i = 0; i < 11; ++i)
    large.actions.emplace_back(put_user("{id: " + std::to_string(i) + ", text: \"" + text + "\"}"));
  EXPECT_EQ(error(large), "Transaction payload size cannot exceed 4194304 bytes");

  TransactWriteRequest token;
  token.token = std::string(37, 't');
  token.actions.emplace_back(put_user("{id: 1}"));
  EXPECT_NE(error(token), "");
  EXPECT_EQ(get("Users", "{id: 1}"), "absent");
}

TEST_P(ConnectionConformance, AHundredActionsAreOneTransaction) {
  TransactWriteRequest request;
  for (int i = 0; i < 100; ++i)
    request.actions.emplace_back(put_user("{id: " + std::to_string(i) + "}"));
  const auto reply = connection().transact_write(request);
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_EQ(read_page({.table = "Users"}).reply.count, 100u);
}

TEST_P(ConnectionConformance, TransactionsReadByPosition) {
  put_songs();
  put("Users", "{id: 1, n: 1}");
  TransactGetRequest request;
  request.gets.push_back({.table = "Users", .key = item_from("{id: 2}")});
  request.gets.push_back({.table = "Songs",
                          .key = item_from(R"({artist: "Miles", title: "Blue"})"),
                          .projection = only({"year"})});
  request.gets.push_back({.table = "Users", .key = item_from("{id: 1}")});
  std::vector<std::string> items(3);
  const auto reply = connection().transact_get(request, [&](size_t i, const ItemView& item) {
    items[i] = item.exists() ? text_of(item) : "absent";
  });
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_EQ(items, (Reasons{"absent", "{year: 1959}", "{id: 1, n: 1}"}));
}

TEST_P(ConnectionConformance, RefusesTransactionsOfReadsThatAreWrong) {
  const auto read = [&](const TransactGetRequest& request) {
    return connection().transact_get(request, [](size_t, const ItemView&) {});
  };
  TransactGetRequest twice;
  twice.gets.assign(2, {.table = "Users", .key = item_from("{id: 1}")});
  EXPECT_EQ(refused(error_of(read(twice)), ErrorCode::kBadRequest),
            "Transaction request cannot include multiple operations on one item");
  refused(error_of(read({})), ErrorCode::kBadRequest);
  TransactGetRequest misfit;
  misfit.gets.push_back({.table = "Users", .key = item_from(R"({id: "x"})")});
  const auto reply = read(misfit);
  refused(error_of(reply), ErrorCode::kTransactionCanceled);
  EXPECT_EQ(reasons_of(reply.error()), (Reasons{"ValidationError"}));
}

}  // namespace
}  // namespace dynolith::odm
