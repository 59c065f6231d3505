// Structs to items and back.
#include "odm/object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "odm/model.h"

namespace dynolith::odm {
namespace {

enum class Grade { kLow, kHigh };

struct Place {
  std::string city;
  int zip = 0;
};
struct Person {
  std::string org, id, email;
  int age = 0;
  Grade grade = Grade::kLow;
  std::optional<Place> home;
  std::vector<Place> places;
  std::set<std::string> tags;
  Timestamp created{}, updated{};
  std::optional<Timestamp> expires;
  int64_t version = 0;
  Map rest;
};

constexpr Index<&Person::email> kByEmail{"by_email"};

// Names that begin and end alike, of lengths around those that readers compare at once.
struct Alike {
  int first = 0, second = 0, third = 0, fourth = 0;
};
// Its sort key stands before its partition key; one is a number.
struct Measurement {
  std::string sensor;
  int64_t at = 0;
};

}  // namespace

template <>
struct Model<Place> {
  static void define(Definition<Place>& place) {
    place.attribute("city", &Place::city, required())
        .attribute("zip", &Place::zip, range(1, 99999));
  }
};
template <>
struct Model<Alike> {
  static void define(Definition<Alike>& alike) {
    alike.attribute("12345678abcdefgh", &Alike::first)
        .attribute("12345678-abcdefgh", &Alike::second)
        .attribute("12345678+abcdefgh", &Alike::third)
        .attribute("12345678bcdefgh", &Alike::fourth);
  }
};
template <>
struct Model<Measurement> {
  using key = Key<&Measurement::sensor, &Measurement::at>;
  static void define(Definition<Measurement>& measurement) {
    measurement.partition_key("sensor", &Measurement::sensor).sort_key("at", &Measurement::at);
  }
};
template <>
struct Model<Person> {
  using key = Key<&Person::org, &Person::id>;
  static void define(Definition<Person>& person) {
    person.entity("Person")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "PERSON#{id}")
        .attribute("org", &Person::org, required())
        .attribute("id", &Person::id, uuid(), read_only())
        .attribute("email", &Person::email, required(), matches("@"), odm::lower())
        .attribute("age", &Person::age, range(0, 150))
        .attribute("grade", &Person::grade)
        .attribute("home", &Person::home, saved_as("h"))
        .attribute("places", &Person::places)
        .attribute("tags", &Person::tags)
        .created_at("createdAt", &Person::created)
        .updated_at("updatedAt", &Person::updated, iso())
        .expires_at("ttl", &Person::expires, std::chrono::hours(1))
        .version("v", &Person::version)
        .extra(&Person::rest)
        .index(kByEmail, partition_key("gsi1pk", "EMAIL#{email:lower}"))
        .check([](const Person& p) { return p.grade != Grade::kHigh || p.age >= 18; },
               "high grades are for adults");
  }
};

