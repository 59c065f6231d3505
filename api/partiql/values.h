// What names and literals of a statement stand for: paths, and values as the store keeps them.
#pragma once

#include <string>
#include <vector>

#include "api/partiql/syntax_tree.h"
#include "storage/encoding/item_encoding.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

class Values {
 public:
  // Both outlive this. Needs: as many parameters as the statement has.
  Values(const StatementSyntax& statement, const std::vector<storage::EncodedValue>& parameters)
      : statement_(statement), parameters_(parameters) {}

  static bool is_value(const Node& node) {
    return node.kind >= NodeKind::kString && node.kind <= NodeKind::kStruct;
  }

  // Need: the node's kind. Errors (kValidation, kRequest): a number or a bag that cannot be, values
  // nested too deeply; with the place inside the value: "... under root.a[1]".
  storage::Result<storage::EncodedValue> value(const Node& node);
  // Also: anything but a map.
  storage::Result<storage::EncodedItem> item(const Node& node);

  storage::DocumentPath path(const Node& node) const;

  // "Unsupported operator: + at 1:8:1".
  storage::Error unsupported(std::string_view problem, const Node& node) const;

 private:
  storage::Result<void> encode(const Node& node, int depth);
  storage::Result<void> members(const Node& node, int depth);
  storage::Result<void> elements(const Node& node, int depth);
  storage::Result<void> bag(const Node& node, int depth);
  storage::Result<void> number(const Node& node);
  storage::Error under_root(storage::Error error) const;
  const Node& node(NodeId id) const { return statement_.nodes[id]; }

  const StatementSyntax& statement_;
  const std::vector<storage::EncodedValue>& parameters_;
  // The names and indexes on the way to what is being encoded.
  std::vector<storage::PathStep> way_;
};

// Whether a number's exponent fits 32 bits: what the service reads is a decimal of that kind.
bool has_readable_exponent(std::string_view number);

// A name as written to the name meant.
std::string name_of(const PathPart& part);

}  // namespace dynolith::api::partiql
