// BatchWriteItem: puts and deletes up to 25 items of any tables. Each stands for itself, but they
// are written some at a time, so that a small batch waits for the disk once.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/admission.h"
#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/consumed_capacity.h"
#include "api/request/item_collection_metrics.h"
#include "api/request/request_items.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using In = BatchWriteItemInput;

// Of the items written together; some engines bound a transaction at ten times this.
constexpr size_t kTogetherBytesMax = 1024 * 1024;

struct WriteMember {
  JsonValue sent;
  bool written = false;
  size_t table = 0;          // Into BatchWriteRequest::tables.
  storage::ItemWrite write;  // Of a delete, key_item is the key as sent.

  bool is_put() const { return std::holds_alternative<storage::Put>(write.action); }
  storage::ItemView item() const {
    const auto* put = std::get_if<storage::Put>(&write.action);
    return put != nullptr ? put->item.view() : write.key_item.view();
  }
};

// What is asked of one table.
struct TableWrites {
  TableReference reference;
  storage::TablePtr table;
  ConsumedCapacity capacity;
};

struct BatchWriteRequest {
  std::vector<TableWrites> tables;
  std::vector<WriteMember> members;  // Those of one table stand together.
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool collection_metrics = false;
};

void check_lists(Constraints& constraints, const Slot& request_items,
                 const std::vector<TableEntry>& entries) {
  for (const TableEntry& entry : entries) {
    if (entry.value.is_null()) {
      constraints.null(entry_path(entry.name, ""));
      continue;
    }
    const size_t count = array_of(entry.value).size();
    if (count >= 1 && count <= storage::kBatchWriteItemsMax) continue;
    return constraints.echo(echo_of(request_items.value()), "requestItems",
                            "Map value must satisfy constraint: [Member must have length less than "
                            "or equal to 25, Member must have length greater than or equal to 1]");
  }
}

// A put without an item, a delete without a key.
void check_members(Constraints& constraints, const TableEntry& entry) {
  if (entry.value.is_null()) return;
  size_t position = 0;
  for (const JsonValue element : array_of(entry.value)) {
    const std::string path = "." + std::to_string(++position) + ".member.";
    if (element.is_null()) continue;
    const auto members = read_structure<WriteRequestShape>(object_of(element));
    if (const Slot& put = members[WriteRequestShape::kPutRequest]; put.present()) {
      const auto inner = read_structure<PutRequestShape>(put.object());
      constraints.required(inner[PutRequestShape::kItem],
                           entry_path(entry.name, path + "putRequest.item"));
    }
    if (const Slot& erase = members[WriteRequestShape::kDeleteRequest]; erase.present()) {
      const auto inner = read_structure<DeleteRequestShape>(erase.object());
      constraints.required(inner[DeleteRequestShape::kKey],
                           entry_path(entry.name, path + "deleteRequest.key"));
    }
  }
}

Result<std::vector<TableEntry>> check_constraints(const Members<In>& members, Wording wording) {
  Constraints constraints;
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  check_return_item_collection_metrics(constraints, members[In::kReturnItemCollectionMetrics]);
  const Slot& request_items = members[In::kRequestItems];
  constraints.required(request_items, "requestItems");
  std::vector<TableEntry> entries;
  if (request_items.present()) entries = table_entries(request_items);
  if (request_items.present() && entries.empty()) {
    constraints.echo("{}", "requestItems", at_least("length", 1));
  }
  check_table_names(constraints, request_items, entries, wording);
  if (request_items.present()) check_lists(constraints, request_items, entries);
  for (const TableEntry& entry : entries) check_members(constraints, entry);
  TRY(constraints.check());
  return entries;
}

