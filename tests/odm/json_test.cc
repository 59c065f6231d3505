// Objects as plain JSON and back.
#include "odm/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dynolith::odm {
namespace {

struct Place {
  std::string city;
  std::string door_code;
  std::optional<int> zip;
};
struct Person {
  std::string id, email, password;
  int64_t age = 0;
  Number balance;
  bool active = false;
  std::optional<std::string> nick, title;
  std::optional<Place> home;
  std::vector<Place> places;
  std::map<std::string, Place> by_name;
  std::set<std::string> tags;
  std::set<int64_t> sizes;
  Binary photo;
  Value anything;
  Timestamp created{};
  std::optional<Timestamp> seen;
  int64_t version = 0;
  Map rest;
};
struct Parcel {
  std::string id;
  std::variant<std::string, Place, std::vector<Place>> to;
  std::optional<std::variant<int64_t, Place>> from;
  std::vector<std::variant<Binary, Place>> stops;
};
struct Strict {
  std::string id;
  int64_t count = 0;
};

}  // namespace

template <>
struct Model<Place> {
  static void define(Definition<Place>& place) {
    place.attribute("city", &Place::city, required(), saved_as("c"))
        .attribute("doorCode", &Place::door_code, hidden())
        .attribute("zip", &Place::zip);
  }
};
template <>
struct Model<Person> {
  static void define(Definition<Person>& person) {
    person.entity("Person")
        .partition_key("pk", "{id}")
        .attribute("id", &Person::id, required(), uuid())
        .attribute("email", &Person::email, required(), saved_as("e"), alias("mail"))
        .attribute("password", &Person::password, hidden())
        .attribute("age", &Person::age, default_value(18))
        .attribute("balance", &Person::balance)
        .attribute("active", &Person::active)
        .attribute("nick", &Person::nick)
        .attribute("title", &Person::title, nullable())
        .attribute("home", &Person::home)
        .attribute("places", &Person::places)
        .attribute("byName", &Person::by_name)
        .attribute("tags", &Person::tags)
        .attribute("sizes", &Person::sizes)
        .attribute("photo", &Person::photo)
        .attribute("anything", &Person::anything)
        .created_at("created", &Person::created)
        .attribute("seen", &Person::seen, iso())
        .version("v", &Person::version)
        .extra(&Person::rest)
        .view("public", &Person::id, &Person::nick, &Person::home)
        .view("login", &Person::email, &Person::password);
  }
};
template <>
struct Model<Parcel> {
  static void define(Definition<Parcel>& parcel) {
    parcel.partition_key("id", &Parcel::id)
        .attribute("to", &Parcel::to)
        .attribute("from", &Parcel::from)
        .attribute("stops", &Parcel::stops);
  }
};
template <>
struct Model<Strict> {
  static void define(Definition<Strict>& item) {
    item.partition_key("id", &Strict::id).attribute("count", &Strict::count).strict();
  }
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Person someone() {
  Person person;
  person.id = "p1";
  person.email = "a@b.c";
  person.password = "secret";
  person.age = 41;
  person.balance = Number::parse("12345678901234567890.123456789").value();
  person.active = true;
  person.home = Place{"Bern", "1234", 3000};
  person.places = {Place{"Basel", "", {}}};
  person.by_name = {{"work", Place{"Chur", "", 7000}}};
  person.tags = {"x", "y\"z"};
  person.sizes = {1, 2};
  person.photo = Binary{std::string("\x01\x02", 2)};
  person.anything = Value(List{Value(1), Value(Null{}), Value("t")});
  person.created = timestamp_of_ms(1'767'225'600'000);
  person.seen = timestamp_of_ms(1'767'225'600'123);
  person.version = 3;
  person.rest = {{"other", Value(Map{{"deep", Value(true)}})}};
  return person;
}

TEST(ToJson, ShowsAllThatIsNotHiddenByTheModelsNames) {
  EXPECT_EQ(to_json(someone()).value(),
            R"({"id":"p1","email":"a@b.c","age":41,"balance":12345678901234567890.123456789,)"
            R"("active":true,"title":null,"home":{"city":"Bern","zip":3000},)"
            R"("places":[{"city":"Basel"}],"byName":{"work":{"city":"Chur","zip":7000}},)"
            R"("tags":["x","y\"z"],"sizes":[1,2],"photo":"AQI=","anything":[1,null,"t"],)"
            R"("created":1767225600000,"seen":"2026-01-01T00:00:00.123Z","v":3,)"
            R"("other":{"deep":true}})");
}

TEST(ToJson, ShowsViewsAndSelections) {
  const Person person = someone();
  EXPECT_EQ(to_json(person, "public").value(), R"({"id":"p1","home":{"city":"Bern","zip":3000}})");
  EXPECT_EQ(to_json(person, "login").value(), R"({"email":"a@b.c","password":"secret"})");
  EXPECT_EQ(to_json(person, {.only = {"mail", "v"}}).value(), R"({"email":"a@b.c","v":3})");
  EXPECT_EQ(to_json(person, {.view = "public", .except = {"home"}}).value(), R"({"id":"p1"})");
  EXPECT_EQ(to_json(person, {.view = "public", .only = {"id", "email"}}).value(), R"({"id":"p1"})");
  EXPECT_THAT(to_json(person, {.except = {"other", "home"}}).error().message,
              HasSubstr("Person has no member \"other\""));
  EXPECT_EQ(to_json(person, "private").error().message, "Person has no view \"private\"");
}

