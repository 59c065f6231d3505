// Conditions: what they match, what is wrong with them, and what they look like to a service.
#include "odm/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/expression/condition.h"
#include "tests/odm/entity_fixture.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using dynolith::test::item_from;
using test::Place;
using test::User;

struct MatchCase {
  std::string name;
  Condition<User> condition;
  std::string_view item;
  bool matches;
};

constexpr std::string_view kAnn =
    R"({pk: "p", sk: "s", email: "ann@x.org", age: 41, v: 3, writes: 7, name: "Ann",
        h: {city: "Bern", z: 3000}, phones: ["1", "22"], tags: <"a", "b">})";

std::vector<MatchCase> match_cases() {
  const auto age = f(&User::age);
  const auto zip = f(&User::home) / &Place::zip;
  return {
      {"equal", age == 41, kAnn, true},
      {"not equal", age != 41, kAnn, false},
      {"less", age < 42, kAnn, true},
      {"at most", age <= 41, kAnn, true},
      {"greater", age > 41, kAnn, false},
      {"at least", age >= 41, kAnn, true},
      {"an integer beside a fraction", age < 41.5, kAnn, true},
      {"a number that the member cannot hold", age < 5'000'000'000, kAnn, true},
      {"through the setter", f(&User::email) == "ANN@X.ORG", kAnn, true},
      {"saved under another name", zip == 3000, kAnn, true},
      {"an element", f(&User::phones)[1] == "22", kAnn, true},
      {"an element that is not there", f(&User::phones)[2] == "22", kAnn, false},
      {"two attributes", f(&User::version) < f(&User::writes), kAnn, true},
      {"between", between(age, 41, 50), kAnn, true},
      {"not between", between(age, 42, 50), kAnn, false},
      {"in", in(age, {1, 41}), kAnn, true},
      {"not in", in(age, {1, 2}), kAnn, false},
      {"exists", exists(&User::name), kAnn, true},
      {"absent", absent(&User::name), kAnn, false},
      {"absent of nothing", absent(&User::name), "", true},
      {"a type", type_is(f(&User::tags), AttributeType::kStringSet), kAnn, true},
      {"begins with", begins_with(f(&User::email), "Ann@"), kAnn, true},
      {"a part of a string", contains(&User::email, "@x"), kAnn, true},
      {"a member of a set", contains(&User::tags, "b"), kAnn, true},
      {"no member of a set", contains(&User::tags, "c"), kAnn, false},
      {"an element of a list", contains(&User::phones, "22"), kAnn, true},
      {"a size", size(f(&User::tags)) == 2, kAnn, true},
      {"a size below", size(f(&User::phones)) < 2, kAnn, false},
      {"and", age == 41 && exists(&User::name), kAnn, true},
      {"and, one false", age == 41 && absent(&User::name), kAnn, false},
      {"or", age == 1 || exists(&User::name), kAnn, true},
      {"not", !(age == 1), kAnn, true},
      {"not of a group", !(age == 41 && exists(&User::name)), kAnn, false},
      {"not of between", !between(age, 1, 2), kAnn, true},
      {"none", Condition<User>() && age == 41, kAnn, true},
      {"a whole document", f(&User::home) == Place{"Bern", 3000, {}}, kAnn, true},
      {"a tree of the program's own",
       raw<User>({storage::AttributeExists{{{std::string("h"), std::string("z")}}}}), kAnn, true},
  };
}

TEST(Condition, MatchesItems) {
  for (const MatchCase& c : match_cases()) {
    SCOPED_TRACE(c.name);
    ASSERT_FALSE(c.condition.core().error) << c.condition.core().error->to_text();
    ASSERT_NE(c.condition.core().tree, nullptr);
    EXPECT_EQ(storage::evaluate(*c.condition.core().tree, item_from(c.item).view()), c.matches);
  }
}

std::string expression_of(const ConditionCore& condition) {
  DeleteRequest request{.table = "app", .key = item_from(R"({pk: "p"})")};
  request.condition = condition.tree;
  const std::string body = to_wire(request).body;
  const size_t begin = body.find("\"ConditionExpression\":\"") + 23;
  return body.substr(begin, body.find('"', begin) - begin);
}

TEST(Condition, FlattensWhatItCombines) {
  const auto a = exists(&User::name);
  const auto b = absent(&User::email);
  const auto c = f(&User::age) == 1;
  const auto kinds = [](const Condition<User>& condition) {
    const auto& node = condition.core().tree->node;
    if (const auto* all = std::get_if<storage::And>(&node)) return all->all.size();
    if (const auto* any = std::get_if<storage::Or>(&node)) return any->any.size();
    return size_t{1};
  };
  EXPECT_EQ(kinds((a && b) && c), 3u);
  EXPECT_EQ(kinds(a && (b && c)), 3u);
  EXPECT_EQ(kinds((a || b) || c), 3u);
  EXPECT_EQ(kinds((a || b) && c), 2u);
  EXPECT_EQ(expression_of((!!a).core()), expression_of(a.core()));
  EXPECT_TRUE((!Condition<User>()).core().is_empty());
  EXPECT_EQ(kinds(Condition<User>() || a), 1u);
}

TEST(Condition, StaysAsItWasWhenItIsUsed) {
  const auto adult = f(&User::age) >= 18;
  const auto before = expression_of(adult.core());
  const auto other = !adult || (adult && exists(&User::name));
  EXPECT_EQ(expression_of(adult.core()), before);
  EXPECT_FALSE(other.core().is_empty());
}

struct ErrorCase {
  std::string name;
  ConditionCore condition;
  ErrorCode code;
  std::string_view words;
};

TEST(Condition, KeepsTheFirstError) {
  std::vector<int> many(101, 1);
  const FieldCore unknown = field_core(schema_of<User>(), "nick");
  ConditionCore huge = exists(&User::name).core();
  for (int i = 0; i < 11; ++i) huge = both(huge, huge);
  const ErrorCase cases[] = {
      {"not UTF-8", (f(&User::name) == "\xff").core(), ErrorCode::kInvalid, "not UTF-8"},
      {"an empty set", (f(&User::tags) == std::set<std::string>()).core(), ErrorCode::kInvalid,
       "is empty"},
      {"a name that is none", internal::exists_at(unknown), ErrorCode::kBadRequest, "\"nick\""},
      {"in nothing", in(f(&User::age), std::vector<int>()).core(), ErrorCode::kBadRequest, "1 to"},
      {"in too many", in(f(&User::age), many).core(), ErrorCode::kBadRequest, "not 101"},
      {"a tree without an end", raw<User>({storage::Not{}}).core(), ErrorCode::kBadRequest, "NOT"},
      {"inside another",
       (!(exists(&User::name) && (f(&User::name) == "\xff" || f(&User::age) == 1))).core(),
       ErrorCode::kInvalid, "not UTF-8"},
      {"too large", huge, ErrorCode::kBadRequest, "more than"},
  };
  for (const ErrorCase& c : cases) {
    SCOPED_TRACE(c.name);
    ASSERT_TRUE(c.condition.error);
    EXPECT_EQ(c.condition.error->code, c.code);
    EXPECT_THAT(c.condition.error->to_text(), testing::HasSubstr(std::string(c.words)));
  }
}

struct PathCase {
  std::string_view text;
  std::string_view stored;  // Empty: refused.
};

TEST(Field, FindsPathsByText) {
  const PathCase cases[] = {
      {"age", "[age]"},
      {"home.zip", "[h, z]"},
      {"home", "[h]"},
      {"phones[1]", "[phones, [1]]"},
      {"`home`.`zip`", "[h, z]"},
      {"h", ""},
      {"home.z", ""},
      {"home.zip.more", ""},
      {"phones.x", ""},
      {"home[0]", ""},
      {"", ""},
      {".", ""},
      {"home.", ""},
      {"phones[", ""},
      {"phones[x]", ""},
      {"phones[99999999999]", ""},
      {"`home", ""},
      {"``", ""},
      {"home zip", ""},
      {"pk", ""},
  };
  for (const PathCase& c : cases) {
    SCOPED_TRACE(c.text);
    const FieldCore field = field_core(schema_of<User>(), c.text);
    EXPECT_EQ(field.error.has_value(), c.stored.empty());
    if (field.error)
      EXPECT_EQ(field.error->code, ErrorCode::kBadRequest);
    else
      EXPECT_EQ(field.path.to_text(), c.stored);
  }
}

TEST(Field, BoundsPathsOfText) {
  std::string deep = "phones";
  for (int i = 0; i < 1000; ++i) deep += "[0]";
  EXPECT_TRUE(field_core(schema_of<User>(), deep).error);
  EXPECT_TRUE(field_core(schema_of<User>(), std::string(1 << 20, 'a')).error);
}

TEST(Field, IsCalledAsTheModelSays) {
  const auto zip = f(&User::home) / &Place::zip;
  EXPECT_EQ(zip.core().name, "home.zip");
  EXPECT_EQ(zip.core().path.to_text(), "[h, z]");
  EXPECT_EQ(f(&User::phones)[2].core().name, "phones[2]");
}

}  // namespace
}  // namespace dynolith::odm
