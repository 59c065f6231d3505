// Bound trees in few words, for tests of connections. Values are in the notation of
// tests/support/value_text.h, paths in that of expressions: "a.b[0]".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "odm/connection/request.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"

namespace dynolith::odm::trees {

storage::DocumentPath path(std::string_view text);
storage::Operand at(std::string_view path);     // An operand that reads a path.
storage::Operand value(std::string_view text);  // One that is a value.
storage::Operand size_of(std::string_view path);

// `op`: "=", "<>", "<", "<=", ">", ">=".
storage::Condition compare(storage::Operand left, std::string_view op, storage::Operand right);
storage::Condition equals(std::string_view path, std::string_view value);
storage::Condition exists(std::string_view path);
storage::Condition not_exists(std::string_view path);
storage::Condition negated(storage::Condition condition);
storage::Condition both(storage::Condition left, storage::Condition right);
storage::Condition either(storage::Condition left, storage::Condition right);
ConditionPtr shared(storage::Condition condition);

storage::UpdateOperand read(std::string_view path);
storage::UpdateOperand given(std::string_view value);
storage::UpdateOperand if_not_exists(std::string_view path, storage::UpdateOperand otherwise);
storage::UpdateOperand list_append(storage::UpdateOperand first, storage::UpdateOperand second);
storage::UpdateAction set(std::string_view path, std::string_view value);
storage::UpdateAction set(std::string_view path, storage::UpdateOperand operand);
storage::UpdateAction set_sum(std::string_view path, storage::UpdateOperand left,
                              storage::Arithmetic arithmetic, storage::UpdateOperand right);
storage::UpdateAction remove(std::string_view path);
storage::UpdateAction add(std::string_view path, std::string_view value);
storage::UpdateAction erase(std::string_view path, std::string_view members);

namespace internal {
inline void collect(std::vector<storage::UpdateAction>&) {}
template <class... Rest>
void collect(std::vector<storage::UpdateAction>& all, storage::UpdateAction first, Rest... rest) {
  all.push_back(std::move(first));
  collect(all, std::move(rest)...);
}
}  // namespace internal

template <class... Actions>
UpdatePtr update(Actions... actions) {
  auto made = std::make_shared<storage::Update>();
  internal::collect(made->actions, std::move(actions)...);
  return made;
}

ProjectionPtr only(const std::vector<std::string_view>& paths);

// `op`: "=", "<", "<=", ">", ">=", "between", "begins_with".
storage::KeyClause clause(std::string attribute, std::string_view op, std::string_view value,
                          std::string_view second = {});

}  // namespace dynolith::odm::trees
