#include "api/legacy/legacy_condition.h"

#include <utility>

#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/legacy/legacy_comparison.h"

namespace dynolith::api {

namespace {

using storage::Condition;
using storage::KeyClause;
using storage::KeyOperator;
using storage::request_error;

using Expected = ExpectedAttributeValueShape;

// Of a global index with four partition and four sort attributes.
constexpr size_t kKeyConditionsMax = 8;

Error invalid(std::string_view sentence, std::string_view attribute) {
  return request_error(std::string("One or more parameter values were invalid: ")
                           .append(sentence)
                           .append(" for Attribute: ")
                           .append(attribute));
}

// A null element has no members.
template <class Structure>
Members<Structure> members_of(const JsonValue& value) {
  if (value.is_null()) return {};
  return read_structure<Structure>(object_of(value));
}

Result<LegacyComparison> comparison_of(std::string_view attribute, const JsonValue& value,
                                       Wording wording) {
  TRY(check_legacy_name(attribute));
  const auto members = members_of<ConditionShape>(value);
  LegacyComparison comparison;
  comparison.attribute = attribute;
  comparison.op = legacy_operator(*members[ConditionShape::kComparisonOperator].text());
  comparison.values = TRY(legacy_values(members[ConditionShape::kAttributeValueList], wording));
  TRY(check_legacy_comparison(comparison));
  return comparison;
}

// All or any of the conditions, as ConditionalOperator says.
Result<std::optional<Condition>> joined(std::vector<Condition> conditions, const Slot& op) {
  if (op.present() && conditions.empty()) {
    return request_error("ConditionalOperator cannot be used without Filter or Expected");
  }
  if (op.present() && conditions.size() == 1) {
    return request_error(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
  if (conditions.empty()) return std::optional<Condition>();
  if (conditions.size() == 1) return std::optional(std::move(conditions.front()));
  if (conditional_operator(op) == ConditionalOperator::kOr) {
    return std::optional(Condition{storage::Or{std::move(conditions)}});
  }
  return std::optional(Condition{storage::And{std::move(conditions)}});
}

// Expected with an operator: like a filter's condition, but Value may stand for a list of one.
Result<Condition> expected_comparison(std::string_view attribute, const Members<Expected>& members,
                                      Wording wording) {
  if (members[Expected::kExists].present()) {
    return invalid("Exists and ComparisonOperator cannot be used together", attribute);
  }
  LegacyComparison comparison;
  comparison.attribute = attribute;
  comparison.op = legacy_operator(*members[Expected::kComparisonOperator].text());
  const Slot& value = members[Expected::kValue];
  const Slot& list = members[Expected::kAttributeValueList];
  const bool needs_value =
      comparison.op != LegacyOperator::kNull && comparison.op != LegacyOperator::kNotNull;
  if (needs_value && !value.present() && !list.present()) {
    return invalid(std::string("Value or AttributeValueList must be used with ComparisonOperator: ")
                       .append(operator_name(comparison.op)),
                   attribute);
  }
  comparison.values = TRY(legacy_values(list, wording));
  if (value.present()) {
    DecodedValue decoded = decode_value(value.value(), wording);
    if (decoded.error) return std::move(*decoded.error);
    comparison.values.push_back(std::move(decoded.value));
  }
  TRY(check_legacy_comparison(comparison));
  return to_condition(std::move(comparison));
}

// Expected without an operator: the attribute has this value, or is not there.
Result<Condition> expected_state(std::string_view attribute, const Members<Expected>& members,
                                 Wording wording) {
  const Slot& value = members[Expected::kValue];
  const auto exists = members[Expected::kExists].boolean();
  if (members[Expected::kAttributeValueList].present()) {
    return invalid("AttributeValueList can only be used with a ComparisonOperator", attribute);
  }
  if (exists == false) {
    if (value.present()) return invalid("Value cannot be used when Exists is false", attribute);
    return Condition{storage::AttributeNotExists{{{std::string(attribute)}}}};
  }
  if (!value.present()) {
    return invalid(exists ? "Value must be provided when Exists is true"
                          : "Value must be provided when Exists is null",
                   attribute);
  }
  DecodedValue decoded = decode_value(value.value(), wording);
  if (decoded.error) return std::move(*decoded.error);
  LegacyComparison comparison{std::string(attribute), LegacyOperator::kEqual, {}};
  comparison.values.push_back(std::move(decoded.value));
  return to_condition(std::move(comparison));
}

Result<Condition> expected_condition(std::string_view attribute, const JsonValue& value,
                                     Wording wording) {
  TRY(check_legacy_name(attribute));
  const auto members = members_of<Expected>(value);
  if (members[Expected::kValue].present() && members[Expected::kAttributeValueList].present()) {
    return invalid("Value and AttributeValueList cannot be used together", attribute);
  }
  return members[Expected::kComparisonOperator].present()
             ? expected_comparison(attribute, members, wording)
             : expected_state(attribute, members, wording);
}

std::optional<KeyOperator> key_operator(LegacyOperator op) {
  switch (op) {
    case LegacyOperator::kEqual:
      return KeyOperator::kEqual;
    case LegacyOperator::kLessOrEqual:
      return KeyOperator::kLessOrEqual;
    case LegacyOperator::kLess:
      return KeyOperator::kLess;
    case LegacyOperator::kGreaterOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case LegacyOperator::kGreater:
      return KeyOperator::kGreater;
    case LegacyOperator::kBeginsWith:
      return KeyOperator::kBeginsWith;
    case LegacyOperator::kBetween:
      return KeyOperator::kBetween;
    default:
      return std::nullopt;
  }
}

Result<KeyClause> key_clause(LegacyComparison comparison) {
  const auto op = key_operator(comparison.op);
  if (!op) {
    return request_error("Attempted conditional constraint is not an indexable operation");
  }
  KeyClause clause{std::move(comparison.attribute), *op, std::move(comparison.values[0]), {}};
  if (*op == KeyOperator::kBetween) clause.second = std::move(comparison.values[1]);
  return clause;
}

}  // namespace

Result<std::optional<Condition>> legacy_filter(const Slot& filter, const Slot& op,
                                               Wording wording) {
  std::vector<Condition> conditions;
  if (filter.present()) {
    for (const auto field : filter.object()) {
      conditions.push_back(to_condition(TRY(comparison_of(field.key, field.value, wording))));
    }
  }
  return joined(std::move(conditions), op);
}

Result<std::optional<Condition>> legacy_expected(const Slot& expected, const Slot& op,
                                                 Wording wording) {
  std::vector<Condition> conditions;
  if (expected.present()) {
    for (const auto field : expected.object()) {
      conditions.push_back(TRY(expected_condition(field.key, field.value, wording)));
    }
  }
  return joined(std::move(conditions), op);
}

Result<std::vector<KeyClause>> legacy_key_clauses(const Slot& key_conditions, Wording wording) {
  std::vector<KeyClause> clauses;
  for (const auto field : key_conditions.object()) {
    LegacyComparison comparison = TRY(comparison_of(field.key, field.value, wording));
    clauses.push_back(TRY(key_clause(std::move(comparison))));
  }
  if (clauses.empty() || clauses.size() > kKeyConditionsMax) {
    return request_error("Conditions can be of length 1 or 2 only");
  }
  return clauses;
}

}  // namespace dynolith::api
