// A document path: an attribute name, then map members and list elements below it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace dynolith::storage {

// A member name of a map, or an index (from 0) of a list.
using PathStep = std::variant<std::string, uint32_t>;

struct DocumentPath {
  std::vector<PathStep> steps;  // Not empty; the first is a name.

  const std::string& attribute() const { return std::get<std::string>(steps.front()); }
  bool is_top_level() const { return steps.size() == 1; }
  // As the service prints it in errors: "[a, b, [0]]".
  std::string to_text() const;
  bool operator==(const DocumentPath&) const = default;
};

// One path is the other's beginning, or they are equal: they name overlapping parts of an item.
bool paths_overlap(const DocumentPath& a, const DocumentPath& b);
// Below a common parent one takes a map member, the other a list element: no item fits both.
bool paths_conflict(const DocumentPath& a, const DocumentPath& b);

}  // namespace dynolith::storage
