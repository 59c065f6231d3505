// Reads of parts of items: by key, in batches, in ranges, in transactions.
#include "odm/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/recording_connection.h"
#include "odm/entity.h"
#include "odm/table_plan.h"
#include "odm/transaction.h"
#include "storage/expression/projection.h"

namespace dynolith::odm {
namespace {

struct Country {
  std::string code;
  std::string currency = "?";
};
struct Place {
  std::string city;
  int zip = 0;
  std::optional<std::string> note;
  std::optional<Country> country;
};
struct Line {
  std::string text;
  int count = 0;
};
struct Person {
  std::string org, id, name;
  int age = 0;
  Place home;
  std::optional<Place> work;
  std::vector<Line> lines;
  std::map<std::string, std::string> labels;
  std::map<std::string, Place> places;
  std::array<int, 3> scores{};
  std::optional<Timestamp> expires;
  int64_t version = 0;
};
inline constexpr Index<&Person::name> kByName{"by_name"};
struct Robot {
  std::string org, id;
  std::string plan;
};

}  // namespace

template <>
struct Model<Country> {
  static void define(Definition<Country>& country) {
    country.attribute("code", &Country::code, required())
        .attribute("currency", &Country::currency, saved_as("cu"), default_value("EUR"));
  }
};
template <>
struct Model<Place> {
  static void define(Definition<Place>& place) {
    place.attribute("city", &Place::city, required())
        .attribute("zip", &Place::zip, saved_as("z"), required())
        .attribute("note", &Place::note, default_value("none"))
        .attribute("country", &Place::country);
  }
};
template <>
struct Model<Line> {
  static void define(Definition<Line>& line) {
    line.attribute("text", &Line::text, required()).attribute("count", &Line::count);
  }
};
template <>
struct Model<Person> {
  using key = Key<&Person::org, &Person::id>;
  static void define(Definition<Person>& person) {
    person.entity("Person")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "PERSON#{id}")
        .attribute("org", &Person::org)
        .attribute("id", &Person::id)
        .attribute("name", &Person::name, required())
        .attribute("age", &Person::age)
        .attribute("home", &Person::home, saved_as("h"), required())
        .attribute("work", &Person::work)
        .attribute("lines", &Person::lines)
        .attribute("labels", &Person::labels)
        .attribute("places", &Person::places)
        .attribute("scores", &Person::scores)
        .expires_at("ttl", &Person::expires)
        .version("v", &Person::version)
        .index(kByName);
  }
};
template <>
struct Model<Robot> {
  using key = Key<&Robot::org, &Robot::id>;
  static void define(Definition<Robot>& robot) {
    robot.entity("Robot")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "PERSON#{id}")
        .attribute("org", &Robot::org)
        .attribute("id", &Robot::id)
        .attribute("plan", &Robot::plan);
  }
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    connection_ = recording(open_embedded({}).value());
    table_.emplace(connection_, "app");
    EXPECT_TRUE((ensure_table<Person, Robot>(*table_).ok()));
    const auto put = people().put(ann());
    EXPECT_TRUE(put.ok()) << put.error().to_text();
    connection_->clear();
  }

  static Person ann(std::string id = "ann") {
    Person person;
    person.org = "acme";
    person.id = std::move(id);
    person.name = "Ann";
    person.age = 41;
    person.home = {"Bern", 3000, "quiet", Country{"CH", "CHF"}};
    person.work = Place{"Basel", 4000, {}, {}};
    person.lines = {{"one", 1}, {"two", 2}, {"three", 3}};
    person.labels = {{"de", "Frau"}, {"en", "Ms"}};
    person.places = {{"sea", {"Kiel", 24103, {}, {}}}};
    person.scores = {7, 8, 9};
    return person;
  }
  Entity<Person> people() const { return table_->entity<Person>(); }
  Entity<Robot> robots() const { return table_->entity<Robot>(); }

  std::shared_ptr<RecordingConnection> connection_;
  std::optional<Table> table_;
};

