// Saving what differs between an object as it was read and as it shall be.
#include "odm/condition.h"
#include "odm/entity.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {

// An older version had `first` and `last`.
struct Card {
  std::string id, name;
  std::optional<std::string> mail;
};
// What it does not know it keeps; its text is shown in capitals.
struct Loose {
  std::string id, text;
  Map rest;
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Card> {
  using key = Key<&test::Card::id>;
  static void define(Definition<test::Card>& card) {
    card.entity("Card")
        .partition_key("pk", "CARD#{id}")
        .sort_key("sk", "CARD")
        .attribute("id", &test::Card::id)
        .attribute("name", &test::Card::name)
        .attribute("mail", &test::Card::mail)
        .schema_version(2)
        .upgrade(1, [](Map& item) {
          const std::string first = *item["first"].get_if<std::string>();
          item["name"] = Value(first + " " + *item["last"].get_if<std::string>());
          item.erase("first");
          item.erase("last");
        });
  }
};
template <>
struct Model<test::Loose> {
  using key = Key<&test::Loose::id>;
  static void define(Definition<test::Loose>& loose) {
    loose.entity("Loose")
        .partition_key("pk", "LOOSE#{id}")
        .sort_key("sk", "LOOSE")
        .attribute("id", &test::Loose::id)
        .attribute("text", &test::Loose::text, odm::lower(), on_get([](std::string text) {
                     for (char& c : text) c = static_cast<char>(std::toupper(c));
                     return text;
                   }))
        .extra(&test::Loose::rest);
  }
};

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SaveTest : public EntityTest {
 protected:
  User created() {
    User user = someone("1");
    user.name = "Ann";
    user.home = Place{"Bern", 3000, "blue door"};
    user.phones = {"1", "2"};
    user.tags = {"a", "b"};
    user = users().create(user).value();
    clock().advance_ms(1000);
    connection_->clear();
    return user;
  }
  std::string sent() const {
    const auto wire = connection_->wire();
    return wire.size() == 1 && wire[0].operation == "UpdateItem" ? wire[0].body : "not one update";
  }
};

TEST_F(SaveTest, SendsOnlyWhatDiffers) {
  const User before = created();
  User after = before;
  after.age = 42;
  after.name.reset();
  const Result<User> saved = users().save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->age, 42);
  EXPECT_EQ(saved->name, std::nullopt);
  EXPECT_EQ(saved->version, 2);
  EXPECT_EQ(saved->writes, 2);
  EXPECT_EQ(saved->label, "ann@x.org/42");
  EXPECT_EQ(saved->updated, timestamp_of_ms(FixedClock::kStartMs + 1000));
  EXPECT_EQ(saved->created, before.created);
  EXPECT_THAT(sent(), testing::Not(HasSubstr("phones")));
  EXPECT_THAT(sent(), testing::Not(HasSubstr("Bern")));
  const Map item = stored("ORG#acme", "USER#1");
  EXPECT_EQ(item.count("name"), 0u);
  EXPECT_EQ(item.at("age"), Value(42));
}

