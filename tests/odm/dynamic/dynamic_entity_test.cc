// The items of a dynamic schema in a table: every operation, against the engine.
#include "odm/dynamic/dynamic_entity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/connection/embedded_connection.h"
#include "odm/dynamic/dynamic_transaction.h"
#include "odm/table_plan.h"

namespace dynolith::odm {
namespace {

using testing::ElementsAre;

class DynamicEntityTest : public testing::Test {
 protected:
  static DynamicSchema schema() {
    return DynamicDefinition("Task")
        .entity("Task")
        .partition_key("pk", "PROJECT#{project}")
        .sort_key("sk", "TASK#{number:04}")
        .attribute<std::string>("project", lower())
        .attribute<int>("number")
        .attribute<std::string>("owner", required())
        .attribute<int>("points", range(0, 100))
        .attribute<std::set<std::string>>("tags")
        .attribute<std::vector<std::string>>("notes")
        .attribute("place", DynamicType::document_of(DynamicDefinition("Place")
                                                         .attribute<std::string>("city")
                                                         .attribute<int>("zip", range(1, 99999))
                                                         .build()
                                                         .value()))
        .attribute("free", DynamicType::any())
        .updated_at("updatedAt")
        .version("v")
        .joined("label", {"owner", "points"}, "/")
        .index("by_owner", {"owner", "number"})
        .keep_unknown()
        .build()
        .value();
  }

  void SetUp() override {
    const DynamicSchema made = schema();
    const std::array<const Schema*, 1> models{&made.schema()};
    ensure_table(table, models).value();
  }

  static std::vector<Value> numbers(const std::vector<Map>& items) {
    std::vector<Value> all;
    for (const Map& item : items) all.push_back(item.at("number"));
    return all;
  }

