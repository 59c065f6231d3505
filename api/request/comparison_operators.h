// ComparisonOperator in the parameters from before there were expressions: which names it may have.
#pragma once

#include <string_view>

#include "api/request/constraints.h"

namespace dynolith::api {

// Of each element of a map of conditions; `path` is the member's name in lowerCamel. Absent is
// fine.
void check_condition_operators(Constraints& constraints, const Slot& conditions,
                               std::string_view path);
// The same for Expected, whose elements may do without an operator.
void check_expected_operators(Constraints& constraints, const Slot& expected);

}  // namespace dynolith::api
