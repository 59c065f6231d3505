// What is wrong with an expression whatever its names and values stand for. In the service's order:
// redundant parentheses, unknown functions, functions out of place, reserved words (in updates
// these come before functions, and repeated sections after), list indexes, path depth, number of
// operators.
//
// Errors: kValidation, scope kRequest, without "Invalid ...Expression: ".
#pragma once

#include <string_view>

#include "api/expression/syntax_tree.h"
#include "storage/result.h"

namespace dynolith::api {

// Empty, or longer than 4,096 bytes: found before the text is parsed. `tell_size`: the service says
// how long it is, except of updates.
storage::Result<void> check_size(std::string_view text, bool tell_size);

storage::Result<void> check_condition(const SyntaxTree& tree);
storage::Result<void> check_update(const SyntaxTree& tree);
storage::Result<void> check_projection(const SyntaxTree& tree);

}  // namespace dynolith::api
