// Single items of a model: creating, replacing, reading, removing.
#include "odm/entity.h"

#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {
namespace {

using testing::ElementsAre;

TEST_F(EntityTest, GivesBackWhatItCreatedAsAReadWould) {
  const Result<User> created = users().create(someone());
  ASSERT_TRUE(created.ok()) << created.error().to_text();
  EXPECT_EQ(created->id, "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(created->email, "ann@x.org");
  EXPECT_EQ(created->created, timestamp_of_ms(FixedClock::kStartMs));
  EXPECT_EQ(created->version, 1);
  EXPECT_EQ(created->writes, 1);
  EXPECT_EQ(created->label, "ann@x.org/41");

  const Result<User> read = users().must_get("acme", created->id);
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  EXPECT_EQ(read->email, "ann@x.org");
  EXPECT_EQ(read->created, created->created);
  EXPECT_EQ(read->version, 1);
}

TEST_F(EntityTest, RefusesToCreateWhatIsThere) {
  ASSERT_TRUE(users().create(someone("1")).ok());
  User again = someone("1");
  again.age = 7;
  const Result<User> second = users().create(again);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(second.error().item.view().find("age")->number(), Number(41));
  EXPECT_THROW(second.value(), AlreadyExists);
}

TEST_F(EntityTest, SaysAllThatIsWrongBeforeAnythingIsSent) {
  User user = someone();
  user.email = "nobody";
  user.age = 200;
  user.home = Place{"", -1, {}};
  const Result<User> created = users().create(user);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kInvalid);
  std::vector<std::string> paths;
  for (const Problem& problem : created.error().problems) paths.push_back(problem.path);
  EXPECT_THAT(paths, testing::UnorderedElementsAre("email", "age", "home.city", "home.zip"));
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(EntityTest, AbsenceIsNoErrorUnlessTheCallNeedsTheItem) {
  const auto found = users().get("acme", "nobody");
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->has_value());
  const Result<User> needed = users().must_get("acme", "nobody");
  ASSERT_FALSE(needed.ok());
  EXPECT_EQ(needed.error().code, ErrorCode::kNotFound);
  EXPECT_THROW(needed.value(), NotFound);
}

TEST_F(EntityTest, ReadsConsistentlyIfAsked) {
  ASSERT_TRUE(users().get_with({.consistent = true}, "acme", "1").ok());
  EXPECT_THAT(connection_->wire().back().body, testing::HasSubstr(R"("ConsistentRead":true)"));
}

TEST_F(EntityTest, KeyArgumentsPassTheSettersOfTheirAttributes) {
  ASSERT_TRUE(books().create({.shelf = 3, .book = "b", .title = "Emma"}).ok());
  const auto found = books().get(3, std::string("b"));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->title, "Emma");
  const auto wide = books().get(int64_t{1} << 40, "b");
  ASSERT_FALSE(wide.ok());
  EXPECT_EQ(wide.error().code, ErrorCode::kBadKey);
  EXPECT_THAT(wide.error().problems, ElementsAre(Problem{"shelf", "does not fit the member"}));
}

TEST_F(EntityTest, PutReplacesWhateverIsThere) {
  User first = users().create(someone("1")).value();
  User second = someone("1");
  second.name = "Ann";
  ASSERT_TRUE(users().put(second).ok());
  EXPECT_EQ(users().must_get("acme", "1")->name, "Ann");
  EXPECT_EQ(users().must_get("acme", "1")->version, 1);
}

TEST_F(EntityTest, ItemsOfOtherEntitiesAreNotThere) {
  store({{"pk", "ORG#acme"}, {"sk", "USER#1"}, {"_et", "Robot"}, {"model", "R2"}});
  EXPECT_FALSE(users().get("acme", "1").value().has_value());
}

TEST_F(EntityTest, ItemsThatDoNotFitSayWhere) {
  store({{"pk", "ORG#acme"}, {"sk", "USER#1"}, {"_et", "User"}, {"age", "old"}});
  const auto found = users().get("acme", "1");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kTypeMismatch);
  EXPECT_EQ(found.error().problems.size(), 3u);  // age, and org and email that are missing.
}

TEST_F(EntityTest, HidesWhatHasExpiredIfAsked) {
  User user = someone("1");
  user.expires = timestamp_of_ms(FixedClock::kStartMs + 5000);
  ASSERT_TRUE(users().create(user).ok());
  const Entity<User> hiding = app({.hide_expired = true}).entity<User>();
  EXPECT_TRUE(hiding.get("acme", "1").value().has_value());
  clock().advance_ms(5000);
  EXPECT_FALSE(hiding.get("acme", "1").value().has_value());
  EXPECT_TRUE(users().get("acme", "1").value().has_value());
}

// The service deletes no item whose time is more than five years ago.
TEST_F(EntityTest, HidesNothingThatTheServiceNeverDeletes) {
  User user = someone("1");
  user.expires = timestamp_of_ms(0);
  ASSERT_TRUE(users().create(user).ok());
  const Entity<User> hiding = app({.hide_expired = true}).entity<User>();
  EXPECT_TRUE(hiding.get("acme", "1").value().has_value());
  user.id = "2";
  user.expires = timestamp_of_ms(FixedClock::kStartMs - int64_t{4} * 365 * 24 * 3600 * 1000);
  ASSERT_TRUE(users().create(user).ok());
  EXPECT_FALSE(hiding.get("acme", "2").value().has_value());
}

TEST_F(EntityTest, RemovesByKey) {
  ASSERT_TRUE(users().create(someone("1")).ok());
  EXPECT_TRUE(users().remove("acme", "1").value());
  EXPECT_FALSE(users().remove("acme", "1").value());
}

TEST_F(EntityTest, RemovesAnObjectOfTheVersionThatIsStored) {
  const User created = users().create(someone("1")).value();
  User stale = created;
  stale.version = 7;
  const Result<bool> refused = users().remove(stale);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kVersionConflict);
  EXPECT_TRUE(users().remove(created).value());
  EXPECT_FALSE(users().remove(created).value());  // It is gone: nothing to remove.
}

}  // namespace
}  // namespace dynolith::odm::test
