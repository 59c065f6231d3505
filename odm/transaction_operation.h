// One operation of a transaction with all that is sent for it, and what operations that are sent
// together have in common: transactions and batches of models with unique attributes are made of
// them. Internal to the mapper.
//
// Threads: values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "odm/entity_core.h"
#include "odm/transaction_core.h"
#include "odm/unique.h"

namespace dynolith::odm::internal {

struct TransactionOperation {
  using Intent = EntityCore::Intent;

  TransactionOperation(EntityCore of, Intent why, ConditionCore what)
      : entity(std::move(of)), intent(why), condition(std::move(what)) {}

  EntityCore entity;
  Intent intent;
  ConditionCore condition;
  std::optional<int64_t> expected_version = {};
  GuardedWrite write = {};   // Without actions: nothing is to be done.
  bool reads_first = false;  // Until the item is read, the write alone.
  EncodedItem stored = {};   // The item that was read.
  WriteKind kind = WriteKind::kPut;
  std::shared_ptr<void> object = {};
  MakeObject make = nullptr;
};
using TransactionOperations = std::vector<TransactionOperation>;

// The table and key of the item that an action is about.
std::string item_of(const Schema& schema, const TransactAction& action);

// A value that one operation gives up and another takes: its holder is put, whoever held it.
void hand_over(TransactionOperations& operations);
std::vector<TransactAction> actions_of(const TransactionOperations& operations);

// Again while nothing but other transactions is in its way.
Result<WriteReply> send_transaction(Connection& connection, const TransactWriteRequest& request,
                                    TransactionOptions options);

// The reasons of the service are by actions; the caller's, by operations. Other errors stay.
Error explain_cancellation(Error error, const TransactionOperations& operations);
// Whether the item was changed after it was read, so that reading it again may help.
bool is_outdated(const TransactionOperation& operation, const OperationFailure& failure);
inline bool stands_in_the_way(const OperationFailure& failure) { return failure.reason != "None"; }

}  // namespace dynolith::odm::internal
