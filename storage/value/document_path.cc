#include "storage/value/document_path.h"

#include <algorithm>

namespace dynolith::storage {
namespace {

// How many leading steps two paths share.
size_t common_steps(const DocumentPath& a, const DocumentPath& b) {
  const auto [end, other] =
      std::mismatch(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end());
  return static_cast<size_t>(end - a.steps.begin());
}

}  // namespace

std::strong_ordering PathStep::operator<=>(const PathStep& other) const {
  if (is_name_ != other.is_name_)
    return is_name_ ? std::strong_ordering::less : std::strong_ordering::greater;
  return is_name_ ? name_ <=> other.name_ : index_ <=> other.index_;
}

bool DocumentPath::operator==(const DocumentPath& other) const = default;

std::string DocumentPath::to_text() const {
  std::string text = "[";
  for (const PathStep& step : steps) {
    if (text.size() > 1) text += ", ";
    if (step.is_name()) {
      text += step.name();
    } else {
      text += '[';
      text += std::to_string(step.index());
      text += ']';
    }
  }
  text += ']';
  return text;
}

bool paths_overlap(const DocumentPath& a, const DocumentPath& b) {
  return common_steps(a, b) == std::min(a.steps.size(), b.steps.size());
}

bool paths_conflict(const DocumentPath& a, const DocumentPath& b) {
  const size_t common = common_steps(a, b);
  if (common >= a.steps.size() || common >= b.steps.size()) return false;
  return a.steps[common].is_name() != b.steps[common].is_name();
}

}  // namespace dynolith::storage
