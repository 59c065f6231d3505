// Trees that no parser would make: programs can, and the engine must never see them.
#include "odm/connection/tree_rules.h"

#include <gtest/gtest.h>

#include "storage/expression/condition.h"
#include "storage/expression/update.h"
#include "tests/odm/connection/trees.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using storage::Condition;
using storage::EncodedValue;
using storage::Operand;
using storage::UpdateOperand;

const storage::DocumentPath kNowhere;

std::string refusal(const storage::Result<void>& result) {
  return result.ok() ? "" : result.error().message;
}
std::string refusal(const Condition& condition) {
  return refusal(check_condition(condition, "ConditionExpression"));
}
template <class... Actions>
std::string refusal_of_update(Actions... actions) {
  return refusal(check_update(*update(std::move(actions)...)));
}

TEST(TreeRules, ConditionsHaveAllTheirParts) {
  EXPECT_EQ(refusal(exists("a.b[1].c")), "");
  EXPECT_NE(refusal(Condition{storage::Not{}}), "");
  EXPECT_NE(refusal(Condition{storage::And{}}), "");
  EXPECT_NE(refusal(Condition{storage::Or{}}), "");
  EXPECT_NE(refusal(Condition{storage::In{at("a"), {}}}), "");
  EXPECT_NE(refusal(Condition{storage::AttributeExists{kNowhere}}), "");
  EXPECT_NE(refusal(Condition{storage::AttributeExists{{{0u}}}}), "");
  EXPECT_NE(refusal(Condition{storage::AttributeExists{{{std::string()}}}}), "");
  EXPECT_NE(refusal(Condition{storage::AttributeExists{{{std::string("\xff")}}}}), "");
  EXPECT_NE(refusal(compare(at("a"), "=", Operand(EncodedValue()))), "");
  EXPECT_NE(refusal(compare(Operand(storage::SizeOf{kNowhere}), "=", value("1"))), "");
  EXPECT_NE(refusal(compare(Operand(storage::SizeOf{EncodedValue()}), "=", value("1"))), "");
  EXPECT_NE(refusal(negated(both(exists("a"), Condition{storage::Not{}}))), "");
}

TEST(TreeRules, ConditionsHaveAnEnd) {
  constexpr char kTooMany[] =
      "Invalid ConditionExpression: The expression contains too many operators; operator count: "
      "301";
  Condition deep = exists("a");
  for (int i = 0; i < 1000; ++i) deep = negated(std::move(deep));
  EXPECT_EQ(refusal(deep), kTooMany);
  Condition lonely = exists("a");
  for (int i = 0; i < 1000; ++i) {
    storage::And node;
    node.all.push_back(std::move(lonely));
    lonely = {std::move(node)};
  }
  EXPECT_EQ(refusal(lonely), kTooMany);
  Condition fits = exists("a");
  for (int i = 0; i < 299; ++i) fits = negated(std::move(fits));
  EXPECT_EQ(refusal(fits), "");
}

