// Trees as text: what it looks like, and that parsing it gives the tree again.
#include "odm/remote/render.h"

#include <gtest/gtest.h>

#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/json/reader.h"
#include "api/json/shape.h"
#include "storage/limits.h"
#include "tests/api/expression/tree_text.h"
#include "tests/odm/remote/random_tree.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace storage;
using test::encoded_from;
using test::random_condition;
using test::text_of;
using test::tree_or_error;

constexpr int kTrees = 400;

// What the service would make of the placeholders.
api::Placeholders sent(const PlaceholderTable& table) {
  std::string body;
  api::JsonWriter json(body);
  json.begin_object();
  table.write(json);
  json.end_object();
  api::JsonParser parser;
  api::Placeholders placeholders;
  const auto object = *parser.parse(body);
  for (const auto member : object) {
    for (const auto field : api::object_of(member.value)) {
      if (member.key == "ExpressionAttributeNames") {
        placeholders.add_name(field.key, api::text_of(field.value));
      } else {
        auto decoded = api::decode_value(field.value, api::Wording::kAws2026);
        EXPECT_FALSE(decoded.error.has_value());
        placeholders.add_value(field.key, std::move(decoded.value));
      }
    }
  }
  EXPECT_TRUE(placeholders.check().ok());
  return placeholders;
}

DocumentPath path(std::initializer_list<PathStep> steps) { return {{steps}}; }
Condition equals(std::string name, std::string_view value) {
  return {Comparison{path({std::move(name)}), Comparator::kEqual, encoded_from(value)}};
}
template <class... Parts>
std::vector<Condition> list(Parts&&... parts) {
  std::vector<Condition> conditions;
  (conditions.push_back(std::forward<Parts>(parts)), ...);
  return conditions;
}
Condition all(std::vector<Condition> parts) { return {And{std::move(parts)}}; }
Condition any(std::vector<Condition> parts) { return {Or{std::move(parts)}}; }
Condition no(Condition inner) { return {Not{std::make_unique<Condition>(std::move(inner))}}; }

std::string rendered(const Condition& condition) {
  std::string text;
  PlaceholderTable table;
  append_condition(text, condition, table);
  return text;
}

TEST(Render, PutsParenthesesWhereTheTreeNeedsThem) {
  const auto a = [] { return equals("a", "1"); };
  const auto b = [] { return equals("b", "2"); };
  const auto c = [] { return equals("c", "1"); };
  EXPECT_EQ(rendered(any(list(a(), all(list(b(), c()))))), "#n0 = :v0 OR #n1 = :v1 AND #n2 = :v0");
  EXPECT_EQ(rendered(all(list(a(), any(list(b(), c()))))),
            "#n0 = :v0 AND (#n1 = :v1 OR #n2 = :v0)");
  EXPECT_EQ(rendered(no(all(list(a(), b())))), "NOT (#n0 = :v0 AND #n1 = :v1)");
  EXPECT_EQ(rendered(no(no(a()))), "NOT NOT #n0 = :v0");
  EXPECT_EQ(rendered(all(list(no(a()), no(any(list(b(), a())))))),
            "NOT #n0 = :v0 AND NOT (#n1 = :v1 OR #n0 = :v0)");
  EXPECT_EQ(rendered(all(list(a(), all(list(b(), c()))))),
            "#n0 = :v0 AND (#n1 = :v1 AND #n2 = :v0)");
  EXPECT_EQ(rendered(no(all(list(a())))), "NOT #n0 = :v0");
}

TEST(Render, WritesPathsAndFunctions) {
  const auto nested = path({"a", uint32_t{3}, "b", "a"});
  EXPECT_EQ(rendered({Comparison{SizeOf{nested}, Comparator::kGreaterOrEqual, encoded_from("2")}}),
            "size(#n0[3].#n1.#n0) >= :v0");
  EXPECT_EQ(rendered({AttributeTypeIs{nested, AttributeType::kStringSet}}),
            "attribute_type(#n0[3].#n1.#n0, :v0)");
  EXPECT_EQ(rendered({Between{path({"a"}), encoded_from("1"), encoded_from("1")}}),
            "#n0 BETWEEN :v0 AND :v0");
}

