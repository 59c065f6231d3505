// Where in an object something is wrong, and what; collected while an object is walked, so that
// all of it can be said at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "odm/result.h"

namespace dynolith::odm {

// One step of a path, on the stack of whoever walks; text is made only for a problem. An attribute
// name, or (empty name) a list index.
struct PathFrame {
  const PathFrame* parent = nullptr;
  std::string_view name = {};
  size_t index = 0;
};

// "address.zip", "lines[2].quantity"; null: "".
std::string to_text(const PathFrame* at);

class Problems {
 public:
  static constexpr size_t kMax = 100;  // Kept; what comes after is not.

  void add(const PathFrame* at, std::string message);
  void add(std::string path, std::string message);
  bool empty() const { return list_.empty(); }
  size_t size() const { return list_.size(); }
  std::vector<Problem>& list() { return list_; }

 private:
  std::vector<Problem> list_;
};

// kInvalid with all problems: "User is not valid".
Error invalid_error(std::string_view model, Problems problems);
// kTypeMismatch: "a stored item does not fit User".
Error mismatch_error(std::string_view model, Problems problems);

}  // namespace dynolith::odm
