#include "storage/engine/cancellation.h"

namespace dynolith::storage {

CancellationReason reason_of(const Error& error) {
  CancellationReason reason;
  switch (error.code) {
    case ErrorCode::kConditionalCheckFailed:
      reason.code = "ConditionalCheckFailed";
      break;
    case ErrorCode::kItemCollectionSizeLimitExceeded:
      reason.code = "ItemCollectionSizeLimitExceeded";
      break;
    default:
      reason.code = "ValidationError";
      break;
  }
  reason.message = error.message;
  if (error.detail != nullptr) reason.item = error.detail->item;
  return reason;
}

Error transaction_canceled(std::vector<CancellationReason> reasons) {
  std::string message =
      "Transaction cancelled, please refer cancellation reasons for specific reasons [";
  for (size_t i = 0; i < reasons.size(); ++i) {
    if (i > 0) message += ", ";
    message += reasons[i].code;
  }
  message += "]";
  Error error = make_error(ErrorCode::kTransactionCanceled, std::move(message));
  error.detail = std::make_shared<const ErrorDetail>(ErrorDetail{{}, std::move(reasons)});
  return error;
}

Error transaction_canceled_by(size_t at, size_t count, CancellationReason reason) {
  std::vector<CancellationReason> reasons(count);
  reasons[at] = std::move(reason);
  return transaction_canceled(std::move(reasons));
}

}  // namespace dynolith::storage
