#include "odm/problems.h"

namespace dynolith::odm {

std::string to_text(const PathFrame* at) {
  if (at == nullptr) return {};
  std::string text = to_text(at->parent);
  if (at->name.empty()) return text.append("[").append(std::to_string(at->index)).append("]");
  if (!text.empty()) text.append(".");
  return text.append(at->name);
}

void Problems::add(const PathFrame* at, std::string message) {
  if (list_.size() < kMax) list_.push_back({to_text(at), std::move(message)});
}

void Problems::add(std::string path, std::string message) {
  if (list_.size() < kMax) list_.push_back({std::move(path), std::move(message)});
}

Error invalid_error(std::string_view model, Problems problems) {
  Error error = make_error(ErrorCode::kInvalid, std::string(model) + " is not valid");
  error.problems = std::move(problems.list());
  return error;
}

Error mismatch_error(std::string_view model, Problems problems) {
  Error error =
      make_error(ErrorCode::kTypeMismatch, "a stored item does not fit " + std::string(model));
  error.problems = std::move(problems.list());
  return error;
}

}  // namespace dynolith::odm
