// What a failed condition means for a model.
#include "odm/entity_core.h"
#include "odm/entity_support.h"

namespace dynolith::odm {

Error EntityCore::explain_failure(Error error, Intent intent, const ConditionCore& condition,
                                  std::optional<int64_t> expected_version) const {
  if (error.code != ErrorCode::kConditionFailed) return error;
  const ItemView item = error.item.view();
  const bool is_other = internal::is_other_entitys(*schema_, item);
  if (intent == Intent::kCreate && item.exists()) {
    error.code = ErrorCode::kAlreadyExists;
    error.message = is_other ? "the key is taken by an item that is no " + schema_->model
                             : "there is such a " + schema_->model + " already";
    return error;
  }
  if (is_other) {
    error.code = ErrorCode::kOtherEntity;
    error.message = internal::other_entity_error(*schema_, {}).message;
    return error;
  }
  if (intent == Intent::kUpdateExisting && !item.exists()) {
    error.code = ErrorCode::kNotFound;
    error.message = not_found_error().message;
    return error;
  }
  if (expected_version && item.exists()) {
    const std::optional<int64_t> stored = internal::stored_version(*schema_, item);
    if (stored && *stored != *expected_version) {
      error.code = ErrorCode::kVersionConflict;
      error.message = schema_->model + " was changed meanwhile: its version is " +
                      std::to_string(*stored) + ", not " + std::to_string(*expected_version);
      return error;
    }
  }
  if (condition.tree != nullptr) error.clauses = explain(*schema_, *condition.tree, item);
  error.message = schema_->model + ": the condition is not satisfied";
  return error;
}

Error EntityCore::not_found_error() const {
  return make_error(ErrorCode::kNotFound, "there is no such " + schema_->model);
}

}  // namespace dynolith::odm
