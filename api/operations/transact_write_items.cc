// TransactWriteItems: up to 100 puts, updates, deletes and checks, all or none of them.
//
// The service finds some errors before the transaction begins (they are the answer) and some in its
// course (they are the reason why it was cancelled); see write_of_action().
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "api/admission.h"
#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/item_collection_metrics.h"
#include "api/request/request_digest.h"
#include "api/request/transact_action.h"
#include "api/request/transact_request.h"
#include "storage/engine/cancellation.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using In = TransactWriteItemsInput;

struct TransactWriteRequest {
  std::vector<TransactAction> actions;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool collection_metrics = false;
  std::string_view token;
  std::string digest;  // Empty without a token.
};

// The request's writes, once its tables are known.
struct Resolved {
  TransactTables tables{ConsumedCapacity::Units::kWrite};
  std::vector<size_t> table_of;  // Of each write, into `tables`.
  std::vector<storage::ItemWrite> writes;
};

Result<void> check_constraints(const Members<In>& members, Wording wording) {
  Constraints constraints;
  check_client_request_token(constraints, members[In::kClientRequestToken]);
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  check_return_item_collection_metrics(constraints, members[In::kReturnItemCollectionMetrics]);
  const Slot& items = members[In::kTransactItems];
  check_transact_items(constraints, items);
  if (!items.present()) return constraints.check();
  size_t at = 0;
  for (const JsonValue element : items.array()) {
    if (at == storage::kTransactionActionsMax) break;
    check_action_members(constraints, element, transact_item_path(at++), wording);
  }
  return constraints.check();
}

Result<TransactWriteRequest> decode(const Members<In>& members, const OperationContext& context) {
  TRY(check_constraints(members, context.wording));
  const Slot& items = members[In::kTransactItems];
  TransactWriteRequest request;
  request.capacity = return_consumed_capacity(members[In::kReturnConsumedCapacity]);
  request.collection_metrics =
      returns_item_collection_metrics(members[In::kReturnItemCollectionMetrics]);
  request.token = members[In::kClientRequestToken].text().value_or("");
  if (!request.token.empty()) request.digest = digest_of(items.value());
  request.actions.reserve(items.array().size());
  size_t bytes = 0;
  for (const JsonValue element : items.array()) {
    request.actions.push_back(TRY(decode_action(element, context.value_wording)));
    bytes += request.actions.back().payload_bytes;
  }
  TRY(check_transaction_bytes(bytes));
  return request;
}

Result<void> check_duplicates(const std::vector<storage::ItemWrite>& writes) {
  std::set<std::string_view> keys;
  for (const auto& write : writes) {
    // What has no key was found to be impossible.
    if (!write.key.bytes.empty() && !keys.insert(write.key.bytes).second) {
      return storage::validation_error(
          "Transaction request cannot include multiple operations on one item");
    }
  }
  return {};
}

Result<void> check_put_sizes(const std::vector<storage::ItemWrite>& writes) {
  for (const auto& write : writes) {
    const auto* put = std::get_if<storage::Put>(&write.action);
    if (put != nullptr && put->item.view().item_bytes() > storage::kItemBytesMax) {
      return storage::validation_error("Item size has exceeded the maximum allowed size");
    }
  }
  return {};
}

// The answer to a request with an action that cannot be carried out: the first such one cancels it,
// and puts before it may be such themselves.
Error canceled(const std::vector<storage::ItemWrite>& writes, size_t impossible, Error error) {
  if (auto checked = check_duplicates(writes); !checked) return std::move(checked).error();
  if (auto checked = check_put_sizes(writes); !checked) return std::move(checked).error();
  for (size_t i = 0; i < impossible; ++i) {
    const auto* put = std::get_if<storage::Put>(&writes[i].action);
    if (put == nullptr) continue;
    auto checked = storage::check_index_keys(*writes[i].table, put->item.view(), false);
    if (checked) continue;
    impossible = i;
    error = std::move(checked).error();
  }
  return storage::transaction_canceled_by(impossible, writes.size(), storage::reason_of(error));
}

