// Updates: what they leave in the table, what they ask for, and what they refuse.
#include "odm/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "tests/odm/entity_fixture.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

struct Line {
  std::string sku;
  int count = 1;
};
struct Home {
  std::string city;
  int zip = 0;
  std::optional<std::string> door;
};
struct Member {
  std::string org, id, first, last, full, region, city, token;
  int age = 0;
  int8_t small = 0;
  double score = 0;
  std::optional<int64_t> points;
  std::optional<std::string> nick, memo, plan;
  std::optional<Number> exact;
  std::set<std::string> tags;
  std::set<int> lucky;
  std::vector<Line> lines;
  std::vector<std::string> phones;
  std::map<std::string, std::string> labels;
  std::optional<Home> home;
  std::string born;
  Timestamp created{}, updated{};
  std::optional<Timestamp> expires;
  int64_t version = 0;
  int writes = 0;
};
constexpr Index<&Member::region, &Member::city, &Member::age> kByPlace{"by_place"};

}  // namespace

template <>
struct Model<Line> {
  static void define(Definition<Line>& line) {
    line.attribute("sku", &Line::sku, required())
        .attribute("count", &Line::count, saved_as("n"), range(1, 99));
  }
};
template <>
struct Model<Home> {
  static void define(Definition<Home>& home) {
    home.attribute("city", &Home::city, required(), trimmed())
        .attribute("zip", &Home::zip, saved_as("z"), range(0, 99999))
        .attribute("door", &Home::door);
  }
};
template <>
struct Model<Member> {
  using key = Key<&Member::org, &Member::id>;
  static void define(Definition<Member>& member) {
    member.entity("Member")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "M#{id}")
        .attribute("org", &Member::org)
        .attribute("id", &Member::id)
        .attribute("first", &Member::first, required(), trimmed(), length(1, 20))
        .attribute("last", &Member::last)
        .derived(
            "full", &Member::full, [](const Member& m) { return m.first + " " + m.last; },
            &Member::first, &Member::last)
        .attribute("region", &Member::region)
        .attribute("city", &Member::city)
        .attribute("token", &Member::token, uuid())
        .attribute("age", &Member::age, range(0, 150))
        .attribute("small", &Member::small)
        .attribute("score", &Member::score)
        .attribute("points", &Member::points, at_most(1000))
        .attribute("nick", &Member::nick, saved_as("n"), lower())
        .attribute("memo", &Member::memo, nullable())
        .attribute("plan", &Member::plan, default_value("free"), one_of({"free", "paid"}))
        .attribute("exact", &Member::exact)
        .attribute("tags", &Member::tags)
        .attribute("lucky", &Member::lucky)
        .attribute("lines", &Member::lines)
        .attribute("phones", &Member::phones)
        .attribute("labels", &Member::labels)
        .attribute("home", &Member::home, saved_as("h"))
        .attribute("born", &Member::born, read_only())
        .created_at("createdAt", &Member::created)
        .updated_at("updatedAt", &Member::updated)
        .expires_at("ttl", &Member::expires, std::chrono::hours(1))
        .version("v", &Member::version)
        .attribute("writes", &Member::writes, counter(10, 5))
        .index(kByPlace, partition_key("g1pk", "R#{region}"),
               sort_key("g1sk", "C#{city}#{age:03}"));
  }
};
namespace {

using dynolith::test::value_from;
using testing::HasSubstr;
using testing::Not;

using Change = std::function<void(Update<Member>&)>;

class UpdateTest : public test::EntityTest {
 protected:
  Entity<Member> members() const { return app().entity<Member>(); }

  static Member start() {
    Member member;
    member.org = "acme";
    member.id = "1";
    member.first = "Ann";
    member.last = "Lee";
    member.region = "EU";
    member.city = "Bern";
    member.age = 41;
    member.points = 7;
    member.nick = "annie";
    member.tags = {"a", "b"};
    member.lucky = {1, 2};
    member.lines = {Line{"x", 1}, Line{"y", 2}};
    member.phones = {"11"};
    member.labels = {{"en", "hi"}};
    member.home = Home{"Bern", 3000, "left"};
    member.born = "1980";
    return member;
  }

