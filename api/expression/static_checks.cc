#include "api/expression/static_checks.h"

#include <charconv>
#include <string>
#include <utility>

#include "api/expression/reserved_words.h"
#include "storage/limits.h"

namespace dynolith::api {
namespace {

using storage::request_error;
using storage::Result;

Result<void> check_parentheses(const SyntaxTree& tree) {
  if (tree.has_redundant_parentheses) {
    return request_error("The expression has redundant parentheses;");
  }
  return {};
}

bool fits_condition(Function function, NodeUse use) {
  switch (function) {
    case Function::kAttributeExists:
    case Function::kAttributeNotExists:
    case Function::kAttributeType:
    case Function::kBeginsWith:
    case Function::kContains:
      return use == NodeUse::kTop;
    case Function::kSize:
      return use != NodeUse::kTop;
    case Function::kIfNotExists:
    case Function::kListAppend:
    case Function::kUnknown:
      break;
  }
  return false;
}

bool fits_update(Function function, NodeUse use) {
  return function == Function::kIfNotExists ||
         (function == Function::kListAppend && use != NodeUse::kArgument);
}

Result<void> check_functions(const SyntaxTree& tree, bool (&fits)(Function, NodeUse)) {
  for (const Node& node : tree.nodes) {
    if (node.kind == NodeKind::kCall && node.function == Function::kUnknown) {
      return request_error("Invalid function name; function: " + std::string(node.text));
    }
  }
  for (const Node& node : tree.nodes) {
    if (node.kind == NodeKind::kCall && !fits(node.function, node.use)) {
      return request_error(
          "The function is not allowed to be used this way in an expression; function: " +
          std::string(node.text));
    }
  }
  return {};
}

Result<void> check_reserved_words(const SyntaxTree& tree) {
  for (const PathPart& part : tree.path_parts) {
    if (part.kind == PathPart::Kind::kIdentifier && is_reserved_word(part.text)) {
      return request_error("Attribute name is a reserved keyword; reserved keyword: " +
                           std::string(part.text));
    }
  }
  return {};
}

Result<void> check_paths(const SyntaxTree& tree) {
  for (const PathPart& part : tree.path_parts) {
    if (part.kind != PathPart::Kind::kIndex) continue;
    int32_t index = 0;
    const auto [end, error] =
        std::from_chars(part.text.data(), part.text.data() + part.text.size(), index);
    if (error != std::errc{}) {
      return request_error("List index is not within the allowable range; index: [" +
                           std::string(part.text) + "]");
    }
  }
  for (const Node& node : tree.nodes) {
    if (node.kind == NodeKind::kPath && node.count > storage::kDocumentPathDepthMax) {
      return request_error("The document path has too many nesting levels; nesting levels: " +
                           std::to_string(node.count));
    }
  }
  return {};
}

size_t operators_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::kPath:
    case NodeKind::kValue:
      return 0;
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return node.count - 1;
    case NodeKind::kCall:
    case NodeKind::kCompare:
    case NodeKind::kBetween:
    case NodeKind::kIn:
    case NodeKind::kNot:
    case NodeKind::kSum:
      return 1;
  }
  return 0;
}

// The service stops counting at the first operator too many and reports that number.
Result<void> check_operators(const SyntaxTree& tree) {
  size_t operators = 0;
  for (const Node& node : tree.nodes) operators += operators_of(node);
  if (operators > storage::kExpressionOperatorsMax) {
    return request_error("The expression contains too many operators; operator count: " +
                         std::to_string(storage::kExpressionOperatorsMax + 1));
  }
  return {};
}

std::string_view section_name(Section section) {
  switch (section) {
    case Section::kSet:
      return "SET";
    case Section::kRemove:
      return "REMOVE";
    case Section::kAdd:
      return "ADD";
    case Section::kDelete:
      return "DELETE";
  }
  return {};
}

}  // namespace

Result<void> check_size(std::string_view text, bool tell_size) {
  if (text.empty()) return request_error("The expression can not be empty;");
  if (text.size() > storage::kExpressionBytesMax) {
    std::string message = "Expression size has exceeded the maximum allowed size;";
    if (tell_size) message += " expression size: " + std::to_string(text.size());
    return request_error(std::move(message));
  }
  return {};
}

Result<void> check_condition(const SyntaxTree& tree) {
  TRY(check_parentheses(tree));
  TRY(check_functions(tree, fits_condition));
  TRY(check_reserved_words(tree));
  TRY(check_paths(tree));
  return check_operators(tree);
}

Result<void> check_update(const SyntaxTree& tree) {
  TRY(check_parentheses(tree));
  TRY(check_reserved_words(tree));
  TRY(check_functions(tree, fits_update));
  if (tree.repeated_section) {
    return request_error("The \"" + std::string(section_name(*tree.repeated_section)) +
                         "\" section can only be used once in an update expression;");
  }
  TRY(check_paths(tree));
  return check_operators(tree);
}

Result<void> check_projection(const SyntaxTree& tree) {
  TRY(check_reserved_words(tree));
  return check_paths(tree);
}

}  // namespace dynolith::api
