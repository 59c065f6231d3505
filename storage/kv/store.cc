#include "storage/kv/store.h"

#include <cassert>

namespace dynolith::storage::kv {

Error to_error(Status status) {
  switch (status) {
    case Status::kContended:
      return make_error(ErrorCode::kTransactionConflict, "Transaction is ongoing for the item");
    case Status::kUnavailable:
      return make_error(ErrorCode::kUnavailable, "Service is unavailable. Please try again.");
    case Status::kUnknown:
      return make_error(ErrorCode::kUnknownOutcome, "Internal server error");
    case Status::kIo:
      return make_error(ErrorCode::kIo, "Internal server error");
    case Status::kCorrupt:
      return make_error(ErrorCode::kCorruption, "Internal server error");
    case Status::kOk:
    case Status::kNotFound:
    case Status::kDeclined:
      break;  // Not failures: whoever asks knows what they mean there.
  }
  assert(false && "not a failure");
  return make_error(ErrorCode::kInternal, "Internal server error");
}

}  // namespace dynolith::storage::kv
