// The embedded connection's batches. Members are checked all together: one bad member keeps the
// batch from being carried out at all.
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "odm/connection/capacity.h"
#include "odm/connection/embedded_calls.h"
#include "odm/connection/table_rules.h"
#include "odm/connection/tree_rules.h"
#include "storage/engine/item_keys.h"

namespace dynolith::odm::embedded_calls {
namespace {

using storage::EncodedKey;
using storage::ItemWrite;
using storage::Table;
using storage::TablePtr;

// Of the items written together, so that one transaction of the store does not become huge.
constexpr size_t kTogetherBytesMax = 1024 * 1024;

storage::Error duplicates_error() {
  return storage::request_error("Provided list of item keys contains duplicates");
}

storage::Error empty_error(std::string_view shown) {
  return storage::validation_error("1 validation error detected: Value " + std::string(shown) +
                                   " failed to satisfy constraint: Member must have length greater "
                                   "than or equal to 1");
}

// Finds each table once.
class Tables {
 public:
  explicit Tables(const Database& database) : database_(database) {}

  storage::Result<TablePtr> find(const std::string& name) {
    const auto found = tables_.find(name);
    if (found != tables_.end()) return found->second;
    auto table = TRY(find_table(database_, name));
    tables_.emplace(name, table);
    return table;
  }

