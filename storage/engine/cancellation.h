// Why a transaction was cancelled: a reason for each of its actions, in their order.
#pragma once

#include <vector>

#include "storage/error.h"

namespace dynolith::storage {

// A condition that failed, or what makes the action impossible ("ValidationError").
CancellationReason reason_of(const Error& error);
// kTransactionCanceled; the message lists the reasons' codes.
Error transaction_canceled(std::vector<CancellationReason> reasons);
// The same with one reason, of action `at` of `count`.
Error transaction_canceled_by(size_t at, size_t count, CancellationReason reason);

}  // namespace dynolith::storage
