// Attributes that answer to other names: where those count, and that items never have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_entity.h"
#include "odm/dynamic/dynamic_transaction.h"
#include "odm/json.h"
#include "odm/table_plan.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Street {
  std::string name;
  int number = 0;
};
struct Person {
  std::string id, mail;
  std::optional<Street> street;
};

}  // namespace

template <>
struct Model<Street> {
  static void define(Definition<Street>& street) {
    street.attribute("name", &Street::name, alias("title"))
        .attribute("number", &Street::number, saved_as("n"), alias("no"));
  }
};
template <>
struct Model<Person> {
  using key = Key<&Person::id>;
  static void define(Definition<Person>& person) {
    person.entity("Person")
        .partition_key("pk", "P#{uid}")
        .sort_key("sk", "P")
        .attribute("id", &Person::id, alias("uid"))
        .attribute("mail", &Person::mail, saved_as("m"), alias("email"), alias("address"))
        .attribute("street", &Person::street, alias("road"));
  }
};

namespace {

using test::EntityTest;
using testing::ElementsAre;

// --- Structs: keys, JSON.

class AliasTest : public EntityTest {
 protected:
  Entity<Person> people() const { return app().entity<Person>(); }
};

TEST_F(AliasTest, KeyPatternsMayNameThem) {
  ASSERT_TRUE(people().create({"7", "ann@x.org", Street{"Main", 5}}).ok());
  EXPECT_EQ(stored("P#7", "P"), (Map{{"_et", "Person"},
                                     {"pk", "P#7"},
                                     {"sk", "P"},
                                     {"id", "7"},
                                     {"m", "ann@x.org"},
                                     {"street", Map{{"name", "Main"}, {"n", 5}}}}));
  EXPECT_EQ(people().get("7").value()->mail, "ann@x.org");
}

// What an item calls by an alias is an attribute that the model does not know.
TEST_F(AliasTest, AreNoNamesOfStoredAttributes) {
  store({{"pk", "P#7"}, {"sk", "P"}, {"_et", "Person"}, {"uid", "7"}, {"email", "ann@x.org"}});
  const Person person = people().get("7").value().value();
  EXPECT_EQ(person.id, "");
  EXPECT_EQ(person.mail, "");
}

TEST_F(AliasTest, JsonMayUseThemAndShowsNames) {
  const Person person =
      from_json<Person>(R"({"uid": "7", "address": "a@x", "road": {"title": "Main", "no": 5}})")
          .value();
  EXPECT_EQ(person.mail, "a@x");
  EXPECT_EQ(person.street->name, "Main");
  EXPECT_EQ(person.street->number, 5);
  EXPECT_EQ(to_json(person).value(),
            R"({"id":"7","mail":"a@x","street":{"name":"Main","number":5}})");
  EXPECT_EQ(to_json(person, JsonSelection{.only = {"email"}}).value(), R"({"mail":"a@x"})");
  EXPECT_EQ(to_json(person, JsonSelection{.except = {"address", "road"}}).value(), R"({"id":"7"})");
}

TEST_F(AliasTest, JsonMayNotGiveOneTwice) {
  const Error error = from_json<Person>(R"({"id": "7", "mail": "a", "email": "b",
      "street": {"name": "x", "title": "y", "number": 1, "no": 2}})")
                          .error();
  EXPECT_THAT(error.problems, testing::UnorderedElementsAre(
                                  testing::Field(&Problem::message, "is given twice, as mail too"),
                                  Problem{"street.title", "is given twice, as name too"},
                                  Problem{"street.number", "is given twice, as number too"}));
}

TEST_F(AliasTest, JsonKnowsNoStoredNames) {
  const Person person =
      from_json<Person>(R"({"id": "7", "m": "a@x", "street": {"name": "x", "n": 5}})").value();
  EXPECT_EQ(person.mail, "");
  EXPECT_EQ(person.street->number, 0);
}

// --- Dynamic items: every place that names an attribute.

class DynamicAliasTest : public EntityTest {
 protected:
  DynamicAliasTest()
      : schema_(DynamicDefinition("Task")
                    .entity("Task")
                    .partition_key("pk", "T#{project}")
                    .sort_key("sk", "T#{nr:04}")
                    .attribute("project", DynamicType::string(), alias("team"))
                    .attribute("number", DynamicType::integer(), alias("nr"))
                    .attribute("owner", DynamicType::string(), saved_as("o"), alias("user"),
                               alias("who"))
                    .attribute("points", DynamicType::integer(), saved_as("p"), alias("score"))
                    .attribute("notes", DynamicType::list(DynamicType::string()), alias("texts"))
                    .attribute("place",
                               DynamicType::document_of(
                                   DynamicDefinition("Place")
                                       .attribute("city", DynamicType::string(), alias("town"))
                                       .build()
                                       .value()),
                               alias("where"))
                    .version("v")
                    .keep_unknown()
                    .build()
                    .value()),
        tasks_(app().dynamic(schema_)) {}

  Map created() const {
    return tasks_
        .create({{"team", "red"},
                 {"nr", 1},
                 {"user", "ann"},
                 {"score", 3},
                 {"where", Map{{"town", "Bern"}}}})
        .value();
  }

  DynamicSchema schema_;
  DynamicEntity tasks_;
};

