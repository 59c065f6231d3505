// Keys that hold another entity's item: no write of one item changes it.
#include "odm/dynamic/dynamic_transaction.h"
#include "odm/transaction.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {

struct Badge {
  std::string org, id;
  std::optional<std::string> code;
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Badge> {
  using key = Key<&test::Badge::org, &test::Badge::id>;
  static void define(Definition<test::Badge>& badge) {
    using test::Badge;
    badge.entity("Badge")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &Badge::org)
        .attribute("id", &Badge::id)
        .attribute("code", &Badge::code)
        .unique(&Badge::code);
  }
};

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A Robot stands where the User "1" of "acme" would.
class OtherEntityTest : public EntityTest {
 protected:
  OtherEntityTest() { store(robot()); }

  static Map robot() {
    return {{"pk", "ORG#acme"}, {"sk", "USER#1"}, {"_et", "Robot"}, {"age", 3}, {"v", 1}};
  }
  static User original() {
    User user = someone("1");
    user.version = 1;
    return user;
  }
  static User changed() {
    User user = original();
    user.age = 42;
    return user;
  }
  Entity<Badge> badges() const { return app().entity<Badge>(); }

  template <class T>
  void expect_refused(const char* what, const Result<T>& result) const {
    EXPECT_EQ(stored("ORG#acme", "USER#1"), robot()) << what;
    ASSERT_FALSE(result.ok()) << what;
    EXPECT_EQ(result.error().code, ErrorCode::kOtherEntity) << what << result.error().to_text();
    EXPECT_EQ(storage::to_item(result.error().item.view()), robot()) << what;
    EXPECT_THAT(result.error().message, HasSubstr("the key holds an item that is no ")) << what;
  }
};

TEST_F(OtherEntityTest, IsNotChangedByAnyWrite) {
  const Condition<User> holds = absent(&User::name);
  expect_refused("put", users().put(original()));
  expect_refused("put with a condition", users().put(original(), holds));
  expect_refused("save", users().save(original(), changed()));
  expect_refused("save with a condition", users().save(original(), changed(), holds));
  expect_refused("update", users().update("acme", "1").set(&User::name, "x").exec());
  expect_refused("update of a version",
                 users().update("acme", "1").set(&User::name, "x").expect_version(1).exec());
  expect_refused("old item", users().update("acme", "1").set(&User::name, "x").exec_old());
  expect_refused("upsert", users().upsert("acme", "1").set(&User::email, "a@x").exec());
  expect_refused("remove", users().remove("acme", "1"));
  expect_refused("remove with a condition", users().remove_if(holds, "acme", "1"));
  expect_refused("remove of an object", users().remove(original()));
  EXPECT_THROW(users().remove("acme", "1").value(), OtherEntity);
}

TEST_F(OtherEntityTest, IsNotChangedByWritesOfUniqueAttributes) {
  expect_refused("put", badges().put({"acme", "1", "c"}));
  expect_refused("save", badges().save({"acme", "1", "a"}, {"acme", "1", "b"}));
  expect_refused("update", badges().update("acme", "1").set(&Badge::code, "c").exec());
  expect_refused("upsert", badges().upsert("acme", "1").set(&Badge::code, "c").exec());
  expect_refused("remove", badges().remove("acme", "1"));
  EXPECT_TRUE(stored("UNIQUE#Badge#code#c", "UNIQUE#Badge#code#c").empty());
}

TEST_F(OtherEntityTest, TakesTheKeyOfWhatIsCreated) {
  const auto created = users().create(someone("1"));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(created.error().message, "the key is taken by an item that is no User");
  EXPECT_EQ(storage::to_item(created.error().item.view()), robot());
}