TEST(TreeRules, PathsHaveLimits) {
  storage::DocumentPath deep;
  deep.steps.assign(33, std::string("a"));
  EXPECT_EQ(refusal(Condition{storage::AttributeExists{deep}}),
            "Invalid ConditionExpression: The document path has too many nesting levels; nesting "
            "levels: 33");
  storage::DocumentPath far{{std::string("a"), 2'147'483'648u}};
  EXPECT_EQ(refusal(Condition{storage::AttributeExists{far}}),
            "Invalid ConditionExpression: List index is not within the allowable range; index: "
            "[2147483648]");
  storage::DocumentPath long_name{{std::string(65'536, 'x')}};
  EXPECT_NE(refusal(Condition{storage::AttributeExists{long_name}}), "");
}

TEST(TreeRules, OperandsFit) {
  constexpr char kIncorrect[] =
      "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or "
      "function: ";
  EXPECT_EQ(refusal(compare(Operand(storage::SizeOf{std::get<EncodedValue>(value("5"))}), "=",
                            value("1"))),
            std::string(kIncorrect) + "size, operand type: N");
  EXPECT_EQ(refusal(Condition{storage::Between{at("a"), value("1"), value("\"x\"")}}),
            "Invalid ConditionExpression: The BETWEEN operator requires same data type for lower "
            "and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: "
            "AttributeValue: {S:x}");
  EXPECT_EQ(refusal(Condition{storage::Between{at("a"), value("b\"2\""), value("b\"1\"")}}),
            "Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater "
            "than or equal to lower bound; lower bound operand: AttributeValue: {B:Mg==}, upper "
            "bound operand: AttributeValue: {B:MQ==}");
  EXPECT_EQ(refusal(Condition{storage::Contains{at("a"), at("a")}}),
            "Invalid ConditionExpression: The first operand must be distinct from the remaining "
            "operands for this operator or function; operator: contains, first operand: [a]");
  EXPECT_EQ(refusal(compare(size_of("a"), ">", value("1"))), "");
  // A false part of an AND is as wrong as a lone one.
  EXPECT_EQ(refusal(both(exists("b"), compare(at("a"), "<", value("<1>")))),
            std::string(kIncorrect) + "<, operand type: NS");
}

TEST(TreeRules, UpdatesHaveAllTheirParts) {
  EXPECT_EQ(refusal_of_update(set("a", "1"), remove("b"), add("c", "1")), "");
  EXPECT_EQ(refusal_of_update(), "");
  EXPECT_NE(refusal_of_update(storage::RemoveAction{kNowhere}), "");
  EXPECT_NE(refusal_of_update(storage::AddAction{path("a"), EncodedValue()}), "");
  EXPECT_NE(refusal_of_update(storage::DeleteAction{path("a"), EncodedValue()}), "");
  EXPECT_NE(refusal_of_update(set("a", UpdateOperand{storage::IfNotExists{path("b"), nullptr}})),
            "");
  EXPECT_NE(refusal_of_update(set("a", UpdateOperand{storage::ListAppend{}})), "");
  storage::SetAction half;
  half.path = path("a");
  half.left = given("1");
  half.arithmetic = storage::Arithmetic::kAdd;
  EXPECT_NE(refusal_of_update(std::move(half)), "");
  EXPECT_EQ(refusal_of_update(set("a", if_not_exists("a", list_append(read("b"), read("c"))))),
            "Invalid UpdateExpression: The function is not allowed to be used this way in an "
            "expression; function: list_append");
  UpdateOperand deep = given("1");
  for (int i = 0; i < 1000; ++i) deep = if_not_exists("b", std::move(deep));
  EXPECT_EQ(refusal_of_update(set("a", std::move(deep))),
            "Invalid UpdateExpression: The expression contains too many operators; operator count: "
            "301");
}

TEST(TreeRules, TargetsAreApart) {
  EXPECT_EQ(refusal_of_update(set("a.b", "1"), set("a.c", "1"), remove("d[0]"), remove("d[1]")),
            "");
  // However many stand between them.
  EXPECT_EQ(refusal_of_update(remove("a.z"), remove("a.b"), remove("a-"), remove("a")),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of these paths; path one: [a, b], path two: [a]");
  EXPECT_NE(refusal_of_update(remove("a[0].x"), remove("a.b"), remove("a[1]")), "");
}

TEST(TreeRules, ProjectionsAndKeyConditionsToo) {
  EXPECT_EQ(refusal(check_projection(*only({"a", "b.c"}))), "");
  EXPECT_NE(refusal(check_projection({})), "");
  EXPECT_NE(refusal(check_projection({{kNowhere}})), "");
  EXPECT_EQ(refusal(check_key_clauses({clause("a", "=", "1"), clause("b", "<", "1")})), "");
  EXPECT_NE(refusal(check_key_clauses({clause("", "=", "1")})), "");
  EXPECT_NE(refusal(check_key_clauses({clause("a", "between", "1")})), "");
  EXPECT_NE(refusal(check_key_clauses({storage::KeyClause{"a"}})), "");
  EXPECT_EQ(refusal(check_key_clauses({clause("a", "begins_with", "1")})),
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N");
}

}  // namespace
}  // namespace dynolith::odm
