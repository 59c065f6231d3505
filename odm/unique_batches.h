// Batches of models with unique attributes, which the service's batches cannot keep: transactions,
// each of as many of the writes as fit, in their order. One that stands in the way of the others is
// left out of its transaction, so that every write has an outcome of its own. Internal to the
// mapper.
//
// Threads: any.
#pragma once

#include <string_view>
#include <vector>

#include "odm/transaction_operation.h"

namespace dynolith::odm::internal {

// Each with a write that does not know what is stored.
TransactionOperations batch_operations(const EntityCore& core, std::vector<TransactAction> writes);

struct BatchOutcomes {
  std::vector<OperationFailure> operations;  // In the order of the writes; "None": it is done.
  std::optional<Error> stopped;              // What ended it before its end.

  // Nothing: all are done. Says which are not, under the code of the first.
  std::optional<Error> error(const Schema& schema, std::string_view verb) const;
};

// Reads the items, sends the transactions; again what others changed meanwhile.
BatchOutcomes write_each(const EntityCore& core, TransactionOperations writes);

// What that would send if nothing stood in the way. Reads the items, writes nothing. Errors: of the
// first write that would fail before it is sent.
Result<std::vector<Request>> show_each(const EntityCore& core, TransactionOperations writes);

}  // namespace dynolith::odm::internal
