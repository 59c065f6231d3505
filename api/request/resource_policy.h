// What requests say about resource policies.
#pragma once

#include <string_view>

#include "api/request/constraints.h"
#include "storage/result.h"

namespace dynolith::api {

void check_expected_revision(Constraints& constraints, const Slot& slot);

// Errors: kValidation (not a JSON object, larger than 20 KB).
Result<void> check_policy(std::string_view policy);

}  // namespace dynolith::api
