#include "odm/connection/tree_rules.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "odm/connection/operand_rules.h"
#include "storage/limits.h"
#include "storage/value/utf8.h"

namespace dynolith::odm {
namespace {

using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Error;
using storage::Operand;
using storage::request_error;
using storage::Result;
using storage::UpdateOperand;

constexpr uint32_t kListIndexMax = std::numeric_limits<int32_t>::max();

Error in_expression(Error error, std::string_view parameter) {
  error.message = "Invalid " + std::string(parameter) + ": " + error.message;
  return error;
}

Result<void> check_name(const std::string& name) {
  if (name.empty()) return request_error("Empty attribute name");
  if (name.size() > storage::kAttributeNameBytesMax)
    return request_error(
        "One or more parameter values were invalid: Attribute name is too large, must not exceed "
        "65535 bytes");
  if (!storage::is_valid_utf8(name)) return request_error("An attribute name is not UTF-8");
  return {};
}

Result<void> check_path(const DocumentPath& path) {
  if (path.steps.empty() || !path.steps.front().is_name())
    return request_error("A document path must begin with the name of an attribute");
  for (const storage::PathStep& step : path.steps) {
    if (const auto* name = step.name_if()) {
      TRY(check_name(*name));
    } else if (step.index() > kListIndexMax) {
      return request_error("List index is not within the allowable range; index: [" +
                           std::to_string(step.index()) + "]");
    }
  }
  if (path.steps.size() > storage::kDocumentPathDepthMax)
    return request_error("The document path has too many nesting levels; nesting levels: " +
                         std::to_string(path.steps.size()));
  return {};
}

Result<void> check_value(const EncodedValue& value) {
  if (value.bytes.empty()) return request_error("An operand has no value");
  return {};
}

// Counts operators as the service does, which stops at the first one too many and reports that
// number. Also bounds how deep a tree is walked.
class Operators {
 public:
  Result<void> add(size_t count) {
    count_ += std::min(count, storage::kExpressionOperatorsMax + 1);
    return check(count_);
  }
  static Result<void> check(size_t count) {
    if (count <= storage::kExpressionOperatorsMax) return {};
    return request_error("The expression contains too many operators; operator count: " +
                         std::to_string(storage::kExpressionOperatorsMax + 1));
  }

 private:
  size_t count_ = 0;
};

// The shape of a condition. What operands are is looked at once the whole of it is sound.
class ConditionShape {
 public:
  Result<void> check(const Condition& condition, size_t depth = 1) {
    TRY(Operators::check(depth));
    return std::visit([&](const auto& node) { return visit(node, depth); }, condition.node);
  }

 private:
  Result<void> visit(const storage::Not& node, size_t depth) {
    if (node.inner == nullptr) return request_error("NOT has no condition");
    TRY(operators_.add(1));
    return check(*node.inner, depth + 1);
  }
  Result<void> visit(const storage::And& node, size_t depth) { return all(node.all, depth); }
  Result<void> visit(const storage::Or& node, size_t depth) { return all(node.any, depth); }
  Result<void> visit(const storage::AttributeExists& node, size_t) { return path(node.path); }
  Result<void> visit(const storage::AttributeNotExists& node, size_t) { return path(node.path); }
  Result<void> visit(const storage::Comparison& node, size_t) {
    return operands({&node.left, &node.right});
  }
  Result<void> visit(const storage::Between& node, size_t) {
    return operands({&node.value, &node.low, &node.high});
  }
  Result<void> visit(const storage::In& node, size_t) {
    if (node.list.empty()) return request_error("IN has no operands");
    TRY(operands({&node.value}));
    for (const Operand& each : node.list) TRY(operand(each));
    return {};
  }
  Result<void> visit(const storage::AttributeTypeIs& node, size_t) {
    return operands({&node.value});
  }
  Result<void> visit(const storage::BeginsWith& node, size_t) {
    return operands({&node.value, &node.prefix});
  }
  Result<void> visit(const storage::Contains& node, size_t) {
    return operands({&node.container, &node.value});
  }
  Result<void> visit(const storage::NotContains& node, size_t) {
    return operands({&node.container, &node.value});
  }

  Result<void> all(const std::vector<Condition>& conditions, size_t depth) {
    if (conditions.empty()) return request_error("AND or OR has no conditions");
    TRY(operators_.add(conditions.size() - 1));
    for (const Condition& condition : conditions) TRY(check(condition, depth + 1));
    return {};
  }
  Result<void> path(const DocumentPath& path) {
    TRY(operators_.add(1));
    return check_path(path);
  }
  // Of one operator.
  Result<void> operands(std::initializer_list<const Operand*> all) {
    TRY(operators_.add(1));
    for (const Operand* each : all) TRY(operand(*each));
    return {};
  }
  Result<void> operand(const Operand& operand) {
    if (const auto* path = std::get_if<DocumentPath>(&operand)) return check_path(*path);
    if (const auto* value = std::get_if<EncodedValue>(&operand)) return check_value(*value);
    TRY(operators_.add(1));
    const auto& of = std::get<storage::SizeOf>(operand).of;
    if (const auto* path = std::get_if<DocumentPath>(&of)) return check_path(*path);
    return check_value(std::get<EncodedValue>(of));
  }

