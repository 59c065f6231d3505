// Bound expressions as s-expressions, for tables of text -> tree.
#pragma once

#include <string>

#include "api/expression/expressions.h"

namespace dynolith::test {

std::string text_of(const storage::Condition& condition);
std::string text_of(const storage::Update& update);
std::string text_of(const storage::Projection& projection);
std::string text_of(const std::vector<storage::KeyClause>& clauses);
std::string text_of(const storage::DocumentPath& path);

// The names and values that the tables of cases use.
api::Placeholders sample_placeholders();

// The tree, or the error's message.
template <class Bound>
std::string tree_or_error(const storage::Result<Bound>& bound) {
  return bound.ok() ? text_of(*bound) : bound.error().message;
}

}  // namespace dynolith::test