  ConnectionPtr connection = open_embedded({}).value();
  Table table{connection, "app"};
  DynamicEntity tasks = table.dynamic(schema());
};

TEST_F(DynamicEntityTest, CreatesOnceReadsAndRemoves) {
  const Map task =
      tasks.create({{"project", "Red"}, {"number", 1}, {"owner", "ann"}, {"x", 5}}).value();
  EXPECT_EQ(task.at("project"), Value("red"));
  EXPECT_EQ(task.at("v"), Value(1));
  EXPECT_EQ(task.at("label"), Value("ann"));
  EXPECT_EQ(tasks.get({"RED", 1}).value(), task);
  EXPECT_EQ(tasks.must_get(DynamicKey::of({{"number", 1}, {"project", "red"}})).value(), task);
  EXPECT_EQ(tasks.create({{"project", "red"}, {"number", 1}, {"owner", "b"}}).error().code,
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(tasks.create({{"project", "red"}, {"number", 2}}).error().problems,
            (std::vector<Problem>{{"owner", "is required"}}));
  EXPECT_TRUE(tasks.remove({"red", 1}).value());
  EXPECT_EQ(tasks.must_get({"red", 1}).error().code, ErrorCode::kNotFound);
}

TEST_F(DynamicEntityTest, SavesWhatDiffers) {
  const Map task = tasks
                       .create({{"project", "red"},
                                {"number", 1},
                                {"owner", "ann"},
                                {"place", Map{{"city", "Bern"}, {"zip", 3000}}}})
                       .value();
  Map changed = task;
  changed["points"] = Value(5);
  changed["place"] = Value(Map{{"city", "Bern"}, {"zip", 3001}});
  const Map saved = tasks.save(task, changed).value();
  EXPECT_EQ(saved.at("label"), Value("ann/5"));
  EXPECT_EQ(saved.at("v"), Value(2));
  EXPECT_EQ(tasks.get({"red", 1}).value(), saved);
  EXPECT_EQ(tasks.save(task, changed).error().code, ErrorCode::kVersionConflict);
  const Map modified = tasks
                           .modify({"red", 1},
                                   [](Map& item) -> Result<void> {
                                     item["points"] = Value(6);
                                     item.erase("place");
                                     return {};
                                   })
                           .value();
  EXPECT_EQ(modified.count("place"), 0u);
  EXPECT_EQ(modified.at("label"), Value("ann/6"));
  EXPECT_EQ(tasks.remove_item(task).error().code, ErrorCode::kVersionConflict);
  EXPECT_TRUE(tasks.remove_item(modified).value());
}

TEST_F(DynamicEntityTest, Updates) {
  tasks.create({{"project", "red"}, {"number", 1}, {"owner", "ann"}, {"points", 1}}).value();
  // The label needs the sum, which only the service knows.
  EXPECT_EQ(tasks.update({"red", 1}).add("points", 4).exec().error().code, ErrorCode::kBadKey);
  const Map updated = tasks.update({"red", 1})
                          .set("points", 5)
                          .set("owner", "bob")
                          .set_if_absent("free", Map{{"deep", List{1}}})
                          .add("tags", StringSet{{"a", "b"}})
                          .append("notes", {"one", "two"})
                          .set("place", Map{{"city", "Rom"}})
                          .when(tasks.f("points") < 2 && tasks.f("owner") == "ann")
                          .exec()
                          .value();
  EXPECT_EQ(updated.at("label"), Value("bob/5"));
  EXPECT_EQ(updated.at("notes"), Value(List{"one", "two"}));
  const Map again = tasks.update({"red", 1})
                        .set("place.zip", 100)
                        .set("notes[0]", "first")
                        .erase("tags", StringSet{{"a"}})
                        .remove("free")
                        .exec()
                        .value();
  EXPECT_EQ(again.at("place"), Value(Map{{"city", "Rom"}, {"zip", 100}}));
  EXPECT_EQ(again.at("notes"), Value(List{"first", "two"}));
  EXPECT_EQ(again.at("tags"), Value(StringSet{{"b"}}));
  EXPECT_EQ(again.count("free"), 0u);

  EXPECT_EQ(tasks.update({"red", 9}).set("free", "x").exec().error().code, ErrorCode::kNotFound);
  const Error invalid = tasks.update({"red", 1}).set("place.zip", 0).set("owner", 5).exec().error();
  EXPECT_THAT(invalid.problems,
              testing::UnorderedElementsAre(Problem{"place.zip", "must be between 1 and 99999"},
                                            Problem{"owner", "is N, not a string"}));
  EXPECT_EQ(tasks.update({"red", 1}).set("more", 5).exec().value().at("more"), Value(5));
  const auto nowhere = tasks.update({"red", 1}).set("place.nothing", 5).exec();
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(tasks.upsert({"red", 9}).set("owner", "x").set("points", 1).exec().value().at("label"),
            Value("x/1"));
}

TEST_F(DynamicEntityTest, QueriesSearchesAndScans) {
  std::vector<Map> many;
  for (int i = 0; i < 12; ++i)
    many.push_back({{"project", i < 10 ? "red" : "blue"},
                    {"number", i},
                    {"owner", i % 2 == 0 ? "ann" : "bob"},
                    {"points", i},
                    {"tags", StringSet{{"t" + std::to_string(i % 3)}}}});
  EXPECT_EQ(tasks.put_many(many).value().size(), 12u);

  EXPECT_THAT(numbers(tasks.query({"red"}).where(tasks.f("points") >= 8).page().value().items),
              ElementsAre(Value(8), Value(9)));
  EXPECT_THAT(numbers(tasks.query({"red"}).sort(between(2, 3)).reverse().all().value().items),
              ElementsAre(Value(3), Value(2)));
  EXPECT_THAT(numbers(tasks.query("by_owner", {"bob"}).limit(2).page().value().items),
              ElementsAre(Value(1), Value(3)));
  EXPECT_THAT(numbers(tasks.find()
                          .where(tasks.f("owner") == "bob" && tasks.f("number") > 8)
                          .all()
                          .value()
                          .items),
              ElementsAre(Value(9), Value(11)));
  EXPECT_EQ(tasks.scan().where(contains(tasks.f("tags"), "t0")).count().value(), 4u);
  EXPECT_EQ(tasks.scan().where(begins_with(tasks.f("owner"), "a")).count().value(), 6u);
  size_t walked = 0;
  for (Result<Map>& one : tasks.query({"blue"})) walked += one.ok() ? 1 : 0;
  EXPECT_EQ(walked, 2u);
  EXPECT_EQ(tasks.query("by_nothing", {"x"}).page().error().code, ErrorCode::kBadModel);

  const auto got = tasks.get_many({{"red", 3}, {"red", 99}, {"blue", 11}}).value();
  EXPECT_EQ(got[0]->at("number"), Value(3));
  EXPECT_FALSE(got[1].has_value());
  EXPECT_EQ(got[2]->at("number"), Value(11));
  tasks.remove_many({{"red", 3}, {"blue", 11}}).value();
  EXPECT_EQ(tasks.scan().count().value(), 10u);
}

TEST_F(DynamicEntityTest, WritesAndReadsTogether) {
  tasks.create({{"project", "red"}, {"number", 1}, {"owner", "ann"}, {"points", 1}}).value();
  tasks.create({{"project", "red"}, {"number", 2}, {"owner", "ann"}}).value();
  const auto all = [this](int64_t least) {
    DynamicTransaction transaction(table);
    transaction.create(tasks, {{"project", "red"}, {"number", 3}, {"owner", "bob"}})
        .update(tasks.update({"red", 1}).append("notes", {"x"}))
        .remove(tasks, {"red", 2})
        .check(tasks, {"red", 4}, absent(tasks.f("owner")));
    if (least > 0) transaction.put(tasks, {{"project", "red"}, {"number", 5}});
    return transaction.exec();
  };
  EXPECT_THAT(all(1).error().problems, ElementsAre(Problem{"owner", "is required"}));
  const std::vector<std::optional<Map>> written = all(0).value();
  ASSERT_EQ(written.size(), 4u);
  EXPECT_EQ(written[0]->at("label"), Value("bob"));
  EXPECT_FALSE(written[1].has_value());
  const Error canceled = all(0).error();
  EXPECT_EQ(canceled.code, ErrorCode::kTransactionCanceled);
  EXPECT_EQ(canceled.operations[0].code, ErrorCode::kAlreadyExists);

  DynamicReadTransaction reading(table);
  reading.get(tasks, {"red", 1}).get(tasks, {"red", 2}).get(tasks, {"red", 3});
  const std::vector<std::optional<Map>> read = reading.exec().value();
  EXPECT_EQ(read[0]->at("notes"), Value(List{"x"}));
  EXPECT_FALSE(read[1].has_value());
  EXPECT_EQ(read[2], written[0]);
}

TEST_F(DynamicEntityTest, AKeyByNamesLeavesNothingOutInTheMiddle) {
  const DynamicSchema days = DynamicDefinition("Day")
                                 .partition_key("pk", "{place}")
                                 .sort_key("sk", "{year}#{month}")
                                 .attribute<std::string>("place")
                                 .attribute<std::string>("year")
                                 .attribute<std::string>("month")
                                 .build()
                                 .value();
  const auto given = [&](const Map& names) {
    return DynamicKey::of(names).values(days.schema(), nullptr);
  };
  EXPECT_EQ(given({{"place", "Bern"}, {"year", "2026"}})->size(), 2u);
  const auto gap = given({{"place", "Bern"}, {"month", "1"}});
  ASSERT_FALSE(gap.ok());
  EXPECT_EQ(gap.error().code, ErrorCode::kBadKey);
}

TEST_F(DynamicEntityTest, ReadsPartsOfItems) {
  tasks
      .create({{"project", "red"},
               {"number", 1},
               {"owner", "ann"},
               {"place", Map{{"city", "Bern"}, {"zip", 3000}}},
               {"notes", List{"one", "two"}},
               {"free", Map{{"a.b", 1}, {"list", List{Map{{"x", 1}, {"y", 2}}}}}},
               {"more", Map{{"in", 5}, {"out", 6}}}})
      .value();
  const Map part{{"project", "red"},
                 {"number", 1},
                 {"v", 1},
                 {"place", Map{{"zip", 3000}}},
                 {"notes", List{"two"}},
                 {"free", Map{{"a.b", 1}, {"list", List{Map{{"y", 2}}}}}},
                 {"more", Map{{"in", 5}}}};
  const std::vector<std::string> names{"notes[1]", "free.`a.b`", "free.list[0].y", "more.in"};
  const DynamicPartialEntity some = tasks.only("place.zip", names);
  EXPECT_EQ(some.must_get({"red", 1}).value(), part);
  EXPECT_EQ(some.get_many({{"red", 1}, {"red", 2}}).value().at(0), part);
  EXPECT_EQ(tasks.query({"red"}).only(tasks.f("place.zip"), names).all()->items.at(0), part);
  EXPECT_EQ(tasks.scan().only("place.zip", names).all()->items.at(0), part);
  DynamicReadTransaction reading(table);
  EXPECT_EQ(reading.get(some, {"red", 1}).get(tasks, {"red", 1}).exec().value().at(0), part);

  EXPECT_EQ(tasks.only("place.nothing").get({"red", 1}).error().code, ErrorCode::kBadRequest);
  const Error conflict = tasks.only("free.x", "free[0]").get({"red", 1}).error();
  EXPECT_EQ(conflict.code, ErrorCode::kBadRequest);
  EXPECT_THAT(conflict.message, testing::HasSubstr("Two document paths conflict"));
}

TEST_F(DynamicEntityTest, KeysAreHeldToTheSchema) {
  EXPECT_EQ(tasks.get({"red"}).error().code, ErrorCode::kBadKey);
  EXPECT_EQ(tasks.get({"red", 1, 2}).error().code, ErrorCode::kBadKey);
  EXPECT_EQ(tasks.get({"red", "one"}).error().code, ErrorCode::kBadKey);
  EXPECT_EQ(
      tasks.get(DynamicKey::of({{"project", "a"}, {"number", 1}, {"owner", "b"}})).error().code,
      ErrorCode::kBadKey);
}

}  // namespace
}  // namespace dynolith::odm
