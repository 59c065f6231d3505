// Updates of unique attributes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_entity.h"
#include "odm/observer.h"
#include "odm/update.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Account {
  std::string id, email;
  std::optional<std::string> handle;
  int age = 0;
};
// Older items have "old" instead of "level".
struct Badge {
  std::string id, name;
  int level = 0;
};

}  // namespace

template <>
struct Model<Account> {
  using key = Key<&Account::id>;
  static void define(Definition<Account>& account) {
    account.entity("Account")
        .partition_key("pk", "ACCOUNT#{id}")
        .sort_key("sk", "ACCOUNT#{id}")
        .attribute("id", &Account::id)
        .attribute("email", &Account::email, required())
        .attribute("handle", &Account::handle)
        .attribute("age", &Account::age)
        .unique(&Account::email)
        .unique(&Account::handle);
  }
};
template <>
struct Model<Badge> {
  using key = Key<&Badge::id>;
  static void define(Definition<Badge>& badge) {
    badge.entity("Badge")
        .partition_key("pk", "BADGE#{id}")
        .sort_key("sk", "BADGE")
        .attribute("id", &Badge::id)
        .attribute("name", &Badge::name)
        .attribute("level", &Badge::level)
        .unique(&Badge::name)
        .schema_version(1)
        .upgrade(0, [](Map& item) { item["level"] = item["old"]; });
  }
};

namespace {

class UpdateUniqueTest : public test::EntityTest {
 protected:
  Entity<Account> accounts() const { return app().entity<Account>(); }
};

TEST_F(UpdateUniqueTest, MovesWhatIsUnique) {
  ASSERT_TRUE(accounts().create({"1", "a@x", "ann", 1}).ok());
  ASSERT_TRUE(accounts().create({"2", "b@x", {}, 2}).ok());
  const auto taken = accounts().update("1").set(&Account::email, "b@x").exec();
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, ErrorCode::kUniqueViolation);
  ASSERT_EQ(taken.error().problems.size(), 1u);
  EXPECT_EQ(taken.error().problems[0].path, "email");

  const auto moved = accounts().update("1").set(&Account::email, "c@x").exec();
  ASSERT_TRUE(moved.ok()) << moved.error().to_text();
  EXPECT_EQ(moved->email, "c@x");
  EXPECT_TRUE(accounts().update("2").set(&Account::email, "a@x").exec().ok());
  EXPECT_EQ(accounts().create({"3", "c@x", {}, 3}).error().code, ErrorCode::kUniqueViolation);
}

TEST_F(UpdateUniqueTest, GivesUpWhatWasUnique) {
  ASSERT_TRUE(accounts().create({"1", "a@x", "ann", 1}).ok());
  ASSERT_TRUE(accounts().update("1").remove(&Account::handle).exec().ok());
  EXPECT_TRUE(accounts().create({"2", "b@x", "ann", 2}).ok());
}

TEST_F(UpdateUniqueTest, UpsertTakesWhatIsUnique) {
  ASSERT_TRUE(accounts().upsert("1").set(&Account::email, "a@x").exec().ok());
  EXPECT_EQ(accounts().create({"2", "a@x", {}, 2}).error().code, ErrorCode::kUniqueViolation);
  ASSERT_TRUE(accounts().upsert("1").set(&Account::email, "b@x").exec().ok());
  EXPECT_TRUE(accounts().create({"2", "a@x", {}, 2}).ok());
}

