// Unique attributes, kept by items of their own.
#include "odm/condition.h"
#include "odm/entity.h"
#include "odm/table_plan.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {

struct Account {
  std::string id, email;
  std::optional<int> number;
  std::optional<std::string> phone;
  int64_t version = 0;
};

// With a table of its own: no entity name tells its items from those that hold values.
struct Lone {
  std::string id, name;
  int age = 3;
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Account> {
  using key = Key<&test::Account::id>;
  static void define(Definition<test::Account>& account) {
    using test::Account;
    account.entity("Account")
        .partition_key("pk", "ACCOUNT#{id}")
        .sort_key("sk", "ACCOUNT")
        .attribute("id", &Account::id)
        .attribute("email", &Account::email, odm::lower())
        .attribute("number", &Account::number)
        .attribute("phone", &Account::phone, nullable())
        .version("v", &Account::version)
        .unique(&Account::email)
        .unique(&Account::number)
        .unique(&Account::phone);
  }
};
template <>
struct Model<test::Lone> {
  using key = Key<&test::Lone::id>;
  static void define(Definition<test::Lone>& lone) {
    lone.partition_key("id", &test::Lone::id)
        .attribute("name", &test::Lone::name)
        .attribute("age", &test::Lone::age)
        .unique(&test::Lone::name);
  }
};

namespace test {
namespace {

using testing::ElementsAre;

class UniqueTest : public EntityTest {
 protected:
  Entity<Account> accounts() const { return app().entity<Account>(); }
  bool is_held(const std::string& what) const {
    return !stored("UNIQUE#Account#" + what, "UNIQUE#Account#" + what).empty();
  }
  static std::vector<Problem> taken(std::string attribute) {
    return {{std::move(attribute), "has a value that another Account has"}};
  }
};

TEST_F(UniqueTest, TwoCannotHaveOneValue) {
  ASSERT_TRUE(accounts().create({.id = "1", .email = "A@x.org", .number = 7}).ok());
  EXPECT_TRUE(is_held("email#a@x.org"));
  EXPECT_TRUE(is_held("number#7"));
  const auto second = accounts().create({.id = "2", .email = "a@X.org", .number = 8});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(second.error().problems, taken("email"));
  EXPECT_THROW(second.value(), UniqueViolation);
  EXPECT_FALSE(is_held("number#8"));
  EXPECT_TRUE(stored("ACCOUNT#2", "ACCOUNT").empty());
  const auto third = accounts().create({.id = "3", .email = "c@x.org", .number = 7});
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().problems, taken("number"));
}

TEST_F(UniqueTest, AKeyThatIsTakenIsSaidFirst) {
  ASSERT_TRUE(accounts().create({.id = "1", .email = "a@x.org"}).ok());
  const auto again = accounts().create({.id = "1", .email = "a@x.org"});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(again.error().item.exists());
}

TEST_F(UniqueTest, AbsentValuesAreNotHeld) {
  ASSERT_TRUE(accounts().create({.id = "1", .email = "a@x.org"}).ok());
  ASSERT_TRUE(accounts().create({.id = "2", .email = "b@x.org"}).ok());
}

TEST_F(UniqueTest, SavesGiveUpTheOldValue) {
  const Account first = accounts().create({.id = "1", .email = "a@x.org", .number = 7}).value();
  const Account second = accounts().create({.id = "2", .email = "b@x.org"}).value();
  Account changed = second;
  changed.email = "a@x.org";
  const auto refused = accounts().save(second, changed);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(refused.error().problems, taken("email"));

  Account moved = first;
  moved.email = "new@x.org";
  moved.number.reset();
  const auto saved = accounts().save(first, moved);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->version, 2);
  EXPECT_FALSE(is_held("email#a@x.org"));
  EXPECT_FALSE(is_held("number#7"));
  EXPECT_TRUE(is_held("email#new@x.org"));
  EXPECT_TRUE(accounts().save(second, changed).ok());

  const auto late = accounts().save(first, moved);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::kVersionConflict);
}

TEST_F(UniqueTest, SavesOfOtherAttributesNeedNoTransaction) {
  const Account first = accounts().create({.id = "1", .email = "a@x.org"}).value();
  Account changed = first;
  changed.number = 7;
  ASSERT_TRUE(accounts().save(first, changed).ok());
  EXPECT_TRUE(is_held("number#7"));
}

TEST_F(UniqueTest, PutAndRemoveGiveUpWhatWasThere) {
  ASSERT_TRUE(accounts().put({.id = "1", .email = "a@x.org"}).ok());
  ASSERT_TRUE(accounts().put({.id = "1", .email = "b@x.org"}).ok());
  EXPECT_FALSE(is_held("email#a@x.org"));
  EXPECT_TRUE(is_held("email#b@x.org"));
  const auto other = accounts().put({.id = "2", .email = "b@x.org"});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::kUniqueViolation);

  const auto kept = accounts().remove_if(f(&Account::email) == "z@x.org", "1");
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().code, ErrorCode::kConditionFailed);
  EXPECT_EQ(kept.error().clauses.size(), 1u);
  EXPECT_TRUE(accounts().remove("1").value());
  EXPECT_FALSE(is_held("email#b@x.org"));
  EXPECT_FALSE(accounts().remove("1").value());
}

TEST_F(UniqueTest, RemovesAnObjectOfItsVersion) {
  const Account first = accounts().create({.id = "1", .email = "a@x.org"}).value();
  Account stale = first;
  stale.version = 5;
  const auto refused = accounts().remove(stale);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kVersionConflict);
  EXPECT_TRUE(accounts().remove(first).value());
  EXPECT_FALSE(is_held("email#a@x.org"));
}

TEST_F(UniqueTest, ValuesTooLongForAKeyAreRefused) {
  const auto created = accounts().create({.id = "1", .email = std::string(1100, 'a')});
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(created.error().problems, ElementsAre(Problem{"email", "is too long to be unique"}));
}

TEST_F(UniqueTest, WhatHoldsValuesIsNoItemOfAModelWithoutAnEntityName) {
  const Table table(connection_, "lone");
  ASSERT_TRUE(ensure_table<Lone>(table).ok());
  const auto lone = table.entity<Lone>();
  ASSERT_TRUE(lone.create({.id = "1", .name = "ann"}).ok());
  EXPECT_EQ(lone.scan().all()->size(), 1u);
  EXPECT_EQ(lone.scan().count().value(), 1u);
  EXPECT_EQ(lone.scan().only(&Lone::age).all()->size(), 1u);
  EXPECT_EQ(lone.find().where(f(&Lone::age) == 3).allow_scan().count().value(), 1u);
  EXPECT_EQ(lone.query("1").count().value(), 1u);
}

TEST_F(UniqueTest, NullIsNoValue) {
  Account first = accounts().create({.id = "1", .email = "a@x.org"}).value();
  EXPECT_EQ(stored("ACCOUNT#1", "ACCOUNT").at("phone"), Value(Null{}));
  Account changed = first;
  changed.phone = "555";
  changed = accounts().save(first, changed).value();
  EXPECT_TRUE(is_held("phone#555"));
  first = changed;
  first.phone.reset();
  first = accounts().save(changed, first).value();
  EXPECT_FALSE(is_held("phone#555"));
  ASSERT_TRUE(accounts().put({.id = "1", .email = "a@x.org", .phone = "556"}).ok());
  ASSERT_TRUE(accounts().put({.id = "1", .email = "a@x.org"}).ok());
  EXPECT_TRUE(accounts().remove("1").value());
  EXPECT_FALSE(is_held("phone#556"));
}

}  // namespace
}  // namespace test
}  // namespace dynolith::odm
