// What the parser makes of an expression's text: nodes in one array, children before their parents,
// names and values still as written. Borrows the text. Reusable: clear() keeps the buffers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::api {

using NodeId = uint32_t;

enum class NodeKind : uint8_t {
  kPath,
  kValue,
  kCall,
  kCompare,
  kBetween,
  kIn,
  kNot,
  kAnd,
  kOr,
  kSum,
};

// Where a node stands, which decides what functions may stand there.
enum class NodeUse : uint8_t {
  kTop,       // A condition of its own, or the whole right side of a SET.
  kOperand,   // Of an operator.
  kArgument,  // Of a function.
};

enum class Function : uint8_t {
  kUnknown,
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

struct PathPart {
  enum class Kind : uint8_t { kIdentifier, kPlaceholder, kIndex };
  Kind kind = Kind::kIdentifier;
  std::string_view text;  // An index: its digits.
};

struct Node {
  NodeKind kind = NodeKind::kPath;
  NodeUse use = NodeUse::kTop;
  bool parenthesised = false;
  storage::Comparator comparator = storage::Comparator::kEqual;  // kCompare.
  storage::Arithmetic arithmetic = storage::Arithmetic::kNone;   // kSum.
  Function function = Function::kUnknown;                        // kCall.
  uint32_t first = 0, count = 0;  // Of the children, or of a path's parts.
  std::string_view text;          // A value's key, an operator's or a function's name as written.
};

enum class Section : uint8_t { kSet, kRemove, kAdd, kDelete };

struct ActionSyntax {
  Section section = Section::kSet;
  NodeId target = 0;
  NodeId value = 0;  // Not with kRemove.
};

struct SyntaxTree {
  std::vector<Node> nodes;
  std::vector<NodeId> child_ids;
  std::vector<PathPart> path_parts;
  NodeId root = 0;                          // Conditions.
  std::vector<ActionSyntax> actions;        // Updates.
  std::optional<Section> repeated_section;  // Updates: the first one met again.
  bool has_redundant_parentheses = false;

  std::span<const NodeId> children(const Node& node) const {
    return {child_ids.data() + node.first, node.count};
  }
  std::span<const PathPart> parts(const Node& path) const {
    return {path_parts.data() + path.first, path.count};
  }
  void clear();
};

}  // namespace dynolith::api