Result<WriteMember> decode_member(const JsonValue& sent, Wording wording) {
  Members<WriteRequestShape> members;
  if (!sent.is_null()) {
    members = read_structure<WriteRequestShape>(object_of(sent));
  }
  const Slot& put = members[WriteRequestShape::kPutRequest];
  const Slot& erase = members[WriteRequestShape::kDeleteRequest];
  if (put.present() == erase.present()) {
    return storage::request_error(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes");
  }
  const Slot attributes =
      put.present() ? read_structure<PutRequestShape>(put.object())[PutRequestShape::kItem]
                    : read_structure<DeleteRequestShape>(erase.object())[DeleteRequestShape::kKey];
  DecodedItem decoded = decode_item(attributes.object(), wording);
  if (decoded.error) return std::move(*decoded.error);
  WriteMember member;
  member.sent = sent;
  if (put.present()) {
    member.write.action = storage::Put{std::move(decoded.item)};
  } else {
    member.write.action = storage::Delete{};
    member.write.key_item = std::move(decoded.item);
  }
  return member;
}

Result<BatchWriteRequest> decode(const Members<In>& members, const OperationContext& context) {
  const auto entries = TRY(check_constraints(members, context.wording));
  BatchWriteRequest request;
  request.capacity = return_consumed_capacity(members[In::kReturnConsumedCapacity]);
  request.collection_metrics =
      returns_item_collection_metrics(members[In::kReturnItemCollectionMetrics]);
  for (const TableEntry& entry : entries) {
    request.tables.push_back({.reference = TRY(table_reference(entry.name))});
    for (const JsonValue element : array_of(entry.value)) {
      WriteMember& member =
          request.members.emplace_back(TRY(decode_member(element, context.value_wording)));
      member.table = request.tables.size() - 1;
    }
  }
  if (request.members.size() > storage::kBatchWriteItemsMax) {
    return storage::request_error("Too many items requested for the BatchWriteItem call");
  }
  return request;
}

// A put's key is held against the schema in the words of a key parameter, as the service does in
// batches.
Result<storage::EncodedKey> key_of_put(const storage::Table& table, const storage::ItemView& item) {
  std::vector<std::string> names;
  for (const auto& attribute : table.key().partition) names.push_back(attribute.name);
  for (const auto& attribute : table.key().sort) names.push_back(attribute.name);
  std::sort(names.begin(), names.end());
  return storage::key_of_key_parameter(table, storage::with_only(item, names).view());
}

Result<void> check_put(const storage::Table& table, const storage::ItemView& item) {
  TRY(storage::check_index_keys(table, item, false));
  if (item.item_bytes() > storage::kItemBytesMax) {
    return storage::validation_error("Item size has exceeded the maximum allowed size");
  }
  return {};
}

// Finds the tables and checks every member against its own, so that one bad member keeps all of
// them from being written.
Result<void> check_against_tables(const OperationContext& context, BatchWriteRequest& request) {
  for (TableWrites& writes : request.tables) {
    writes.table = TRY(context.database.find_table(writes.reference.name, context.scope));
  }
  std::set<std::string_view> keys;
  for (WriteMember& member : request.members) {
    storage::ItemWrite& write = member.write;
    write.table = request.tables[member.table].table;
    write.key = TRY(member.is_put() ? key_of_put(*write.table, member.item())
                                    : storage::key_of_key_parameter(*write.table, member.item()));
    if (!keys.insert(write.key.bytes).second) {
      return storage::validation_error("Provided list of item keys contains duplicates");
    }
    if (member.is_put()) TRY(check_put(*write.table, member.item()));
  }
  return {};
}

// The store has stopped taking writes; what has been written stays written.
bool is_store_failure(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kUnknownOutcome:
    case ErrorCode::kIo:
    case ErrorCode::kCorruption:
    case ErrorCode::kThrottling:
    case ErrorCode::kProvisionedThroughputExceeded:
      return true;
    default:
      return false;
  }
}

// Members are written together without being a transaction to the client.
Error of_a_batch(Error error) {
  if (error.code != ErrorCode::kTransactionCanceled || error.detail == nullptr) return error;
  for (const auto& reason : error.detail->reasons) {
    if (reason.code == "ItemCollectionSizeLimitExceeded") {
      return storage::make_error(ErrorCode::kItemCollectionSizeLimitExceeded, reason.message);
    }
  }
  return error;
}

// Writes the members, some at a time.
class Writer {
 public:
  Writer(const OperationContext& context, BatchWriteRequest& request)
      : context_(context), request_(request) {}

  // If the store fails half-way the rest is left over, to be sent again.
  Result<void> write_all() {
    if (context_.admission != nullptr) return write_each();
    while (next_ < request_.members.size()) {
      auto written = write_some(members_that_fit());
      if (written) continue;
      if (next_ > 0 && is_store_failure(written.error().code)) return {};
      return written;
    }
    return {};
  }

