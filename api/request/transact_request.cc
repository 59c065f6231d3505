#include "api/request/transact_request.h"

#include "storage/limits.h"

namespace dynolith::api {

void check_transact_items(Constraints& constraints, const Slot& items) {
  constexpr std::string_view kPath = "transactItems";
  if (!items.present()) return constraints.null(kPath);
  const size_t count = items.array().size();
  if (count == 0) constraints.echo(echo_of(items.value()), kPath, at_least("length", 1));
  if (count > storage::kTransactionActionsMax) {
    constraints.echo(echo_of(items.value()), kPath,
                     at_most("length", static_cast<int64_t>(storage::kTransactionActionsMax)));
  }
}

std::string transact_item_path(size_t at) {
  return "transactItems." + std::to_string(at + 1) + ".member";
}

void check_client_request_token(Constraints& constraints, const Slot& slot) {
  constexpr std::string_view kPath = "clientRequestToken";
  const auto token = slot.text();
  if (!token) return;
  if (token->empty()) constraints.echo(*token, kPath, at_least("length", 1));
  if (token->size() > storage::kRequestTokenBytesMax) {
    constraints.echo(*token, kPath,
                     at_most("length", static_cast<int64_t>(storage::kRequestTokenBytesMax)));
  }
}

Result<void> check_transaction_bytes(size_t bytes) {
  if (bytes <= storage::kTransactionBytesMax) return {};
  return storage::validation_error("Transaction payload size cannot exceed " +
                                   std::to_string(storage::kTransactionBytesMax) + " bytes");
}

Result<size_t> TransactTables::find(const storage::Database& database,
                                    const TableReference& reference, std::string_view scope) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].name == reference.name) return i;
  }
  auto table = TRY(database.find_table(reference.name, scope));
  entries_.push_back({reference.name, reference.given, std::move(table), ConsumedCapacity(units_)});
  return entries_.size() - 1;
}

void TransactTables::append_capacity(JsonWriter& json, ReturnConsumedCapacity mode) const {
  if (mode == ReturnConsumedCapacity::kNone) return;
  json.name("ConsumedCapacity").begin_array();
  for (const Entry& entry : entries_) entry.capacity.append(json, mode, entry.given);
  json.end_array();
}

}  // namespace dynolith::api
