// Why a condition is false for an item.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "odm/condition.h"
#include "odm/model.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

struct Card {
  std::string number;
  int limit = 0;
};
struct Client {
  std::string id, email, secret;
  int age = 0, spent = 0, limit = 0;
  std::set<std::string> tags;
  std::vector<Card> cards;
  std::optional<Card> main;
  std::optional<std::string> note;
};

}  // namespace

template <>
struct Model<Card> {
  static void define(Definition<Card>& card) {
    card.attribute("number", &Card::number, masked(), saved_as("n"))
        .attribute("limit", &Card::limit, saved_as("l"));
  }
};
template <>
struct Model<Client> {
  using key = Key<&Client::id>;
  static void define(Definition<Client>& client) {
    client.partition_key("pk", "C#{id}")
        .attribute("id", &Client::id)
        .attribute("email", &Client::email, saved_as("e"))
        .attribute("secret", &Client::secret, masked())
        .attribute("age", &Client::age, saved_as("a"))
        .attribute("spent", &Client::spent)
        .attribute("limit", &Client::limit)
        .attribute("tags", &Client::tags)
        .attribute("cards", &Client::cards, saved_as("c"))
        .attribute("main", &Client::main)
        .attribute("note", &Client::note);
  }
};

namespace {

using Clauses = std::vector<FailedClause>;

constexpr std::string_view kItem =
    R"({pk: "C#1", e: "ann@x.org", a: 42, spent: 10, limit: 5, secret: "1234",
        tags: <"x", "y">, c: [{n: "5500", l: 7}], main: {n: "99", l: 1}})";

struct Case {
  std::string name;
  Condition<Client> condition;
  Clauses clauses;
  std::string_view item = kItem;
};

std::vector<Case> cases() {
  const auto age = f(&Client::age);
  const auto email = f(&Client::email);
  return {
      {"one clause", age < 40, {{"age < 40", "42"}}},
      {"equal", age == 40, {{"age = 40", "42"}}},
      {"not equal", age != 42, {{"age <> 42", "42"}}},
      {"a string", email == "b", {{"email = \"b\"", "\"ann@x.org\""}}},
      {"absent", f(&Client::note) == "x", {{"note = \"x\"", ""}}},
      {"exists", exists(&Client::note), {{"attribute_exists(note)", ""}}},
      {"not exists", absent(&Client::age), {{"attribute_not_exists(age)", "42"}}},
      {"size", size(f(&Client::tags)) > 3, {{"size(tags) > 3", "2"}}},
      {"size of a string", size(email) < 3, {{"size(email) < 3", "9"}}},
      {"between", between(age, 1, 5), {{"age BETWEEN 1 AND 5", "42"}}},
      {"in", in(age, {1, 2}), {{"age IN (1, 2)", "42"}}},
      {"begins", begins_with(email, "b"), {{"begins_with(email, \"b\")", "\"ann@x.org\""}}},
      {"contains", contains(&Client::tags, "z"), {{"contains(tags, \"z\")", "[\"x\", \"y\"]"}}},
      {"type", type_is(age, AttributeType::kString), {{"attribute_type(age, S)", "N"}}},
      {"two attributes",
       f(&Client::spent) < f(&Client::limit),
       {{"spent < limit", "spent = 10, limit = 5"}}},
      {"inside", (f(&Client::cards)[0] / &Card::limit) > 9, {{"cards[0].limit > 9", "7"}}},
      {"and: only what is false",
       age > 40 && email == "b" && exists(&Client::age),
       {{"email = \"b\"", "\"ann@x.org\""}}},
      {"and: all that is false",
       age > 50 && exists(&Client::note),
       {{"age > 50", "42"}, {"attribute_exists(note)", ""}}},
      {"or: every alternative",
       age > 50 || exists(&Client::note),
       {{"age > 50", "42"}, {"attribute_exists(note)", ""}}},
      {"not", !(age > 40), {{"NOT age > 40", "42"}}},
      {"not of existence", !exists(&Client::age), {{"attribute_not_exists(age)", "42"}}},
      {"not of and: every part",
       !(age > 40 && exists(&Client::email)),
       {{"NOT age > 40", "42"}, {"attribute_not_exists(email)", "\"ann@x.org\""}}},
      {"not of or: what is true", !(age > 40 || exists(&Client::note)), {{"NOT age > 40", "42"}}},
      {"nested",
       exists(&Client::age) && (age < 1 || !(age > 2 && email != "q")),
       {{"age < 1", "42"}, {"NOT age > 2", "42"}, {"NOT email <> \"q\"", "\"ann@x.org\""}}},
      {"the same twice", age < 1 || age < 1, {{"age < 1", "42"}}},
      {"masked", f(&Client::secret) == "0000", {{"secret = ***", "***"}}},
      {"masked inside",
       (f(&Client::cards)[0] / &Card::number) == "1",
       {{"cards[0].number = ***", "***"}}},
      {"a document with something masked",
       f(&Client::main) == Card{"1", 2},
       {{"main = ***", "***"}}},
      {"no item", age < 40, {{"age < 40", ""}}, ""},
      {"true", age == 42, {}},
  };
}

TEST(Explain, NamesTheClausesToBlame) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    ASSERT_FALSE(c.condition.core().error);
    const Clauses found =
        explain(schema_of<Client>(), *c.condition.core().tree, test::item_from(c.item).view());
    ASSERT_EQ(found.size(), c.clauses.size());
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].text, c.clauses[i].text);
      EXPECT_EQ(found[i].actual, c.clauses[i].actual);
    }
  }
}

TEST(Explain, BoundsWhatItSays) {
  const Condition<Client> longer = f(&Client::email) == std::string(100'000, 'x');
  const Clauses found =
      explain(schema_of<Client>(), *longer.core().tree, test::item_from(kItem).view());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_LT(found[0].text.size(), 700u);
  Condition<Client> many;
  for (int i = 0; i < 250; ++i) many = many && f(&Client::age) == i + 1000;
  ASSERT_FALSE(many.core().error);
  EXPECT_LE(explain(schema_of<Client>(), *many.core().tree, test::item_from(kItem).view()).size(),
            50u);
}

TEST(Explain, CutsTextBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "\u00e9";
  const Condition<Client> longer = f(&Client::email) == text;
  const Clauses found =
      explain(schema_of<Client>(), *longer.core().tree, test::item_from(kItem).view());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].text, testing::HasSubstr("\u00e9...\""));
}

}  // namespace
}  // namespace dynolith::odm
