// ConditionalOperator: whether all of several legacy conditions must hold, or any.
#pragma once

#include <cstdint>

#include "api/request/constraints.h"

namespace dynolith::api {

enum class ConditionalOperator : uint8_t { kAnd, kOr };

// The newer layer of the single-item writes names neither member nor value, and prints another
// enumeration than it checks.
void check_conditional_operator(Constraints& constraints, const Slot& slot,
                                Wording wording = Wording::kClassic);
ConditionalOperator conditional_operator(const Slot& slot);  // Needs: it passed the check.

}  // namespace dynolith::api
