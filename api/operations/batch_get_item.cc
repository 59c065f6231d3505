// BatchGetItem: reads up to 100 items of any tables by their keys.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "api/admission.h"
#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/attributes_to_get.h"
#include "api/request/consumed_capacity.h"
#include "api/request/expression_parameters.h"
#include "api/request/key_paths.h"
#include "api/request/request_items.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using In = BatchGetItemInput;
using Keys = KeysAndAttributesShape;

// What is asked of one table.
struct TableRead {
  TableReference reference;
  Members<Keys> members;
  std::vector<JsonValue> sent_keys;
  std::vector<storage::EncodedItem> keys;
  std::optional<storage::Projection> projection;
  bool consistent = false;

  storage::TablePtr table;
  std::vector<storage::EncodedKey> encoded_keys;
  size_t first = 0;      // Of encoded_keys, among those of all tables.
  size_t processed = 0;  // Of the keys, the first so many.
};

struct BatchGetRequest {
  std::vector<TableRead> tables;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

void check_key_count(Constraints& constraints, const TableEntry& entry, const Slot& keys,
                     Wording wording) {
  constexpr auto kMax = static_cast<int64_t>(storage::kBatchGetKeysMax);
  if (!keys.present()) return constraints.null(entry_path(entry.name, ".keys"));
  const size_t count = keys.array().size();
  std::string constraint;
  if (count == 0) constraint = at_least("length", 1);
  if (count > storage::kBatchGetKeysMax) constraint = at_most("length", kMax);
  if (constraint.empty()) return;
  if (wording == Wording::kAws2026) {
    constraints.quiet("RequestItems." + std::string(entry.name) + ".member.Keys", constraint);
  } else {
    constraints.echo(echo_of(keys.value()), entry_path(entry.name, ".keys"), constraint);
  }
}

void check_entries(Constraints& constraints, const std::vector<TableEntry>& entries,
                   Wording wording) {
  for (const TableEntry& entry : entries) {
    if (entry.value.is_null()) {
      constraints.null(entry_path(entry.name, ""));
      continue;
    }
    const auto members = read_structure<Keys>(object_of(entry.value));
    check_key_count(constraints, entry, members[Keys::kKeys], wording);
    check_attributes_to_get(constraints, members[Keys::kAttributesToGet],
                            entry_path(entry.name, ".attributesToGet"));
  }
}

Result<std::vector<TableEntry>> check_constraints(const Members<In>& members, Wording wording) {
  Constraints constraints;
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  const Slot& request_items = members[In::kRequestItems];
  constraints.required(request_items, "requestItems");
  std::vector<TableEntry> entries;
  if (request_items.present()) entries = table_entries(request_items);
  if (request_items.present() && entries.empty()) {
    if (wording == Wording::kClassic) {
      TRY(constraints.check());
      return storage::validation_error("The requestItems parameter is required for BatchGetItem");
    }
    constraints.quiet("RequestItems", at_least("length", 1));
  }
  check_table_names(constraints, request_items, entries, wording);
  check_entries(constraints, entries, wording);
  TRY(constraints.check());
  return entries;
}

// A key as its text was sent, attributes in order of their names: 1 and 1.0 are different keys
// here.
std::string text_of_key(const JsonValue& key) {
  std::vector<std::pair<std::string_view, std::string>> parts;
  for (const auto field : object_of(key)) {
    parts.emplace_back(field.key, simdjson::minify(field.value));
  }
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const auto& [name, value] : parts) text.append(name).append("\0", 1).append(value);
  return text;
}

Result<void> decode_keys(TableRead& read, Wording wording) {
  std::set<std::string> seen;
  for (const JsonValue key : read.members[Keys::kKeys].array()) {
    if (key.is_null()) {
      return storage::validation_error("The provided key element does not match the schema");
    }
    DecodedItem decoded = decode_item(object_of(key), wording);
    if (decoded.error) return std::move(*decoded.error);
    if (!seen.insert(text_of_key(key)).second) {
      return storage::request_error("Provided list of item keys contains duplicates");
    }
    read.sent_keys.push_back(key);
    read.keys.push_back(std::move(decoded.item));
  }
  return {};
}

Result<TableRead> decode_table(const TableEntry& entry, Wording wording) {
  TableRead read;
  read.reference = TRY(table_reference(entry.name));
  read.members = read_structure<Keys>(object_of(entry.value));
  const Members<Keys>& members = read.members;
  read.consistent = members[Keys::kConsistentRead].boolean_or(false);

  const std::array legacy{NamedSlot{"AttributesToGet", members[Keys::kAttributesToGet]}};
  const std::array expressions{
      NamedSlot{"ProjectionExpression", members[Keys::kProjectionExpression]}};
  const ParameterStyles styles{legacy, expressions, members[Keys::kExpressionAttributeNames],
                               nullptr};
  TRY(check_styles(styles, wording));
  TRY(decode_keys(read, wording));
  read.projection = TRY(attributes_to_get(members[Keys::kAttributesToGet]));
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  if (const auto text = members[Keys::kProjectionExpression].text()) {
    read.projection = TRY(bind_projection(*text, placeholders));
    TRY(placeholders.check_all_used());
  }
  return read;
}

Result<BatchGetRequest> decode(const Members<In>& members, Wording wording) {
  const auto entries = TRY(check_constraints(members, wording));
  BatchGetRequest request;
  request.capacity = return_consumed_capacity(members[In::kReturnConsumedCapacity]);
  size_t key_count = 0;
  for (const TableEntry& entry : entries) {
    request.tables.push_back(TRY(decode_table(entry, wording)));
    key_count += request.tables.back().keys.size();
  }
  if (key_count > storage::kBatchGetKeysMax) {
    return storage::request_error("Too many items requested for the BatchGetItem call");
  }
  return request;
}