Result<Resolved> resolve(const OperationContext& context, TransactWriteRequest& request) {
  Resolved resolved;
  for (const TransactAction& action : request.actions) {
    resolved.table_of.push_back(
        TRY(resolved.tables.find(context.database, action.table, context.scope)));
  }
  resolved.writes.reserve(request.actions.size());
  size_t impossible_at = 0;
  std::optional<Error> impossible;
  for (size_t i = 0; i < request.actions.size(); ++i) {
    std::optional<Error> found;
    const auto& table = resolved.tables.table(resolved.table_of[i]);
    resolved.writes.push_back(TRY(write_of_action(request.actions[i], table, found)));
    if (!found || impossible) continue;
    impossible = std::move(found);
    impossible_at = i;
  }
  if (impossible) return canceled(resolved.writes, impossible_at, *std::move(impossible));
  return resolved;
}

constexpr double kTransactional = 2;  // Of the table alone; indexes cost what they always do.

Result<void> admit(const OperationContext& context, const Resolved& resolved) {
  if (context.admission == nullptr) return {};
  std::vector<const storage::Table*> tables;
  for (const auto& write : resolved.writes) tables.push_back(write.table.get());
  return context.admission->admit_transaction(tables, Admission::Direction::kWrite, context.region);
}

void charge(const OperationContext& context, const Resolved& resolved,
            const storage::TransactionOutcome& outcome) {
  if (context.admission == nullptr) return;
  for (size_t i = 0; i < outcome.writes.size(); ++i) {
    context.admission->charge_write(*resolved.writes[i].table, outcome.writes[i], kTransactional);
  }
}

void add_capacity(Resolved& resolved, const storage::TransactionOutcome& outcome) {
  for (size_t i = 0; i < outcome.writes.size(); ++i) {
    ConsumedCapacity& capacity = resolved.tables.capacity(resolved.table_of[i]);
    capacity.add_table(outcome.writes[i].table_write_units * kTransactional);
    for (const auto& charge : outcome.writes[i].index_charges) {
      capacity.add_index(*charge.index, charge.write_units);
    }
  }
}

// A replay only reads the items.
TransactTables replay_capacity(const OperationContext& context, const TransactWriteRequest& request,
                               const storage::TransactionOutcome& outcome) {
  TransactTables tables(ConsumedCapacity::Units::kRead);
  for (size_t i = 0; i < outcome.item_bytes.size() && i < request.actions.size(); ++i) {
    const auto at = tables.find(context.database, request.actions[i].table, context.scope);
    if (at) tables.capacity(*at).add_table(2 * read_units(outcome.item_bytes[i], true));
  }
  return tables;
}

storage::ItemView item_of(const storage::ItemWrite& write) {
  const auto* put = std::get_if<storage::Put>(&write.action);
  return put != nullptr ? put->item.view() : write.key_item.view();
}

// One entry for each item collection that was written to, by table.
Result<void> append_collection_metrics(JsonWriter& json, storage::Database& database,
                                       const Resolved& resolved) {
  json.name("ItemCollectionMetrics").begin_object();
  for (size_t at = 0; at < resolved.tables.size(); ++at) {
    const storage::Table& table = *resolved.tables.table(at);
    if (!table.has_local_index()) continue;
    std::set<std::string_view> collections;
    json.any_name(resolved.tables.given_name(at)).begin_array();
    for (size_t i = 0; i < resolved.writes.size(); ++i) {
      const storage::ItemWrite& write = resolved.writes[i];
      if (resolved.table_of[i] != at) continue;
      if (std::holds_alternative<storage::ConditionCheck>(write.action)) continue;
      const auto item = item_of(write);
      const auto partition = item.find(table.key().partition.front().name);
      if (!collections.insert(partition->payload()).second) continue;
      TRY(append_item_collection_metrics(json, database, table, item));
    }
    json.end_array();
  }
  json.end_object();
  return {};
}

}  // namespace

Result<void> transact_write_items(const OperationContext& context, const JsonObject& body,
                                  std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  TransactWriteRequest request = TRY(decode(members, context));
  Resolved resolved = TRY(resolve(context, request));
  TRY(admit(context, resolved));
  const auto outcome = TRY(context.database.transact(
      resolved.writes,
      {.token = request.token, .scope = context.scope, .request = request.digest}));
  charge(context, resolved, outcome);
  JsonWriter json(reply);
  json.begin_object();
  if (outcome.replayed) {
    replay_capacity(context, request, outcome).append_capacity(json, request.capacity);
  } else {
    add_capacity(resolved, outcome);
    resolved.tables.append_capacity(json, request.capacity);
  }
  if (request.collection_metrics) {
    TRY(append_collection_metrics(json, context.database, resolved));
  }
  json.end_object();
  return {};
}

}  // namespace dynolith::api
