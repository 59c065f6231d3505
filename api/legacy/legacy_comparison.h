// One comparison of the parameters from before there were expressions: an operator and its list of
// values, for an attribute. KeyConditions, QueryFilter, ScanFilter and Expected are made of these.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/request/constraints.h"
#include "storage/encoding/item_encoding.h"
#include "storage/expression/condition.h"

namespace dynolith::api {

enum class LegacyOperator : uint8_t {
  kEqual,
  kNotEqual,
  kLessOrEqual,
  kLess,
  kGreaterOrEqual,
  kGreater,
  kNotNull,
  kNull,
  kContains,
  kNotContains,
  kBeginsWith,
  kIn,
  kBetween,
};

struct LegacyComparison {
  std::string attribute;
  LegacyOperator op = LegacyOperator::kEqual;
  std::vector<storage::EncodedValue> values;
};

LegacyOperator legacy_operator(
    std::string_view name);  // Needs: check_condition_operators passed it.
std::string_view operator_name(LegacyOperator op);

// An attribute's name as the key of a legacy map. Errors (kValidation, kRequest): empty, too long.
Result<void> check_legacy_name(std::string_view name);

// The values of an AttributeValueList; none if it is absent. Errors: kValidation, kRequest.
Result<std::vector<storage::EncodedValue>> legacy_values(const Slot& list, Wording wording);

// Number and types of the values. Errors (kValidation, kRequest), in the service's words.
Result<void> check_legacy_comparison(const LegacyComparison& comparison);

// Needs: it passed the check.
storage::Condition to_condition(LegacyComparison comparison);

}  // namespace dynolith::api