TEST_F(SaveTest, SendsNothingIfNothingDiffers) {
  const User before = created();
  const Result<User> saved = users().save(before, before);
  ASSERT_TRUE(saved.ok());
  EXPECT_EQ(saved->version, before.version);
  EXPECT_EQ(saved->updated, before.updated);
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(SaveTest, ChangesMembersOfDocumentsAndSetsByThemselves) {
  const User before = created();
  // Meanwhile somebody else adds what this model does not know.
  Map item = stored("ORG#acme", "USER#1");
  (*item.at("h").get_if<Map>())["floor"] = Value(3);
  item["tags"] = Value(StringSet{{"a", "b", "z"}});
  store(item);

  User after = before;
  after.home->zip = 3001;
  after.home->note.reset();
  after.tags.insert("c");
  after.phones.push_back("3");
  const Result<User> saved = users().save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_THAT(saved->tags, ElementsAre("a", "b", "c", "z"));
  EXPECT_THAT(saved->phones, ElementsAre("1", "2", "3"));
  EXPECT_EQ(stored("ORG#acme", "USER#1").at("h"),
            Value(Map{{"city", "Bern"}, {"z", 3001}, {"floor", 3}}));
}

TEST_F(SaveTest, RecomputesKeysOfIndexes) {
  const User before = created();
  User after = before;
  after.email = "New@x.org";
  ASSERT_TRUE(users().save(before, after).ok());
  EXPECT_EQ(stored("ORG#acme", "USER#1").at("gsi1pk"), Value("EMAIL#new@x.org"));
}

TEST_F(SaveTest, RefusesWhatMayNotChange) {
  const User before = created();
  User after = before;
  after.id = "2";
  after.version = 9;
  after.age = 3;
  const Result<User> saved = users().save(before, after);
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(saved.error().problems,
              testing::UnorderedElementsAre(
                  Problem{"id", "is part of the key and cannot be changed"},
                  Problem{"v", "is counted by the mapper and cannot be changed"}));
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(SaveTest, ToldApartWhyItCannotBeSaved) {
  const User before = created();
  User after = before;
  after.age = 42;
  ASSERT_TRUE(users().save(before, after).ok());

  User late = before;
  late.age = 50;
  const Result<User> conflict = users().save(before, late);
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().code, ErrorCode::kVersionConflict);
  EXPECT_EQ(conflict.error().item.view().find("age")->number(), Number(42));
  EXPECT_THROW(conflict.value(), VersionConflict);

  const User current = users().must_get("acme", "1").value();
  late = current;
  late.age = 50;
  const Result<User> unwanted = users().save(current, late, f(&User::age) > 42);
  ASSERT_FALSE(unwanted.ok());
  EXPECT_EQ(unwanted.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(unwanted.error().clauses, ElementsAre(FailedClause{"age > 42", "42"}));

  ASSERT_TRUE(users().remove("acme", "1").value());
  const Result<User> gone = users().save(current, late);
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

TEST_F(SaveTest, KeepsAttributesThatTheModelDoesNotKnow) {
  const Note before = notes().create({.org = "acme", .id = "n", .text = "a"}).value();
  Map item = stored("ORG#acme", "NOTE#n");
  item["color"] = Value("red");
  store(item);
  Note after = before;
  after.text = "b";
  ASSERT_TRUE(notes().save(before, after).ok());
  EXPECT_EQ(stored("ORG#acme", "NOTE#n").at("color"), Value("red"));
  EXPECT_EQ(stored("ORG#acme", "NOTE#n").at("text"), Value("b"));
}

TEST_F(SaveTest, ADocumentThatIsGoneIsAConflict) {
  const User before = created();
  Map item = stored("ORG#acme", "USER#1");
  item.erase("h");
  item.erase("v");
  store(item);
  User unversioned = before;
  unversioned.version = 0;
  User after = unversioned;
  after.home->zip = 1;
  const Result<User> saved = users().save(unversioned, after);
  ASSERT_FALSE(saved.ok());
}

TEST_F(SaveTest, SavesObjectsOfOlderItemsAsUpgraded) {
  store({{"pk", "CARD#1"},
         {"sk", "CARD"},
         {"_et", "Card"},
         {"id", "1"},
         {"first", "Ann"},
         {"last", "Lee"},
         {"_v", 1}});
  const auto cards = app().entity<Card>();
  const Card before = cards.must_get("1").value();
  EXPECT_EQ(before.name, "Ann Lee");
  Card after = before;
  after.name = "Ann Roe";
  const Result<Card> saved = cards.save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->name, "Ann Roe");
  EXPECT_EQ(stored("CARD#1", "CARD"), (Map{{"pk", "CARD#1"},
                                           {"sk", "CARD"},
                                           {"_et", "Card"},
                                           {"id", "1"},
                                           {"name", "Ann Roe"},
                                           {"_v", 2}}));
}

TEST_F(SaveTest, SettersAndGettersAreNoChange) {
  const auto loose = app().entity<Loose>();
  ASSERT_TRUE(loose.create({.id = "1", .text = "Hello", .rest = {{"more", 1}}}).ok());
  const Loose before = loose.must_get("1").value();
  EXPECT_EQ(before.text, "HELLO");
  connection_->clear();
  ASSERT_TRUE(loose.save(before, before).ok());
  EXPECT_TRUE(connection_->requests().empty());
  Loose after = before;
  after.rest["more"] = Value(2);
  after.rest["other"] = Value("x");
  ASSERT_TRUE(loose.save(before, after).ok());
  EXPECT_EQ(stored("LOOSE#1", "LOOSE").at("text"), Value("hello"));
  EXPECT_EQ(stored("LOOSE#1", "LOOSE").at("more"), Value(2));
  EXPECT_EQ(stored("LOOSE#1", "LOOSE").at("other"), Value("x"));
}

TEST_F(SaveTest, ModifyTriesAgainWhileOthersWrite) {
  created();
  int runs = 0;
  const auto birthday = [&](User& user) {
    // Two others come first.
    if (++runs <= 2) {
      User now = users().must_get("acme", "1").value();
      User other = now;
      other.name = "Ann " + std::to_string(runs);
      EXPECT_TRUE(users().save(now, other).ok());
    }
    ++user.age;
  };
  const Result<User> modified = users().modify(birthday, "acme", "1");
  ASSERT_TRUE(modified.ok()) << modified.error().to_text();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(modified->age, 42);
  EXPECT_EQ(modified->name, "Ann 2");
  EXPECT_EQ(connection_->waits().size(), 2u);
}

TEST_F(SaveTest, ModifyWithoutAVersionHoldsEveryAttribute) {
  ASSERT_TRUE(notes().create({.org = "acme", .id = "n", .text = "a", .likes = 1}).ok());
  int runs = 0;
  const auto like = [&](Note& note) -> Result<void> {
    if (++runs == 1) {
      Note other = note;
      other.mood = "glad";
      EXPECT_TRUE(notes().put(other).ok());
    }
    note.likes += note.mood ? 10 : 1;
    return {};
  };
  EXPECT_EQ(notes().modify(like, "acme", "n")->likes, 11);
  EXPECT_EQ(runs, 2);
  const auto refuse = [](Note&) -> Result<void> {
    return make_error(ErrorCode::kInvalid, "not today");
  };
  EXPECT_EQ(notes().modify(refuse, "acme", "n").error().message, "not today");
  EXPECT_EQ(notes().modify(like, "acme", "none").error().code, ErrorCode::kNotFound);
}

TEST_F(SaveTest, ModifyGivesUpAfterSomeAttempts) {
  created();
  const auto outrun = [&](User& user) {
    User now = users().must_get("acme", "1").value();
    User other = now;
    ++other.age;
    EXPECT_TRUE(users().save(now, other).ok());
    user.name = "late";
  };
  const Result<User> modified = users().modify(outrun, "acme", "1");
  ASSERT_FALSE(modified.ok());
  EXPECT_EQ(modified.error().code, ErrorCode::kVersionConflict);
}

TEST_F(SaveTest, RefreshBringsWhatIsStored) {
  User mine = created();
  User after = mine;
  after.age = 42;
  ASSERT_TRUE(users().save(mine, after).ok());
  ASSERT_TRUE(users().refresh(mine).ok());
  EXPECT_EQ(mine.age, 42);
  ASSERT_TRUE(users().remove("acme", "1").value());
  EXPECT_EQ(users().refresh(mine).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(mine.age, 42);
}

TEST_F(SaveTest, ADryRunShowsTheUpdate) {
  const User before = created();
  User after = before;
  after.name = "Eve";
  const auto request = users().dry_run().save(before, after);
  ASSERT_TRUE(request.ok() && request->has_value());
  EXPECT_EQ(to_wire(**request).operation, "UpdateItem");
  EXPECT_FALSE(users().dry_run().save(before, before)->has_value());
  EXPECT_TRUE(connection_->requests().empty());
}

}  // namespace
}  // namespace test
}  // namespace dynolith::odm
