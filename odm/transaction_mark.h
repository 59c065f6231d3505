// How a transaction with a token is known again that was built anew after it had happened. What it
// would send depends on what is stored, so that by then it sends something else, and the service,
// which remembers the token, refuses it. But each item that holds a unique value says which
// transaction with a token put it there: the token, and a digest of what was asked for, without the
// times that the mapper fills in. As it was put with everything else or not at all, it proves that
// all of the transaction happened. Internal to the mapper.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "odm/transaction_operation.h"

namespace dynolith::odm::internal {

// What holders have their mark in.
inline constexpr std::string_view kHolderTransaction = "_transaction";

// `asked`: as the program asked for them, before items are read.
std::string mark_of(const TransactionOperations& asked, const std::string& token);

// Says in all holders that the operations put whose doing it is.
void mark_holders(TransactionOperations& operations, const std::string& mark);

// Whether the transaction of that mark happened, as far as can be told by now: one of the values
// that its items have was taken by it; or it only removes what is not there any more. `operations`:
// with the items that were read. Errors: those of reads.
Result<bool> has_happened(const TransactionOperations& operations, const std::string& mark);

}  // namespace dynolith::odm::internal
