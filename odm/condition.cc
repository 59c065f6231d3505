#include "odm/condition.h"

#include "odm/connection/service_error.h"
#include "odm/connection/tree_rules.h"
#include "storage/expression/condition.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

using storage::And;
using storage::Comparator;
using storage::Operand;
using storage::Or;
using Tree = storage::Condition;

// What a service takes is far below; this bounds what combining copies, and how deep trees are.
constexpr size_t kNodesMax = 4 * storage::kExpressionOperatorsMax;

ConditionCore of_tree(Tree tree) { return {std::make_shared<const Tree>(std::move(tree)), {}}; }
ConditionCore of_error(Error error) { return {nullptr, std::move(error)}; }

size_t nodes_in(const Tree& tree) {
  size_t count = 1;
  const auto add_all = [&count](const std::vector<Tree>& all) {
    for (const Tree& each : all) count += nodes_in(each);
  };
  if (const auto* node = std::get_if<And>(&tree.node)) add_all(node->all);
  if (const auto* node = std::get_if<Or>(&tree.node)) add_all(node->any);
  if (const auto* node = std::get_if<storage::Not>(&tree.node)) count += nodes_in(*node->inner);
  return count;
}

ConditionCore too_large() {
  return of_error(make_error(ErrorCode::kBadRequest,
                             "a condition has more than " + std::to_string(kNodesMax) + " parts"));
}

std::vector<Tree> clone_all(const std::vector<Tree>& all) {
  std::vector<Tree> copies;
  copies.reserve(all.size() + 1);
  for (const Tree& each : all) copies.push_back(clone(each));
  return copies;
}

// Adds a tree's parts, if it is of the same kind, or itself.
template <class Node>
void add_parts(std::vector<Tree>& parts, const Tree& tree, std::vector<Tree> Node::*children) {
  if (const auto* node = std::get_if<Node>(&tree.node)) {
    for (const Tree& each : node->*children) parts.push_back(clone(each));
  } else {
    parts.push_back(clone(tree));
  }
}

template <class Node>
ConditionCore join(ConditionCore a, ConditionCore b, std::vector<Tree> Node::*children) {
  if (a.error || b.is_empty()) return a;
  if (b.error || a.is_empty()) return b;
  if (nodes_in(*a.tree) + nodes_in(*b.tree) >= kNodesMax) return too_large();
  Node node;
  add_parts(node.*children, *a.tree, children);
  add_parts(node.*children, *b.tree, children);
  return of_tree({std::move(node)});
}

Operand operand_at(const FieldCore& field, internal::OperandKind kind) {
  if (kind == internal::OperandKind::kSize) return storage::SizeOf{field.path};
  return field.path;
}

}  // namespace

storage::Condition clone(const storage::Condition& condition) {
  return std::visit(
      []<class Node>(const Node& node) -> Tree {
        if constexpr (std::is_same_v<Node, And>)
          return {And{clone_all(node.all)}};
        else if constexpr (std::is_same_v<Node, Or>)
          return {Or{clone_all(node.any)}};
        else if constexpr (std::is_same_v<Node, storage::Not>)
          return {storage::Not{std::make_unique<Tree>(clone(*node.inner))}};
        else
          return {node};
      },
      condition.node);
}

ConditionCore both(ConditionCore a, ConditionCore b) {
  return join(std::move(a), std::move(b), &And::all);
}

ConditionCore either(ConditionCore a, ConditionCore b) {
  return join(std::move(a), std::move(b), &Or::any);
}

ConditionCore negate(ConditionCore inner) {
  if (inner.is_empty() || inner.error) return inner;
  if (const auto* node = std::get_if<storage::Not>(&inner.tree->node))
    return of_tree(clone(*node->inner));
  if (nodes_in(*inner.tree) >= kNodesMax) return too_large();
  return of_tree({storage::Not{std::make_unique<Tree>(clone(*inner.tree))}});
}

ConditionCore condition_of(storage::Condition&& tree) {
  // Not every shape of a tree can be walked: a NOT may have nothing inside.
  const storage::Result<void> checked = check_condition(tree, "ConditionExpression");
  if (!checked) return of_error(to_error(checked.error()));
  return of_tree(std::move(tree));
}

namespace internal {

ConditionCore compare(const FieldCore& left, OperandKind kind, Comparator comparator,
                      Result<EncodedValue> right) {
  if (left.error) return of_error(*left.error);
  if (!right) return of_error(std::move(right).error());
  return of_tree(
      {storage::Comparison{operand_at(left, kind), comparator, std::move(right).value()}});
}

ConditionCore compare(const FieldCore& left, OperandKind kind, Comparator comparator,
                      const FieldCore& right, OperandKind right_kind) {
  if (left.error) return of_error(*left.error);
  if (right.error) return of_error(*right.error);
  return of_tree(
      {storage::Comparison{operand_at(left, kind), comparator, operand_at(right, right_kind)}});
}

ConditionCore between_values(const FieldCore& field, Result<EncodedValue> low,
                             Result<EncodedValue> high) {
  if (field.error) return of_error(*field.error);
  if (!low) return of_error(std::move(low).error());
  if (!high) return of_error(std::move(high).error());
  return of_tree({storage::Between{field.path, std::move(low).value(), std::move(high).value()}});
}

ConditionCore in_values(const FieldCore& field, std::vector<Result<EncodedValue>> values) {
  if (field.error) return of_error(*field.error);
  if (values.empty() || values.size() > storage::kInOperandsMax)
    return of_error(make_error(ErrorCode::kBadRequest, "in(" + field.name + "): takes 1 to " +
                                                           std::to_string(storage::kInOperandsMax) +
                                                           " values, not " +
                                                           std::to_string(values.size())));
  storage::In node{field.path, {}};
  node.list.reserve(values.size());
  for (Result<EncodedValue>& value : values) {
    if (!value) return of_error(std::move(value).error());
    node.list.emplace_back(std::move(value).value());
  }
  return of_tree({std::move(node)});
}

ConditionCore exists_at(const FieldCore& field) {
  if (field.error) return of_error(*field.error);
  return of_tree({storage::AttributeExists{field.path}});
}

ConditionCore absent_at(const FieldCore& field) {
  if (field.error) return of_error(*field.error);
  return of_tree({storage::AttributeNotExists{field.path}});
}

ConditionCore type_at(const FieldCore& field, AttributeType type) {
  if (field.error) return of_error(*field.error);
  return of_tree({storage::AttributeTypeIs{field.path, type}});
}

ConditionCore begins_at(const FieldCore& field, Result<EncodedValue> prefix) {
  if (field.error) return of_error(*field.error);
  if (!prefix) return of_error(std::move(prefix).error());
  return of_tree({storage::BeginsWith{field.path, std::move(prefix).value()}});
}

ConditionCore contains_at(const FieldCore& field, Result<EncodedValue> value) {
  if (field.error) return of_error(*field.error);
  if (!value) return of_error(std::move(value).error());
  return of_tree({storage::Contains{field.path, std::move(value).value()}});
}

Result<EncodedValue> number_operand(int64_t value) {
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.number(Number(value));
  return encoder.finish_value();
}

}  // namespace internal
}  // namespace dynolith::odm
