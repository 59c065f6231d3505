// The embedded connection's transactions.
//
// The service finds some errors before a transaction begins (they are the answer) and some in its
// course (they are the reason why it was cancelled). A key whose value is not allowed is one of the
// former; a key or expression that does not fit the table's schema, one of the latter.
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "odm/connection/capacity.h"
#include "odm/connection/embedded_calls.h"
#include "odm/connection/member_rules.h"
#include "odm/connection/request_digest.h"
#include "odm/connection/table_rules.h"
#include "odm/connection/tree_rules.h"
#include "storage/engine/cancellation.h"
#include "storage/engine/item_keys.h"

namespace dynolith::odm::embedded_calls {
namespace {

using storage::EncodedKey;
using storage::ItemWrite;
using storage::request_error;
using storage::Table;
using storage::TablePtr;
using storage::validation_error;

storage::Error null_error(size_t at, std::string_view member) {
  return validation_error("1 validation error detected: Value null at 'transactItems." +
                          std::to_string(at + 1) + ".member." + std::string(member) +
                          "' failed to satisfy constraint: Member must not be null");
}

storage::Result<void> check_count(size_t count) {
  return check_between(static_cast<int64_t>(count), "[]", "transactItems", "length", 1,
                       static_cast<int64_t>(storage::kTransactionActionsMax));
}

storage::Result<void> check_bytes(size_t bytes) {
  if (bytes <= storage::kTransactionBytesMax) return {};
  return validation_error("Transaction payload size cannot exceed " +
                          std::to_string(storage::kTransactionBytesMax) + " bytes");
}

// Keys that could not be made are empty.
class Duplicates {
 public:
  storage::Result<void> add(const EncodedKey& key) {
    if (key.bytes.empty() || keys_.insert(key.bytes).second) return {};
    return validation_error("Transaction request cannot include multiple operations on one item");
  }

