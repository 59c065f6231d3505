#include "odm/result.h"

#include <array>
#include <utility>

namespace dynolith::odm {
namespace {

constexpr std::array kNames = {"invalid",
                               "bad_key",
                               "bad_model",
                               "bad_request",
                               "not_found",
                               "already_exists",
                               "other_entity",
                               "condition_failed",
                               "version_conflict",
                               "unique_violation",
                               "type_mismatch",
                               "transaction_canceled",
                               "transaction_conflict",
                               "transaction_in_progress",
                               "idempotent_parameter_mismatch",
                               "table_not_found",
                               "table_in_use",
                               "limit_exceeded",
                               "plan_refused",
                               "throttled",
                               "access_denied",
                               "no_credentials",
                               "network",
                               "timeout",
                               "unavailable",
                               "unknown_outcome",
                               "trimmed",
                               "internal"};

}  // namespace

std::string_view to_text(ErrorCode code) {
  const auto i = static_cast<size_t>(code);
  return i < kNames.size() ? kNames[i] : "internal";
}

Error::Error() = default;
Error::~Error() = default;
Error::Error(const Error& other) = default;
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) = default;
Error& Error::operator=(Error&& other) noexcept = default;

Error make_error(ErrorCode code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

Exception::Exception(Error cause) : error(std::move(cause)), text_(error.to_text()) {}

bool Error::is_retryable() const {
  switch (code) {
    case ErrorCode::kThrottled:
    case ErrorCode::kNetwork:
    case ErrorCode::kTimeout:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTransactionConflict:
    case ErrorCode::kTransactionInProgress:
      return true;
    default:
      return false;
  }
}

std::string Error::to_text() const {
  std::string text(odm::to_text(code));
  if (!message.empty()) text.append(": ").append(message);
  for (const Problem& problem : problems) {
    text.append("; ");
    if (!problem.path.empty()) text.append(problem.path).append(": ");
    text.append(problem.message);
  }
  for (const FailedClause& clause : clauses) {
    text.append("; false: ").append(clause.text);
    if (!clause.actual.empty()) text.append(" (it held ").append(clause.actual).append(")");
  }
  for (size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].reason == "None") continue;
    text.append("; operation ").append(std::to_string(i)).append(": ").append(operations[i].reason);
    for (const FailedClause& clause : operations[i].clauses)
      text.append(", false: ").append(clause.text);
  }
  if (!request_id.empty()) text.append(" [request ").append(request_id).append("]");
  return text;
}

namespace internal {

Error* boxed(Error error) { return new Error(std::move(error)); }
Error* boxed_copy(const Error* error) { return error == nullptr ? nullptr : new Error(*error); }
void unbox(Error* error) { delete error; }

}  // namespace internal

void throw_error(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kBadKey:
    case ErrorCode::kTypeMismatch:
      throw ValidationError(error);
    case ErrorCode::kNotFound:
      throw NotFound(error);
    case ErrorCode::kAlreadyExists:
      throw AlreadyExists(error);
    case ErrorCode::kOtherEntity:
      throw OtherEntity(error);
    case ErrorCode::kConditionFailed:
      throw ConditionFailed(error);
    case ErrorCode::kVersionConflict:
      throw VersionConflict(error);
    case ErrorCode::kUniqueViolation:
      throw UniqueViolation(error);
    case ErrorCode::kTransactionCanceled:
    case ErrorCode::kTransactionConflict:
      throw TransactionCanceled(error);
    case ErrorCode::kThrottled:
      throw Throttled(error);
    default:
      throw ServiceError(error);
  }
}

}  // namespace dynolith::odm
