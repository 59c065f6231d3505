#include "odm/transaction_operation.h"

#include <algorithm>
#include <map>

#include "odm/transaction_retry.h"
#include "storage/expression/condition.h"

namespace dynolith::odm::internal {
namespace {

constexpr std::string_view kFailed = "ConditionalCheckFailed";

const std::string& table_of(const TransactAction& action) {
  return std::visit([](const auto& each) -> const std::string& { return each.table; }, action);
}

// What was in the way of the operation's own write.
OperationFailure explain_own(const TransactionOperation& operation, OperationFailure failure) {
  const Schema& schema = operation.entity.schema();
  failure.model = schema.model;
  if (failure.code != ErrorCode::kConditionFailed) return failure;
  Error alone = make_error(ErrorCode::kConditionFailed, std::move(failure.message));
  alone.item = std::move(failure.item);
  alone = operation.entity.explain_failure(std::move(alone), operation.intent, operation.condition,
                                           operation.expected_version);
  const ConditionPtr& unchanged = operation.write.unchanged.tree;
  if (alone.code == ErrorCode::kConditionFailed && alone.clauses.empty() && unchanged != nullptr &&
      !storage::evaluate(*unchanged, alone.item.view())) {
    alone.code = ErrorCode::kVersionConflict;
    alone.message = schema.model + " was changed meanwhile";
  }
  failure.code = alone.code;
  failure.message = std::move(alone.message);
  failure.clauses = std::move(alone.clauses);
  failure.item = std::move(alone.item);
  return failure;
}

OperationFailure explain_one(const TransactionOperation& operation,
                             const OperationFailure* failures, size_t count) {
  const Schema& schema = operation.entity.schema();
  OperationFailure none;
  none.model = schema.model;
  if (count == 0) return none;
  if (stands_in_the_way(failures[0])) return explain_own(operation, failures[0]);
  for (size_t i = 1; i < count; ++i) {
    if (!stands_in_the_way(failures[i])) continue;
    OperationFailure failure = failures[i];
    failure.model = none.model;
    if (failure.code == ErrorCode::kConditionFailed) {
      failure.code = ErrorCode::kUniqueViolation;
      failure.message = "another " + none.model + " has this " +
                        schema.attributes[operation.write.attributes[i - 1]].name;
      failure.item = {};
    }
    return failure;
  }
  return none;
}

}  // namespace

std::string item_of(const Schema& schema, const TransactAction& action) {
  std::string item = table_of(action);
  item.push_back('\0');
  return item.append(action_key(schema, action).bytes);
}

void hand_over(TransactionOperations& operations) {
  std::map<std::string, std::pair<GuardedWrite*, size_t>> given_up;
  for (TransactionOperation& operation : operations)
    for (size_t i = 1; i < operation.write.actions.size(); ++i)
      if (std::holds_alternative<DeleteRequest>(operation.write.actions[i]))
        given_up.emplace(item_of(operation.entity.schema(), operation.write.actions[i]),
                         std::pair(&operation.write, i));
  if (given_up.empty()) return;
  std::vector<std::pair<GuardedWrite*, size_t>> dropped;
  for (TransactionOperation& operation : operations) {
    for (size_t i = 1; i < operation.write.actions.size(); ++i) {
      auto* const put = std::get_if<PutRequest>(&operation.write.actions[i]);
      if (put == nullptr) continue;
      const auto held =
          given_up.find(item_of(operation.entity.schema(), operation.write.actions[i]));
      if (held == given_up.end()) continue;
      put->condition = nullptr;
      dropped.push_back(held->second);
      given_up.erase(held);
    }
  }
  // From the last on, so that positions stay.
  std::sort(dropped.rbegin(), dropped.rend());
  for (const auto& [write, i] : dropped) {
    write->actions.erase(write->actions.begin() + static_cast<ptrdiff_t>(i));
    write->attributes.erase(write->attributes.begin() + static_cast<ptrdiff_t>(i) - 1);
  }
}

std::vector<TransactAction> actions_of(const TransactionOperations& operations) {
  std::vector<TransactAction> actions;
  for (const TransactionOperation& operation : operations)
    actions.insert(actions.end(), operation.write.actions.begin(), operation.write.actions.end());
  return actions;
}

Result<WriteReply> send_transaction(Connection& connection, const TransactWriteRequest& request,
                                    TransactionOptions options) {
  ConflictRetry retry(connection, options);
  while (true) {
    Result<WriteReply> reply = connection.transact_write(request);
    if (reply || !retry.wait_after(reply.error())) return reply;
  }
}

Error explain_cancellation(Error error, const TransactionOperations& operations) {
  if (error.code != ErrorCode::kTransactionCanceled) return error;
  const std::vector<OperationFailure> failures = std::move(error.operations);
  error.operations.clear();
  size_t at = 0;
  for (const TransactionOperation& operation : operations) {
    const size_t count = operation.write.actions.size();
    if (at + count > failures.size()) break;
    error.operations.push_back(explain_one(operation, failures.data() + at, count));
    at += count;
  }
  return error;
}

bool is_outdated(const TransactionOperation& operation, const OperationFailure& failure) {
  const ConditionPtr& unchanged = operation.write.unchanged.tree;
  return operation.reads_first && unchanged != nullptr && failure.reason == kFailed &&
         failure.code != ErrorCode::kUniqueViolation &&
         !storage::evaluate(*unchanged, failure.item.view());
}

}  // namespace dynolith::odm::internal
