// KeyConditionExpression: a condition like any other to parse and to bind, but of one shape only.
#include <algorithm>
#include <string>
#include <utility>

#include "api/expression/checked_conditions.h"
#include "api/expression/condition_binder.h"
#include "api/expression/expressions.h"
#include "api/expression/resolver.h"

namespace dynolith::api {
namespace {

using storage::Comparator;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Error;
using storage::KeyClause;
using storage::KeyOperator;
using storage::Operand;
using storage::request_error;
using storage::Result;

Error operator_error(std::string_view name) {
  return request_error("Invalid operator used in KeyConditionExpression: " + std::string(name));
}
Error condition_error(std::string_view problem) {
  return request_error("Invalid condition in KeyConditionExpression: " + std::string(problem));
}

KeyOperator key_operator(Comparator comparator) {
  switch (comparator) {
    case Comparator::kLess:
      return KeyOperator::kLess;
    case Comparator::kLessOrEqual:
      return KeyOperator::kLessOrEqual;
    case Comparator::kGreater:
      return KeyOperator::kGreater;
    case Comparator::kGreaterOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case Comparator::kEqual:
    case Comparator::kNotEqual:
      break;
  }
  return KeyOperator::kEqual;
}

// The operator when its operands change sides: `:v < a` is `a > :v`.
Comparator flipped(Comparator comparator) {
  switch (comparator) {
    case Comparator::kLess:
      return Comparator::kGreater;
    case Comparator::kLessOrEqual:
      return Comparator::kGreaterOrEqual;
    case Comparator::kGreater:
      return Comparator::kLess;
    case Comparator::kGreaterOrEqual:
      return Comparator::kLessOrEqual;
    case Comparator::kEqual:
    case Comparator::kNotEqual:
      break;
  }
  return comparator;
}

bool is_path(const Operand& operand) { return std::holds_alternative<DocumentPath>(operand); }

// One attribute, at top level, and otherwise values. `operation`: of BETWEEN and begins_with, which
// want the attribute first.
Result<void> check_operands(std::initializer_list<const Operand*> operands,
                            std::string_view operation) {
  size_t paths = 0;
  for (const Operand* operand : operands) {
    if (std::holds_alternative<storage::SizeOf>(*operand)) {
      return request_error("KeyConditionExpressions cannot contain nested operations");
    }
    if (is_path(*operand)) ++paths;
  }
  if (paths == 0) return condition_error("No key attribute specified");
  if (paths > 1) return condition_error("Multiple attribute names used in one condition");
  if (!operation.empty() && !is_path(**operands.begin())) {
    return condition_error(std::string(operation) +
                           " operator must have the key attribute as its first operand");
  }
  for (const Operand* operand : operands) {
    const auto* path = std::get_if<DocumentPath>(operand);
    if (path != nullptr && !path->is_top_level()) {
      return request_error("KeyConditionExpressions cannot have conditions on nested attributes");
    }
  }
  return {};
}

// Collects the clauses of a conjunction, in the order written.
class ClauseReader {
 public:
  Result<void> read(Condition& condition) {
    return std::visit([this](auto& node) { return clause(node); }, condition.node);
  }
  std::vector<KeyClause> take() { return std::move(clauses_); }

 private:
  Result<void> clause(storage::And& node) {
    for (Condition& condition : node.all) TRY(read(condition));
    return {};
  }
  Result<void> clause(storage::Comparison& node) {
    if (node.comparator == Comparator::kNotEqual) {
      return operator_error(comparator_text(node.comparator));
    }
    TRY(check_operands({&node.left, &node.right}, {}));
    if (is_path(node.left)) return add(node.left, key_operator(node.comparator), node.right);
    return add(node.right, key_operator(flipped(node.comparator)), node.left);
  }
  Result<void> clause(storage::Between& node) {
    TRY(check_operands({&node.value, &node.low, &node.high}, "BETWEEN"));
    TRY(add(node.value, KeyOperator::kBetween, node.low));
    clauses_.back().second = std::move(std::get<EncodedValue>(node.high));
    return {};
  }
  Result<void> clause(storage::BeginsWith& node) {
    TRY(check_operands({&node.value, &node.prefix}, "begins_with"));
    return add(node.value, KeyOperator::kBeginsWith, node.prefix);
  }
  Result<void> clause(storage::In&) { return operator_error("IN"); }
  Result<void> clause(storage::AttributeExists&) { return operator_error("attribute_exists"); }
  Result<void> clause(storage::AttributeNotExists&) {
    return operator_error("attribute_not_exists");
  }
  Result<void> clause(storage::AttributeTypeIs&) { return operator_error("attribute_type"); }
  Result<void> clause(storage::Contains&) { return operator_error("contains"); }
  Result<void> clause(storage::NotContains&) { return operator_error("contains"); }
  Result<void> clause(storage::Not&) { return operator_error("NOT"); }
  Result<void> clause(storage::Or&) { return operator_error("OR"); }

  Result<void> add(Operand& path, KeyOperator op, Operand& value) {
    const std::string& attribute = std::get<DocumentPath>(path).attribute();
    const auto is_it = [&](const KeyClause& known) { return known.attribute == attribute; };
    if (std::any_of(clauses_.begin(), clauses_.end(), is_it)) {
      return request_error("KeyConditionExpressions must only contain one condition per key");
    }
    clauses_.push_back({attribute, op, std::move(std::get<EncodedValue>(value)), std::nullopt});
    return {};
  }

  std::vector<KeyClause> clauses_;
};

Result<std::vector<KeyClause>> key_clauses_of(std::string_view text, Placeholders& placeholders) {
  auto condition = TRY(condition_of(text, placeholders));
  ClauseReader reader;
  TRY(reader.read(condition));
  return reader.take();
}

}  // namespace

Result<std::vector<KeyClause>> bind_key_clauses(std::string_view text, Placeholders& placeholders) {
  auto clauses = key_clauses_of(text, placeholders);
  if (!clauses.ok()) return in_expression(std::move(clauses).error(), "KeyConditionExpression");
  return clauses;
}

}  // namespace dynolith::api
