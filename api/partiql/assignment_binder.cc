#include "api/partiql/assignment_binder.h"

#include <utility>

#include "api/expression/resolver.h"
#include "api/partiql/lexer.h"
#include "api/partiql/where_binder.h"

namespace dynolith::api::partiql {

using storage::AttributeType;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::request_error;
using storage::Result;
using storage::UpdateAction;
using storage::UpdateOperand;

namespace {

class AssignmentBinder {
 public:
  AssignmentBinder(const StatementSyntax& statement, Values& values)
      : statement_(statement), values_(values) {}

  Result<UpdateAction> bind(const ActionSyntax& action) {
    DocumentPath target = values_.path(statement_.nodes[action.target]);
    if (!action.value) return UpdateAction(storage::RemoveAction{std::move(target)});
    const Node& value = statement_.nodes[*action.value];
    if (value.kind == NodeKind::kSum) {
      const auto sides = statement_.children(value);
      UpdateOperand left = TRY(operand(sides[0]));
      UpdateOperand right = TRY(operand(sides[1]));
      TRY(check_type(left, value.text, AttributeType::kNumber));
      TRY(check_type(right, value.text, AttributeType::kNumber));
      return UpdateAction(storage::SetAction{std::move(target), std::move(left), value.arithmetic,
                                             std::move(right)});
    }
    if (value.kind == NodeKind::kCall) {
      const std::string name = function_name(value);
      if (name == "set_add" || name == "set_delete") return set_change(value, std::move(target));
    }
    UpdateOperand assigned = TRY(operand(*action.value));
    return UpdateAction(storage::SetAction{std::move(target), std::move(assigned),
                                           storage::Arithmetic::kNone, std::nullopt});
  }

 private:
  Result<UpdateOperand> operand(NodeId id) {
    const Node& node = statement_.nodes[id];
    if (node.kind == NodeKind::kPath) return UpdateOperand{values_.path(node)};
    if (Values::is_value(node)) return UpdateOperand{TRY(values_.value(node))};
    if (node.kind == NodeKind::kCall) return list_append(node);
    if (node.kind == NodeKind::kSum) {
      return values_.unsupported("Unsupported operator: " + std::string(node.text), node);
    }
    return values_.unsupported("Unexpected path component", node);
  }

  Result<UpdateOperand> list_append(const Node& call) {
    const std::string name = function_name(call);
    if (name == "set_add" || name == "set_delete") return misused(name);
    if (name != "list_append") return unrecognized_function(values_, call);
    const auto arguments = statement_.children(call);
    if (arguments.size() != 2) {
      return request_error(
          "Incorrect number of operands for operator or function; operator or function: " + name +
          ", number of operands: " + std::to_string(arguments.size()));
    }
    for (const NodeId argument : arguments) {
      if (statement_.nodes[argument].kind == NodeKind::kCall) return misused(name);
    }
    auto first = std::make_unique<UpdateOperand>(TRY(operand(arguments[0])));
    auto second = std::make_unique<UpdateOperand>(TRY(operand(arguments[1])));
    TRY(check_type(*first, name, AttributeType::kList));
    TRY(check_type(*second, name, AttributeType::kList));
    return UpdateOperand{storage::ListAppend{std::move(first), std::move(second)}};
  }

  // `SET a = set_add(a, <<1>>)`: what the store calls ADD and DELETE.
  Result<UpdateAction> set_change(const Node& call, DocumentPath target) {
    const bool adds = function_name(call) == "set_add";
    const std::string name = adds ? "SET_ADD" : "SET_DELETE";
    const auto arguments = statement_.children(call);
    if (arguments.size() != 2) {
      return values_.unsupported(name + " must have exactly two arguments", call);
    }
    const Node& first = statement_.nodes[arguments[0]];
    if (first.kind != NodeKind::kPath || !(values_.path(first) == target)) {
      return values_.unsupported(
          "The first argument to " + name + " must equal the assignment value", call);
    }
    const Node& second = statement_.nodes[arguments[1]];
    if (!Values::is_value(second)) {
      return values_.unsupported("The second argument to " + name + " must be a set", call);
    }
    EncodedValue members = TRY(values_.value(second));
    const AttributeType type = members.view().type();
    if (!storage::is_set(type)) return operand_type_error(function_name(call), type);
    if (adds) return UpdateAction(storage::AddAction{std::move(target), std::move(members)});
    return UpdateAction(storage::DeleteAction{std::move(target), std::move(members)});
  }

  static storage::Error misused(const std::string& name) {
    return request_error(
        "The function is not allowed to be used this way in an expression; function: " + name);
  }

  static Result<void> check_type(const UpdateOperand& operand, std::string_view operation,
                                 AttributeType wanted) {
    const auto* value = std::get_if<EncodedValue>(&operand.node);
    if (value != nullptr && value->view().type() != wanted) {
      return operand_type_error(operation, value->view().type());
    }
    const bool is_list = std::holds_alternative<storage::ListAppend>(operand.node);
    if (is_list && wanted != AttributeType::kList) {
      return operand_type_error(operation, AttributeType::kList);
    }
    return {};
  }

  const StatementSyntax& statement_;
  Values& values_;
};

}  // namespace

Result<storage::Update> bind_assignments(const StatementSyntax& statement, Values& values) {
  AssignmentBinder binder(statement, values);
  storage::Update update;
  update.actions.reserve(statement.actions.size());
  for (const ActionSyntax& action : statement.actions) {
    update.actions.push_back(TRY(binder.bind(action)));
  }
  std::vector<const DocumentPath*> targets;
  targets.reserve(update.actions.size());
  for (const UpdateAction& action : update.actions) targets.push_back(&storage::target(action));
  TRY(check_distinct_paths(targets));
  return update;
}

}  // namespace dynolith::api::partiql
