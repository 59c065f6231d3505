// Expression parameters and their placeholders: which may stand together, and reading the two maps.
#pragma once

#include <span>
#include <string_view>

#include "api/expression/expressions.h"
#include "api/request/constraints.h"
#include "api/wording.h"

namespace dynolith::api {

struct NamedSlot {
  std::string_view name;
  const Slot& slot;
};

// A request's expressions and the parameters from before there were expressions, each list in
// alphabetical order, and the two maps of placeholders.
struct ParameterStyles {
  std::span<const NamedSlot> legacy;
  std::span<const NamedSlot> expressions;
  const Slot& names;   // ExpressionAttributeNames.
  const Slot* values;  // ExpressionAttributeValues; null where there is no such member.
};

// Both styles in one request; placeholders without an expression. Errors: kValidation, kRequest.
Result<void> check_styles(const ParameterStyles& styles, Wording wording);

// Reads both maps. Errors (kValidation, kRequest): a map is empty, a key is malformed, a target or
// value is not valid.
Result<void> read_placeholders(const ParameterStyles& styles, Wording wording,
                               Placeholders& placeholders);

}  // namespace dynolith::api
