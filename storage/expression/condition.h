// Bound conditions (also filters): placeholders replaced, operand types and limits checked by
// whoever built them. Expression text, legacy parameters, PartiQL and the mapper all build this
// tree.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/expression/operators.h"
#include "storage/function_ref.h"
#include "storage/value/document_path.h"

namespace dynolith::storage {

// size(x): S UTF-16 code units, B bytes, members of sets, lists and maps; nothing for other types.
struct SizeOf {
  std::variant<DocumentPath, EncodedValue> of;
};
using Operand = std::variant<DocumentPath, EncodedValue, SizeOf>;

struct Comparison {
  Operand left;
  Comparator comparator;
  Operand right;
};
struct Between {
  Operand value, low, high;
};
struct In {
  Operand value;
  std::vector<Operand> list;
};
struct AttributeExists {
  DocumentPath path;
};
struct AttributeNotExists {
  DocumentPath path;
};
struct AttributeTypeIs {
  Operand value;
  AttributeType type;
};
struct BeginsWith {
  Operand value, prefix;
};
struct Contains {
  Operand container, value;
};
struct Not {
  std::unique_ptr<Condition> inner;
};
struct And {  // All of two or more.
  std::vector<Condition> all;
};
struct Or {  // Any of two or more.
  std::vector<Condition> any;
};
// Legacy NOT_CONTAINS: unlike Not{Contains}, false if the attribute is missing.
struct NotContains {
  Operand container, value;
};

struct Condition {
  using Node = std::variant<Comparison, Between, In, AttributeExists, AttributeNotExists,
                            AttributeTypeIs, BeginsWith, Contains, NotContains, Not, And, Or>;
  // Defined elsewhere: what moves trees is compiled once, not wherever this is included.
  Condition(Node kind);  // NOLINT(google-explicit-constructor): each kind of node is a condition.
  ~Condition();
  Condition(Condition&& other) noexcept;
  Condition& operator=(Condition&& other) noexcept;

  Node node;
};

// True iff `item` satisfies `condition`; the absent item is ItemView(). Cannot fail. Reads the
// stored bytes in place and allocates nothing.
bool evaluate(const Condition& condition, const ItemView& item);

// What stands at `path`, if anything does.
std::optional<ValueView> find(const ItemView& item, const DocumentPath& path);

// Calls `visit` with every document path in the condition.
void visit_paths(const Condition& condition, FunctionRef<void(const DocumentPath&)> visit);

}  // namespace dynolith::storage