  // What is stored afterwards has these members; "absent" in their place: it has them not.
  void expect_stored(std::string_view expected) const {
    const Map item = stored("ORG#acme", "M#1");
    const Value wanted = value_from(expected);
    for (const auto& [name, value] : *wanted.get_if<Map>()) {
      const auto found = item.find(name);
      if (value == Value("absent"))
        EXPECT_TRUE(found == item.end()) << name;
      else if (found == item.end())
        ADD_FAILURE() << name << " is absent";
      else
        EXPECT_EQ(test_text(found->second), test_text(value)) << name;
    }
  }
  static std::string test_text(const Value& value) {
    return dynolith::test::text_of(storage::encode_value(value).view());
  }
  std::string body(const Update<Member>& update) const {
    const Result<Request> request = update.request();
    if (!request) return request.error().to_text();
    const WireRequest wire = to_wire(*request);
    EXPECT_EQ(wire.operation, "UpdateItem");
    return wire.body;
  }
};

struct StoredCase {
  std::string name;
  Change change;
  std::string_view stored;
};

std::vector<StoredCase> value_cases() {
  return {
      {"text through its setter", [](auto& u) { u.set(&Member::nick, "ANN"); }, R"({n: "ann"})"},
      {"a fraction", [](auto& u) { u.set(&Member::score, 2.5); }, "{score: 2.5}"},
      {"a whole number for a fraction", [](auto& u) { u.set(&Member::score, 3); }, "{score: 3}"},
      {"an exact number", [](auto& u) { u.set(&Member::exact, Number::parse("1.10").value()); },
       "{exact: 1.1}"},
      {"an integer for an exact number", [](auto& u) { u.set(&Member::exact, 5); }, "{exact: 5}"},
      {"an optional with a value",
       [](auto& u) { u.set(&Member::points, std::optional<int64_t>(9)); }, "{points: 9}"},
      {"an empty optional", [](auto& u) { u.set(&Member::nick, std::nullopt); },
       R"({n: "absent"})"},
      {"an empty set", [](auto& u) { u.set(&Member::tags, std::set<std::string>()); },
       R"({tags: "absent"})"},
      {"nothing where it is stored as NULL", [](auto& u) { u.set(&Member::memo, std::nullopt); },
       "{memo: null}"},
      {"a member of a document", [](auto& u) { u.set(f(&Member::home) / &Home::zip, 8000); },
       R"({h: {city: "Bern", z: 8000, door: "left"}})"},
      {"a whole document, through its setters",
       [](auto& u) {
         u.set(&Member::home, Home{" Rom ", 1, {}});
       },
       R"({h: {city: "Rom", z: 1}})"},
      {"an element",
       [](auto& u) {
         u.set(f(&Member::lines)[1], Line{"z", 9});
       },
       R"({lines: [{sku: "x", n: 1}, {sku: "z", n: 9}]})"},
      {"a member of an element", [](auto& u) { u.set(f(&Member::lines)[0] / &Line::count, 5); },
       R"({lines: [{sku: "x", n: 5}, {sku: "y", n: 2}]})"},
      {"a member of a map", [](auto& u) { u.set(f(&Member::labels)["de"], "hallo"); },
       R"({labels: {en: "hi", de: "hallo"}})"},
      {"if absent, and it is not", [](auto& u) { u.set_if_absent(&Member::nick, "bea"); },
       R"({n: "annie"})"},
      {"if absent, and it is", [](auto& u) { u.set_if_absent(&Member::exact, 5); }, "{exact: 5}"},
      {"another attribute's value", [](auto& u) { u.set(f(&Member::nick), f(&Member::city)); },
       R"({n: "Bern"})"},
      {"another attribute and more",
       [](auto& u) { u.set(f(&Member::points), f(&Member::points) + 3); }, "{points: 10}"},
      {"another attribute and less",
       [](auto& u) { u.set(f(&Member::points), f(&Member::points) - 3); }, "{points: 4}"},
      {"add", [](auto& u) { u.add(&Member::points, 3); }, "{points: 10}"},
      {"add to nothing", [](auto& u) { u.add(&Member::exact, 3); }, "{exact: 3}"},
      {"subtract", [](auto& u) { u.subtract(&Member::points, 10); }, "{points: -3}"},
      {"subtract from nothing", [](auto& u) { u.subtract(&Member::exact, 2); }, "{exact: -2}"},
      {"add in a document", [](auto& u) { u.add(f(&Member::home) / &Home::zip, 5); },
       R"({h: {city: "Bern", z: 3005, door: "left"}})"},
      {"add a member to a set", [](auto& u) { u.add(&Member::tags, "c"); },
       R"({tags: <"a", "b", "c">})"},
      {"add members to a set",
       [](auto& u) {
         u.add(&Member::lucky, {2, 3});
       },
       "{lucky: <1, 2, 3>}"},
      {"erase a member", [](auto& u) { u.erase(&Member::tags, "a"); }, R"({tags: <"b">})"},
      {"erase all members",
       [](auto& u) {
         u.erase(&Member::tags, {"a", "b"});
       },
       R"({tags: "absent"})"},
      {"append one", [](auto& u) { u.append(&Member::phones, "22"); }, R"({phones: ["11", "22"]})"},
      {"append many",
       [](auto& u) {
         u.append(&Member::lines, std::vector<Line>{{"z", 3}, {"w", 4}});
       },
       R"({lines: [{sku: "x", n: 1}, {sku: "y", n: 2}, {sku: "z", n: 3}, {sku: "w", n: 4}]})"},
      {"prepend", [](auto& u) { u.prepend(&Member::phones, "00"); }, R"({phones: ["00", "11"]})"},
      {"remove", [](auto& u) { u.remove(&Member::nick).remove(&Member::tags); },
       R"({n: "absent", tags: "absent"})"},
      {"remove a member of a document", [](auto& u) { u.remove(f(&Member::home) / &Home::door); },
       R"({h: {city: "Bern", z: 3000}})"},
      {"remove an element", [](auto& u) { u.remove(f(&Member::lines)[0]); },
       R"({lines: [{sku: "y", n: 2}]})"},
      {"remove a member of a map", [](auto& u) { u.remove(f(&Member::labels)["en"]); },
       "{labels: {}}"},
  };
}

TEST_F(UpdateTest, StoresWhatIsAsked) {
  for (const StoredCase& c : value_cases()) {
    SCOPED_TRACE(c.name);
    ASSERT_TRUE(members().put(start()).ok());
    auto update = members().update("acme", "1");
    c.change(update);
    const Result<Member> changed = update.exec();
    if (!changed) {
      ADD_FAILURE() << changed.error().to_text();
      continue;
    }
    expect_stored(c.stored);
  }
}

TEST_F(UpdateTest, AppendsToAListThatIsNotThere) {
  store({{"pk", "ORG#acme"}, {"sk", "M#1"}, {"_et", "Member"}, {"first", "Ann"}});
  ASSERT_TRUE(members().update("acme", "1").append(&Member::phones, "1").exec().ok());
  ASSERT_TRUE(members().update("acme", "1").prepend(&Member::phones, "0").exec().ok());
  expect_stored(R"({phones: ["0", "1"]})");
}

TEST_F(UpdateTest, KeepsTimesVersionsAndCounters) {
  ASSERT_TRUE(members().create(start()).ok());
  const int64_t created = clock().now_ms();
  clock().advance_ms(1500);
  const Member changed = members().update("acme", "1").add(&Member::points, 1).exec().value();
  EXPECT_EQ(changed.created, timestamp_of_ms(created));
  EXPECT_EQ(changed.updated, timestamp_of_ms(created + 1500));
  EXPECT_EQ(changed.expires, timestamp_of_ms(created + 3'600'000));
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(changed.writes, 15);
  EXPECT_EQ(changed.points, 8);
  const Member touched = members().update("acme", "1").touch_expiry().exec().value();
  EXPECT_EQ(touched.expires, timestamp_of_ms((created + 1500) / 1000 * 1000 + 3'600'000));
  EXPECT_EQ(touched.version, 3);
}

TEST_F(UpdateTest, AnswersTheItemBefore) {
  ASSERT_TRUE(members().create(start()).ok());
  const auto before = members().update("acme", "1").set(&Member::nick, "bea").exec_old();
  ASSERT_TRUE(before.ok()) << before.error().to_text();
  EXPECT_EQ((*before)->nick, "annie");
  expect_stored(R"({n: "bea"})");
}

TEST_F(UpdateTest, ComputesWhatIsDerived) {
  ASSERT_TRUE(members().create(start()).ok());
  const auto changed =
      members().update("acme", "1").set(&Member::first, " Bea ").set(&Member::last, "Fox").exec();
  ASSERT_TRUE(changed.ok()) << changed.error().to_text();
  EXPECT_EQ(changed->full, "Bea Fox");
}

TEST_F(UpdateTest, MakesKeysOfIndexesAnew) {
  ASSERT_TRUE(members().create(start()).ok());
  expect_stored(R"({g1pk: "R#EU", g1sk: "C#Bern#041"})");
  ASSERT_TRUE(
      members().update("acme", "1").set(&Member::city, "Rom").set(&Member::age, 7).exec().ok());
  expect_stored(R"({g1pk: "R#EU", g1sk: "C#Rom#007"})");
}

TEST_F(UpdateTest, LeavesKeysOfIndexesAloneThatItDoesNotTouch) {
  const std::string wire = body(members().update("acme", "1").set(&Member::nick, "x"));
  EXPECT_THAT(wire, Not(HasSubstr("g1pk")));
  EXPECT_THAT(wire, Not(HasSubstr("g1sk")));
  EXPECT_THAT(wire, Not(HasSubstr("full")));
  EXPECT_THAT(wire, Not(HasSubstr("createdAt")));
  EXPECT_THAT(wire, Not(HasSubstr("ttl")));
}

TEST_F(UpdateTest, AsksForTheItemIfTheConditionFails) {
  const std::string wire =
      body(members().update("acme", "1").set(&Member::nick, "x").when(f(&Member::points) < 5));
  EXPECT_THAT(wire, HasSubstr(R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD")"));
  EXPECT_THAT(wire, HasSubstr(R"("ReturnValues":"ALL_NEW")"));
  EXPECT_THAT(wire, HasSubstr(R"({"S":"Member"})"));  // It is there, and of this entity.
  EXPECT_THAT(wire, HasSubstr(R"("Key":{"pk":{"S":"ORG#acme"},"sk":{"S":"M#1"}})"));
}

struct RefusedCase {
  std::string name;
  Change change;
  ErrorCode code;
  std::vector<std::string> paths;  // Of the problems.
  std::string_view words = "";
};

std::vector<RefusedCase> refused_cases() {
  using enum ErrorCode;
  return {
      {"nothing", [](auto&) {}, kBadRequest, {}, "changes nothing"},
      {"only empty additions",
       [](auto& u) { u.add(&Member::tags, std::set<std::string>()); },
       kBadRequest,
       {},
       "changes nothing"},
      {"out of range",
       [](auto& u) { u.set(&Member::points, 1001); },
       kInvalid,
       {"points"},
       "at most 1000"},
      {"out of the type's range",
       [](auto& u) { u.set(&Member::small, 300); },
       kInvalid,
       {"small"},
       "range"},
      {"not one of", [](auto& u) { u.set(&Member::plan, "gold"); }, kInvalid, {"plan"}},
      {"inside a document",
       [](auto& u) { u.set(f(&Member::home) / &Home::zip, -1); },
       kInvalid,
       {"home.zip"}},
      {"inside a whole document",
       [](auto& u) {
         u.set(&Member::home, Home{"", 100'000, {}});
       },
       kInvalid,
       {"home.city", "home.zip"}},
      {"inside an element",
       [](auto& u) {
         u.set(f(&Member::lines)[2], Line{"", 0});
       },
       kInvalid,
       {"lines[2].sku", "lines[2].count"}},
      {"inside what is appended",
       [](auto& u) {
         u.append(&Member::lines, std::vector<Line>{{"a", 1}, {"", 1}});
       },
       kInvalid,
       {"lines[1].sku"}},
      {"everything at once",
       [](auto& u) {
         u.set(&Member::points, 2000).set(&Member::plan, "x").set(&Member::nick, "\xff");
       },
       kInvalid,
       {"points", "plan", "nick"}},
      {"required, empty",
       [](auto& u) { u.set(&Member::first, "  ").set(&Member::last, "x"); },
       kInvalid,
       {"first", "first"}},
      {"required, removed",
       [](auto& u) { u.remove(f(&Member::first)); },
       kInvalid,
       {"first"},
       "required"},
      {"no optional, removed",
       [](auto& u) { u.remove(f(&Member::home) / &Home::zip); },
       kInvalid,
       {"home.zip"},
       "no optional"},
      {"the key", [](auto& u) { u.set(&Member::org, "x"); }, kBadKey, {"org"}, "key"},
      {"what is read-only",
       [](auto& u) { u.set(&Member::born, "x"); },
       kInvalid,
       {"born"},
       "read-only"},
      {"what is derived", [](auto& u) { u.set(&Member::full, "x"); }, kInvalid, {"full"}},
      {"the version", [](auto& u) { u.set(&Member::version, 9); }, kInvalid, {"v"}, "mapper"},
      {"the counter", [](auto& u) { u.add(&Member::writes, 9); }, kInvalid, {"writes"}, "mapper"},
      {"the time of creation",
       [](auto& u) { u.set(&Member::created, timestamp_of_ms(1)); },
       kInvalid,
       {"createdAt"}},
      {"a part of what is derived",
       [](auto& u) { u.set(&Member::first, "Bea"); },
       kBadKey,
       {"last"},
       "\"full\""},
      {"a part of an index key",
       [](auto& u) { u.set(&Member::city, "Rom"); },
       kBadKey,
       {"age"},
       "by_place"},
      {"a part of an index key, added to",
       [](auto& u) { u.add(&Member::age, 1); },
       kBadKey,
       {"city", "age"},
       "by_place"},
      {"two changes of one place",
       [](auto& u) { u.set(&Member::nick, "a").remove(&Member::nick); },
       kBadRequest,
       {},
       "overlap"},
      {"two changes, one inside the other",
       [](auto& u) { u.remove(&Member::home).set(f(&Member::home) / &Home::zip, 1); },
       kBadRequest,
       {},
       "\"home\" and \"home.zip\""},
      {"a condition that is wrong",
       [](auto& u) { u.set(&Member::nick, "a").when(f(&Member::nick) == "\xff"); },
       kInvalid,
       {"nick"}},
      {"expiry twice",
       [](auto& u) { u.touch_expiry().set(&Member::expires, timestamp_of_ms(1)); },
       kBadRequest,
       {},
       "touch_expiry"},
  };
}

TEST_F(UpdateTest, RefusesBeforeAnythingIsSent) {
  for (const RefusedCase& c : refused_cases()) {
    SCOPED_TRACE(c.name);
    auto update = members().update("acme", "1");
    c.change(update);
    connection_->clear();
    const Result<Member> result = update.exec();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, c.code) << result.error().to_text();
    std::vector<std::string> paths;
    for (const Problem& problem : result.error().problems) paths.push_back(problem.path);
    EXPECT_EQ(paths, c.paths);
    EXPECT_THAT(result.error().to_text(), HasSubstr(std::string(c.words)));
    EXPECT_TRUE(connection_->wire().empty());
  }
}

TEST_F(UpdateTest, SaysWhyItWasNotCarriedOut) {
  const auto missing = members().update("acme", "1").add(&Member::points, 1).exec();
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);

  ASSERT_TRUE(members().create(start()).ok());
  const auto failed = members()
                          .update("acme", "1")
                          .add(&Member::points, 1)
                          .when(f(&Member::points) < 5 && exists(&Member::nick))
                          .exec();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(failed.error().clauses, testing::ElementsAre(FailedClause{"points < 5", "7"}));
  EXPECT_TRUE(failed.error().item.exists());

  const auto conflict =
      members().update("acme", "1").add(&Member::points, 1).expect_version(9).exec();
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().code, ErrorCode::kVersionConflict);
  const auto expected =
      members().update("acme", "1").add(&Member::points, 1).expect_version(1).exec();
  ASSERT_TRUE(expected.ok()) << expected.error().to_text();
  EXPECT_EQ(expected->version, 2);
}

TEST_F(UpdateTest, UpsertMakesAWholeItem) {
  const int64_t now = clock().now_ms();
  const auto made = members()
                        .upsert("acme", "1")
                        .set(&Member::first, "Ann")
                        .set(&Member::last, "Lee")
                        .set(&Member::region, "EU")
                        .exec();
  ASSERT_TRUE(made.ok()) << made.error().to_text();
  EXPECT_EQ(made->org, "acme");
  EXPECT_EQ(made->id, "1");
  EXPECT_EQ(made->full, "Ann Lee");
  EXPECT_EQ(made->plan, "free");
  EXPECT_EQ(made->token.size(), 36u);
  EXPECT_EQ(made->created, timestamp_of_ms(now));
  EXPECT_EQ(made->updated, timestamp_of_ms(now));
  EXPECT_EQ(made->expires, timestamp_of_ms(now + 3'600'000));
  EXPECT_EQ(made->version, 1);
  EXPECT_EQ(made->writes, 10);
  expect_stored(R"({_et: "Member", org: "acme", id: "1", g1pk: "R#EU", g1sk: "absent",
                    memo: null})");
}

TEST_F(UpdateTest, UpsertKeepsWhatAnItemHas) {
  Member first = start();
  first.plan = "paid";
  const Member before = members().create(first).value();
  clock().advance_ms(5000);
  const auto after =
      members().upsert("acme", "1").set(&Member::first, "Bea").set(&Member::last, "Fox").exec();
  ASSERT_TRUE(after.ok()) << after.error().to_text();
  EXPECT_EQ(after->plan, "paid");
  EXPECT_EQ(after->token, before.token);
  EXPECT_EQ(after->created, before.created);
  EXPECT_EQ(after->expires, before.expires);
  EXPECT_EQ(after->version, 2);
  EXPECT_EQ(after->writes, 15);
  EXPECT_EQ(after->tags, before.tags);
}

TEST_F(UpdateTest, UpsertNeedsWhatANewItemNeeds) {
  const auto made = members().upsert("acme", "1").set(&Member::points, 5).exec();
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(made.error().problems, testing::ElementsAre(Problem{"first", "is required"}));
}

TEST_F(UpdateTest, UpsertSaysThatThereWasNothing) {
  const auto before =
      members().upsert("acme", "1").set(&Member::first, "Ann").set(&Member::last, "Lee").exec_old();
  ASSERT_TRUE(before.ok()) << before.error().to_text();
  EXPECT_FALSE(before->has_value());
}

TEST_F(UpdateTest, CutsOffNoNumberThatASetOrListCannotHold) {
  ASSERT_TRUE(members().create(start()).ok());
  constexpr int64_t kFar = (int64_t{1} << 32) + 5;
  const auto problem = [](const auto& outcome) {
    return outcome.ok() ? "none" : outcome.error().problems.at(0).path;
  };
  const auto update = [this] { return members().update("acme", "1"); };
  EXPECT_EQ(problem(update().add(&Member::lucky, kFar).exec()), "lucky");
  EXPECT_EQ(problem(update().add(&Member::lucky, {kFar, int64_t{1}}).exec()), "lucky");
  EXPECT_EQ(problem(update().erase(&Member::lucky, 5.5).exec()), "lucky");
  EXPECT_EQ(update().add(&Member::lucky, int64_t{5}).exec()->lucky.count(5), 1u);
}

TEST_F(UpdateTest, NothingButWholeNumbersComesToAnInteger) {
  ASSERT_TRUE(members().create(start()).ok());
  const auto half = Number::parse("0.5").value();
  const auto refused = [](const auto& outcome) {
    return !outcome.ok() && outcome.error().code == ErrorCode::kInvalid &&
           outcome.error().problems.at(0).path == "points";
  };
  const auto update = [this] { return members().update("acme", "1"); };
  EXPECT_TRUE(refused(update().add(&Member::points, half).exec()));
  EXPECT_TRUE(refused(update().subtract(&Member::points, half).exec()));
  EXPECT_TRUE(refused(update().set(f(&Member::points), f(&Member::points) + 0.5).exec()));
  EXPECT_TRUE(refused(update().set(f(&Member::points), f(&Member::points) - half).exec()));
  EXPECT_EQ(update().set(f(&Member::points), f(&Member::points) + 2.0).exec()->points, 9);
  EXPECT_EQ(update().add(&Member::points, Number(1)).exec()->points, 10);
}

TEST_F(UpdateTest, IsAValue) {
  ASSERT_TRUE(members().create(start()).ok());
  const Update<Member> once = members().update("acme", "1").add(&Member::points, 1);
  EXPECT_EQ(once.exec().value().points, 8);
  EXPECT_EQ(once.exec().value().points, 9);
  Update<Member> more = once;
  more.set(&Member::nick, "x");
  EXPECT_EQ(once.exec().value().nick, "annie");
  EXPECT_EQ(more.exec().value().nick, "x");
}

}  // namespace
}  // namespace dynolith::odm