 private:
  const Database& database_;
  std::unordered_map<std::string_view, TablePtr> tables_;  // Names of the request's.
};

// --- BatchGetItem.

storage::Result<void> check_gets(const BatchGetRequest& request) {
  if (request.gets.empty()) return empty_error("at 'RequestItems'");
  std::unordered_map<std::string_view, const GetRequest*> first_of_table;
  for (const GetRequest& get : request.gets) {
    const auto& first = *first_of_table.emplace(get.table, &get).first->second;
    const bool same_projection = get.projection == first.projection ||
                                 (get.projection != nullptr && first.projection != nullptr &&
                                  get.projection->paths == first.projection->paths);
    if (get.consistent != first.consistent || !same_projection)
      return storage::request_error(
          "The keys of one table must share their projection and consistency");
    if (&first == &get && get.projection != nullptr) TRY(check_projection(*get.projection));
  }
  if (request.gets.size() > storage::kBatchGetKeysMax)
    return storage::request_error("Too many items requested for the BatchGetItem call");
  return {};
}

struct Reads {
  std::vector<TablePtr> tables;
  std::vector<EncodedKey> keys;
};

storage::Result<Reads> resolve(const Database& database, const BatchGetRequest& request) {
  Reads reads;
  Tables tables(database);
  for (const GetRequest& get : request.gets) reads.tables.push_back(TRY(tables.find(get.table)));
  std::set<std::string_view> seen;
  reads.keys.reserve(request.gets.size());
  for (size_t i = 0; i < request.gets.size(); ++i) {
    const GetRequest& get = request.gets[i];
    if (get.projection != nullptr) TRY(check_key_paths(*reads.tables[i], *get.projection));
    reads.keys.push_back(TRY(storage::key_of_key_parameter(*reads.tables[i], get.key.view())));
    if (!seen.insert(reads.keys.back().bytes).second) return duplicates_error();
  }
  return reads;
}

// --- BatchWriteItem.

// A put's key is held against the schema in the words of a key parameter, as the service does in
// batches.
storage::Result<EncodedKey> key_of_put(const Table& table, const ItemView& item) {
  const auto names = storage::position_attributes(table, nullptr);
  return storage::key_of_key_parameter(table, storage::with_only(item, names).view());
}

storage::Result<void> check_put(const Table& table, const ItemView& item) {
  TRY(storage::check_index_keys(table, item, false));
  if (item.item_bytes() <= storage::kItemBytesMax) return {};
  return storage::validation_error("Item size has exceeded the maximum allowed size");
}

storage::Result<ItemWrite> write_of(const PutRequest& put, TablePtr table) {
  if (put.condition != nullptr || put.return_old)
    return storage::request_error("The members of a batch have no conditions and return nothing");
  ItemWrite write;
  write.key = TRY(key_of_put(*table, put.item.view()));
  write.action = storage::Put{put.item};
  write.table = std::move(table);
  return write;
}

storage::Result<ItemWrite> write_of(const DeleteRequest& remove, TablePtr table) {
  if (remove.condition != nullptr || remove.return_old)
    return storage::request_error("The members of a batch have no conditions and return nothing");
  ItemWrite write;
  write.key = TRY(storage::key_of_key_parameter(*table, remove.key.view()));
  write.action = storage::Delete{};
  write.table = std::move(table);
  return write;
}

storage::Result<std::vector<ItemWrite>> resolve(const Database& database,
                                                const BatchWriteRequest& request) {
  if (request.writes.empty()) return empty_error("'{}' at 'requestItems'");
  if (request.writes.size() > storage::kBatchWriteItemsMax)
    return storage::request_error("Too many items requested for the BatchWriteItem call");
  Tables tables(database);
  std::vector<ItemWrite> writes;
  writes.reserve(request.writes.size());
  for (const auto& member : request.writes)
    TRY(std::visit([&](const auto& write) { return tables.find(write.table); }, member));
  std::set<std::string_view> keys;
  for (const auto& member : request.writes) {
    const auto table =
        TRY(std::visit([&](const auto& each) { return tables.find(each.table); }, member));
    writes.push_back(
        TRY(std::visit([&](const auto& each) { return write_of(each, table); }, member)));
    if (!keys.insert(writes.back().key.bytes).second)
      return storage::validation_error("Provided list of item keys contains duplicates");
    const auto* put = std::get_if<PutRequest>(&member);
    if (put != nullptr) TRY(check_put(*table, put->item.view()));
  }
  return writes;
}

size_t bytes_of(const ItemWrite& write) {
  const auto* put = std::get_if<storage::Put>(&write.action);
  return put != nullptr ? put->item.view().item_bytes() : 0;
}

size_t members_that_fit(std::span<const ItemWrite> writes) {
  size_t bytes = 0, count = 0;
  for (const ItemWrite& write : writes) {
    bytes += bytes_of(write);
    if (count > 0 && bytes > kTogetherBytesMax) break;
    ++count;
  }
  return count;
}

// The store has stopped taking writes; what has been written stays written.
bool is_store_failure(storage::ErrorCode code) {
  return code == storage::ErrorCode::kUnavailable || code == storage::ErrorCode::kUnknownOutcome ||
         code == storage::ErrorCode::kIo || code == storage::ErrorCode::kCorruption;
}

// Members are written together without being a transaction to the caller.
storage::Error of_a_batch(storage::Error error) {
  if (error.code != storage::ErrorCode::kTransactionCanceled || error.detail == nullptr)
    return error;
  for (const auto& reason : error.detail->reasons) {
    if (reason.code == "ItemCollectionSizeLimitExceeded")
      return storage::make_error(storage::ErrorCode::kItemCollectionSizeLimitExceeded,
                                 reason.message);
  }
  return error;
}

}  // namespace

storage::Result<BatchReply> batch_get(Database& database, const BatchGetRequest& request,
                                      IndexedItemSink sink) {
  TRY(check_gets(request));
  const Reads reads = TRY(resolve(database, request));
  std::vector<storage::TableKey> keys;
  keys.reserve(reads.keys.size());
  for (size_t i = 0; i < reads.keys.size(); ++i)
    keys.push_back({reads.tables[i].get(), &reads.keys[i]});
  BatchReply reply;
  size_t bytes = 0, processed = 0;
  TRY(database.multi_get(keys, [&](size_t i, const ItemView& item) {
    if (bytes > 0 && bytes + item.item_bytes() > storage::kBatchBytesMax) return false;
    bytes += item.item_bytes();
    processed = i + 1;
    const GetRequest& get = request.gets[i];
    reply.consumed_capacity += read_units(item.item_bytes(), get.consistent);
    if (get.projection != nullptr && item.exists())
      sink(i, storage::project(item, *get.projection).view());
    else
      sink(i, item);
    return true;
  }));
  for (size_t i = processed; i < request.gets.size(); ++i) reply.unprocessed.push_back(i);
  return reply;
}

storage::Result<BatchReply> batch_write(Database& database, const BatchWriteRequest& request) {
  const auto writes = TRY(resolve(database, request));
  const std::span<const ItemWrite> all(writes);
  BatchReply reply;
  size_t next = 0;
  while (next < all.size()) {
    const auto some = all.subspan(next, members_that_fit(all.subspan(next)));
    auto outcomes = database.apply(some);
    if (!outcomes.ok()) {
      // If the store fails half-way the rest is left over, to be sent again.
      if (next == 0 || !is_store_failure(outcomes.error().code))
        return of_a_batch(std::move(outcomes).error());
      break;
    }
    for (const auto& outcome : *outcomes) reply.consumed_capacity += write_units(outcome);
    next += some.size();
  }
  for (; next < all.size(); ++next) reply.unprocessed.push_back(next);
  return reply;
}

}  // namespace dynolith::odm::embedded_calls
