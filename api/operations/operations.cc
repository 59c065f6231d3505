#include "api/operations/operations.h"

#include <algorithm>

namespace dynolith::api {

std::span<const Operation> operations() { return {}; }

const Operation* find_operation(std::string_view name) {
  const auto all = operations();
  const auto found = std::lower_bound(
      all.begin(), all.end(), name,
      [](const Operation& operation, std::string_view wanted) { return operation.name < wanted; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

}  // namespace dynolith::api
