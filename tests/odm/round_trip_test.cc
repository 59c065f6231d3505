// What is written reads back as it was, whatever the members begin with.
#include "odm/condition.h"
#include "odm/dynamic/dynamic_entity.h"
#include "odm/entity.h"
#include "odm/json.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {

// Members that may be absent and begin with something.
struct Draft {
  std::string id;
  std::optional<int> pages = 10;
  std::set<std::string> tags{"new"};
  std::optional<Place> place = Place{"Bern", 3000, {}};
  int copies = 7;
};
struct Shelf {
  std::string id;
  std::vector<std::set<std::string>> rows;
  std::map<std::string, std::set<int>> numbers;
  std::array<std::set<std::string>, 2> ends;
  std::variant<std::string, std::set<std::string>> label;
  std::chrono::sys_seconds until{};
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Draft> {
  using key = Key<&test::Draft::id>;
  static void define(Definition<test::Draft>& draft) {
    draft.entity("Draft")
        .partition_key("pk", "DRAFT#{id}")
        .sort_key("sk", "DRAFT")
        .attribute("id", &test::Draft::id)
        .attribute("pages", &test::Draft::pages)
        .attribute("tags", &test::Draft::tags)
        .attribute("place", &test::Draft::place)
        .attribute("copies", &test::Draft::copies);
  }
};
template <>
struct Model<test::Shelf> {
  using key = Key<&test::Shelf::id>;
  static void define(Definition<test::Shelf>& shelf) {
    shelf.entity("Shelf")
        .partition_key("pk", "SHELF#{id}")
        .sort_key("sk", "SHELF")
        .attribute("id", &test::Shelf::id)
        .attribute("rows", &test::Shelf::rows)
        .attribute("numbers", &test::Shelf::numbers)
        .attribute("ends", &test::Shelf::ends)
        .attribute("label", &test::Shelf::label)
        .attribute("until", &test::Shelf::until);
  }
};

namespace test {
namespace {

class RoundTrip : public EntityTest {
 protected:
  Entity<Draft> drafts() const { return app().entity<Draft>(); }
  Entity<Shelf> shelves() const { return app().entity<Shelf>(); }
};

TEST_F(RoundTrip, WhatIsLeftEmptyStaysEmpty) {
  const Draft empty{.id = "1", .pages = {}, .tags = {}, .place = {}};
  ASSERT_TRUE(drafts().create(empty).ok());
  const Draft read = drafts().must_get("1").value();
  EXPECT_EQ(read.pages, std::nullopt);
  EXPECT_TRUE(read.tags.empty());
  EXPECT_FALSE(read.place.has_value());
  EXPECT_EQ(read.copies, 7);
  const Draft from_text = from_json<Draft>(to_json(empty).value()).value();
  EXPECT_EQ(from_text.pages, std::nullopt);
  EXPECT_TRUE(from_text.tags.empty());
  EXPECT_EQ(from_json<Draft>(R"({"id":"1","pages":null})")->pages, std::nullopt);

  ASSERT_TRUE(drafts().create({.id = "2"}).ok());
  ASSERT_TRUE(drafts().update("2").remove(&Draft::pages).erase(&Draft::tags, {"new"}).exec().ok());
  EXPECT_EQ(drafts().must_get("2")->pages, std::nullopt);
  EXPECT_TRUE(drafts().must_get("2")->tags.empty());
}

TEST_F(RoundTrip, WhatAnItemLacksHasItsInitialValueIfItCannotBeAbsent) {
  store({{"pk", "DRAFT#1"}, {"sk", "DRAFT"}, {"_et", "Draft"}, {"id", "1"}});
  EXPECT_EQ(drafts().must_get("1")->copies, 7);
}

TEST_F(RoundTrip, EmptySetsInsideOfSomething) {
  Shelf shelf{.id = "1", .rows = {{}, {"a"}}, .numbers = {{"none", {}}}};
  shelf.label = std::set<std::string>();
  ASSERT_TRUE(shelves().create(shelf).ok());
  const Result<Shelf> read = shelves().must_get("1");
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  EXPECT_EQ(read->rows, shelf.rows);
  EXPECT_EQ(read->numbers, shelf.numbers);
  EXPECT_EQ(read->ends, shelf.ends);
  EXPECT_EQ(read->label, shelf.label);
}

TEST_F(RoundTrip, TimesBeyondWhatIsStoredAreRefused) {
  for (const auto time : {std::chrono::sys_seconds::max(), std::chrono::sys_seconds::min()}) {
    const auto created = shelves().create({.id = "1", .until = time});
    ASSERT_FALSE(created.ok());
    EXPECT_EQ(created.error().problems.at(0).path, "until");
  }
}

TEST_F(RoundTrip, AnUnknownAttributeIsNotTakenForOneOfThatName) {
  const DynamicSchema schema = DynamicDefinition("Odd")
                                   .entity("Odd")
                                   .partition_key("pk", "ODD#{id}")
                                   .sort_key("sk", "ODD")
                                   .attribute<std::string>("id")
                                   .attribute<std::string>("name", saved_as("Z"))
                                   .attribute<std::string>("title", saved_as("t"))
                                   .keep_unknown()
                                   .build()
                                   .value();
  store({{"pk", "ODD#1"},
         {"sk", "ODD"},
         {"_et", "Odd"},
         {"id", "1"},
         {"Z", "Ann"},
         {"name", 5},
         {"title", "Dr"},
         {"more", 1}});
  const Map item = app().dynamic(schema).must_get({"1"}).value();
  EXPECT_EQ(item, (Map{{"id", "1"}, {"name", "Ann"}, {"more", 1}}));
}

}  // namespace
}  // namespace test
}  // namespace dynolith::odm
