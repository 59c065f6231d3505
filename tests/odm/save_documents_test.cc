// Saving objects of items that lack what the model has by now.
#include "odm/condition.h"
#include "odm/entity.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {

// Documents that are always there in an object, though older items lack them.
struct Geo {
  int x = 0, y = 0;
};
struct House {
  std::string street;
  int rooms = 1;
  Geo geo;
};
struct Owner {
  std::string id, name;
  House house;
  std::optional<House> second;
  std::optional<Timestamp> expires;
};
struct Versioned : Owner {
  int64_t version = 0;
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Geo> {
  static void define(Definition<test::Geo>& geo) {
    geo.attribute("x", &test::Geo::x).attribute("y", &test::Geo::y);
  }
};
template <>
struct Model<test::House> {
  static void define(Definition<test::House>& house) {
    house.attribute("street", &test::House::street)
        .attribute("rooms", &test::House::rooms)
        .attribute("geo", &test::House::geo);
  }
};
template <class T>
void define_owner(Definition<T>& owner) {
  owner.sort_key("sk", "OWNER")
      .attribute("id", &T::id)
      .attribute("name", &T::name)
      .attribute("house", &T::house)
      .attribute("second", &T::second, default_value(test::House{"Lake", 2, {}}))
      .expires_at("ttl", &T::expires, std::chrono::hours(1));
}
template <>
struct Model<test::Owner> {
  using key = Key<&test::Owner::id>;
  static void define(Definition<test::Owner>& owner) {
    define_owner(owner.entity("Owner").partition_key("pk", "OWNER#{id}"));
  }
};
template <>
struct Model<test::Versioned> {
  using key = Key<&test::Versioned::id>;
  static void define(Definition<test::Versioned>& owner) {
    define_owner(owner.entity("Versioned").partition_key("pk", "VERSIONED#{id}"));
    owner.version("v", &test::Versioned::version);
  }
};

namespace test {
namespace {

class SaveDocuments : public EntityTest {
 protected:
  Entity<Owner> owners() const { return app().entity<Owner>(); }
  Entity<Versioned> versioned() const { return app().entity<Versioned>(); }
  void store_bare(const std::string& entity, Map more) const {
    Map item{{"pk", Value((entity == "Owner" ? "OWNER" : "VERSIONED") + std::string("#1"))},
             {"sk", "OWNER"},
             {"_et", Value(entity)},
             {"id", "1"},
             {"name", "Ann"}};
    item.merge(more);
    store(item);
  }
};

TEST_F(SaveDocuments, ADocumentThatTheItemLacksIsWrittenWhole) {
  store_bare("Owner", {{"color", "red"}});
  const Owner before = owners().must_get("1").value();
  Owner after = before;
  after.house.rooms = 4;
  after.second->geo.y = 9;
  const Result<Owner> saved = owners().save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->house.rooms, 4);
  EXPECT_EQ(saved->second->street, "Lake");
  const Map item = stored("OWNER#1", "OWNER");
  EXPECT_EQ(item.at("color"), Value("red"));
  EXPECT_EQ(item.at("house"),
            Value(Map{{"street", ""}, {"rooms", 4}, {"geo", Value(Map{{"x", 0}, {"y", 0}})}}));
  EXPECT_EQ(item.at("second"),
            Value(Map{{"street", "Lake"}, {"rooms", 2}, {"geo", Value(Map{{"x", 0}, {"y", 9}})}}));
}

TEST_F(SaveDocuments, ADocumentInsideOfAnotherToo) {
  store_bare("Owner", {{"house", Value(Map{{"street", "Hill"}, {"color", "blue"}})}});
  const Owner before = owners().must_get("1").value();
  Owner after = before;
  after.house.geo.x = 3;
  ASSERT_TRUE(owners().save(before, after).ok());
  EXPECT_EQ(
      stored("OWNER#1", "OWNER").at("house"),
      Value(Map{{"street", "Hill"}, {"color", "blue"}, {"geo", Value(Map{{"x", 3}, {"y", 0}})}}));
}

TEST_F(SaveDocuments, WithAVersionToo) {
  store_bare("Versioned", {{"v", 3}});
  const Versioned before = versioned().must_get("1").value();
  Versioned after = before;
  after.house.rooms = 4;
  const Result<Versioned> saved = versioned().save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->house.rooms, 4);
  EXPECT_EQ(saved->version, 4);
  const Result<Versioned> late = versioned().save(before, after);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::kVersionConflict);
}

TEST_F(SaveDocuments, ModifyWritesItWholeToo) {
  store_bare("Owner", {});
  const auto changed = owners().modify([](Owner& owner) { owner.house.geo.y = 2; }, "1");
  ASSERT_TRUE(changed.ok()) << changed.error().to_text();
  EXPECT_EQ(owners().must_get("1")->house.geo.y, 2);
}

TEST_F(SaveDocuments, AVersionOfZeroIsOne) {
  store_bare("Versioned", {{"v", 0}});
  const Versioned before = versioned().must_get("1").value();
  Versioned after = before;
  after.name = "Bob";
  const Result<Versioned> saved = versioned().save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->version, 1);
  EXPECT_EQ(versioned().save(before, after).error().code, ErrorCode::kVersionConflict);
}

TEST_F(SaveDocuments, ATimeToLiveThatIsTakenAwayStaysAway) {
  const Owner before = owners().create({.id = "1", .name = "Ann"}).value();
  ASSERT_TRUE(before.expires.has_value());
  Owner after = before;
  after.expires.reset();
  const Result<Owner> saved = owners().save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->expires, std::nullopt);
  EXPECT_EQ(stored("OWNER#1", "OWNER").count("ttl"), 0u);
}

}  // namespace
}  // namespace test
}  // namespace dynolith::odm
