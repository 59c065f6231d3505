// What the PartiQL operations share: the members that each statement of a request has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/partiql/statement.h"
#include "api/request/constraints.h"
#include "api/request/return_values.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

inline constexpr int64_t kStatementCharactersMax = 8192;

// `prefix`: what stands before the members' names in violations, "statements.1.member.".
void check_statement_members(Constraints& constraints, const Slot& statement,
                             const Slot& parameters, const Slot& return_values_on_failure,
                             const std::string& prefix);

// Errors (kValidation, kRequest): of values. Needs: the slot passed its checks.
Result<std::vector<storage::EncodedValue>> read_parameters(const Slot& slot, Wording wording);

}  // namespace dynolith::api::partiql