template <class T>
T read(const Result<T>& result) {
  EXPECT_TRUE(result.ok()) << result.error().to_text();
  return *result;
}

// What a projection asks for, as the service's paths.
std::vector<std::string> paths_of(const ProjectionPtr& projection) {
  std::vector<std::string> paths;
  if (projection == nullptr) return paths;
  for (const storage::DocumentPath& path : projection->paths) paths.push_back(path.to_text());
  return paths;
}

TEST_F(SelectionTest, GetsMembersOfDocumentsWithoutWhatTheyRequire) {
  const auto some =
      people().only(&Person::age, f(&Person::home) / &Place::zip, f(&Person::lines)[1],
                    f(&Person::labels)["en"], f(&Person::places)["sea"] / &Place::city);
  const Person found = read(some.must_get("acme", "ann"));
  EXPECT_EQ(found.id, "ann");
  EXPECT_EQ(found.version, 1);
  EXPECT_EQ(found.age, 41);
  EXPECT_EQ(found.name, "");
  EXPECT_EQ(found.home.zip, 3000);
  EXPECT_EQ(found.home.city, "");
  EXPECT_EQ(found.home.note, std::nullopt);
  EXPECT_FALSE(found.home.country);
  EXPECT_FALSE(found.work);
  ASSERT_EQ(found.lines.size(), 1u);
  EXPECT_EQ(found.lines[0].text, "two");
  EXPECT_EQ(found.labels, (std::map<std::string, std::string>{{"en", "Ms"}}));
  EXPECT_EQ(found.places.at("sea").city, "Kiel");
  EXPECT_EQ(found.places.at("sea").zip, 0);
  EXPECT_FALSE(read(some.get("acme", "nobody")));
  EXPECT_EQ(some.must_get("acme", "nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(SelectionTest, SendsNestedPathsWithWhatItNeedsToReadThem) {
  const auto some = people().only(f(&Person::home) / &Place::zip,
                                  f(&Person::lines)[0] / &Line::count, &Person::age);
  const Result<GetRequest> request = some.request("acme", "ann");
  EXPECT_THAT(paths_of(read(request).projection),
              ElementsAre("[_et]", "[age]", "[h, z]", "[id]", "[lines, [0], count]", "[org]",
                          "[ttl]", "[v]"));
  EXPECT_THAT(to_wire(*request).body, HasSubstr("ProjectionExpression"));
  ASSERT_TRUE(some.get_with({.consistent = true}, "acme", "ann").ok());
  const Request last = connection_->requests().back();
  ASSERT_NE(last.get_if<GetRequest>(), nullptr);
  const GetRequest& sent = *last.get_if<GetRequest>();
  EXPECT_TRUE(sent.consistent);
  EXPECT_EQ(paths_of(sent.projection), paths_of(request->projection));
}

TEST_F(SelectionTest, ReadsDocumentsThatAreNamedThemselvesInWhole) {
  const auto countries = people().only(f(&Person::home) / &Place::country);
  Map item{{"pk", "ORG#acme"}, {"sk", "PERSON#1"}, {"_et", "Person"}, {"org", "acme"}, {"id", "1"}};
  const auto store = [&](Map country) {
    item["h"] = Value(Map{{"country", Value(std::move(country))}});
    ASSERT_TRUE(connection_->put({.table = "app", .item = storage::encode_item(item)}).ok());
  };
  store({{"code", "FR"}});
  EXPECT_EQ(read(countries.must_get("acme", "1")).home.country->currency, "EUR");
  store({{"cu", "FRF"}});
  const auto wrong = countries.get("acme", "1");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kTypeMismatch);
  EXPECT_THAT(wrong.error().problems, ElementsAre(Problem{"home.country.code", "is missing"}));
}

TEST_F(SelectionTest, SaysWhereAPartDoesNotFit) {
  const Map item{{"pk", "ORG#acme"}, {"sk", "PERSON#1"}, {"_et", "Person"},
                 {"org", "acme"},    {"id", "1"},        {"h", Map{{"z", "x"}}}};
  ASSERT_TRUE(connection_->put({.table = "app", .item = storage::encode_item(item)}).ok());
  const auto wrong = people().only(f(&Person::home) / &Place::zip).get("acme", "1");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kTypeMismatch);
  EXPECT_EQ(wrong.error().problems.at(0).path, "home.zip");
}

