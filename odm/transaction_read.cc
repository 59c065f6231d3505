// Transactions that read.
#include <algorithm>

#include "odm/transaction_core.h"
#include "odm/transaction_retry.h"
#include "storage/limits.h"

namespace dynolith::odm {

void ReadTransactionCore::use(TableCorePtr table) {
  if (table->connection == table_->connection) {
    table_ = std::move(table);
  } else if (!error_) {
    error_ = make_error(ErrorCode::kBadRequest,
                        "a transaction cannot be about tables of different connections");
  }
}

void ReadTransactionCore::get(const EntityCore& entity, Result<EncodedItem> key, MakeObject make) {
  Result<GetRequest> request =
      key ? entity.get_request(std::move(key).value(), {}) : Result<GetRequest>(key.error());
  if (!request) {
    if (!error_) {
      error_ = std::move(request).error();
      error_->message = "operation " + std::to_string(operations_.size()) + " (" +
                        entity.schema().model + "): " + error_->message;
    }
    return;
  }
  const auto same = std::find_if(gets_.begin(), gets_.end(), [&](const GetRequest& each) {
    return each.table == request->table && each.key == request->key;
  });
  operations_.push_back({entity, static_cast<size_t>(same - gets_.begin()), make});
  if (same == gets_.end()) gets_.push_back(std::move(request).value());
}

Result<TransactGetRequest> ReadTransactionCore::request() const {
  if (error_) return *error_;
  if (gets_.empty()) return make_error(ErrorCode::kBadRequest, "the transaction reads nothing");
  if (gets_.size() > storage::kTransactionActionsMax)
    return make_error(ErrorCode::kBadRequest, "a transaction can read 100 items; this one has " +
                                                  std::to_string(gets_.size()));
  return TransactGetRequest{gets_};
}

// The reasons of the service are by items; the caller's, by operations.
Error ReadTransactionCore::explain(Error error) const {
  if (error.operations.size() != gets_.size()) return error;
  const std::vector<OperationFailure> failures = std::move(error.operations);
  error.operations.clear();
  for (const Operation& operation : operations_) {
    error.operations.push_back(failures[operation.get]);
    error.operations.back().model = operation.entity.schema().model;
  }
  return error;
}

Result<std::vector<ReadTransactionCore::Found>> ReadTransactionCore::exec() const {
  const TransactGetRequest sent = TRY(request());
  std::vector<EncodedItem> items(gets_.size());
  Connection& connection = *table_->connection;
  ConflictRetry retry(connection, options_);
  while (true) {
    const auto reply = connection.transact_get(sent, [&items](size_t index, const ItemView& item) {
      if (index < items.size()) items[index].bytes = item.bytes();
    });
    if (reply) break;
    if (!retry.wait_after(reply.error())) return explain(reply.error());
  }
  std::vector<Found> found;
  found.reserve(operations_.size());
  for (const Operation& operation : operations_) {
    Found& result = found.emplace_back(Found{&operation.entity.schema(), {}});
    const EncodedItem& item = items[operation.get];
    if (!item.exists()) continue;
    std::shared_ptr<void> object = operation.make();
    if (TRY(operation.entity.read_item(item.view(), object.get()))) result.object = object;
  }
  return found;
}

}  // namespace dynolith::odm
