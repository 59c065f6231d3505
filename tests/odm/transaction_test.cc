// Transactions over the embedded connection.
#include "odm/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/recording_connection.h"
#include "odm/entity.h"
#include "odm/observer.h"
#include "odm/table_plan.h"

namespace dynolith::odm {
namespace {

struct User {
  std::string org, id;
  int64_t age = 0;
  int64_t version = 0;
};
struct Order {
  std::string org, id;
  int64_t cents = 0;
};
struct Account {
  std::string org, id, email;
  int64_t version = 0;
};

}  // namespace

template <>
struct Model<User> {
  using key = Key<&User::org, &User::id>;
  static void define(Definition<User>& user) {
    user.entity("User")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &User::org)
        .attribute("id", &User::id)
        .attribute("age", &User::age, range(0, 150))
        .version("version", &User::version);
  }
};
template <>
struct Model<Order> {
  using key = Key<&Order::org, &Order::id>;
  static void define(Definition<Order>& order) {
    order.entity("Order")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ORDER#{id}")
        .attribute("org", &Order::org)
        .attribute("id", &Order::id, uuid())
        .attribute("cents", &Order::cents);
  }
};
template <>
struct Model<Account> {
  using key = Key<&Account::org, &Account::id>;
  static void define(Definition<Account>& account) {
    account.entity("Account")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ACCOUNT#{id}")
        .attribute("org", &Account::org)
        .attribute("id", &Account::id)
        .attribute("email", &Account::email)
        .version("version", &Account::version)
        .unique(&Account::email);
  }
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Transactions : public testing::Test {
 protected:
  Transactions() {
    EXPECT_TRUE((ensure_table<User, Order, Account>(app_).ok()));
    EXPECT_TRUE((ensure_table<Order>(archive_).ok()));
    recorded_->clear();
  }

  std::shared_ptr<RecordingConnection> recorded_ = recording(open_embedded({}).value());
  Table app_{recorded_, "app"}, archive_{recorded_, "archive"};
  Entity<User> users_ = app_.entity<User>();
  Entity<Order> orders_ = app_.entity<Order>();
  Entity<Account> accounts_ = app_.entity<Account>();
};

TEST_F(Transactions, WriteAcrossModelsAndTablesAndGiveBackWhatTheyWrote) {
  const User kept = users_.create({"acme", "ann", 41, 0}).value();
  ASSERT_TRUE(users_.create({"acme", "bob", 20, 0}).ok());
  const auto done = app_.transact()
                        .create(Order{.org = "acme", .cents = 995})
                        .update(users_.update("acme", "ann").add(&User::age, 1))
                        .remove<User>("acme", "bob", f(&User::age) == 20)
                        .check<Order>("acme", "none", absent(&Order::cents))
                        .in(archive_)
                        .put(Order{"acme", "o1", 5})
                        .exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(done->size(), 5u);
  const auto order = done->get<Order>(0);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->id.size(), 36u);
  EXPECT_EQ(orders_.get("acme", order->id).value()->cents, 995);
  EXPECT_EQ(users_.get("acme", "ann").value()->age, 42);
  EXPECT_EQ(users_.get("acme", "ann").value()->version, kept.version + 1);
  EXPECT_FALSE(users_.get("acme", "bob").value());
  EXPECT_EQ(archive_.entity<Order>().get("acme", "o1").value()->cents, 5);
  EXPECT_FALSE(done->get<User>(0));
  EXPECT_FALSE(done->get<User>(1));
  EXPECT_FALSE(done->get<Order>(9));
}

TEST_F(Transactions, SaveAndRemoveObjectsByTheirVersion) {
  const User ann = users_.create({"acme", "ann", 41, 0}).value();
  const User bob = users_.create({"acme", "bob", 20, 0}).value();
  User older = ann;
  older.age = 42;
  const auto done = app_.transact().save(ann, older).remove(bob).exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(done->get<User>(0)->version, 2);
  EXPECT_EQ(users_.get("acme", "ann").value()->age, 42);
  EXPECT_FALSE(users_.get("acme", "bob").value());

  const auto stale = app_.transact().save(ann, older).exec();
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(stale.error().operations[0].code, ErrorCode::kVersionConflict);
}