// Every table is found before any key is looked at.
Result<void> find_tables(const OperationContext& context, BatchGetRequest& request) {
  for (TableRead& read : request.tables) {
    read.table = TRY(context.database.find_table(read.reference.name, context.scope));
  }
  return {};
}

Result<void> encode_keys(BatchGetRequest& request) {
  size_t first = 0;
  for (TableRead& read : request.tables) {
    if (read.projection) TRY(check_key_paths(*read.table, *read.projection));
    read.first = first;
    for (const auto& key : read.keys) {
      read.encoded_keys.push_back(TRY(storage::key_of_key_parameter(*read.table, key.view())));
    }
    first += read.encoded_keys.size();
  }
  return {};
}

// Reads the keys in order and writes what is found, until the reply is full.
class Responses {
 public:
  Responses(const OperationContext& context, BatchGetRequest& request, std::string& reply)
      : context_(context), request_(request), json_(reply), capacities_(request.tables.size()) {}

  Result<void> append() {
    json_.begin_object().name("Responses").begin_object();
    TRY(read());
    if (throttled_ && !any_processed_) return std::move(*throttled_);
    while (table_ < request_.tables.size()) close_table();
    json_.end_object();
    append_unprocessed();
    append_capacity();
    json_.end_object();
    return {};
  }

 private:
  Result<void> read() {
    std::vector<storage::TableKey> keys;
    for (const TableRead& read : request_.tables) {
      for (const auto& key : read.encoded_keys) keys.push_back({read.table.get(), &key});
    }
    return context_.database.multi_get(
        keys, [&](size_t index, const storage::ItemView& item) { return take(index, item); });
  }

  bool take(size_t index, const storage::ItemView& item) {
    while (index >= request_.tables[table_].first + request_.tables[table_].keys.size()) {
      close_table();
    }
    TableRead& read = request_.tables[table_];
    if (bytes_ > 0 && bytes_ + item.item_bytes() > storage::kBatchBytesMax) return false;
    if (!admits(*read.table)) return true;
    any_processed_ = true;
    ++read.processed;
    const auto& key = read.encoded_keys[index - read.first];
    if (!returned_.insert(key.bytes).second) return true;  // The same number, written differently.
    bytes_ += item.item_bytes();
    const double units = read_units(item.item_bytes(), read.consistent);
    capacities_[table_].add_table(units);
    if (context_.admission != nullptr) context_.admission->charge_read(*read.table, nullptr, units);
    if (item.exists()) append_item(read, item);
    return true;
  }

  // Once a table's capacity is used up, the rest of its keys stay unprocessed.
  bool admits(const storage::Table& table) {
    if (context_.admission == nullptr) return true;
    if (throttled_table_ == &table) return false;
    auto admitted = context_.admission->admit_read(table, nullptr, context_.region);
    if (admitted.ok()) return true;
    throttled_ = std::move(admitted).error();
    throttled_table_ = &table;
    return false;
  }

  void append_item(const TableRead& read, const storage::ItemView& item) {
    open_table();
    if (read.projection) {
      json_.item(storage::project(item, *read.projection).view());
    } else {
      json_.item(item);
    }
  }

  void open_table() {
    if (open_) return;
    json_.any_name(request_.tables[table_].reference.given).begin_array();
    open_ = true;
  }

  void close_table() {
    open_table();
    json_.end_array();
    open_ = false;
    ++table_;
  }

  void append_unprocessed() {
    json_.name("UnprocessedKeys").begin_object();
    for (const TableRead& read : request_.tables) {
      if (read.processed < read.keys.size()) append_unprocessed_of(read);
    }
    json_.end_object();
  }

  // The rest of a table's keys with the options that were sent, ready to be sent again.
  void append_unprocessed_of(const TableRead& read) {
    json_.any_name(read.reference.given).begin_object();
    for (size_t i = 0; i < Keys::kMemberCount; ++i) {
      const Slot& slot = read.members[i];
      if (i == Keys::kKeys || !slot.present()) continue;
      json_.name(Keys::kMembers[i].name).raw(simdjson::minify(slot.value()));
    }
    json_.name("Keys").begin_array();
    for (size_t i = read.processed; i < read.keys.size(); ++i) {
      json_.raw(simdjson::minify(read.sent_keys[i]));
    }
    json_.end_array().end_object();
  }

  void append_capacity() {
    if (request_.capacity == ReturnConsumedCapacity::kNone) return;
    json_.name("ConsumedCapacity").begin_array();
    for (size_t i = 0; i < capacities_.size(); ++i) {
      capacities_[i].append(json_, request_.capacity, request_.tables[i].reference.given);
    }
    json_.end_array();
  }

  const OperationContext& context_;
  BatchGetRequest& request_;
  JsonWriter json_;
  std::vector<ConsumedCapacity> capacities_;
  std::set<std::string_view> returned_;
  size_t table_ = 0;   // The one whose items are being written,
  bool open_ = false;  // and whether its array is open.
  size_t bytes_ = 0;   // Of the items returned.
  bool any_processed_ = false;
  std::optional<Error> throttled_;  // The last table that was, and why.
  const storage::Table* throttled_table_ = nullptr;
};

}  // namespace

Result<void> batch_get_item(const OperationContext& context, const JsonObject& body,
                            std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  BatchGetRequest request = TRY(decode(members, context.wording));
  TRY(find_tables(context, request));
  TRY(encode_keys(request));
  return Responses(context, request, reply).append();
}

}  // namespace dynolith::api
