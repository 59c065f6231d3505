// "A model in twenty lines" and the life of an item.
#include "tests/odm/guide/fixture.h"

namespace {

TEST(FirstSteps, WholeProgram) {
  // [program]
  auto connection = odm::open_embedded({}).value();  // In memory; {.directory = "data"} keeps it.
  odm::Table app(connection, "app");
  odm::ensure_table<User>(app).value();
  auto users = app.entity<User>();

  User ann = users.create({.org = "acme", .email = "Ann@Example.org", .age = 41}).value();
  users.update("acme", ann.id).set(&User::age, 42).add(&User::tags, "early").exec().value();
  User found = users.query(kByEmail, "ann@example.org").first().value().value();
  // [/program]
  EXPECT_EQ(found.age, 42);
  EXPECT_EQ(found.tags, std::set<std::string>{"early"});
  EXPECT_EQ(found.version, 2);
}

TEST_F(Guide, Create) {
  // [create]
  User ann = users.create({.org = "acme", .email = "Ann@Example.org", .age = 41}).value();
  // ann.id is a new UUID, ann.email "ann@example.org", ann.version 1, ann.created now.

  auto again = users.create(ann);
  // again.error().code == ErrorCode::kAlreadyExists; again.error().item is what is there.
  // [/create]
  EXPECT_EQ(ann.id.size(), 36u);
  EXPECT_EQ(ann.email, "ann@example.org");
  EXPECT_EQ(ann.version, 1);
  EXPECT_EQ(again.error().code, odm::ErrorCode::kAlreadyExists);
  EXPECT_TRUE(again.error().item.exists());
}

TEST_F(Guide, Get) {
  const std::string id = ann().id;
  // [get]
  std::optional<User> maybe = users.get("acme", id).value();
  User sure = users.must_get("acme", id).value();  // Throws NotFound if there is none.
  User fresh = users.get_with({.consistent = true}, "acme", id).value().value();
  // [/get]
  EXPECT_EQ(maybe->email, sure.email);
  EXPECT_EQ(fresh.email, sure.email);
  EXPECT_FALSE(users.get("acme", "nobody").value());
}

TEST_F(Guide, Save) {
  const User before = ann();
  // [save]
  User after = before;
  after.age = 42;
  after.home->zip = 3001;
  after =
      users.save(before, after).value();  // Sends age, home.zip, updatedAt and version: no more.

  User other = before;  // Somebody else, who read before that.
  other.age = 43;
  auto late = users.save(before, other);
  // late.error().code == ErrorCode::kVersionConflict
  // [/save]
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(users.must_get("acme", before.id)->home->zip, 3001);
  EXPECT_EQ(late.error().code, odm::ErrorCode::kVersionConflict);
}

TEST_F(Guide, Update) {
  const std::string id = ann().id;
  // [update]
  User changed = users.update("acme", id)
                     .set(&User::age, 42)
                     .set(f(&User::home) / &Address::zip, 3001)
                     .add(&User::visits, 1)
                     .add(&User::tags, "early")
                     .append(&User::phones, "+41 31 000 00 00")
                     .when(f(&User::age) < 42)
                     .exec()
                     .value();
  users.update("acme", id).remove(&User::home).erase(&User::tags, "early").exec().value();
  // [/update]
  EXPECT_EQ(changed.home->zip, 3001);
  EXPECT_EQ(changed.visits, 1);
  EXPECT_FALSE(users.must_get("acme", id)->home);

  // [update-missing]
  auto nobody = users.update("acme", "nobody").set(&User::age, 1).exec();
  // nobody.error().code == ErrorCode::kNotFound: update() changes what is there.

  users.upsert("acme", "new").set(&User::email, "new@example.org").exec().value();
  // upsert() creates what is not, with createdAt, version and all else that create() would write.
  // [/update-missing]
  EXPECT_EQ(nobody.error().code, odm::ErrorCode::kNotFound);
  const User created = users.must_get("acme", "new").value();
  EXPECT_EQ(created.version, 1);
  EXPECT_NE(created.created, odm::Timestamp{});
}

TEST_F(Guide, Remove) {
  const User user = ann();
  // [remove]
  bool was_there = users.remove("acme", user.id).value();
  bool again = users.remove(user).value_or(false);  // Of an object: its version is checked.
  // [/remove]
  EXPECT_TRUE(was_there);
  EXPECT_FALSE(again);
}

TEST_F(Guide, Validation) {
  // [validation]
  auto bad = users.create({.org = "acme", .email = "nope", .age = 999, .home = Address{"", 0}});
  for (const odm::Problem& problem : bad.error().problems)
    std::printf("%s: %s\n", problem.path.c_str(), problem.message.c_str());
  // email: must match "@"
  // age: must be between 0 and 150
  // home.city: is required
  // home.zip: must be between 1 and 99999
  // [/validation]
  EXPECT_EQ(bad.error().code, odm::ErrorCode::kInvalid);
  EXPECT_EQ(bad.error().problems.size(), 4u);
}

TEST_F(Guide, Errors) {
  const User user = ann();
  // [errors]
  auto refused = users.update("acme", user.id)
                     .set(&User::role, Role::kAdmin)
                     .when(f(&User::age) >= 50 && exists(&User::home))
                     .exec();
  if (!refused && refused.error().code == odm::ErrorCode::kConditionFailed)
    for (const odm::FailedClause& clause : refused.error().clauses)
      std::printf("%s, but it was %s\n", clause.text.c_str(), clause.actual.c_str());
  // age >= 50, but it was 41

  try {
    users.must_get("acme", "nobody").value();
  } catch (const odm::NotFound& missing) {
    std::printf("%s\n", missing.what());
  }
  // [/errors]
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().clauses, testing::ElementsAre(odm::FailedClause{"age >= 50", "41"}));
}

}  // namespace