TEST(FromJson, ReadsWhatToJsonShows) {
  Person person = someone();
  const auto again = from_json<Person>(to_json(person).value());
  ASSERT_TRUE(again.ok()) << again.error().to_text();
  EXPECT_EQ(to_json(*again).value(), to_json(person).value());
  EXPECT_EQ(again->balance, person.balance);
  EXPECT_EQ(again->photo, person.photo);
  EXPECT_EQ(again->seen, person.seen);
  EXPECT_EQ(again->password, "");
}

TEST(ToJson, ShowsDocumentsInVariantsAsElsewhere) {
  Parcel parcel;
  parcel.id = "1";
  parcel.to = std::vector<Place>{{"Bern", "1234", {}}};
  parcel.from = Place{"Chur", "secret", 7000};
  parcel.stops = {Binary{"\x01"}, Place{"Thun", "secret", {}}};
  const std::string text = to_json(parcel).value();
  EXPECT_EQ(text, R"({"id":"1","to":[{"city":"Bern"}],"from":{"city":"Chur","zip":7000},)"
                  R"("stops":["AQ==",{"city":"Thun"}]})");
  const auto read = from_json<Parcel>(text);
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  EXPECT_EQ(std::get<2>(read->to).at(0).city, "Bern");
  EXPECT_EQ(std::get<1>(*read->from).zip, 7000);
  EXPECT_EQ(std::get<1>(read->stops.at(1)).city, "Thun");
  EXPECT_EQ(std::get<0>(read->stops.at(0)).bytes, "\x01");
  parcel.to = "by hand";
  parcel.from = 5;
  EXPECT_EQ(std::get<0>(from_json<Parcel>(to_json(parcel).value())->to), "by hand");
  EXPECT_EQ(std::get<0>(*from_json<Parcel>(to_json(parcel).value())->from), 5);
}

TEST(FromJson, FillsDefaultsAndWaitsForWhatWritingFillsIn) {
  const auto person = from_json<Person>(R"({"mail": "x@y", "nick": null, "tags": []})");
  ASSERT_TRUE(person.ok()) << person.error().to_text();
  EXPECT_EQ(person->email, "x@y");
  EXPECT_EQ(person->age, 18);
  EXPECT_EQ(person->id, "");
  EXPECT_TRUE(person->tags.empty());
}

TEST(FromJson, SaysAllProblemsAndWhere) {
  const auto person = from_json<Person>(
      R"({"age": "old", "photo": "?", "home": {"zip": 1}, "tags": ["a", 2],
          "places": [{"city": "a"}, {"city": 5}]})");
  ASSERT_FALSE(person.ok());
  EXPECT_EQ(person.error().code, ErrorCode::kInvalid);
  std::vector<std::string> paths;
  for (const Problem& problem : person.error().problems) paths.push_back(problem.path);
  EXPECT_THAT(paths, testing::UnorderedElementsAre("age", "photo", "home.city", "tags[1]",
                                                   "places[1].city", "email"));
}

TEST(FromJson, HoldsUnknownMembersToTheModelsPolicy) {
  EXPECT_EQ(from_json<Person>(R"({"email": "x", "more": [1]})")->rest,
            (Map{{"more", Value(List{Value(1)})}}));
  const auto refused = from_json<Strict>(R"({"id": "a", "more": 1})");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().problems[0].path, "more");
  const auto twice = from_json<Person>(R"({"email": "x", "mail": "y"})");
  EXPECT_THAT(twice.error().problems[0].message, HasSubstr("given twice"));
}

TEST(FromJson, RefusesWhatIsNotJson) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not JSON"},
      {"7", "an object or array is expected"},
      {"[]", "is an object, not something else"},
      {"{", "not JSON"},
      {R"({"id" 1})", "not JSON"},
      {R"({"id": "a",})", "not JSON"},
      {R"({"id": "a"} x)", "something follows the value"},
      {R"({"id": "a"}})", "not JSON"},
      {R"({"id": "a"} {})", "something follows the value"},
      {R"({"id": "a", "id": "b"})", "\"id\" is named twice"},
      {R"({"id": "a)", "not JSON"},
      {"{\"id\": \"a\nb\"}", "not JSON"},
      {R"({"id": "\q"})", "not JSON"},
      {R"({"id": "\ud800"})", "not JSON"},
      {R"({"id": "\udc00"})", "not JSON"},
      {R"({"id": "\u12g4"})", "not JSON"},
      {R"({"count": 01})", "this is no number"},
      {R"({"count": 1.})", "this is no number"},
      {R"({"count": 1e})", "this is no number"},
      {R"({"count": +1})", "not JSON"},
      {R"({"count": 1 2})", "not JSON"},
      {R"({"count": 1e200})", "overflow"},
      {R"({"count": nul})", "not JSON"},
      {R"({"count": nullx})", "not JSON"},
      {R"({"count": truex})", "not JSON"},
      {"{\"id\": \"\xff\"}", "not JSON"},
      {std::string(200, '[') + std::string(200, ']'), "nested too deep"},
  };
  for (const auto& [json, expected] : cases) {
    const auto read = from_json<Strict>(json);
    ASSERT_FALSE(read.ok()) << json;
    EXPECT_EQ(read.error().code, ErrorCode::kBadRequest) << json;
    EXPECT_THAT(read.error().message, HasSubstr(expected)) << json;
  }
}

TEST(FromJson, ReadsEveryEscape) {
  EXPECT_EQ(from_json<Strict>(R"({"id": "\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00"})")->id,
            "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(from_json<Strict>(R"( { "id" : "a" , "count" : -2.50e1 } )")->count, -25);
}

}  // namespace
}  // namespace dynolith::odm