TEST(Render, SaysNotContainsInWordsTheServiceHas) {
  const auto none = [] {
    return Condition{NotContains{DocumentPath{{"a"}}, encoded_from("\"x\"")}};
  };
  const std::string text = "attribute_exists(#n0) AND NOT contains(#n0, :v0)";
  EXPECT_EQ(rendered(none()), text);
  EXPECT_EQ(rendered(no(none())), "NOT (" + text + ")");
  EXPECT_EQ(rendered(all(list(equals("a", "\"x\""), none()))), "#n0 = :v0 AND (" + text + ")");
}

TEST(Render, GroupsActionsBySection) {
  Update update;
  const auto add = [&](std::string name, std::string_view value) {
    update.actions.emplace_back(AddAction{path({std::move(name)}), encoded_from(value)});
  };
  update.actions.emplace_back(RemoveAction{path({"r"})});
  add("n", "1");
  update.actions.emplace_back(DeleteAction{path({"d"}), encoded_from("<\"x\">")});
  update.actions.emplace_back(SetAction{
      path({"s"}), {path({"n"})}, Arithmetic::kSubtract, UpdateOperand{encoded_from("1")}});
  add("list", "[1]");
  update.actions.emplace_back(RemoveAction{path({"r", uint32_t{1}})});
  std::string text = "before";
  PlaceholderTable table;
  append_update(text, update, table);
  EXPECT_EQ(text,
            "beforeSET #n0 = #n1 - :v0, #n2 = list_append(if_not_exists(#n2, :v1), :v2) "
            "REMOVE #n3, #n3[1] ADD #n1 :v0 DELETE #n4 :v3");
}

TEST(Render, SharesPlaceholdersHoweverManyThereAre) {
  PlaceholderTable table;
  std::string text;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      text.clear();
      table.append_name(text, std::string_view("abcdefghij").substr(0, 1 + i % 10));
      EXPECT_EQ(text, "#n" + std::to_string(i % 10));
    }
  }
  std::vector<EncodedValue> values;
  for (int i = 0; i < 60; ++i) values.push_back(encoded_from(std::to_string(i)));
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < values.size(); ++i) {
      text.clear();
      table.append_value(text, values[i].view());
      EXPECT_EQ(text, ":v" + std::to_string(i));
    }
  }
}

TEST(Render, GivesConditionsThatParseToTheSameTree) {
  std::mt19937_64 random(11);
  for (int i = 0; i < kTrees; ++i) {
    const Condition condition = random_condition(random, 3);
    std::string text;
    PlaceholderTable table;
    append_condition(text, condition, table);
    if (text.size() > kExpressionBytesMax) continue;
    auto placeholders = sent(table);
    const auto bound = api::bind_condition(text, "ConditionExpression", placeholders);
    ASSERT_EQ(tree_or_error(bound), text_of(condition)) << text;
    EXPECT_TRUE(placeholders.check_all_used().ok()) << text;
  }
}

TEST(Render, GivesUpdatesThatParseToTheSameTree) {
  std::mt19937_64 random(12);
  for (int i = 0; i < kTrees; ++i) {
    const Update update = test::random_update(random);
    std::string text;
    PlaceholderTable table;
    append_update(text, update, table);
    auto placeholders = sent(table);
    ASSERT_EQ(tree_or_error(api::bind_update(text, placeholders)), text_of(update)) << text;
    EXPECT_TRUE(placeholders.check_all_used().ok()) << text;
  }
}

TEST(Render, GivesProjectionsAndKeyConditionsThatParseToTheSame) {
  std::mt19937_64 random(13);
  for (int i = 0; i < kTrees; ++i) {
    const Projection projection = test::random_projection(random);
    const auto clauses = test::random_key_clauses(random);
    std::string projected, keys;
    PlaceholderTable table;
    append_projection(projected, projection, table);
    append_key_condition(keys, clauses, table);
    auto placeholders = sent(table);
    ASSERT_EQ(tree_or_error(api::bind_projection(projected, placeholders)), text_of(projection));
    ASSERT_EQ(tree_or_error(api::bind_key_clauses(keys, placeholders)), text_of(clauses)) << keys;
    EXPECT_TRUE(placeholders.check_all_used().ok());
  }
}

}  // namespace
}  // namespace dynolith::odm
