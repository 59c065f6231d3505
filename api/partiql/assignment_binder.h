// SET and REMOVE to bound updates.
#pragma once

#include "api/partiql/syntax_tree.h"
#include "api/partiql/values.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

// Errors: kValidation, scope kRequest: functions that the service does not have or that are given
// the wrong things, operand types, paths that overlap.
storage::Result<storage::Update> bind_assignments(const StatementSyntax& statement, Values& values);

}  // namespace dynolith::api::partiql
