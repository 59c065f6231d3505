// Transactions that read.
#include <algorithm>

#include "odm/transaction_core.h"
#include "odm/transaction_retry.h"
#include "storage/expression/projection.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

bool is_same(const ProjectionPtr& a, const ProjectionPtr& b) {
  return a == nullptr || b == nullptr ? a == b : a->paths == b->paths;
}

bool names_elements(const storage::Projection& projection) {
  return std::any_of(projection.paths.begin(), projection.paths.end(), [](const auto& path) {
    return std::any_of(path.steps.begin(), path.steps.end(),
                       [](const storage::PathStep& step) { return !step.is_name(); });
  });
}

// What holds what both ask for. Elements of lists are not where they were once others are left out:
// then it is the whole item.
ProjectionPtr read_by_both(const ProjectionPtr& a, const ProjectionPtr& b) {
  if (is_same(a, b)) return a;
  if (a == nullptr || b == nullptr || names_elements(*a) || names_elements(*b)) return nullptr;
  std::vector<storage::DocumentPath> paths = a->paths;
  paths.insert(paths.end(), b->paths.begin(), b->paths.end());
  return std::make_shared<const storage::Projection>(storage::Projection{merged(std::move(paths))});
}

}  // namespace

ReadTransactionCore::ReadTransactionCore(TableCorePtr table) : table_(std::move(table)) {}
ReadTransactionCore::~ReadTransactionCore() = default;
ReadTransactionCore::ReadTransactionCore(const ReadTransactionCore& other) = default;
ReadTransactionCore::ReadTransactionCore(ReadTransactionCore&& other) noexcept = default;
ReadTransactionCore& ReadTransactionCore::operator=(const ReadTransactionCore& other) = default;
ReadTransactionCore& ReadTransactionCore::operator=(ReadTransactionCore&& other) noexcept = default;

void ReadTransactionCore::use(TableCorePtr table) {
  if (table->connection == table_->connection) {
    table_ = std::move(table);
  } else if (!error_) {
    error_ = make_error(ErrorCode::kBadRequest,
                        "a transaction cannot be about tables of different connections");
  }
}

void ReadTransactionCore::get(const EntityCore& entity, Result<EncodedItem> key, MakeObject make,
                              const Result<PartialReadPtr>& parts) {
  if (entity.table().connection != table_->connection) return use(entity.table_ptr());
  const auto ask = [&]() -> Result<GetRequest> {
    return entity.get_request(TRY(std::move(key)), {false, TRY(Result<PartialReadPtr>(parts))});
  };
  Result<GetRequest> request = ask();
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
  operations_.push_back({entity, static_cast<size_t>(same - gets_.begin()), make, *parts});
  if (same == gets_.end())
    gets_.push_back(std::move(request).value());
  else
    same->projection = read_by_both(same->projection, request->projection);
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
    const PartialReadPtr& parts = operation.parts;
    // Another operation on the item may have asked for more.
    const bool is_more =
        parts != nullptr && !is_same(gets_[operation.get].projection, parts->projection);
    const EncodedItem own = is_more ? storage::project(item.view(), *parts->projection) : item;
    if (TRY(operation.entity.read_item(own.view(), object.get(), parts))) result.object = object;
  }
  return found;
}

}  // namespace dynolith::odm