TEST_F(SelectionTest, APartInsideAnotherIsAPartOfIt) {
  const auto some = people().only(f(&Person::home) / &Place::zip, &Person::home,
                                  f(&Person::home) / &Place::zip, &Person::id);
  EXPECT_THAT(paths_of(read(some.request("acme", "ann")).projection),
              ElementsAre("[_et]", "[h]", "[id]", "[org]", "[ttl]", "[v]"));
  EXPECT_EQ(read(some.must_get("acme", "ann")).home.city, "Bern");
}

TEST_F(SelectionTest, DocumentsOfWhichNothingIsThereAreAbsent) {
  Person bob = ann("bob");
  bob.work.reset();
  ASSERT_TRUE(people().put(bob).ok());
  const auto some =
      people().only(f(&Person::work) / &Place::city, f(&Person::lines)[7] / &Line::text);
  const Person found = read(some.must_get("acme", "bob"));
  EXPECT_FALSE(found.work);
  EXPECT_TRUE(found.lines.empty());
  EXPECT_EQ(read(some.must_get("acme", "ann")).work->city, "Basel");
}

TEST_F(SelectionTest, ElementsComeOneBehindTheOther) {
  const Person found = read(people()
                                .only(f(&Person::lines)[2] / &Line::count, f(&Person::lines)[0],
                                      f(&Person::scores)[2], f(&Person::scores)[0])
                                .must_get("acme", "ann"));
  ASSERT_EQ(found.lines.size(), 2u);
  EXPECT_EQ(found.lines[0].text, "one");
  EXPECT_EQ(found.lines[1].text, "");
  EXPECT_EQ(found.lines[1].count, 3);
  EXPECT_THAT(found.scores, ElementsAre(7, 9, 0));
}

TEST_F(SelectionTest, TakesNamesToo) {
  const std::vector<std::string> asked{"home.zip", "lines[0].text"};
  const Person found = read(people().only("age", asked).must_get("acme", "ann"));
  EXPECT_EQ(found.age, 41);
  EXPECT_EQ(found.home.zip, 3000);
  EXPECT_EQ(found.lines.at(0).text, "one");
  for (const char* wrong : {"nothing", "home.nothing", "home[0]", "lines.text", "age.x", "home."}) {
    const auto refused = people().only(wrong).get("acme", "ann");
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadRequest) << wrong;
    EXPECT_EQ(people().query("acme").only(wrong).all().error().code, ErrorCode::kBadRequest);
  }
}

TEST_F(SelectionTest, QueriesSearchesAndScans) {
  const auto check = [](const Result<Page<Person>>& page, const char* what) {
    ASSERT_TRUE(page.ok()) << what << ": " << page.error().to_text();
    ASSERT_EQ(page->size(), 1u) << what;
    EXPECT_EQ((*page)[0].home.zip, 3000) << what;
    EXPECT_EQ((*page)[0].home.city, "") << what;
    EXPECT_EQ((*page)[0].name, "") << what;
    EXPECT_EQ((*page)[0].id, "ann") << what;
  };
  const auto zip = f(&Person::home) / &Place::zip;
  check(people().query("acme").only(zip).all(), "query");
  check(people().query("acme").where(zip < 5000).only(zip).all(), "query with a filter");
  check(people().query("acme").where(f(&Person::id) == "ann").only(zip).all(), "filter of the key");
  check(people().scan().only(zip).all(), "scan");
  check(people().find().where(f(&Person::org) == "acme").only("home.zip").all(), "search");
  check(people().query("acme").only(zip).limit(1).page(), "page");
  EXPECT_EQ(people().query("acme").only(zip).count().value(), 1u);
  const Result<Page<Person>> named = people().query(kByName, "Ann").only(zip).all();
  ASSERT_TRUE(named.ok()) << named.error().to_text();
  EXPECT_EQ(named->items.at(0).home.zip, 3000);
}

