// Transactions on models with unique attributes, whose values are read before they are sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_transaction.h"
#include "odm/observer.h"
#include "odm/transaction.h"
#include "storage/expression/update.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Account {
  std::string id, email;
  std::optional<std::string> handle;
  int logins = 0;
  std::optional<int> age;
  int64_t version = 0;
};

// With times that the mapper fills in.
struct Visit {
  std::string id, badge;
  Timestamp created{}, updated{};
  std::optional<Timestamp> expires;
};

}  // namespace

template <>
struct Model<Visit> {
  using key = Key<&Visit::id>;
  static void define(Definition<Visit>& visit) {
    visit.entity("Visit")
        .partition_key("pk", "VISIT#{id}")
        .sort_key("sk", "VISIT")
        .attribute("id", &Visit::id)
        .attribute("badge", &Visit::badge)
        .created_at("created", &Visit::created)
        .updated_at("updated", &Visit::updated)
        .expires_at("expires", &Visit::expires, std::chrono::hours(1))
        .unique(&Visit::badge);
  }
};
template <>
struct Model<Account> {
  using key = Key<&Account::id>;
  static void define(Definition<Account>& account) {
    account.entity("Account")
        .partition_key("pk", "ACCOUNT#{id}")
        .sort_key("sk", "ACCOUNT")
        .attribute("id", &Account::id)
        .attribute("email", &Account::email, required())
        .attribute("handle", &Account::handle)
        .attribute("logins", &Account::logins)
        .attribute("age", &Account::age, range(0, 150))
        .version("version", &Account::version)
        .unique(&Account::email)
        .unique(&Account::handle);
  }
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class UniqueTransactions : public test::EntityTest {
 protected:
  Entity<Account> accounts() const { return app().entity<Account>(); }
  Account created(std::string id, std::string email, std::optional<std::string> handle = {}) const {
    return accounts().create({std::move(id), std::move(email), std::move(handle)}).value();
  }
  static auto rename(const Table& table, const std::string& id, const std::string& email) {
    return table.entity<Account>().update(id).set(&Account::email, email);
  }
  auto rename(const std::string& id, const std::string& email) const {
    return rename(app(), id, email);
  }
  bool is_held(const std::string& what) const {
    return !stored("UNIQUE#Account#" + what, "UNIQUE#Account#" + what).empty();
  }
  std::string email_of(const std::string& id) const {
    return accounts().must_get(id).value().email;
  }
  size_t calls(std::string_view operation) const {
    size_t count = 0;
    for (const WireRequest& wire : connection_->wire()) count += wire.operation == operation;
    return count;
  }
  // The app, with somebody who acts after each read of an item.
  Table watched(std::function<void()> act) const {
    return Table(observe(connection_,
                         [act = std::move(act)](const CallEvent& event) {
                           if (event.operation == "GetItem") act();
                         }),
                 "app");
  }
};

TEST_F(UniqueTransactions, UpdatesMoveWhatIsUnique) {
  created("1", "a@x", "ann");
  const auto done =
      app()
          .transact()
          .create(test::Note{.org = "acme", .id = "n"})
          .update(rename("1", "b@x").remove(&Account::handle).add(&Account::logins, 1))
          .exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  const Account now = accounts().must_get("1").value();
  EXPECT_EQ(now.email, "b@x");
  EXPECT_EQ(now.logins, 1);
  EXPECT_EQ(now.version, 2);
  EXPECT_FALSE(is_held("email#a@x"));
  EXPECT_FALSE(is_held("handle#ann"));
  EXPECT_TRUE(is_held("email#b@x"));
  EXPECT_TRUE(notes().get("acme", "n").value());
  // To the value that it has already.
  ASSERT_TRUE(app().transact().update(rename("1", "b@x")).exec().ok());
  EXPECT_TRUE(is_held("email#b@x"));
}

TEST_F(UniqueTransactions, UpsertsTakeWhatIsUnique) {
  created("1", "a@x", "ann");
  const auto done = app()
                        .transact()
                        .update(accounts().upsert("1").set(&Account::email, "b@x"))
                        .update(accounts().upsert("2").set(&Account::email, "c@x"))
                        .exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(accounts().must_get("1")->handle, "ann");
  EXPECT_EQ(email_of("2"), "c@x");
  EXPECT_FALSE(is_held("email#a@x"));
  EXPECT_EQ(accounts().create({"3", "b@x"}).error().code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(accounts().create({"3", "c@x"}).error().code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(accounts().create({"3", "d@x", "ann"}).error().code, ErrorCode::kUniqueViolation);
}

TEST_F(UniqueTransactions, UpdatesOfOtherAttributesReadNothing) {
  created("1", "a@x");
  connection_->clear();
  ASSERT_TRUE(app().transact().update(accounts().update("1").add(&Account::logins, 1)).exec().ok());
  EXPECT_EQ(calls("GetItem"), 0u);
  EXPECT_EQ(calls("TransactWriteItems"), 1u);
}

// Written before their model had the rule.
TEST_F(UniqueTransactions, ItemsThatBreakANewerRuleAreMendedAndRemoved) {
  for (const char* id : {"1", "2"}) {
    created(id, std::string(id) + "@x");
    storage::Update older;
    older.actions.push_back(
        storage::SetAction{{{std::string("age")}}, {storage::encode_value(Value(-5))}});
    UpdateRequest request{.table = "app", .key = typed_key<Account>(id).value()};
    request.update = std::make_shared<const storage::Update>(std::move(older));
    ASSERT_TRUE(connection_->update(request).ok());
  }
  const Account before = accounts().must_get("1").value();
  Account after = before;
  after.email = "new@x";
  after.age = 5;
  const auto done =
      app().transact().save(before, after).remove(accounts().must_get("2").value()).exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(email_of("1"), "new@x");
  EXPECT_FALSE(is_held("email#1@x"));
  EXPECT_FALSE(is_held("email#2@x"));
}

TEST_F(UniqueTransactions, SayWhatStoodInTheWayByTheUsersOperations) {
  created("1", "a@x", "ann");
  created("2", "b@x");
  const auto failed = app()
                          .transact()
                          .update(rename("1", "c@x").set(&Account::handle, "eve"))
                          .update(rename("2", "d@x").when(f(&Account::logins) > 3))
                          .update(rename("nobody", "e@x"))
                          .update(accounts().upsert("3").set(&Account::email, "a@x"))
                          .create(test::Note{.org = "acme", .id = "n"})
                          .exec();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kTransactionCanceled);
  // The value of operation 0 goes to operation 3; what stands in the way are the others.
  const auto& operations = failed.error().operations;
  ASSERT_EQ(operations.size(), 5u);
  EXPECT_EQ(operations[0].reason, "None");
  EXPECT_EQ(operations[1].code, ErrorCode::kConditionFailed);
  EXPECT_THAT(operations[1].clauses, ElementsAre(FailedClause{"logins > 3", "0"}));
  EXPECT_EQ(operations[2].code, ErrorCode::kNotFound);
  EXPECT_EQ(operations[3].reason, "None");
  EXPECT_EQ(operations[4].reason, "None");
  EXPECT_EQ(operations[4].model, "Note");

  const auto taken =
      app()
          .transact()
          .create(test::Note{.org = "acme", .id = "n"})
          .update(rename("2", "a@x"))
          .update(accounts().upsert("3").set(&Account::email, "c@x").set(&Account::handle, "ann"))
          .exec();
  ASSERT_FALSE(taken.ok());
  ASSERT_EQ(taken.error().operations.size(), 3u);
  EXPECT_EQ(taken.error().operations[0].reason, "None");
  EXPECT_EQ(taken.error().operations[1].code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(taken.error().operations[1].message, "another Account has this email");
  EXPECT_EQ(taken.error().operations[2].message, "another Account has this handle");
  EXPECT_FALSE(notes().get("acme", "n").value());
  EXPECT_EQ(email_of("1"), "a@x");
  EXPECT_FALSE(is_held("email#c@x"));
}

TEST_F(UniqueTransactions, ConditionsAreFoundFalseBeforeAnUpdateIsFoundNotToFit) {
  created("1", "a@x");
  const auto older = [this](const Condition<Account>& condition) {
    return app()
        .transact()
        .update(rename("1", "b@x").set(f(&Account::age), f(&Account::age) + 1).when(condition))
        .exec();
  };
  const auto failed = older(f(&Account::age) > 1);
  ASSERT_EQ(failed.error().operations.size(), 1u) << failed.error().to_text();
  EXPECT_EQ(failed.error().operations[0].code, ErrorCode::kConditionFailed);
  EXPECT_EQ(failed.error().operations[0].clauses.size(), 1u);
  const auto misfit = older({});
  EXPECT_EQ(misfit.error().code, ErrorCode::kBadRequest);
  EXPECT_THAT(misfit.error().message, HasSubstr("operation 0 (Account): "));
}

TEST_F(UniqueTransactions, VersionsAreStillExpected) {
  created("1", "a@x");
  const auto stale = app().transact().update(rename("1", "b@x").expect_version(7)).exec();
  ASSERT_EQ(stale.error().operations.size(), 1u);
  EXPECT_EQ(stale.error().operations[0].code, ErrorCode::kVersionConflict);
  EXPECT_TRUE(app().transact().update(rename("1", "b@x").expect_version(1)).exec().ok());
}

TEST_F(UniqueTransactions, ReadAgainAfterALostRace) {
  const Account first = created("1", "a@x");
  bool is_changed = false;
  const Table racing = watched([&] {
    if (is_changed) return;
    is_changed = true;
    Account changed = first;
    changed.email = "other@x";
    EXPECT_TRUE(accounts().save(first, changed).ok());
  });
  const auto done = racing.transact()
                        .update(rename(racing, "1", "b@x").add(&Account::logins, 1))
                        .create(test::Note{.org = "acme", .id = "n"})
                        .exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(accounts().must_get("1")->logins, 1);
  EXPECT_FALSE(is_held("email#a@x"));
  EXPECT_FALSE(is_held("email#other@x"));
  EXPECT_TRUE(is_held("email#b@x"));
  EXPECT_EQ(connection_->waits().size(), 1u);
}

TEST_F(UniqueTransactions, LosingEveryRaceIsAVersionConflictOfTheOperation) {
  Account now = created("1", "0@x");
  int changes = 0;
  const Table racing = watched([&] {
    Account changed = now;
    changed.email = std::to_string(++changes) + "@x";
    now = accounts().save(now, changed).value();
  });
  const auto lost = racing.transact()
                        .create(test::Note{.org = "acme", .id = "n"})
                        .update(rename(racing, "1", "b@x"))
                        .exec();
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kTransactionCanceled);
  ASSERT_EQ(lost.error().operations.size(), 2u);
  EXPECT_EQ(lost.error().operations[1].code, ErrorCode::kVersionConflict);
  EXPECT_EQ(changes, 8);
  EXPECT_EQ(email_of("1"), "8@x");
  EXPECT_FALSE(notes().get("acme", "n").value());
}

TEST_F(UniqueTransactions, AnItemThatAppearsAfterItWasReadIsReadAgain) {
  bool is_created = false;
  const Table racing = watched([&] {
    if (!is_created) created("1", "a@x", "ann");
    is_created = true;
  });
  const auto upsert = racing.entity<Account>().upsert("1").set(&Account::email, "b@x");
  const auto done = racing.transact().update(upsert).exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_FALSE(is_held("email#a@x"));
  EXPECT_TRUE(is_held("handle#ann"));
  EXPECT_EQ(email_of("1"), "b@x");
}

TEST_F(UniqueTransactions, ValuesChangeHands) {
  const Account one = created("1", "a@x", "ann");
  created("2", "b@x");
  // Two swap, a third takes what one of them no longer has.
  const auto swapped = app()
                           .transact()
                           .update(rename("1", "b@x").remove(&Account::handle))
                           .update(rename("2", "a@x"))
                           .create(Account{"3", "c@x", "ann"})
                           .exec();
  ASSERT_TRUE(swapped.ok()) << swapped.error().to_text();
  EXPECT_EQ(email_of("1"), "b@x");
  EXPECT_EQ(email_of("2"), "a@x");
  for (const char* taken : {"a@x", "b@x", "c@x"})
    EXPECT_EQ(accounts().create({"4", taken}).error().code, ErrorCode::kUniqueViolation) << taken;
  EXPECT_EQ(accounts().create({"4", "d@x", "ann"}).error().code, ErrorCode::kUniqueViolation);
  // Each value is still given up by the one that has it.
  ASSERT_TRUE(app().transact().remove<Account>("1").update(rename("3", "b@x")).exec().ok());
  ASSERT_TRUE(accounts().remove("2").value());
  EXPECT_FALSE(is_held("email#a@x"));
  EXPECT_EQ(email_of("3"), "b@x");
  // One value cannot go to two.
  const auto both = app()
                        .transact()
                        .update(rename("3", "x@x"))
                        .create(Account{"5", "b@x"})
                        .create(Account{"6", "b@x"})
                        .exec();
  EXPECT_EQ(both.error().code, ErrorCode::kBadRequest);
  EXPECT_THAT(both.error().message, HasSubstr("are about one item"));
}

TEST_F(UniqueTransactions, WithATokenHappenOnce) {
  created("1", "a@x");
  Transaction once = app().transact();
  once.token("t-1").update(rename("1", "b@x").add(&Account::logins, 1));
  ASSERT_TRUE(once.exec().ok());
  // Carried out again, it sends what it sent, not what the item would make of it now.
  connection_->clear();
  const auto again = once.exec();
  EXPECT_TRUE(again.ok()) << again.error().to_text();
  EXPECT_EQ(calls("GetItem"), 0u);
  EXPECT_EQ(accounts().must_get("1")->logins, 1);
  EXPECT_EQ(connection_->wire()[0], to_wire(*once.request()));
}

// By a program that was started again, say: the items are read anew and hold other values now.
TEST_F(UniqueTransactions, WithATokenAreKnownAgainWhenBuiltAnew) {
  created("1", "a@x");
  created("2", "b@x", "ann");
  const auto build = [this] {
    return app()
        .transact()
        .token("t-1")
        .update(rename("1", "c@x").add(&Account::logins, 1))
        .put(Account{"3", "d@x"})
        .update(accounts().update("2").remove(&Account::handle));
  };
  ASSERT_TRUE(build().exec().ok());
  connection_->clear();
  const auto again = build().exec();
  ASSERT_TRUE(again.ok()) << again.error().to_text();
  EXPECT_EQ(again->get<Account>(1)->email, "d@x");
  EXPECT_EQ(calls("TransactWriteItems"), 1u);
  EXPECT_EQ(accounts().must_get("1")->logins, 1);
  EXPECT_EQ(accounts().must_get("1")->version, 2);
  // Others may have changed all but one of the values.
  ASSERT_TRUE(rename("1", "z@x").exec().ok());
  EXPECT_TRUE(build().exec().ok());
  EXPECT_EQ(email_of("1"), "z@x");
  // Where nothing is left that tells, it is not said to have happened, and does not happen.
  ASSERT_TRUE(accounts().remove("3").value());
  const auto unknown = build().exec();
  EXPECT_EQ(unknown.error().code, ErrorCode::kIdempotentParameterMismatch);
  EXPECT_THAT(unknown.error().message, HasSubstr("nothing that it wrote is left to tell"));
  EXPECT_EQ(email_of("1"), "z@x");
}

TEST_F(UniqueTransactions, WithATokenOfAnotherTransactionAreRefused) {
  created("1", "a@x");
  const auto add = [this](int logins) {
    return app()
        .transact()
        .token("t-1")
        .update(rename("1", "b@x").add(&Account::logins, logins))
        .exec();
  };
  ASSERT_TRUE(add(1).ok());
  EXPECT_TRUE(add(1).ok());
  EXPECT_EQ(add(2).error().code, ErrorCode::kIdempotentParameterMismatch);
  EXPECT_EQ(accounts().must_get("1")->logins, 1);
}

TEST_F(UniqueTransactions, WithATokenRemoveOnceWhenBuiltAnew) {
  created("1", "a@x");
  const auto removal = [this] { return app().transact().token("t-1").remove<Account>("1"); };
  ASSERT_TRUE(removal().exec().ok());
  EXPECT_TRUE(removal().exec().ok());
  // A new one of that key is not the one that was removed.
  created("1", "z@x");
  EXPECT_EQ(removal().exec().error().code, ErrorCode::kIdempotentParameterMismatch);
  EXPECT_TRUE(accounts().get("1").value().has_value());
}

TEST_F(UniqueTransactions, WithATokenAreKnownAgainLater) {
  const auto upsert = [this] {
    return app().transact().token("t-1").update(
        app().entity<Visit>().upsert("1").set(&Visit::badge, "b"));
  };
  ASSERT_TRUE(upsert().exec().ok());
  const Timestamp first = app().entity<Visit>().must_get("1")->updated;
  clock().advance_ms(60'000);
  const auto again = upsert().exec();
  EXPECT_TRUE(again.ok()) << again.error().to_text();
  EXPECT_EQ(app().entity<Visit>().must_get("1")->updated, first);
}

TEST_F(UniqueTransactions, WithATokenReadAgainIfTheyWereCanceled) {
  created("1", "a@x");
  created("2", "b@x");
  Transaction once = app().transact();
  once.token("t-1").update(rename("1", "b@x")).put(Account{"3", "c@x"}).remove<Account>("4");
  EXPECT_EQ(once.exec().error().operations[0].code, ErrorCode::kUniqueViolation);
  ASSERT_TRUE(accounts().remove("2").value());
  ASSERT_TRUE(accounts().update("1").set(&Account::email, "z@x").exec().ok());
  ASSERT_TRUE(once.exec().ok());
  ASSERT_TRUE(once.exec().ok());
  EXPECT_EQ(email_of("1"), "b@x");
  EXPECT_FALSE(is_held("email#z@x"));
}

// Nobody knows whether it happened: it is what was sent that has to be sent again.
TEST_F(UniqueTransactions, WithATokenSendTheSameAfterAnUnknownOutcome) {
  created("1", "a@x");
  bool is_lost = false;
  const Table unsure = watched([&] {
    if (!is_lost) connection_->fail_next(make_error(ErrorCode::kUnknownOutcome, "no answer"));
    is_lost = true;
  });
  Transaction once = unsure.transact();
  once.token("t-1").update(rename(unsure, "1", "b@x").add(&Account::logins, 1));
  EXPECT_EQ(once.exec().error().code, ErrorCode::kUnknownOutcome);
  // It did, only the answer was lost.
  ASSERT_TRUE(connection_->transact_write(once.request().value()).ok());
  const auto again = once.exec();
  EXPECT_TRUE(again.ok()) << again.error().to_text();
  EXPECT_EQ(accounts().must_get("1")->logins, 1);
}

TEST_F(UniqueTransactions, ReadAllTheirItemsAtOnce) {
  created("1", "a@x");
  created("2", "b@x");
  connection_->clear();
  ASSERT_TRUE(
      app().transact().update(rename("1", "c@x")).remove<Account>("2").remove<Account>("3").exec());
  EXPECT_EQ(calls("GetItem"), 0u);
  EXPECT_EQ(calls("BatchGetItem"), 1u);
  connection_->clear();
  connection_->leave_unprocessed_next(1);
  ASSERT_TRUE(app().transact().update(rename("1", "d@x")).remove<Account>("2").exec());
  EXPECT_EQ(calls("BatchGetItem"), 2u);
}

TEST_F(UniqueTransactions, CountTheActionsThatGuardTheirValues) {
  for (int i = 0; i < 34; ++i) created(std::to_string(i), std::to_string(i) + "@x");
  Transaction many = app().transact();
  for (int i = 0; i < 33; ++i)
    many.update(rename(std::to_string(i), "new" + std::to_string(i) + "@x"));
  Transaction more = many;
  more.update(rename("33", "new33@x"));
  connection_->clear();
  const auto refused = more.exec();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kBadRequest);
  EXPECT_THAT(refused.error().message, HasSubstr("this one has 102 (34 operations"));
  EXPECT_EQ(calls("TransactWriteItems"), 0u);
  EXPECT_EQ(more.request().error().code, ErrorCode::kBadRequest);
  EXPECT_TRUE(many.exec().ok());
  // So many that nothing has to be read to see it.
  Transaction most = app().transact();
  for (int i = 0; i < 101; ++i) most.update(rename(std::to_string(i), "x"));
  connection_->clear();
  EXPECT_EQ(most.exec().error().code, ErrorCode::kBadRequest);
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(UniqueTransactions, OfDynamicSchemas) {
  const DynamicSchema schema = DynamicDefinition("Task")
                                   .entity("Task")
                                   .partition_key("pk", "TASK#{id}")
                                   .sort_key("sk", "TASK")
                                   .attribute<std::string>("id")
                                   .attribute<std::string>("code")
                                   .attribute<int>("points")
                                   .unique("code")
                                   .build()
                                   .value();
  const DynamicEntity tasks = app().dynamic(schema);
  ASSERT_TRUE(tasks.create({{"id", "1"}, {"code", "a"}}).ok());
  ASSERT_TRUE(tasks.create({{"id", "2"}, {"code", "b"}}).ok());
  DynamicTransaction moves(app());
  moves.update(tasks.update({"1"}).set("code", "b").add("points", 1))
      .update(tasks.update({"2"}).remove("code"))
      .update(tasks.upsert({"3"}).set("code", "a"));
  const auto done = moves.exec();
  ASSERT_TRUE(done.ok()) << done.error().to_text();
  EXPECT_EQ(tasks.must_get({"1"})->at("code"), Value("b"));
  EXPECT_EQ(tasks.must_get({"3"})->at("code"), Value("a"));
  DynamicTransaction taken(app());
  taken.create(tasks, {{"id", "5"}}).update(tasks.update({"2"}).set("code", "a"));
  const Error error = taken.exec().error();
  ASSERT_EQ(error.operations.size(), 2u);
  EXPECT_EQ(error.operations[1].code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(error.operations[1].message, "another Task has this code");
}

}  // namespace
}  // namespace dynolith::odm
