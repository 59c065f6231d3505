// Expression text to syntax trees. Errors here are syntax errors only (kValidation, scope kRequest,
// without "Invalid ...Expression: "); what else may be wrong is for static_checks and the binder.
//
// Open constructs are kept on a stack of our own, not on the thread's: any nesting that fits the
// permitted text is parsed.
#pragma once

#include <string_view>

#include "api/expression/syntax_tree.h"
#include "storage/result.h"

namespace dynolith::api {

// condition := and_condition (OR and_condition)*      and_condition := negation (AND negation)*
// negation  := NOT* primary                           operand := path | :value | call | "(" operand
// ")" primary   := operand (= | <> | < | <= | > | >=) operand | operand BETWEEN operand AND operand
//            | operand IN "(" operand ("," operand)* ")" | call | "(" condition ")"
// call      := identifier "(" operand ("," operand)* ")"
// path      := (identifier | #name) ("." (identifier | #name) | "[" digits "]")*
storage::Result<void> parse_condition(std::string_view text, SyntaxTree& tree);

// update  := section+, each:
//   SET path "=" sum ("," path "=" sum)*              sum := operand (("+" | "-") operand)? | "("
//   sum ")" REMOVE path ("," path)* ADD path :value ("," path :value)*                DELETE path
//   :value ("," path :value)*
storage::Result<void> parse_update(std::string_view text, SyntaxTree& tree);

// projection := path ("," path)*                      The paths are the tree's nodes, in order.
storage::Result<void> parse_projection(std::string_view text, SyntaxTree& tree);

}  // namespace dynolith::api
