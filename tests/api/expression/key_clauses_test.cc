// KeyConditionExpression text: the clauses it states or the exact error.
#include <gtest/gtest.h>

#include "tests/api/expression/tree_text.h"

namespace dynolith::api {
namespace {

std::string bound(std::string_view text) {
  auto placeholders = test::sample_placeholders();
  return test::tree_or_error(bind_key_clauses(text, placeholders));
}

struct Case {
  std::string_view text, outcome;
};

constexpr Case kClauses[] = {
    {"a = :s", "(= a \"x\")"},
    {"a = :s AND b < :n", "(= a \"x\") (< b 5)"},
    {"b <= :n and a = :s", "(<= b 5) (= a \"x\")"},
    {"a = :s AND b > :n", "(= a \"x\") (> b 5)"},
    {"a = :s AND b >= :n", "(= a \"x\") (>= b 5)"},
    {"a = :s AND b BETWEEN :n AND :m", "(= a \"x\") (between b 5 10)"},
    {"a = :s AND begins_with(b, :t)", "(= a \"x\") (begins-with b \"y\")"},
    // A value first turns the operator round.
    {":s = a AND :n < b", "(= a \"x\") (> b 5)"},
    {":n <= b", "(>= b 5)"},
    {":n > b", "(< b 5)"},
    {":n >= b", "(<= b 5)"},
    // One pair of parentheses fits around each condition and around the whole.
    {"(a = :s) AND (begins_with(b, :t))", "(= a \"x\") (begins-with b \"y\")"},
    {"(a = :s AND b = :n)", "(= a \"x\") (= b 5)"},
    {"(a = :s AND b = :n) AND c > :m", "(= a \"x\") (= b 5) (> c 10)"},
    {"((a = :s) AND (b BETWEEN :n AND :m))", "(= a \"x\") (between b 5 10)"},
    {"#a = :s AND #dot = :n", "(= a \"x\") (= x.y 5)"},
    {"a = :bool", "(= a true)"},
};
TEST(KeyConditionExpression, StatesTheseClauses) {
  for (const auto& [text, clauses] : kClauses) EXPECT_EQ(bound(text), clauses) << text;
}

constexpr std::string_view kOperator = "Invalid operator used in KeyConditionExpression: ";
constexpr std::string_view kCondition = "Invalid condition in KeyConditionExpression: ";
constexpr std::string_view kType =
    "Incorrect operand type for operator or function; operator or function: ";

struct ErrorCase {
  std::string_view text, message, rest;
};
constexpr ErrorCase kErrors[] = {
    {"", "The expression can not be empty;", ""},
    {"a = = :n", R"~(Syntax error; token: "=", near: "= = :n")~", ""},
    {"a", R"~(Syntax error; token: "<EOF>", near: "a")~", ""},
    {"((a = :n))", "The expression has redundant parentheses;", ""},
    {"a = :n AND ((b = :n))", "The expression has redundant parentheses;", ""},
    {"name = :n", "Attribute name is a reserved keyword; reserved keyword: ", "name"},
    {"foo(a, :n)", "Invalid function name; function: ", "foo"},
    {"a = :n OR b = :n", kOperator, "OR"},
    {"NOT a = :n", kOperator, "NOT"},
    {"a = :n AND NOT b = :n", kOperator, "NOT"},
    {"a in (:n)", kOperator, "IN"},
    {"a <> :n", kOperator, "<>"},
    {"a = :n AND contains(b, :n)", kOperator, "contains"},
    {"attribute_exists(a)", kOperator, "attribute_exists"},
    {"attribute_not_exists(a)", kOperator, "attribute_not_exists"},
    {"attribute_type(a, :S)", kOperator, "attribute_type"},
    {"size(a) = :n", "KeyConditionExpressions cannot contain nested operations", ""},
    {"a = :n AND :n < size(b)", "KeyConditionExpressions cannot contain nested operations", ""},
    {"a = b", kCondition, "Multiple attribute names used in one condition"},
    {"a BETWEEN :n AND b", kCondition, "Multiple attribute names used in one condition"},
    {"begins_with(a, b)", kCondition, "Multiple attribute names used in one condition"},
    {":n = :m", kCondition, "No key attribute specified"},
    {":n BETWEEN :n AND :m", kCondition, "No key attribute specified"},
    {":n BETWEEN a AND :m", kCondition,
     "BETWEEN operator must have the key attribute as its first operand"},
    {"begins_with(:s, a)", kCondition,
     "begins_with operator must have the key attribute as its first operand"},
    {"a.b = :n", "KeyConditionExpressions cannot have conditions on nested attributes", ""},
    {"a = :n AND b[0] = :n", "KeyConditionExpressions cannot have conditions on nested attributes",
     ""},
    {"a = :n AND a = :m", "KeyConditionExpressions must only contain one condition per key", ""},
    {"a = :n AND b > :n AND #b < :m",
     "KeyConditionExpressions must only contain one condition per key", ""},
    {"a = :n AND b < :bool", kType, "<, operand type: BOOL"},
    {"a = :n AND begins_with(b, :n)", kType, "begins_with, operand type: N"},
    {"a = :x AND begins_with(b, :n)",
     "An expression attribute value used in expression is not defined; attribute value: ", ":x"},
    {"a = :n AND begins_with(b, :n) AND c = :x", kType, "begins_with, operand type: N"},
    {"#x = :n", "An expression attribute name used in the document path is not defined; attribute ",
     "name: #x"},
    {"a BETWEEN :m AND :n",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower ",
     "bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:5}"},
};
TEST(KeyConditionExpression, RefusesWhatIsNoKeyCondition) {
  for (const auto& [text, message, rest] : kErrors) {
    EXPECT_EQ(bound(text),
              "Invalid KeyConditionExpression: " + std::string(message) + std::string(rest))
        << text;
  }
}

}  // namespace
}  // namespace dynolith::api
