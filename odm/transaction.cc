#include "odm/transaction.h"

namespace dynolith::odm {

Result<TransactWriteRequest> Transaction::request() const { return core_.request(); }

Result<TransactionResult> Transaction::exec() const {
  auto written = core_.exec();
  if (!written) return std::move(written).error();
  return TransactionResult(std::move(written).value());
}

Result<TransactGetRequest> ReadTransaction::request() const { return core_.request(); }

Result<ReadTransactionResult> ReadTransaction::exec() const {
  auto found = core_.exec();
  if (!found) return std::move(found).error();
  return ReadTransactionResult(std::move(found).value());
}

}  // namespace dynolith::odm