namespace {

using testing::ElementsAre;

Person someone() {
  Person person;
  person.org = "acme";
  person.email = "Ann@X.org";
  person.age = 41;
  person.home = Place{"Bern", 3000};
  person.tags = {"b", "a"};
  return person;
}

TEST(MakeItem, FillsInEncodesAndReadsBack) {
  Person person = someone();
  const auto ids = storage::system_id_source();
  const EncodedItem item =
      make_item(schema_of<Person>(), &person, WriteKind::kCreate, {1'000'500, *ids}).value();
  const Map stored = storage::to_item(item.view());
  EXPECT_EQ(person.id.size(), 36u);
  EXPECT_EQ(stored.at("pk"), Value("ORG#acme"));
  EXPECT_EQ(stored.at("sk"), Value("PERSON#" + person.id));
  EXPECT_EQ(stored.at("gsi1pk"), Value("EMAIL#ann@x.org"));
  EXPECT_EQ(stored.at("_et"), Value("Person"));
  EXPECT_EQ(stored.at("email"), Value("ann@x.org"));
  EXPECT_EQ(stored.at("createdAt"), Value(1'000'500));
  EXPECT_EQ(stored.at("updatedAt"), Value("1970-01-01T00:16:40.500Z"));
  EXPECT_EQ(stored.at("ttl"), Value(4600));
  EXPECT_EQ(stored.at("v"), Value(1));
  EXPECT_EQ(stored.at("grade"), Value("kLow"));
  EXPECT_EQ(stored.at("h"), Value(Map{{"city", "Bern"}, {"zip", 3000}}));

  Person read;
  ASSERT_TRUE(read_object(schema_of<Person>(), item.view(), &read).ok());
  EXPECT_EQ(read.email, "ann@x.org");
  EXPECT_EQ(read.home->city, "Bern");
  EXPECT_EQ(read.tags, (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(read.updated, timestamp_of_ms(1'000'500));
  EXPECT_EQ(read.version, 1);
}

TEST(MakeItem, SaysAllThatIsWrong) {
  Person person;
  person.email = "nope";
  person.age = 200;
  person.grade = static_cast<Grade>(9);
  person.places = {Place{"", 1}, Place{"Rom", 0}};
  const auto ids = storage::system_id_source();
  const auto item = make_item(schema_of<Person>(), &person, WriteKind::kCreate, {1, *ids});
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(
      item.error().problems,
      testing::UnorderedElementsAre(
          Problem{"grade", "is not an enumerator of its type"}, Problem{"org", "is required"},
          Problem{"email", "must match \"@\""}, Problem{"age", "must be between 0 and 150"},
          Problem{"places[0].city", "is required"},
          Problem{"places[1].zip", "must be between 1 and 99999"}));
}

TEST(ReadObject, KeepsWhatItDoesNotKnow) {
  Person person = someone();
  person.rest["color"] = Value("red");
  const auto ids = storage::system_id_source();
  const EncodedItem item =
      make_item(schema_of<Person>(), &person, WriteKind::kPut, {1, *ids}).value();
  Person read;
  ASSERT_TRUE(read_object(schema_of<Person>(), item.view(), &read).ok());
  EXPECT_EQ(read.rest, (Map{{"color", Value("red")}}));
}

TEST(ReadObject, NamesWhatDoesNotFit) {
  Map item{{"org", "a"}, {"id", "b"}, {"email", 5}, {"age", "old"}, {"grade", "kNone"}};
  Person read;
  const auto result = read_object(schema_of<Person>(), storage::encode_item(item).view(), &read);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kTypeMismatch);
  EXPECT_THAT(result.error().problems, ElementsAre(Problem{"age", "is S, not a number"},
                                                   Problem{"email", "is N, not a string"},
                                                   Problem{"grade", "\"kNone\" is no enumerator"}));
}

TEST(ReadObject, TellsNamesApartThatBeginAndEndAlike) {
  const Alike written{1, 2, 3, 4};
  const EncodedItem item = encode_object(schema_of<Alike>(), &written).value();
  Alike read;
  ASSERT_TRUE(read_object(schema_of<Alike>(), item.view(), &read).ok());
  EXPECT_EQ(std::tie(read.first, read.second, read.third, read.fourth), std::tuple(1, 2, 3, 4));
  Alike none;
  const Map other{{"12345678/abcdefgh", 5}, {"12345678abcdefghi", 5}, {"12345678", 5}};
  ASSERT_TRUE(read_object(schema_of<Alike>(), storage::encode_item(other).view(), &none).ok());
  EXPECT_EQ(std::tie(none.first, none.second, none.third, none.fourth), std::tuple(0, 0, 0, 0));
}

TEST(IsOf, FindsTheTagWhereverItStands) {
  const Schema& schema = schema_of<Person>();
  const Map tag{{"_et", "Person"}};
  Map crowded = tag, other{{"_et", "Place"}};
  for (const char* name : {"A", "B", "C", "_a", "_z", "x"}) crowded[name] = other[name] = 1;
  EXPECT_TRUE(is_of(schema, storage::encode_item(tag).view()));
  EXPECT_TRUE(is_of(schema, storage::encode_item(crowded).view()));
  EXPECT_FALSE(is_of(schema, storage::encode_item(other).view()));
  EXPECT_FALSE(is_of(schema, storage::encode_item({{"_et", 5}}).view()));
  EXPECT_FALSE(is_of(schema, storage::encode_item({{"a", 5}}).view()));
}

TEST(MakeKey, MayHaveTheSortKeyFirstAndNumbers) {
  const Measurement measurement{"s1", 42};
  EXPECT_EQ(storage::to_item(key_of(schema_of<Measurement>(), &measurement).value().view()),
            (Map{{"at", 42}, {"sensor", "s1"}}));
}

TEST(MakeKey, SaysWhichMemberIsMissingOrBad) {
  const std::string org = "acme", id = "\xff";
  const std::array<const void*, 2> missing{&org, nullptr}, bad{&org, &id};
  const Schema& schema = schema_of<Person>();
  EXPECT_THAT(make_key(schema, missing).error().problems,
              ElementsAre(Problem{"id", "is needed for the key"}));
  EXPECT_THAT(make_key(schema, bad).error().problems, ElementsAre(Problem{"id", "is not UTF-8"}));
  EXPECT_EQ(make_key(schema, bad).error().code, ErrorCode::kBadKey);
}

TEST(MakeKey, TakesMembersInTheOrderOfTheKey) {
  const std::string org = "acme", id = "7";
  const std::array<const void*, 2> members{&org, &id};
  EXPECT_EQ(storage::to_item(make_key(schema_of<Person>(), members).value().view()),
            (Map{{"pk", "ORG#acme"}, {"sk", "PERSON#7"}}));
}

}  // namespace
}  // namespace dynolith::odm
