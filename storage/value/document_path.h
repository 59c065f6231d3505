// A document path: an attribute name, then map members and list elements below it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace dynolith::storage {

// A member name of a map, or an index (from 0) of a list.
class PathStep {
 public:
  PathStep(std::string name) : name_(std::move(name)), is_name_(true) {}  // NOLINT
  PathStep(const char* name) : name_(name), is_name_(true) {}             // NOLINT
  PathStep(uint32_t index) : index_(index), is_name_(false) {}            // NOLINT

  bool is_name() const { return is_name_; }
  const std::string& name() const { return name_; }  // Needs: is_name().
  const std::string* name_if() const { return is_name_ ? &name_ : nullptr; }
  uint32_t index() const { return index_; }  // Needs: !is_name().

  // Names before indexes; names by their bytes.
  std::strong_ordering operator<=>(const PathStep& other) const;
  bool operator==(const PathStep& other) const = default;

 private:
  std::string name_;
  uint32_t index_ = 0;
  bool is_name_;
};

struct DocumentPath {
  std::vector<PathStep> steps;  // Not empty; the first is a name.

  const std::string& attribute() const { return steps.front().name(); }
  bool is_top_level() const { return steps.size() == 1; }
  // As the service prints it in errors: "[a, b, [0]]".
  std::string to_text() const;
  bool operator==(const DocumentPath& other) const;
};

// One path is the other's beginning, or they are equal: they name overlapping parts of an item.
bool paths_overlap(const DocumentPath& a, const DocumentPath& b);
// Below a common parent one takes a map member, the other a list element: no item fits both.
bool paths_conflict(const DocumentPath& a, const DocumentPath& b);

}  // namespace dynolith::storage
