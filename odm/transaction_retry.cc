#include "odm/transaction_retry.h"

#include <algorithm>

#include "odm/entity_support.h"

namespace dynolith::odm {
namespace {

constexpr int kAttemptsMax = 100;

// Whether only other transactions stood in the way of this one.
bool is_conflict(const Error& error) {
  if (error.code == ErrorCode::kTransactionConflict ||
      error.code == ErrorCode::kTransactionInProgress)
    return true;
  if (error.code != ErrorCode::kTransactionCanceled || error.operations.empty()) return false;
  bool found = false;
  for (const OperationFailure& failure : error.operations) {
    if (failure.reason == "None") continue;
    if (failure.code != ErrorCode::kTransactionConflict) return false;
    found = true;
  }
  return found;
}

}  // namespace

bool ConflictRetry::wait_after(const Error& error) {
  if (attempts_ >= std::clamp(options_.attempts_max, 1, kAttemptsMax) || !is_conflict(error))
    return false;
  internal::wait_before_retry(connection_, attempts_++, std::max<int64_t>(options_.wait_ms, 1));
  return true;
}

}  // namespace dynolith::odm
