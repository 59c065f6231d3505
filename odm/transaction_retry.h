// When a transaction is sent again: nothing but other calls stood in its way, and it has changed
// nothing.
//
// Threads: one.
#pragma once

#include "odm/connection/connection.h"
#include "odm/transaction_core.h"

namespace dynolith::odm {

class ConflictRetry {
 public:
  ConflictRetry(Connection& connection, TransactionOptions options)
      : connection_(connection), options_(options) {}

  // Waits if it is worth another attempt. False: it is not, or there were enough.
  bool wait_after(const Error& error);

 private:
  Connection& connection_;
  const TransactionOptions options_;
  int attempts_ = 1;
};

}  // namespace dynolith::odm