  Operators operators_;
};

Result<void> check_types(const Condition& condition) {
  if (const auto* both = std::get_if<storage::And>(&condition.node)) {
    for (const Condition& each : both->all) TRY(check_types(each));
    return {};
  }
  if (const auto* either = std::get_if<storage::Or>(&condition.node)) {
    for (const Condition& each : either->any) TRY(check_types(each));
    return {};
  }
  if (const auto* negated = std::get_if<storage::Not>(&condition.node))
    return check_types(*negated->inner);
  return check_operands(condition);
}

// The shape of an update.
class UpdateShape {
 public:
  Result<void> check(const storage::UpdateAction& action) {
    TRY(check_path(storage::target(action)));
    if (const auto* set = std::get_if<storage::SetAction>(&action)) return check(*set);
    if (const auto* add = std::get_if<storage::AddAction>(&action)) return check_value(add->value);
    if (const auto* erase = std::get_if<storage::DeleteAction>(&action))
      return check_value(erase->value);
    return {};
  }

 private:
  Result<void> check(const storage::SetAction& set) {
    const bool is_sum = set.arithmetic != storage::Arithmetic::kNone;
    if (is_sum != set.right.has_value())
      return request_error("SET needs a second operand for + and -, and only for them");
    TRY(operand(set.left, false, 1));
    if (!is_sum) return {};
    TRY(operators_.add(1));
    return operand(*set.right, false, 1);
  }

  Result<void> operand(const UpdateOperand& operand, bool is_argument, size_t depth) {
    TRY(Operators::check(depth));
    if (const auto* path = std::get_if<DocumentPath>(&operand.node)) return check_path(*path);
    if (const auto* value = std::get_if<EncodedValue>(&operand.node)) return check_value(*value);
    TRY(operators_.add(1));
    if (const auto* otherwise = std::get_if<storage::IfNotExists>(&operand.node)) {
      TRY(check_path(otherwise->path));
      return argument(otherwise->otherwise.get(), depth);
    }
    const auto& append = std::get<storage::ListAppend>(operand.node);
    if (is_argument)
      return request_error(
          "The function is not allowed to be used this way in an expression; function: "
          "list_append");
    TRY(argument(append.first.get(), depth));
    return argument(append.second.get(), depth);
  }
  Result<void> argument(const UpdateOperand* given, size_t depth) {
    if (given == nullptr) return request_error("A function has no operand");
    return operand(*given, true, depth + 1);
  }

  Operators operators_;
};

Result<void> check_neighbours(const std::vector<const DocumentPath*>& sorted,
                              bool (&clash)(const DocumentPath&, const DocumentPath&),
                              std::string_view problem) {
  const auto found = std::adjacent_find(
      sorted.begin(), sorted.end(),
      [&](const DocumentPath* a, const DocumentPath* b) { return clash(*a, *b); });
  if (found == sorted.end()) return {};
  const bool in_order = *found < *std::next(found);  // As they stand in the tree.
  const DocumentPath& one = in_order ? **found : **std::next(found);
  const DocumentPath& two = in_order ? **std::next(found) : **found;
  return request_error("Two document paths " + std::string(problem) +
                       " with each other; must remove or rewrite one of these paths; path one: " +
                       one.to_text() + ", path two: " + two.to_text());
}

// In sorted order a path's extensions follow it, and the members and the elements of one parent
// stand next to each other: of paths that clash two are neighbours.
Result<void> check_distinct(std::vector<const DocumentPath*> paths) {
  if (paths.size() < 2) return {};
  std::sort(paths.begin(), paths.end(),
            [](const DocumentPath* a, const DocumentPath* b) { return a->steps < b->steps; });
  TRY(check_neighbours(paths, storage::paths_overlap, "overlap"));
  return check_neighbours(paths, storage::paths_conflict, "conflict");
}

Result<void> check_whole(const Condition& condition) {
  TRY(ConditionShape().check(condition));
  return check_types(condition);
}

Result<void> check_whole(const storage::Update& update) {
  UpdateShape shape;
  for (const auto& action : update.actions) TRY(shape.check(action));
  std::vector<const DocumentPath*> targets;
  targets.reserve(update.actions.size());
  for (const auto& action : update.actions) targets.push_back(&storage::target(action));
  TRY(check_distinct(std::move(targets)));
  for (const auto& action : update.actions) TRY(check_operands(action));
  return {};
}

Result<void> check_whole(const storage::Projection& projection) {
  std::vector<const DocumentPath*> paths;
  paths.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) {
    TRY(check_path(path));
    paths.push_back(&path);
  }
  if (paths.empty()) return request_error("The expression can not be empty;");
  return check_distinct(std::move(paths));
}

Result<void> check_whole(const std::vector<storage::KeyClause>& clauses) {
  std::set<std::string_view> attributes;
  TRY(Operators::check(clauses.size()));
  for (const storage::KeyClause& clause : clauses) {
    TRY(check_name(clause.attribute));
    TRY(check_value(clause.value));
    if (clause.op == storage::KeyOperator::kBetween) {
      if (!clause.second) return request_error("BETWEEN has no upper bound");
      TRY(check_value(*clause.second));
    }
    if (!attributes.insert(clause.attribute).second)
      return request_error("KeyConditionExpressions must only contain one condition per key");
    TRY(check_operands(clause));
  }
  return {};
}

template <class Tree>
Result<void> check_tree(const Tree& tree, std::string_view parameter) {
  auto checked = check_whole(tree);
  if (!checked.ok()) [[unlikely]]
    return in_expression(std::move(checked).error(), parameter);
  return checked;
}

}  // namespace

Result<void> check_condition(const Condition& condition, std::string_view parameter) {
  return check_tree(condition, parameter);
}

Result<void> check_update(const storage::Update& update) {
  return check_tree(update, "UpdateExpression");
}

Result<void> check_projection(const storage::Projection& projection) {
  return check_tree(projection, "ProjectionExpression");
}

Result<void> check_key_clauses(const std::vector<storage::KeyClause>& clauses) {
  return check_tree(clauses, "KeyConditionExpression");
}

}  // namespace dynolith::odm