// What was copied is looked at again when the copy is written.
TEST_F(UpdateUniqueTest, CopiesAreOfWhatWasRead) {
  ASSERT_TRUE(accounts().create({"1", "a@x", "ann", 1}).ok());
  int changes = 0;
  const Table racing(observe(connection_,
                             [&](const CallEvent& event) {
                               if (event.operation != "GetItem" || ++changes > 1) return;
                               store({{"pk", "ACCOUNT#1"},
                                      {"sk", "ACCOUNT#1"},
                                      {"_et", "Account"},
                                      {"id", "1"},
                                      {"email", "a@x"},
                                      {"handle", "ann"},
                                      {"alias", "late"},
                                      {"age", 1}});
                             }),
                     "app");
  const DynamicSchema schema = DynamicDefinition("Account")
                                   .entity("Account")
                                   .partition_key("pk", "ACCOUNT#{id}")
                                   .sort_key("sk", "ACCOUNT#{id}")
                                   .attribute<std::string>("id")
                                   .attribute<std::string>("email")
                                   .attribute<std::string>("alias")
                                   .unique("email")
                                   .build()
                                   .value();
  store({{"pk", "ACCOUNT#1"},
         {"sk", "ACCOUNT#1"},
         {"_et", "Account"},
         {"id", "1"},
         {"email", "a@x"},
         {"handle", "ann"},
         {"alias", "early"},
         {"age", 1}});
  const auto copied = racing.dynamic(schema).update({"1"}).copy("email", "alias").exec();
  ASSERT_TRUE(copied.ok()) << copied.error().to_text();
  EXPECT_EQ(copied->at("email"), Value("late"));
  EXPECT_TRUE(stored("UNIQUE#Account#email#early", "UNIQUE#Account#email#early").empty());
  EXPECT_FALSE(stored("UNIQUE#Account#email#late", "UNIQUE#Account#email#late").empty());
}

TEST_F(UpdateUniqueTest, UniqueUpdatesKeepTheirConditions) {
  const auto missing = accounts().update("1").set(&Account::email, "a@x").exec();
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(accounts().create({"1", "a@x", {}, 1}).ok());
  const auto failed =
      accounts().update("1").set(&Account::email, "b@x").when(f(&Account::age) > 5).exec();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(failed.error().clauses, testing::ElementsAre(FailedClause{"age > 5", "1"}));
  connection_->clear();
  ASSERT_TRUE(accounts().update("1").set(&Account::age, 9).exec().ok());
  EXPECT_EQ(connection_->wire().size(), 1u);
}

// A count of what is not there would be an error of its own.
TEST_F(UpdateUniqueTest, ConditionsAreFoundFalseBeforeAnUpdateIsFoundNotToFit) {
  store({{"pk", "ACCOUNT#1"},
         {"sk", "ACCOUNT#1"},
         {"_et", "Account"},
         {"id", "1"},
         {"email", "a@x"}});
  const auto counted = [this](const Condition<Account>& condition) {
    return accounts()
        .update("1")
        .set(&Account::email, "b@x")
        .set(f(&Account::age), f(&Account::age) + 1)
        .when(condition)
        .exec();
  };
  const auto failed = counted(exists(&Account::age));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionFailed);
  EXPECT_EQ(failed.error().clauses.size(), 1u);
  EXPECT_EQ(counted({}).error().code, ErrorCode::kBadRequest);
}

TEST_F(UpdateUniqueTest, GiveUpAfterLosingEveryRace) {
  ASSERT_TRUE(accounts().create({"1", "0@x", {}, 1}).ok());
  int changes = 0;
  const ConnectionPtr watched = observe(connection_, [&](const CallEvent& event) {
    if (event.operation != "GetItem") return;
    const auto others = Table(connection_, "app").entity<Account>();
    const Account now{"1", std::to_string(changes) + "@x", {}, 1};
    Account changed = now;
    changed.email = std::to_string(++changes) + "@x";
    EXPECT_TRUE(others.save(now, changed).ok());
  });
  const auto lost =
      Table(watched, "app").entity<Account>().update("1").set(&Account::email, "b@x").exec();
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kVersionConflict);
  EXPECT_EQ(changes, 8);
  EXPECT_TRUE(accounts().create({"2", "b@x", {}, 2}).ok());
}

TEST_F(UpdateUniqueTest, UpgradeWhatTheyChange) {
  store({{"pk", "BADGE#1"}, {"sk", "BADGE"}, {"_et", "Badge"}, {"id", "1"}, {"old", 7}});
  const auto badges = app().entity<Badge>();
  const auto renamed = badges.update("1").set(&Badge::name, "ann").exec();
  ASSERT_TRUE(renamed.ok()) << renamed.error().to_text();
  EXPECT_EQ(renamed->level, 7);
  EXPECT_EQ(stored("BADGE#1", "BADGE").at("_v"), Value(1));
  EXPECT_EQ(badges.must_get("1")->name, "ann");
  EXPECT_EQ(badges.create({"2", "ann", 1}).error().code, ErrorCode::kUniqueViolation);
}

}  // namespace
}  // namespace dynolith::odm