 private:
  std::set<std::string_view> keys_;
};

// The first thing that keeps a transaction from being carried out.
struct Impossible {
  size_t at = 0;
  storage::Error error;
};
using MaybeImpossible = std::optional<Impossible>;

// --- Writing.

const ConditionPtr& condition_of(const TransactAction& action) {
  return std::visit([](const auto& each) -> const ConditionPtr& { return each.condition; }, action);
}
const std::string& table_of(const TransactAction& action) {
  return std::visit([](const auto& each) -> const std::string& { return each.table; }, action);
}
bool returns_old_on_failure(const TransactAction& action) {
  return std::visit([](const auto& each) { return each.return_old_on_failure; }, action);
}
const EncodedItem& attributes_of(const TransactAction& action) {
  struct {
    const EncodedItem& operator()(const PutRequest& put) const { return put.item; }
    const EncodedItem& operator()(const UpdateRequest& update) const { return update.key; }
    const EncodedItem& operator()(const DeleteRequest& remove) const { return remove.key; }
    const EncodedItem& operator()(const CheckRequest& check) const { return check.key; }
  } visitor;
  return std::visit(visitor, action);
}

storage::Result<void> check_members(const TransactWriteRequest& request) {
  TRY(check_between(static_cast<int64_t>(request.token.size()), request.token, "clientRequestToken",
                    "length", 0, static_cast<int64_t>(storage::kRequestTokenBytesMax)));
  TRY(check_count(request.actions.size()));
  for (size_t i = 0; i < request.actions.size(); ++i) {
    const TransactAction& action = request.actions[i];
    const auto* update = std::get_if<UpdateRequest>(&action);
    if (update != nullptr && (update->update == nullptr || update->update->actions.empty()))
      return null_error(i, "update.updateExpression");
    if (std::holds_alternative<CheckRequest>(action) && condition_of(action) == nullptr)
      return null_error(i, "conditionCheck.conditionExpression");
  }
  for (const TransactAction& action : request.actions) {
    if (const auto* update = std::get_if<UpdateRequest>(&action))
      TRY(check_update(*update->update));
    if (condition_of(action) != nullptr)
      TRY(check_condition(*condition_of(action), "ConditionExpression"));
  }
  return {};
}

storage::Result<void> check_against_schema(const TransactAction& action, const Table& table) {
  if (const auto* update = std::get_if<UpdateRequest>(&action))
    TRY(check_key_paths(table, *update->update));
  if (condition_of(action) != nullptr) TRY(check_key_paths(table, *condition_of(action)));
  return {};
}

bool fits_key_schema(const TransactAction& action, const Table& table) {
  const auto view = attributes_of(action).view();
  return storage::has_key(table.key(), view) &&
         (std::holds_alternative<PutRequest>(action) ||
          view.attributes().size() == storage::key_attribute_count(table.key()));
}

void add_action(const TransactAction& action, ItemWrite& write) {
  if (const auto* put = std::get_if<PutRequest>(&action)) {
    write.action = storage::Put{put->item};
    return;
  }
  if (const auto* update = std::get_if<UpdateRequest>(&action)) {
    write.key_item = update->key;
    write.action = storage::UpdateWrite{update->update.get()};
  } else if (std::holds_alternative<DeleteRequest>(action)) {
    write.action = storage::Delete{};
  } else {
    write.action = storage::ConditionCheck{};
  }
}

// What is found in the course of the transaction is left in `impossible`, if it is the first.
storage::Result<ItemWrite> write_of(const TransactAction& action, size_t at, TablePtr table,
                                    MaybeImpossible& impossible) {
  auto fits = check_against_schema(action, *table);
  const auto view = attributes_of(action).view();
  auto key = std::holds_alternative<PutRequest>(action)
                 ? storage::key_of_item(*table, view)
                 : storage::key_of_key_parameter(*table, view);
  if (!key.ok() && fits_key_schema(action, *table)) return std::move(key).error();
  if (const auto* update = std::get_if<UpdateRequest>(&action); update != nullptr && fits && key)
    fits = check_leaves_key(*table, *update->update);
  if (!impossible && !fits)
    impossible = Impossible{at, std::move(fits).error()};
  else if (!impossible && !key)
    impossible = Impossible{at, key.error()};
  ItemWrite write;
  if (key) write.key = std::move(key).value();
  write.table = std::move(table);
  write.condition = condition_of(action).get();
  write.return_old_on_failure = returns_old_on_failure(action);
  add_action(action, write);
  return write;
}

// The answer to a request with an action that cannot be carried out: the first such one cancels it,
// and puts before it may be such themselves.
storage::Error canceled(const std::vector<ItemWrite>& writes, Impossible impossible) {
  Duplicates duplicates;
  for (const ItemWrite& write : writes) {
    if (auto checked = duplicates.add(write.key); !checked) return std::move(checked).error();
  }
  for (const ItemWrite& write : writes) {
    const auto* put = std::get_if<storage::Put>(&write.action);
    if (put != nullptr && put->item.view().item_bytes() > storage::kItemBytesMax)
      return validation_error("Item size has exceeded the maximum allowed size");
  }
  for (size_t i = 0; i < impossible.at; ++i) {
    const auto* put = std::get_if<storage::Put>(&writes[i].action);
    if (put == nullptr) continue;
    auto checked = storage::check_index_keys(*writes[i].table, put->item.view(), false);
    if (!checked) impossible = {i, std::move(checked).error()};
  }
  return storage::transaction_canceled_by(impossible.at, writes.size(),
                                          storage::reason_of(impossible.error));
}

storage::Result<std::vector<ItemWrite>> resolve(const Database& database,
                                                const TransactWriteRequest& request) {
  std::vector<TablePtr> tables;
  tables.reserve(request.actions.size());
  for (const TransactAction& action : request.actions)
    tables.push_back(TRY(find_table(database, table_of(action))));
  MaybeImpossible impossible;
  std::vector<ItemWrite> writes;
  writes.reserve(request.actions.size());
  for (size_t i = 0; i < request.actions.size(); ++i)
    writes.push_back(TRY(write_of(request.actions[i], i, std::move(tables[i]), impossible)));
  if (impossible) return canceled(writes, *std::move(impossible));
  return writes;
}

// A replay only reads the items.
double units_of(const storage::TransactionOutcome& outcome) {
  double units = 0;
  for (const auto& write : outcome.writes) units += write_units(write, kTransactional);
  for (const uint32_t bytes : outcome.item_bytes) units += kTransactional * read_units(bytes, true);
  return units;
}

// --- Reading.

struct Reads {
  std::vector<TablePtr> tables;
  std::vector<EncodedKey> keys;
};

// As write_of().
storage::Result<EncodedKey> key_of(const GetRequest& get, size_t at, const Table& table,
                                   MaybeImpossible& impossible) {
  storage::Result<void> fits;
  if (get.projection != nullptr) fits = check_key_paths(table, *get.projection);
  const auto view = get.key.view();
  auto key = storage::key_of_key_parameter(table, view);
  const bool fits_schema = storage::has_key(table.key(), view) &&
                           view.attributes().size() == storage::key_attribute_count(table.key());
  if (!key && fits_schema) return key;
  if (!impossible && !fits)
    impossible = Impossible{at, std::move(fits).error()};
  else if (!impossible && !key)
    impossible = Impossible{at, key.error()};
  return key ? std::move(key).value() : EncodedKey();
}

storage::Result<Reads> resolve(const Database& database, const TransactGetRequest& request) {
  TRY(check_count(request.gets.size()));
  for (const GetRequest& get : request.gets)
    if (get.projection != nullptr) TRY(check_projection(*get.projection));
  Reads reads;
  for (const GetRequest& get : request.gets)
    reads.tables.push_back(TRY(find_table(database, get.table)));
  MaybeImpossible impossible;
  for (size_t i = 0; i < request.gets.size(); ++i)
    reads.keys.push_back(TRY(key_of(request.gets[i], i, *reads.tables[i], impossible)));
  Duplicates duplicates;
  for (const EncodedKey& key : reads.keys) TRY(duplicates.add(key));
  if (!impossible) return reads;
  return storage::transaction_canceled_by(impossible->at, request.gets.size(),
                                          storage::reason_of(impossible->error));
}

}  // namespace

storage::Result<WriteReply> transact_write(Database& database,
                                           const TransactWriteRequest& request) {
  TRY(check_members(request));
  const RequestDigest digest = digest_of(request);
  TRY(check_bytes(digest.payload_bytes));
  const auto writes = TRY(resolve(database, request));
  const auto outcome =
      TRY(database.transact(writes, {.token = request.token, .request = digest.sha256}));
  WriteReply reply;
  reply.consumed_capacity = units_of(outcome);
  return reply;
}

storage::Result<ReadReply> transact_get(Database& database, const TransactGetRequest& request,
                                        IndexedItemSink sink) {
  const Reads reads = TRY(resolve(database, request));
  std::vector<storage::TableKey> keys;
  keys.reserve(reads.keys.size());
  for (size_t i = 0; i < reads.keys.size(); ++i)
    keys.push_back({reads.tables[i].get(), &reads.keys[i]});
  ReadReply reply;
  size_t bytes = 0;
  TRY(database.multi_get(keys, [&](size_t i, const ItemView& item) {
    bytes += item.item_bytes();
    if (bytes > storage::kTransactionBytesMax) return false;
    reply.consumed_capacity += kTransactional * read_units(item.item_bytes(), true);
    const storage::Projection* const projection = request.gets[i].projection.get();
    if (projection != nullptr && item.exists())
      sink(i, storage::project(item, *projection).view());
    else
      sink(i, item);
    return true;
  }));
  TRY(check_bytes(bytes));
  return reply;
}

}  // namespace dynolith::odm::embedded_calls