TEST_F(Transactions, OfNothingThatDiffersSendNothing) {
  const User ann = users_.create({"acme", "ann", 41, 0}).value();
  recorded_->clear();
  const auto done = app_.transact().save(ann, ann).exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(done->get<User>(0)->age, 41);
  EXPECT_TRUE(recorded_->requests().empty());
}

TEST_F(Transactions, SayForEachOperationWhatStoodInItsWay) {
  ASSERT_TRUE(users_.create({"acme", "ann", 41, 0}).ok());
  ASSERT_TRUE(users_.create({"acme", "eve", 7, 0}).ok());
  const auto failed = app_.transact()
                          .create(User{"acme", "ann", 1, 0})
                          .create(Order{.org = "acme", .cents = 1})
                          .update(users_.update("acme", "nobody").set(&User::age, 3))
                          .check<User>("acme", "eve", f(&User::age) >= 18)
                          .exec();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kTransactionCanceled);
  const auto& operations = failed.error().operations;
  ASSERT_EQ(operations.size(), 4u);
  EXPECT_EQ(operations[0].code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(operations[0].model, "User");
  EXPECT_EQ(operations[1].reason, "None");
  EXPECT_EQ(operations[1].model, "Order");
  EXPECT_EQ(operations[2].code, ErrorCode::kNotFound);
  EXPECT_EQ(operations[3].code, ErrorCode::kConditionFailed);
  ASSERT_EQ(operations[3].clauses.size(), 1u);
  EXPECT_EQ(operations[3].clauses[0], (FailedClause{"age >= 18", "7"}));
  EXPECT_TRUE(operations[3].item.exists());
  EXPECT_TRUE(orders_.query("acme").all().value().empty());
}