 private:
  // Where tables have a limited capacity, each member stands or falls with what is left of it.
  Result<void> write_each() {
    std::optional<Error> refusal;
    bool any = false;
    for (; next_ < request_.members.size(); ++next_) {
      WriteMember& member = request_.members[next_];
      auto outcome = context_.admission->apply(context_.database, member.write, context_.region);
      if (!outcome) {
        if (!is_store_failure(outcome.error().code)) return std::move(outcome).error();
        refusal = std::move(outcome).error();
        continue;
      }
      member.written = any = true;
      request_.tables[member.table].capacity.add(*outcome);
    }
    if (refusal && !any) return std::move(*refusal);
    return {};
  }

  size_t members_that_fit() const {
    size_t bytes = 0, count = 0;
    for (size_t i = next_; i < request_.members.size(); ++i, ++count) {
      bytes += request_.members[i].item().item_bytes();
      if (count > 0 && bytes > kTogetherBytesMax) break;
    }
    return count;
  }

  Result<void> write_some(size_t count) {
    std::vector<storage::ItemWrite> writes;
    writes.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      writes.push_back(std::move(request_.members[next_ + i].write));
    }
    auto outcomes = context_.database.apply(writes);
    for (size_t i = 0; i < count; ++i) {
      WriteMember& member = request_.members[next_ + i];
      member.write = std::move(writes[i]);
      member.written = outcomes.ok();
      if (outcomes) request_.tables[member.table].capacity.add((*outcomes)[i]);
    }
    if (!outcomes) return of_a_batch(std::move(outcomes).error());
    next_ += count;
    return {};
  }

  const OperationContext& context_;
  BatchWriteRequest& request_;
  size_t next_ = 0;  // Members before this have had their turn.
};

void append_unprocessed(JsonWriter& json, const BatchWriteRequest& request) {
  json.name("UnprocessedItems").begin_object();
  std::optional<size_t> open;  // The table whose array is open.
  for (const WriteMember& member : request.members) {
    if (member.written) continue;
    if (open && *open != member.table) json.end_array();
    if (open != member.table) {
      json.any_name(request.tables[member.table].reference.given).begin_array();
    }
    open = member.table;
    json.raw(simdjson::minify(member.sent));
  }
  if (open) json.end_array();
  json.end_object();
}

// One entry for each item collection that was written to.
Result<void> append_collection_metrics_of(JsonWriter& json, storage::Database& database,
                                          const BatchWriteRequest& request, size_t table_index) {
  const TableWrites& writes = request.tables[table_index];
  const std::string& partition = writes.table->key().partition.front().name;
  std::set<std::string_view> collections;
  json.any_name(writes.reference.given).begin_array();
  for (const WriteMember& member : request.members) {
    if (member.table != table_index || !member.written) continue;
    const auto item = member.item();
    if (!collections.insert(item.find(partition)->payload()).second) continue;
    TRY(append_item_collection_metrics(json, database, *writes.table, item));
  }
  json.end_array();
  return {};
}

Result<void> append_collection_metrics(JsonWriter& json, storage::Database& database,
                                       const BatchWriteRequest& request) {
  if (!request.collection_metrics) return {};
  json.name("ItemCollectionMetrics").begin_object();
  for (size_t i = 0; i < request.tables.size(); ++i) {
    if (!request.tables[i].table->has_local_index()) continue;
    TRY(append_collection_metrics_of(json, database, request, i));
  }
  json.end_object();
  return {};
}

void append_capacity(JsonWriter& json, const BatchWriteRequest& request) {
  if (request.capacity == ReturnConsumedCapacity::kNone) return;
  json.name("ConsumedCapacity").begin_array();
  for (const TableWrites& writes : request.tables) {
    writes.capacity.append(json, request.capacity, writes.reference.given);
  }
  json.end_array();
}

}  // namespace

Result<void> batch_write_item(const OperationContext& context, const JsonObject& body,
                              std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  BatchWriteRequest request = TRY(decode(members, context));
  TRY(check_against_tables(context, request));
  TRY(Writer(context, request).write_all());
  JsonWriter json(reply);
  json.begin_object();
  append_unprocessed(json, request);
  TRY(append_collection_metrics(json, context.database, request));
  append_capacity(json, request);
  json.end_object();
  return {};
}

}  // namespace dynolith::api
