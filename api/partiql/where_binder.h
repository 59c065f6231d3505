// WHERE clauses to bound conditions. What the operators take is checked as in expressions.
#pragma once

#include "api/partiql/syntax_tree.h"
#include "api/partiql/values.h"
#include "storage/expression/condition.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

// Errors: kValidation, scope kRequest.
storage::Result<storage::Condition> bind_where(const StatementSyntax& statement, Values& values);

// The function's name in lower case.
std::string function_name(const Node& call);
storage::Error unrecognized_function(const Values& values, const Node& call);

}  // namespace dynolith::api::partiql
