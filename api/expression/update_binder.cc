// Parsed updates to bound ones.
//
// Of several errors the service reports, over the whole text: names that are not defined, then
// values, then paths that overlap or conflict, then types of operands, then what functions are
// given.
#include <string>
#include <utility>

#include "api/expression/expressions.h"
#include "api/expression/parser.h"
#include "api/expression/resolver.h"
#include "api/expression/static_checks.h"

namespace dynolith::api {
namespace {

using storage::AttributeType;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Error;
using storage::request_error;
using storage::Result;
using storage::UpdateOperand;

Result<void> check_section_type(Section section, AttributeType type) {
  const bool is_add = section == Section::kAdd;
  if (storage::is_set(type) || (is_add && type == AttributeType::kNumber)) return {};
  const std::string name = is_add ? "ADD" : "DELETE";
  return request_error("Incorrect operand type for operator or function; operator: " + name +
                       ", operand type: " + std::string(storage::long_type_name(type)) +
                       ", typeSet: ALLOWED_FOR_" + name + "_OPERAND");
}

class UpdateBinder {
 public:
  UpdateBinder(const SyntaxTree& tree, Placeholders& placeholders)
      : tree_(tree), resolver_(tree, placeholders) {}

  Result<storage::Update> bind() {
    TRY(resolve());
    storage::Update update;
    update.actions.reserve(tree_.actions.size());
    TRY(check_targets());
    for (const ActionSyntax& action : tree_.actions) TRY(check_types(action));
    for (const Node& node : tree_.nodes) {
      if (node.kind == NodeKind::kCall) TRY(check_arguments(node));
    }
    for (const ActionSyntax& action : tree_.actions) update.actions.push_back(bound(action));
    return update;
  }

 private:
  // Paths and values of all nodes, by node: names first, values after them.
  Result<void> resolve() {
    paths_.resize(tree_.nodes.size());
    values_.resize(tree_.nodes.size());
    for (size_t i = 0; i < tree_.nodes.size(); ++i) {
      const Node& node = tree_.nodes[i];
      if (node.kind == NodeKind::kPath) paths_[i] = TRY(resolver_.path(node));
    }
    for (size_t i = 0; i < tree_.nodes.size(); ++i) {
      const Node& node = tree_.nodes[i];
      if (node.kind == NodeKind::kValue) values_[i] = TRY(resolver_.value(node));
    }
    return {};
  }

  Result<void> check_targets() const {
    std::vector<const DocumentPath*> targets;
    targets.reserve(tree_.actions.size());
    for (const ActionSyntax& action : tree_.actions) targets.push_back(&paths_[action.target]);
    return check_distinct_paths(targets);
  }

  Result<void> check_types(const ActionSyntax& action) const {
    switch (action.section) {
      case Section::kSet:
        return check_operand_types(action.value);
      case Section::kAdd:
      case Section::kDelete:
        return check_section_type(action.section, values_[action.value].view().type());
      case Section::kRemove:
        break;
    }
    return {};
  }

  // What the operand is whatever the item holds. An if_not_exists is at times its second operand.
  StaticType static_type(NodeId id) const {
    const Node& node = tree_.nodes[id];
    if (node.kind == NodeKind::kValue) return values_[id].view().type();
    if (node.kind != NodeKind::kCall) return std::nullopt;
    if (node.function == Function::kListAppend) return AttributeType::kList;
    return node.count == 2 ? static_type(tree_.children(node)[1]) : std::nullopt;
  }

  // Of `+`, `-` and list_append, the innermost first.
  Result<void> check_operand_types(NodeId id) const {
    const Node& node = tree_.nodes[id];
    if (node.kind != NodeKind::kSum && node.kind != NodeKind::kCall) return {};
    for (const NodeId child : tree_.children(node)) TRY(check_operand_types(child));
    const bool is_sum = node.kind == NodeKind::kSum;
    if (!is_sum && node.function != Function::kListAppend) return {};
    const AttributeType wanted = is_sum ? AttributeType::kNumber : AttributeType::kList;
    for (const NodeId child : tree_.children(node)) {
      const StaticType type = static_type(child);
      if (type && *type != wanted) return operand_type_error(node.text, *type);
    }
    return {};
  }

  Result<void> check_arguments(const Node& call) const {
    if (call.count != 2) return operand_count_error(call);
    const Node& first = tree_.nodes[tree_.children(call)[0]];
    if (call.function == Function::kIfNotExists && first.kind != NodeKind::kPath) {
      return needs_path_error(call);
    }
    return {};
  }

  storage::UpdateAction bound(const ActionSyntax& action) {
    DocumentPath path = std::move(paths_[action.target]);
    switch (action.section) {
      case Section::kSet:
        break;
      case Section::kRemove:
        return storage::RemoveAction{std::move(path)};
      case Section::kAdd:
        return storage::AddAction{std::move(path), std::move(values_[action.value])};
      case Section::kDelete:
        return storage::DeleteAction{std::move(path), std::move(values_[action.value])};
    }
    const Node& node = tree_.nodes[action.value];
    if (node.kind != NodeKind::kSum) {
      return storage::SetAction{std::move(path), operand(action.value)};
    }
    const std::span<const NodeId> sides = tree_.children(node);
    return storage::SetAction{std::move(path), operand(sides[0]), node.arithmetic,
                              operand(sides[1])};
  }

  // As deep as an expression may have functions. Every node is used once, so what it holds is
  // moved.
  UpdateOperand operand(NodeId id) {
    const Node& node = tree_.nodes[id];
    if (node.kind == NodeKind::kPath) return {std::move(paths_[id])};
    if (node.kind == NodeKind::kValue) return {std::move(values_[id])};
    const std::span<const NodeId> arguments = tree_.children(node);
    auto second = std::make_unique<UpdateOperand>(operand(arguments[1]));
    if (node.function == Function::kIfNotExists) {
      return {storage::IfNotExists{std::move(paths_[arguments[0]]), std::move(second)}};
    }
    auto first = std::make_unique<UpdateOperand>(operand(arguments[0]));
    return {storage::ListAppend{std::move(first), std::move(second)}};
  }

  const SyntaxTree& tree_;
  Resolver resolver_;
  std::vector<DocumentPath> paths_;
  std::vector<EncodedValue> values_;
};

Result<storage::Update> update_of(std::string_view text, Placeholders& placeholders) {
  TRY(check_size(text, false));
  thread_local SyntaxTree tree;  // For its buffers.
  TRY(parse_update(text, tree));
  TRY(check_update(tree));
  return UpdateBinder(tree, placeholders).bind();
}

}  // namespace

Result<storage::Update> bind_update(std::string_view text, Placeholders& placeholders) {
  auto update = update_of(text, placeholders);
  if (!update.ok()) return in_expression(std::move(update).error(), "UpdateExpression");
  return update;
}

}  // namespace dynolith::api
