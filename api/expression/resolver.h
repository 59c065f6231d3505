// Replaces the placeholders in parsed paths and values.
#pragma once

#include <optional>

#include "api/expression/expressions.h"
#include "api/expression/syntax_tree.h"
#include "storage/result.h"

namespace dynolith::api {

class Resolver {
 public:
  // Both outlive the resolver.
  Resolver(const SyntaxTree& tree, Placeholders& placeholders)
      : tree_(tree), placeholders_(placeholders) {}

  // Need: the node's kind; the tree has passed its static checks.
  // Errors (kValidation, kRequest): the name or value is not defined.
  storage::Result<storage::DocumentPath> path(const Node& node);
  storage::Result<storage::EncodedValue> value(const Node& node);

 private:
  const SyntaxTree& tree_;
  Placeholders& placeholders_;
};

// What an operand's type is whatever the item holds: known of values and computed things, not of
// paths.
using StaticType = std::optional<storage::AttributeType>;

// "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL".
storage::Error operand_type_error(std::string_view operation, storage::AttributeType type);
// "Incorrect number of operands for operator or function; ..."
storage::Error operand_count_error(const Node& call);
// "Operator or function requires a document path; ..."
storage::Error needs_path_error(const Node& call);
// "Two document paths overlap with each other; ..." and its like, for the first such pair.
storage::Result<void> check_distinct_paths(const std::vector<const storage::DocumentPath*>& paths);

// Adds "Invalid UpdateExpression: " in front.
storage::Error in_expression(storage::Error error, std::string_view parameter);

}  // namespace dynolith::api
