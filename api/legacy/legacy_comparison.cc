#include "api/legacy/legacy_comparison.h"

#include <algorithm>
#include <array>

#include "api/json/attribute_value.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using storage::AttributeType;
using storage::Comparator;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::request_error;

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

// In the order of LegacyOperator.
constexpr std::array<std::string_view, 13> kNames{
    "EQ",   "NE",       "LE",           "LT",          "GE", "GT",     "NOT_NULL",
    "NULL", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH", "IN", "BETWEEN"};

Error invalid(std::string_view sentence) {
  return request_error(std::string(kInvalid).append(sentence));
}

bool takes(LegacyOperator op, size_t count) {
  switch (op) {
    case LegacyOperator::kNull:
    case LegacyOperator::kNotNull:
      return count == 0;
    case LegacyOperator::kIn:
      return count >= 1;
    case LegacyOperator::kBetween:
      return count == 2;
    default:
      return count == 1;
  }
}

bool takes(LegacyOperator op, AttributeType type) {
  switch (op) {
    case LegacyOperator::kEqual:
    case LegacyOperator::kNotEqual:
      return true;
    case LegacyOperator::kBeginsWith:
      return type == AttributeType::kString || type == AttributeType::kBinary;
    default:
      return is_key_type(type);
  }
}

Result<void> check_types(const LegacyComparison& comparison) {
  for (const EncodedValue& value : comparison.values) {
    if (takes(comparison.op, value.view().type())) continue;
    return invalid(std::string("ComparisonOperator ")
                       .append(operator_name(comparison.op))
                       .append(" is not valid for ")
                       .append(type_name(value.view().type()))
                       .append(" AttributeValue type"));
  }
  for (const EncodedValue& value : comparison.values) {
    if (value.view().type() == comparison.values.front().view().type()) continue;
    return invalid("AttributeValues inside AttributeValueList must be of same type");
  }
  return {};
}

Condition comparison_of(DocumentPath path, Comparator comparator, EncodedValue value) {
  return {storage::Comparison{std::move(path), comparator, std::move(value)}};
}

}  // namespace

LegacyOperator legacy_operator(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  return static_cast<LegacyOperator>(found - kNames.begin());
}

std::string_view operator_name(LegacyOperator op) { return kNames[static_cast<size_t>(op)]; }

Result<void> check_legacy_name(std::string_view name) {
  if (name.empty()) return request_error("Empty attribute name");
  if (name.size() > storage::kAttributeNameBytesMax) {
    return invalid("Attribute name is too large, must not exceed 65535 bytes");
  }
  return {};
}

Result<std::vector<EncodedValue>> legacy_values(const Slot& list, Wording wording) {
  std::vector<EncodedValue> values;
  if (!list.present()) return values;
  for (const JsonValue element : list.array()) {
    DecodedValue decoded = decode_value(element, wording);
    if (decoded.error) return std::move(*decoded.error);
    values.push_back(std::move(decoded.value));
  }
  return values;
}

Result<void> check_legacy_comparison(const LegacyComparison& comparison) {
  if (!takes(comparison.op, comparison.values.size())) {
    return invalid(std::string("Invalid number of argument(s) for the ")
                       .append(operator_name(comparison.op))
                       .append(" ComparisonOperator"));
  }
  TRY(check_types(comparison));
  if (comparison.op != LegacyOperator::kBetween) return {};
  // Numbers are encoded so that their bytes sort as they do.
  if (comparison.values[0].view().payload() > comparison.values[1].view().payload()) {
    return request_error(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return {};
}

Condition to_condition(LegacyComparison comparison) {
  DocumentPath path{{comparison.attribute}};
  std::vector<EncodedValue>& values = comparison.values;
  switch (comparison.op) {
    case LegacyOperator::kEqual:
      return comparison_of(std::move(path), Comparator::kEqual, std::move(values[0]));
    case LegacyOperator::kNotEqual:
      return comparison_of(std::move(path), Comparator::kNotEqual, std::move(values[0]));
    case LegacyOperator::kLessOrEqual:
      return comparison_of(std::move(path), Comparator::kLessOrEqual, std::move(values[0]));
    case LegacyOperator::kLess:
      return comparison_of(std::move(path), Comparator::kLess, std::move(values[0]));
    case LegacyOperator::kGreaterOrEqual:
      return comparison_of(std::move(path), Comparator::kGreaterOrEqual, std::move(values[0]));
    case LegacyOperator::kGreater:
      return comparison_of(std::move(path), Comparator::kGreater, std::move(values[0]));
    case LegacyOperator::kNotNull:
      return {storage::AttributeExists{std::move(path)}};
    case LegacyOperator::kNull:
      return {storage::AttributeNotExists{std::move(path)}};
    case LegacyOperator::kContains:
      return {storage::Contains{std::move(path), std::move(values[0])}};
    case LegacyOperator::kNotContains:
      return {storage::NotContains{std::move(path), std::move(values[0])}};
    case LegacyOperator::kBeginsWith:
      return {storage::BeginsWith{std::move(path), std::move(values[0])}};
    case LegacyOperator::kIn: {
      storage::In in{std::move(path), {}};
      for (EncodedValue& value : values) in.list.emplace_back(std::move(value));
      return {std::move(in)};
    }
    case LegacyOperator::kBetween:
      return {storage::Between{std::move(path), std::move(values[0]), std::move(values[1])}};
  }
  std::abort();  // A value outside the enumeration: a bug, not an input.
}

}  // namespace dynolith::api
