// Updates of unique attributes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/update.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Account {
  std::string id, email;
  std::optional<std::string> handle;
  int age = 0;
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

TEST_F(UpdateUniqueTest, UniqueUpdatesKeepTheirConditions) {
  const auto missing = accounts().update("1").set(&Account::email, "a@x").exec();
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(accounts().create({"1", "a@x", {}, 1}).ok());
  const auto failed =
      accounts().update("1").set(&Account::email, "b@x").when(f(&Account::age) > 5).exec();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(failed.error().clauses, testing::ElementsAre(FailedClause{"age > 5", "1"}));
  EXPECT_EQ(accounts().update("1").set(&Account::email, "b@x").request().error().code,
            ErrorCode::kBadRequest);
  connection_->clear();
  ASSERT_TRUE(accounts().update("1").set(&Account::age, 9).exec().ok());
  EXPECT_EQ(connection_->wire().size(), 1u);
}

}  // namespace
}  // namespace dynolith::odm