TEST_F(Transactions, GuardUniqueAttributesAsPartsOfTheirOperations) {
  const auto first = app_.transact()
                         .create(Account{"acme", "a", "a@x", 0})
                         .create(Account{"acme", "b", "b@x", 0})
                         .exec();
  ASSERT_TRUE(first.ok()) << first.error().to_text();
  const auto taken =
      app_.transact().create(Order{.org = "acme"}).create(Account{"acme", "c", "a@x", 0}).exec();
  ASSERT_FALSE(taken.ok());
  ASSERT_EQ(taken.error().operations.size(), 2u);
  EXPECT_EQ(taken.error().operations[0].reason, "None");
  EXPECT_EQ(taken.error().operations[1].code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(taken.error().operations[1].message, "another Account has this email");

  // A value that is given up can be taken by others afterwards.
  Account renamed = *first->get<Account>(0);
  renamed.email = "new@x";
  const auto done =
      app_.transact().save(*first->get<Account>(0), renamed).remove(*first->get<Account>(1)).exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_TRUE(accounts_.create({"acme", "d", "a@x", 0}).ok());
  EXPECT_TRUE(accounts_.create({"acme", "e", "b@x", 0}).ok());
  EXPECT_EQ(accounts_.create({"acme", "f", "new@x", 0}).error().code, ErrorCode::kUniqueViolation);
}

TEST_F(Transactions, GiveUpTheUniqueValuesOfWhatTheyReplaceAndRemove) {
  ASSERT_TRUE(accounts_.create({"acme", "a", "a@x", 0}).ok());
  ASSERT_TRUE(accounts_.create({"acme", "b", "b@x", 0}).ok());
  const auto done = app_.transact()
                        .put(Account{"acme", "a", "new@x", 1})
                        .remove<Account>("acme", "b")
                        .put(Account{"acme", "c", "c@x", 0})
                        .exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(done->get<Account>(0)->version, 2);
  EXPECT_TRUE(accounts_.create({"acme", "d", "a@x", 0}).ok());
  EXPECT_TRUE(accounts_.create({"acme", "e", "b@x", 0}).ok());
  for (const char* taken : {"new@x", "c@x"})
    EXPECT_EQ(accounts_.create({"acme", "f", taken, 0}).error().code, ErrorCode::kUniqueViolation);

  const auto violation = app_.transact().put(Account{"acme", "a", "c@x", 2}).exec();
  ASSERT_FALSE(violation.ok());
  EXPECT_EQ(violation.error().operations[0].code, ErrorCode::kUniqueViolation);
}

// Changes an account behind a transaction's back, after it was read.
TEST_F(Transactions, ReadAgainWhatOthersChangedMeanwhile) {
  const Account first = accounts_.create({"acme", "a", "a@x", 0}).value();
  const Entity<Account> others(Table(recorded_, "app").core());
  bool is_changed = false;
  const ConnectionPtr watched = observe(recorded_, [&](const CallEvent& event) {
    if (event.operation != "GetItem" || is_changed) return;
    is_changed = true;
    Account changed = first;
    changed.email = "b@x";
    EXPECT_TRUE(others.save(first, changed).ok());
  });
  const auto done = Table(watched, "app").transact().remove<Account>("acme", "a").exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_TRUE(is_changed);
  EXPECT_TRUE(accounts_.create({"acme", "c", "a@x", 0}).ok());
  EXPECT_TRUE(accounts_.create({"acme", "d", "b@x", 0}).ok());
}

TEST_F(Transactions, FindMistakesBeforeAnythingIsSent) {
  Transaction many = app_.transact();
  for (int i = 0; i < 101; ++i) many.create(Order{.org = "acme"});
  Transaction guarded = app_.transact();
  for (int i = 0; i < 51; ++i)
    guarded.create(Account{"acme", std::to_string(i), std::to_string(i), 0});
  const Table elsewhere(recording(), "app");
  struct Case {
    Result<TransactionResult> result;
    ErrorCode code;
    std::string message;
  };
  const Case cases[] = {
      {app_.transact().exec(), ErrorCode::kBadRequest, "has no operations"},
      {many.exec(), ErrorCode::kBadRequest, "this one has 101"},
      {guarded.exec(), ErrorCode::kBadRequest, "this one has 102 (51 operations"},
      {app_.transact()
           .put(Order{"acme", "o", 1})
           .remove<User>("acme", "x")
           .remove<Order>("acme", "o")
           .exec(),
       ErrorCode::kBadRequest, "operation 0 (Order) and operation 2 (Order) are about one item"},
      {app_.transact().put(Order{"acme", "o", 1}).create(User{"acme", "a", 200, 0}).exec(),
       ErrorCode::kInvalid, "operation 1 (User)"},
      {app_.transact().token(std::string(37, 'x')).put(Order{"acme", "o", 1}).exec(),
       ErrorCode::kBadRequest, "1 to 36 bytes"},
      {app_.transact().in(elsewhere).put(Order{"acme", "o", 1}).exec(), ErrorCode::kBadRequest,
       "different connections"},
      {app_.transact().check<Order>("acme", "o", Condition<Order>()).exec(), ErrorCode::kBadRequest,
       "a check needs a condition"},
  };
  for (const Case& each : cases) {
    ASSERT_FALSE(each.result.ok()) << each.message;
    EXPECT_EQ(each.result.error().code, each.code) << each.message;
    EXPECT_THAT(each.result.error().message, HasSubstr(each.message));
  }
  EXPECT_TRUE(recorded_->requests().empty());
}

TEST_F(Transactions, WithATokenHappenOnce) {
  const Transaction once = [&] {
    Transaction transaction = app_.transact();
    transaction.token("t-1").create(Order{.org = "acme", .cents = 1});
    return transaction;
  }();
  ASSERT_TRUE(once.exec().ok());
  const auto again = once.exec();
  EXPECT_TRUE(again.ok()) << again.error().to_text();
  EXPECT_EQ(orders_.query("acme").all()->size(), 1u);
  const auto other = app_.transact().token("t-1").create(Order{.org = "acme", .cents = 2}).exec();
  EXPECT_EQ(other.error().code, ErrorCode::kIdempotentParameterMismatch);
}

TEST_F(Transactions, ShowTheirRequestWithoutSendingIt) {
  const auto request =
      app_.transact().token("t").put(Order{"acme", "o", 7}).remove<User>("acme", "ann").request();
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->token, "t");
  EXPECT_EQ(request->actions.size(), 2u);
  EXPECT_THAT(to_wire(*request).body, HasSubstr(R"("ClientRequestToken":"t")"));
  EXPECT_TRUE(recorded_->requests().empty());
}

