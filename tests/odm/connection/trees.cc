#include "tests/odm/connection/trees.h"

#include <array>
#include <cstdlib>

#include "storage/expression/condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "tests/support/value_text.h"

namespace dynolith::odm::trees {

using storage::Condition;
using storage::DocumentPath;
using storage::Operand;
using storage::UpdateOperand;

namespace {

template <class Number, size_t kCount>
Number position_of(std::string_view text, const std::array<std::string_view, kCount>& texts) {
  for (size_t i = 0; i < kCount; ++i)
    if (texts[i] == text) return static_cast<Number>(i);
  std::abort();  // The test is wrong.
}

}  // namespace

DocumentPath path(std::string_view text) {
  DocumentPath path;
  while (!text.empty()) {
    if (text.front() == '[') {
      const size_t end = text.find(']');
      path.steps.emplace_back(
          static_cast<uint32_t>(std::atoi(std::string(text.substr(1, end - 1)).c_str())));
      text.remove_prefix(end + 1);
    } else {
      const size_t end = std::min(text.find_first_of(".["), text.size());
      path.steps.emplace_back(std::string(text.substr(0, end)));
      text.remove_prefix(end);
    }
    if (text.starts_with('.')) text.remove_prefix(1);
  }
  return path;
}

Operand at(std::string_view text) { return path(text); }
Operand value(std::string_view text) { return test::encoded_from(text); }
Operand size_of(std::string_view text) { return storage::SizeOf{path(text)}; }

Condition compare(Operand left, std::string_view op, Operand right) {
  constexpr std::array<std::string_view, 6> kTexts{"=", "<>", "<", "<=", ">", ">="};
  return {storage::Comparison{std::move(left), position_of<storage::Comparator>(op, kTexts),
                              std::move(right)}};
}
Condition equals(std::string_view path, std::string_view text) {
  return compare(at(path), "=", value(text));
}
Condition exists(std::string_view text) { return {storage::AttributeExists{path(text)}}; }
Condition not_exists(std::string_view text) { return {storage::AttributeNotExists{path(text)}}; }
Condition negated(Condition condition) {
  return {storage::Not{std::make_unique<Condition>(std::move(condition))}};
}
Condition both(Condition left, Condition right) {
  storage::And node;
  node.all.push_back(std::move(left));
  node.all.push_back(std::move(right));
  return {std::move(node)};
}
Condition either(Condition left, Condition right) {
  storage::Or node;
  node.any.push_back(std::move(left));
  node.any.push_back(std::move(right));
  return {std::move(node)};
}
ConditionPtr shared(Condition condition) {
  return std::make_shared<const Condition>(std::move(condition));
}

UpdateOperand read(std::string_view text) { return {path(text)}; }
UpdateOperand given(std::string_view text) { return {test::encoded_from(text)}; }
UpdateOperand if_not_exists(std::string_view text, UpdateOperand otherwise) {
  return {storage::IfNotExists{path(text), std::make_unique<UpdateOperand>(std::move(otherwise))}};
}
UpdateOperand list_append(UpdateOperand first, UpdateOperand second) {
  return {storage::ListAppend{std::make_unique<UpdateOperand>(std::move(first)),
                              std::make_unique<UpdateOperand>(std::move(second))}};
}
storage::UpdateAction set(std::string_view text, std::string_view value) {
  return set(text, given(value));
}
storage::UpdateAction set(std::string_view text, UpdateOperand operand) {
  storage::SetAction action;
  action.path = path(text);
  action.left = std::move(operand);
  return action;
}
storage::UpdateAction set_sum(std::string_view text, UpdateOperand left,
                              storage::Arithmetic arithmetic, UpdateOperand right) {
  storage::SetAction action;
  action.path = path(text);
  action.left = std::move(left);
  action.arithmetic = arithmetic;
  action.right = std::move(right);
  return action;
}
storage::UpdateAction remove(std::string_view text) { return storage::RemoveAction{path(text)}; }
storage::UpdateAction add(std::string_view text, std::string_view value) {
  return storage::AddAction{path(text), test::encoded_from(value)};
}
storage::UpdateAction erase(std::string_view text, std::string_view members) {
  return storage::DeleteAction{path(text), test::encoded_from(members)};
}

ProjectionPtr only(const std::vector<std::string_view>& paths) {
  auto projection = std::make_shared<storage::Projection>();
  for (const std::string_view text : paths) projection->paths.push_back(path(text));
  return projection;
}

storage::KeyClause clause(std::string attribute, std::string_view op, std::string_view value,
                          std::string_view second) {
  constexpr std::array<std::string_view, 7> kTexts{"=",  "<",       "<=",         ">",
                                                   ">=", "between", "begins_with"};
  storage::KeyClause made;
  made.attribute = std::move(attribute);
  made.op = position_of<storage::KeyOperator>(op, kTexts);
  made.value = test::encoded_from(value);
  if (!second.empty()) made.second = test::encoded_from(second);
  return made;
}

}  // namespace dynolith::odm::trees
