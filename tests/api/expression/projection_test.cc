// Projection text: the paths it names or the exact error; and what they select.
#include <gtest/gtest.h>

#include "tests/api/expression/tree_text.h"
#include "tests/support/value_text.h"

namespace dynolith::api {
namespace {

std::string bound(std::string_view text) {
  auto placeholders = test::sample_placeholders();
  return test::tree_or_error(bind_projection(text, placeholders));
}

struct Case {
  std::string_view text, outcome;
};

constexpr Case kPaths[] = {
    {"a", "a"},
    {"a.b,a.c,d[0],d[10].e", "a.b a.c d[0] d[10].e"},
    {"#a, #dot.#b, c", "a 'x.y'.b c"},
    {"#dot, x.y", "'x.y' x.y"},
    {"a-b", R"~(Syntax error; token: "-", near: "a-b")~"},
    {"a,", R"~(Syntax error; token: "<EOF>", near: ",")~"},
    {",a", R"~(Syntax error; token: ",", near: ",a")~"},
    {"a b", R"~(Syntax error; token: "b", near: "a b")~"},
    {"(a)", R"~(Syntax error; token: "(", near: "(a")~"},
    {"size(a)", R"~(Syntax error; token: "(", near: "size(a")~"},
    {":n", R"~(Syntax error; token: ":n", near: ":n")~"},
    {"a[b]", R"~(Syntax error; token: "b", near: "[b]")~"},
    {"a..b", R"~(Syntax error; token: ".", near: "..b")~"},
    {"", "The expression can not be empty;"},
    {"name", "Attribute name is a reserved keyword; reserved keyword: name"},
    {"a.And", "Attribute name is a reserved keyword; reserved keyword: And"},
    {"SET", "Attribute name is a reserved keyword; reserved keyword: SET"},
    {"#x",
     "An expression attribute name used in the document path is not defined; attribute name: #x"},
    {"a, #a",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [a], path two: [a]"},
    {"a, b, a.b",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [a], path two: [a, b]"},
    {"c.d[0].e, c.d[0]",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [c, d, [0], e], path two: [c, d, [0]]"},
    {"a.b, a[1]",
     "Two document paths conflict with each other; must remove or rewrite one of these paths; path "
     "one: [a, b], path two: [a, [1]]"},
    {"a[99999999999999]", "List index is not within the allowable range; index: [99999999999999]"},
};
TEST(ProjectionExpression, NamesThesePaths) {
  for (const auto& [text, outcome] : kPaths) {
    const std::string got = bound(text);
    constexpr std::string_view kPrefix = "Invalid ProjectionExpression: ";
    EXPECT_EQ(got.starts_with(kPrefix) ? got.substr(kPrefix.size()) : got, outcome) << text;
  }
}

TEST(ProjectionExpression, TakesPathsOf32Elements) {
  std::string path = "a";
  for (int i = 0; i < 31; ++i) path += ".b";
  EXPECT_EQ(bound(path), path);
  EXPECT_EQ(bound(path + "[0]"),
            "Invalid ProjectionExpression: The document path has too many nesting levels; nesting "
            "levels: 33");
}

TEST(ProjectionExpression, FindsAClashAmongManyPaths) {
  std::string many;
  for (int i = 0; i < 500; ++i) many += "a.b" + std::to_string(i) + ",";
  EXPECT_TRUE(bound(many + "a.c").starts_with("a.b0 a.b1"));
  EXPECT_EQ(bound(many + "a.b77"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove "
            "or rewrite one of these paths; path one: [a, b77], path two: [a, b77]");
  EXPECT_EQ(
      bound(many + "a[0]"),
      "Invalid ProjectionExpression: Two document paths conflict with each other; must remove "
      "or rewrite one of these paths; path one: [a, b0], path two: [a, [0]]");
}

std::string selected(std::string_view text, std::string_view item) {
  auto placeholders = test::sample_placeholders();
  const auto projection = bind_projection(text, placeholders);
  if (!projection.ok()) return projection.error().message;
  return test::text_of(storage::project(test::item_from(item).view(), *projection).view());
}

struct Selection {
  std::string_view text, item, outcome;
};
constexpr std::string_view kDeep =
    "{a: {b: [{x: 1, y: 2}, 7, {y: 3}], c: 4}, l: [0, 1, 2, 3], s: 5}";
constexpr Selection kSelections[] = {
    {"a, s", "{a: 1, b: 2, s: <1>}", "{a: 1, s: <1>}"},
    {"s, a", "{a: 1}", "{a: 1}"},
    {"zz", "{a: 1}", "{}"},
    {"a.c", kDeep, "{a: {c: 4}}"},
    {"a.b[2].y", kDeep, "{a: {b: [{y: 3}]}}"},
    {"a.b[2].y, a.b[0].x, s", kDeep, "{a: {b: [{x: 1}, {y: 3}]}, s: 5}"},
    {"l[3], l[1]", kDeep, "{l: [1, 3]}"},
    {"l[9], l[1]", kDeep, "{l: [1]}"},
    {"l[10], l[2], l[9]", "{l: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}", "{l: [2, 9, 10]}"},
    {"a.zz, s", kDeep, "{s: 5}"},
    {"a.zz.y", kDeep, "{}"},
    {"a.b[0].zz, a.b[1].y", kDeep, "{}"},
    // The path does not fit what is there: silently missing.
    {"a[0]", kDeep, "{}"},
    {"l.b", kDeep, "{}"},
    {"s.b, s2[0]", "{s: \"x\", s2: <1, 2>}", "{}"},
    {"#dot", "{x: {y: 1}, x.y: 2}", "{x.y: 2}"},
    {"x.y", "{x: {y: 1}, x.y: 2}", "{x: {y: 1}}"},
};
TEST(Projection, SelectsWhatIsThere) {
  for (const auto& [text, item, outcome] : kSelections) {
    EXPECT_EQ(selected(text, item), outcome) << text;
  }
}

TEST(Projection, KnowsItsTopLevelAttributes) {
  auto placeholders = test::sample_placeholders();
  const auto projection = bind_projection("c.x, b, c.y, a[0]", placeholders);
  ASSERT_TRUE(projection.ok());
  EXPECT_EQ(storage::top_level_attributes(*projection), (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace dynolith::api