Error conflict() {
  Error error = make_error(ErrorCode::kTransactionCanceled, "canceled");
  error.operations.resize(1);
  error.operations[0].reason = "TransactionConflict";
  error.operations[0].code = ErrorCode::kTransactionConflict;
  return error;
}

TEST_F(Transactions, AreSentAgainIfOnlyOthersWereInTheWay) {
  recorded_->fail_next(conflict(), 2);
  const auto done = app_.transact().create(Order{.org = "acme"}).exec();
  EXPECT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(recorded_->waits().size(), 2u);

  recorded_->clear();
  recorded_->fail_next(conflict(), 3);
  const auto failed = app_.transact()
                          .options({.attempts_max = 3, .wait_ms = 10})
                          .create(Order{.org = "acme"})
                          .exec();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().operations[0].code, ErrorCode::kTransactionConflict);
  ASSERT_EQ(recorded_->waits().size(), 2u);
  EXPECT_GE(recorded_->waits()[0], 5);
  EXPECT_LE(recorded_->waits()[1], 20);
}

TEST_F(Transactions, ReadOneMomentOfSeveralModels) {
  const User ann = users_.create({"acme", "ann", 41, 0}).value();
  const Order order = orders_.create({"acme", "o", 9}).value();
  recorded_->clear();
  const auto both = app_.read()
                        .get<User>("acme", "ann")
                        .get<Order>("acme", "o")
                        .get<User>("acme", "nobody")
                        .get<User>("acme", "ann")
                        .in(archive_)
                        .get<Order>("acme", "o")
                        .exec();
  ASSERT_TRUE(both.ok()) << both.error().to_text();
  EXPECT_EQ(both->get<User>(0)->age, 41);
  EXPECT_EQ(both->get<Order>(1)->cents, 9);
  EXPECT_FALSE(both->get<User>(2));
  EXPECT_EQ(both->get<User>(3)->age, 41);
  EXPECT_FALSE(both->get<Order>(4));
  // One call, in which an item that is asked for twice stands once.
  ASSERT_EQ(recorded_->requests().size(), 1u);
  EXPECT_EQ(recorded_->requests()[0].get_if<TransactGetRequest>()->gets.size(), 4u);
}

TEST_F(Transactions, ThatReadSayWhichOperationWasInTheWay) {
  recorded_->fail_next(conflict(), 9);
  const auto read = app_.read()
                        .options({.attempts_max = 2})
                        .get<User>("acme", "ann")
                        .get<User>("acme", "ann")
                        .exec();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(recorded_->waits().size(), 1u);
  ASSERT_EQ(read.error().operations.size(), 2u);
  EXPECT_EQ(read.error().operations[1].model, "User");
  EXPECT_EQ(read.error().operations[1].code, ErrorCode::kTransactionConflict);
}

TEST_F(Transactions, ThatReadFindMistakesToo) {
  EXPECT_THAT(app_.read().exec().error().message, HasSubstr("reads nothing"));
  ReadTransaction many = app_.read();
  for (int i = 0; i < 101; ++i) many.get<Order>("acme", std::to_string(i));
  EXPECT_THAT(many.exec().error().message, HasSubstr("can read 100 items"));
  const EncodedItem bad = storage::encode_item(
      {{"pk", "ORG#acme"}, {"sk", "USER#bad"}, {"_et", "User"}, {"age", "old"}});
  ASSERT_TRUE(recorded_->put({.table = "app", .item = bad}).ok());
  const auto read = app_.read().get<User>("acme", "bad").exec();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kTypeMismatch);
}

}  // namespace
}  // namespace dynolith::odm