TEST_F(OtherEntityTest, IsNoObjectToModifyOrToReferTo) {
  const auto modified = users().modify([](User& user) { user.age = 1; }, "acme", "1");
  EXPECT_EQ(modified.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(users().get("acme", "1").value().has_value());
}

TEST_F(OtherEntityTest, StandsInTheWayOfTransactions) {
  const auto expect_canceled = [&](const char* what, const Transaction& transaction) {
    const auto done = transaction.exec();
    ASSERT_FALSE(done.ok()) << what;
    EXPECT_EQ(done.error().code, ErrorCode::kTransactionCanceled) << what;
    ASSERT_EQ(done.error().operations.size(), 1u) << what;
    EXPECT_EQ(done.error().operations[0].code, ErrorCode::kOtherEntity) << what;
    EXPECT_EQ(storage::to_item(done.error().operations[0].item.view()), robot()) << what;
    EXPECT_EQ(stored("ORG#acme", "USER#1"), robot()) << what;
  };
  const auto begin = [&] { return app().transact(); };
  expect_canceled("put", begin().put(original()));
  expect_canceled("save", begin().save(original(), changed()));
  expect_canceled("update", begin().update(users().update("acme", "1").set(&User::name, "x")));
  expect_canceled("upsert", begin().update(users().upsert("acme", "1").set(&User::email, "a@x")));
  expect_canceled("remove", begin().remove<User>("acme", "1"));
  expect_canceled("remove of an object", begin().remove(original()));
  expect_canceled("check", begin().check<User>("acme", "1", absent(&User::name)));
  expect_canceled("put of a unique attribute", begin().put(Badge{"acme", "1", "c"}));
  expect_canceled("remove of a unique attribute", begin().remove<Badge>("acme", "1"));
}

TEST_F(OtherEntityTest, IsNotChangedByDynamicItems) {
  const DynamicSchema schema = DynamicDefinition("User")
                                   .entity("User")
                                   .partition_key("pk", "ORG#{org}")
                                   .sort_key("sk", "USER#{id}")
                                   .attribute<std::string>("org")
                                   .attribute<std::string>("id")
                                   .attribute<int>("age")
                                   .build()
                                   .value();
  const DynamicEntity entity = app().dynamic(schema);
  const Map one{{"org", "acme"}, {"id", "1"}};
  expect_refused("put", entity.put(one));
  expect_refused("update", entity.update({"acme", "1"}).set("age", 5).exec());
  expect_refused("upsert", entity.upsert({"acme", "1"}).set("age", 5).exec());
  expect_refused("remove", entity.remove({"acme", "1"}));
}

TEST_F(OtherEntityTest, IsReplacedAndRemovedByBatches) {
  // They know no conditions.
  ASSERT_TRUE(users().put_many({someone("1")}).ok());
  EXPECT_EQ(stored("ORG#acme", "USER#1").at("_et"), Value("User"));
  store(robot());
  ASSERT_TRUE(users().remove_many({{"acme", "1"}}).ok());
  EXPECT_TRUE(stored("ORG#acme", "USER#1").empty());
}

TEST_F(OtherEntityTest, ItemsWithoutATagAreNobodys) {
  Map bare = robot();
  bare.erase("_et");
  store(bare);
  const auto put = users().put(someone("1"));
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kOtherEntity);
}

TEST_F(OtherEntityTest, OwnItemsAreWrittenAsEver) {
  ASSERT_TRUE(users().put(someone("2")).ok());
  ASSERT_TRUE(users().put(someone("2")).ok());
  ASSERT_TRUE(users().upsert("acme", "2").set(&User::email, "b@x.org").exec().ok());
  ASSERT_TRUE(users().upsert("acme", "3").set(&User::email, "c@x.org").exec().ok());
  EXPECT_TRUE(users().remove("acme", "2").value());
  EXPECT_FALSE(users().remove("acme", "2").value());
  ASSERT_TRUE(badges().put({"acme", "4", "c"}).ok());
  EXPECT_TRUE(badges().remove("acme", "4").value());
  EXPECT_FALSE(badges().remove("acme", "4").value());
  EXPECT_TRUE(app().transact().remove<User>("acme", "9").exec().ok());
}

TEST_F(OtherEntityTest, ConditionsOfTheProgramAreToldApart) {
  ASSERT_TRUE(users().create(someone("2")).ok());
  const auto put = users().put(someone("2"), f(&User::age) > 50);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(put.error().clauses, ElementsAre(FailedClause{"age > 50", "41"}));
  const auto removed = users().remove_if(f(&User::age) > 50, "acme", "2");
  EXPECT_EQ(removed.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(removed.error().clauses, ElementsAre(FailedClause{"age > 50", "41"}));
}

TEST_F(OtherEntityTest, ModelsWithoutATagSendNoMoreThanBefore) {
  ASSERT_TRUE(books().put({.shelf = 1, .book = "b"}).ok());
  ASSERT_TRUE(books().upsert(1, "b").set(&Counted::title, "T").exec().ok());
  ASSERT_TRUE(books().remove(1, "b").ok());
  ASSERT_FALSE(connection_->wire().empty());
  for (const WireRequest& request : connection_->wire())
    EXPECT_THAT(request.body, Not(HasSubstr("Condition"))) << request.operation;
}

}  // namespace
}  // namespace test
}  // namespace dynolith::odm