TEST_F(DynamicAliasTest, ItemsAreWrittenUnderStoredNamesAndReadUnderNames) {
  EXPECT_EQ(created().at("owner"), Value("ann"));
  EXPECT_EQ(stored("T#red", "T#0001"), (Map{{"_et", "Task"},
                                            {"pk", "T#red"},
                                            {"sk", "T#0001"},
                                            {"project", "red"},
                                            {"number", 1},
                                            {"o", "ann"},
                                            {"p", 3},
                                            {"place", Map{{"city", "Bern"}}},
                                            {"v", 1}}));
  EXPECT_EQ(tasks_.get({"red", 1}).value(), (Map{{"project", "red"},
                                                 {"number", 1},
                                                 {"owner", "ann"},
                                                 {"points", 3},
                                                 {"place", Map{{"city", "Bern"}}},
                                                 {"v", 1}}));
}

TEST_F(DynamicAliasTest, KeysMayBeGivenByThem) {
  created();
  EXPECT_EQ(tasks_.must_get(DynamicKey::of({{"team", "red"}, {"nr", 1}})).value().at("owner"),
            Value("ann"));
  EXPECT_EQ(tasks_.query(DynamicKey::of({{"team", "red"}})).all().value().size(), 1u);
  const auto twice = tasks_.get(DynamicKey::of({{"team", "red"}, {"project", "blue"}, {"nr", 1}}));
  EXPECT_EQ(twice.error().code, ErrorCode::kBadKey);
  EXPECT_EQ(twice.error().message, "Task: \"project\" is given twice, as \"team\" too");
  EXPECT_TRUE(tasks_.remove(DynamicKey::of({{"team", "red"}, {"nr", 1}})).value());
}

TEST_F(DynamicAliasTest, ConditionsAndFiltersMayUseThem) {
  created();
  const auto f = [this](std::string_view path) { return tasks_.f(path); };
  EXPECT_EQ(tasks_.query({"red"}).where(f("score") > 2 && f("who") == "ann").all().value().size(),
            1u);
  EXPECT_EQ(tasks_.query({"red"}).where(f("where.town") == "Rom").all().value().size(), 0u);
  EXPECT_EQ(tasks_.find().where(f("team") == "red" && f("nr") == 1).all().value().size(), 1u);
  EXPECT_EQ(tasks_.scan().where(exists(f("user"))).all().value().size(), 1u);
  const auto failed = tasks_.update({"red", 1}).set("points", 9).when(f("score") < 2).exec();
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionFailed);
  EXPECT_TRUE(tasks_.remove({"red", 1}, f("score") == 3).value());
}

TEST_F(DynamicAliasTest, UpdatesMayUseThem) {
  created();
  const Map updated = tasks_.update({"red", 1})
                          .set("who", "bob")
                          .add("score", 2)
                          .append("texts", {"one"})
                          .set("where.town", "Rom")
                          .exec()
                          .value();
  EXPECT_EQ(updated, (Map{{"project", "red"},
                          {"number", 1},
                          {"owner", "bob"},
                          {"points", 5},
                          {"notes", List{"one"}},
                          {"place", Map{{"city", "Rom"}}},
                          {"v", 2}}));
  EXPECT_EQ(tasks_.update({"red", 1}).remove("texts").exec().value().count("notes"), 0u);
  const auto overlapping =
      tasks_.update({"red", 1}).set("owner", "x").set("user", "y").exec().error();
  EXPECT_EQ(overlapping.code, ErrorCode::kBadRequest);
  EXPECT_EQ(tasks_.update({"red", 1}).set("nr", 2).exec().error().code, ErrorCode::kBadKey);
  const auto fresh = tasks_.upsert(DynamicKey::of({{"team", "blue"}, {"nr", 1}}))
                         .set("user", "cid")
                         .exec()
                         .value();
  EXPECT_EQ(fresh.at("owner"), Value("cid"));
  EXPECT_EQ(fresh.at("project"), Value("blue"));
}

TEST_F(DynamicAliasTest, SavesAndPutsMayUseThem) {
  const Map task = created();
  Map changed = task;
  changed.erase("owner");
  changed["user"] = Value("bob");
  const Map saved = tasks_.save(task, changed).value();
  EXPECT_EQ(saved.at("owner"), Value("bob"));
  EXPECT_EQ(saved.count("user"), 0u);
  EXPECT_EQ(tasks_.put({{"team", "red"}, {"nr", 1}, {"who", "eve"}}).value().at("owner"),
            Value("eve"));
}

// One of the two would be lost without a word.
TEST_F(DynamicAliasTest, NoneMayBeGivenTwice) {
  const Map twice{{"team", "red"},
                  {"nr", 2},
                  {"owner", "ann"},
                  {"user", "bob"},
                  {"place", Map{{"city", "Bern"}, {"town", "Rom"}}}};
  const std::vector<Problem> problems{{"owner", "is given twice, as user too"},
                                      {"place.city", "is given twice, as town too"}};
  EXPECT_EQ(tasks_.create(twice).error().problems, problems);
  EXPECT_EQ(tasks_.put(twice).error().problems, problems);
  EXPECT_EQ(tasks_.put({{"team", "red"}, {"nr", 2}, {"user", "a"}, {"who", "b"}}).error().problems,
            (std::vector<Problem>{{"owner", "is given twice, as who too"}}));

  const Map task = created();
  Map changed = task;
  changed["user"] = Value("bob");  // Beside "owner".
  EXPECT_EQ(tasks_.save(task, changed).error().problems,
            (std::vector<Problem>{{"owner", "is given twice, as user too"}}));
  EXPECT_EQ(stored("T#red", "T#0001").at("o"), Value("ann"));
}

}  // namespace
}  // namespace dynolith::odm
