// What the parser makes of a statement: nodes in one array, children before their parents, names
// and literals still as written. Borrows the text. Reusable: clear() keeps the buffers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::api::partiql {

using NodeId = uint32_t;

enum class NodeKind : uint8_t {
  kPath,
  // Values.
  kString,
  kNumber,
  kBoolean,
  kNull,
  kMissing,
  kParameter,
  kList,
  kBag,
  kStruct,  // Children: name, value, name, value ...; names are kString.
  // What is done with them.
  kCall,
  kSum,
  kCompare,
  kBetween,
  kIn,  // Children: what is looked for, then the list (one node), or what the parentheses hold.
  kIs,
  kNot,
  kAnd,
  kOr,
};

struct PathPart {
  enum class Kind : uint8_t { kName, kQuotedName, kString, kIndex };
  Kind kind = Kind::kName;
  std::string_view text;  // Of quoted ones what is between the quotes; an index's digits.
};

struct Node {
  NodeKind kind = NodeKind::kNull;
  bool negated = false;      // kNumber: a '-' before it. kBetween, kIn, kIs: NOT. kBoolean: FALSE.
  bool spelled_out = false;  // kIn: the members stand in parentheses.
  storage::Comparator comparator = storage::Comparator::kEqual;  // kCompare.
  storage::Arithmetic arithmetic = storage::Arithmetic::kNone;   // kSum.
  uint32_t first = 0, count = 0;  // Of the children, or of a path's parts. kParameter: its number.
  uint32_t begin = 0, end = 0;    // In the statement.
  std::string_view text = {};     // Of literals, function names and (kIs) types, as written.
};

enum class StatementKind : uint8_t { kSelect, kExists, kInsert, kUpdate, kDelete };

struct OrderSyntax {
  NodeId path = 0;
  bool descending = false;
};

struct ActionSyntax {
  NodeId target = 0;
  std::optional<NodeId> value;  // Absent: REMOVE.
};

struct Returning {
  bool modified = false;   // Else ALL.
  bool new_image = false;  // Else OLD.
};

struct StatementSyntax {
  std::string_view text;
  StatementKind kind = StatementKind::kSelect;
  std::vector<Node> nodes;
  std::vector<NodeId> child_ids;
  std::vector<PathPart> path_parts;
  NodeId source = 0;               // The path that names the table, and perhaps an index.
  std::vector<NodeId> projection;  // Empty: all.
  std::optional<NodeId> where;
  std::vector<OrderSyntax> order;
  NodeId item = 0;  // kInsert.
  std::vector<ActionSyntax> actions;
  std::optional<Returning> returning;
  uint32_t parameters = 0;

  std::span<const NodeId> children(const Node& node) const {
    return std::span(child_ids).subspan(node.first, node.count);
  }
  std::span<const PathPart> parts(const Node& path) const {
    return std::span(path_parts).subspan(path.first, path.count);
  }
  void clear();
};

}  // namespace dynolith::api::partiql
