#include "api/request/comparison_operators.h"

#include <array>
#include <string>

#include "api/json/input_shapes.h"

namespace dynolith::api {

namespace {

// In the order in which the service prints them.
constexpr std::array<std::string_view, 13> kPrintedNames{
    "IN",       "NULL", "BETWEEN", "LT",          "NOT_CONTAINS", "EQ",      "GT",
    "NOT_NULL", "NE",   "LE",      "BEGINS_WITH", "GE",           "CONTAINS"};

using Condition = ConditionShape;
using Expected = ExpectedAttributeValueShape;

std::string operator_path(std::string_view map, std::string_view attribute) {
  return std::string(map).append(".").append(attribute).append(".member.comparisonOperator");
}

// A null element has no members.
template <class Structure>
Members<Structure> members_of(const JsonValue& value) {
  if (value.is_null()) return {};
  return read_structure<Structure>(object_of(value));
}

}  // namespace

void check_condition_operators(Constraints& constraints, const Slot& conditions,
                               std::string_view path) {
  if (!conditions.present()) return;
  for (const auto field : conditions.object()) {
    const auto members = members_of<Condition>(field.value);
    const Slot& op = members[Condition::kComparisonOperator];
    const std::string op_path = operator_path(path, field.key);
    constraints.required(op, op_path);
    constraints.one_of(op, op_path, kPrintedNames);
  }
}

void check_expected_operators(Constraints& constraints, const Slot& expected) {
  if (!expected.present()) return;
  for (const auto field : expected.object()) {
    const auto members = members_of<Expected>(field.value);
    constraints.one_of(members[Expected::kComparisonOperator], operator_path("expected", field.key),
                       kPrintedNames);
  }
}

}  // namespace dynolith::api
