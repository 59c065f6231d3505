#include "api/request/range_request.h"

#include <algorithm>
#include <limits>

#include "api/admission.h"
#include "api/json/attribute_value.h"
#include "api/request/attributes_to_get.h"
#include "api/request/key_paths.h"

namespace dynolith::api {

namespace {

// The service says that the starting key is invalid, and why; but of numbers and repeated set
// members it only says why.
bool is_said_alone(std::string_view message) {
  constexpr std::string_view kAlone[] = {"The parameter cannot be converted", "Attempting to store",
                                         "Number overflow", "Number underflow"};
  return std::any_of(std::begin(kAlone), std::end(kAlone),
                     [&](std::string_view start) { return message.starts_with(start); }) ||
         message.find("contains duplicates") != std::string_view::npos;
}

// What an entry of the index holds.
storage::Projection entry_projection(const storage::Index& index) {
  storage::Projection projection;
  for (const std::string& name : index.entry_attributes) projection.paths.push_back({{name}});
  return projection;
}

Result<storage::EncodedItem> exclusive_start_key(const Slot& slot, Wording wording) {
  if (!slot.present()) return storage::EncodedItem();
  DecodedItem key = decode_item(slot.object(), wording);
  if (!key.error) return std::move(key.item);
  if (is_said_alone(key.error->message)) return std::move(*key.error);
  return storage::request_error("The provided starting key is invalid: " + key.error->message);
}

// Needs: it passed its constraint (one at least).
std::optional<uint32_t> limit_of(const Slot& slot) {
  const auto limit = slot.integer();
  if (!limit) return std::nullopt;
  return static_cast<uint32_t>(std::min<int64_t>(*limit, std::numeric_limits<uint32_t>::max()));
}

}  // namespace

Result<void> read_options(const RangeSlots& slots, RangeRequest& request) {
  request.table = TRY(table_reference(*slots.table_name.text()));
  request.index_name = slots.index_name.text();
  request.select = select_of(slots.select);
  request.limit = limit_of(slots.limit);
  request.consistent = slots.consistent_read.boolean_or(false);
  request.capacity = return_consumed_capacity(slots.return_consumed_capacity);
  return {};
}

Result<void> read_start_and_attributes(const RangeSlots& slots, Wording wording,
                                       RangeRequest& request) {
  request.exclusive_start_key = TRY(exclusive_start_key(slots.exclusive_start_key, wording));
  request.projection = TRY(attributes_to_get(slots.attributes_to_get));
  if (request.projection) request.projection_style = ProjectionStyle::kAttributesToGet;
  return {};
}

Result<const storage::Index*> index_of(const RangeRequest& request, const storage::Table& table) {
  if (!request.index_name) return nullptr;
  const storage::Index* index = table.find_index(*request.index_name);
  if (index == nullptr) {
    return storage::validation_error(
        std::string("The table does not have the specified index: ").append(*request.index_name));
  }
  TRY(storage::check_readable(table, *index));
  if (request.consistent && index->definition.kind == storage::IndexKind::kGlobal) {
    return storage::validation_error(
        "Consistent reads are not supported on global secondary indexes");
  }
  return index;
}

Result<storage::RangeRead> range_read(RangeRequest& request, storage::TablePtr table,
                                      const storage::Index* index) {
  storage::RangeRead read;
  if (request.filter) {
    TRY(check_key_paths(*table, *request.filter));
    read.filter = &*request.filter;
  }
  if (request.projection) {
    TRY(check_key_paths(*table, *request.projection));
    read.projection = &*request.projection;
  }
  read.fetch_base_items =
      TRY(check_index_attributes(index, request.select, read.projection, read.filter));
  if (read.fetch_base_items && !request.projection && request.select != Select::kAllAttributes) {
    request.projection = entry_projection(*index);
    read.projection = &*request.projection;
  }
  read.table = std::move(table);
  read.index = index;
  read.limit = request.limit;
  read.exclusive_start_key = request.exclusive_start_key;
  read.count_only = request.select == Select::kCount;
  return read;
}

void add_capacity(ConsumedCapacity& capacity, const storage::RangeRead& read,
                  const storage::RangePage& page, bool consistent) {
  const double units = read_units(page.evaluated_bytes, consistent);
  if (read.index == nullptr) {
    capacity.add_table(units);
  } else {
    capacity.add_index(*read.index, units);
    capacity.add_table(page.base_read_units * (consistent ? 2 : 1));
  }
}

Result<void> admit_page(const OperationContext& context, const storage::RangeRead& read) {
  if (context.admission == nullptr) return {};
  return context.admission->admit_read(*read.table, read.index, context.region);
}

void charge_page(const OperationContext& context, const storage::RangeRead& read,
                 const storage::RangePage& page, bool consistent) {
  if (context.admission == nullptr) return;
  context.admission->charge_read(*read.table, read.index,
                                 read_units(page.evaluated_bytes, consistent));
  context.admission->charge_read(*read.table, nullptr, page.base_read_units * (consistent ? 2 : 1));
}

Result<void> append_page(const OperationContext& context, const RangeRequest& request,
                         const storage::RangeRead& read, std::string& reply) {
  TRY(admit_page(context, read));
  JsonWriter json(reply);
  json.begin_object();
  if (!read.count_only) json.name("Items").begin_array();
  const auto page = TRY(
      context.database.read_range(read, [&](const storage::ItemView& item) { json.item(item); }));
  if (!read.count_only) json.end_array();
  json.name("Count").integer(page.count).name("ScannedCount").integer(page.scanned_count);
  if (page.last_evaluated_key.exists()) {
    json.name("LastEvaluatedKey").item(page.last_evaluated_key.view());
  }
  charge_page(context, read, page, request.consistent);
  if (request.capacity != ReturnConsumedCapacity::kNone) {
    ConsumedCapacity capacity;
    add_capacity(capacity, read, page, request.consistent);
    json.name("ConsumedCapacity");
    capacity.append(json, request.capacity, request.table.given);
  }
  json.end_object();
  return {};
}

}  // namespace dynolith::api
