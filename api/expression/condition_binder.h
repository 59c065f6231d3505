// Parsed conditions to bound ones: placeholders replaced, operands held against what each operator
// takes.
#pragma once

#include "api/expression/resolver.h"
#include "api/expression/syntax_tree.h"
#include "storage/expression/condition.h"
#include "storage/result.h"

namespace dynolith::api {

// Need: the tree has passed check_condition().
// Errors: kValidation, scope kRequest, without "Invalid ...Expression: ". Of several the first in
// the order of the text; within one operator names and values that are not defined, then the number
// of operands, then distinctness, then types.
storage::Result<storage::Condition> bind(const SyntaxTree& tree, Placeholders& placeholders);

// Parses, checks and binds a condition.
storage::Result<storage::Condition> condition_of(std::string_view text, Placeholders& placeholders);

}  // namespace dynolith::api