TEST_F(SelectionTest, ReadsMany) {
  ASSERT_TRUE(people().put(ann("bob")).ok());
  const auto found = read(people()
                              .only(f(&Person::home) / &Place::zip)
                              .get_many({{"acme", "bob"}, {"acme", "no"}, {"acme", "ann"}}));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0]->home.zip, 3000);
  EXPECT_EQ(found[0]->home.city, "");
  EXPECT_FALSE(found[1]);
  EXPECT_EQ(found[2]->id, "ann");
}

TEST_F(SelectionTest, ReadsInTransactions) {
  ASSERT_TRUE(people().put(ann("bob")).ok());
  const auto zips = people().only(f(&Person::home) / &Place::zip);
  const auto cities = people().only(f(&Person::home) / &Place::city);
  const auto both = table_->read()
                        .get(zips, "acme", "ann")
                        .get(cities, "acme", "ann")
                        .get<Person>("acme", "bob")
                        .get(zips, "acme", "bob")
                        .exec();
  ASSERT_TRUE(both.ok()) << both.error().to_text();
  EXPECT_EQ(both->get<Person>(0)->home.zip, 3000);
  EXPECT_EQ(both->get<Person>(0)->home.city, "");
  EXPECT_EQ(both->get<Person>(1)->home.zip, 0);
  EXPECT_EQ(both->get<Person>(1)->home.city, "Bern");
  EXPECT_EQ(both->get<Person>(2)->name, "Ann");
  EXPECT_EQ(both->get<Person>(3)->name, "");
  EXPECT_EQ(both->get<Person>(3)->home.zip, 3000);

  const auto lines = table_->read()
                         .get(people().only(f(&Person::lines)[2]), "acme", "ann")
                         .get(people().only(f(&Person::lines)[2]), "acme", "ann")
                         .get(people().only(f(&Person::lines)[1]), "acme", "ann")
                         .get(people().only(f(&Person::lines)[1]), "acme", "bob")
                         .get(people().only(f(&Person::lines)[1]), "acme", "bob")
                         .exec();
  ASSERT_TRUE(lines.ok()) << lines.error().to_text();
  const std::vector<std::string> wanted{"three", "three", "two", "two", "two"};
  for (size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_EQ(lines->get<Person>(i)->lines.size(), 1u) << i;
    EXPECT_EQ(lines->get<Person>(i)->lines[0].text, wanted[i]) << i;
  }

  const auto refused = table_->read().get(people().only("nothing"), "acme", "ann").exec();
  EXPECT_EQ(refused.error().code, ErrorCode::kBadRequest);
  const Table elsewhere(open_embedded({}).value(), "app");
  EXPECT_EQ(elsewhere.read().get(zips, "acme", "ann").exec().error().code, ErrorCode::kBadRequest);
}

TEST_F(SelectionTest, ShowsWhatReadsOfWholeItemsShow) {
  Person late = ann("late");
  late.expires = timestamp_of_ms(FixedClock::kStartMs + 5000);
  ASSERT_TRUE(people().put(late).ok());
  ASSERT_TRUE(robots().put({"acme", "r2", "x"}).ok());
  const Table hiding(connection_, "app", {.hide_expired = true});
  const auto names = hiding.entity<Person>().only(&Person::name);
  EXPECT_TRUE(read(names.get("acme", "late")));
  EXPECT_FALSE(read(names.get("acme", "r2")));
  connection_->fixed_clock().advance_ms(5000);
  EXPECT_FALSE(read(names.get("acme", "late")));
}

}  // namespace
}  // namespace dynolith::odm
