// The embedded connection's Query and Scan.
#include <limits>
#include <string>

#include "odm/connection/capacity.h"
#include "odm/connection/embedded_calls.h"
#include "odm/connection/member_rules.h"
#include "odm/connection/table_rules.h"
#include "odm/connection/tree_rules.h"

namespace dynolith::odm::embedded_calls {
namespace {

using storage::Index;
using storage::KeyCondition;
using storage::RangeRead;
using storage::Table;
using storage::TablePtr;
using storage::validation_error;

constexpr int64_t kLimitMax = std::numeric_limits<int32_t>::max();

bool is_query(const RangeRequest& request) { return !request.key_clauses.empty(); }

storage::Result<void> check_segment(const storage::ScanSegment& segment) {
  constexpr int64_t kMax = storage::kScanSegmentsMax;
  TRY(check_between(segment.total, std::to_string(segment.total), "totalSegments", "value", 1,
                    kMax));
  TRY(check_between(segment.segment, std::to_string(segment.segment), "segment", "value", 0,
                    kMax - 1));
  if (segment.segment < segment.total) return {};
  return storage::request_error(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
      "Segment: " +
      std::to_string(segment.segment) +
      " is not less than TotalSegments: " + std::to_string(segment.total));
}

storage::Result<void> check_limit(const RangeRequest& request) {
  if (!request.limit) return {};
  if (is_query(request) && *request.limit == 0)
    return validation_error(
        "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must "
        "have value greater than or equal to 1");
  return check_between(*request.limit, std::to_string(*request.limit), "limit", "value", 1,
                       kLimitMax);
}

// What can be said without the table, in the service's order.
storage::Result<void> check_static(const RangeRequest& request) {
  if (!request.index.empty()) TRY(check_index_name(request.index));
  TRY(check_limit(request));
  if (is_query(request)) TRY(check_key_clauses(request.key_clauses));
  if (request.filter != nullptr) TRY(check_condition(*request.filter, "FilterExpression"));
  if (request.projection != nullptr) TRY(check_projection(*request.projection));
  if (request.projection != nullptr && request.count_only)
    return storage::request_error(
        "Cannot specify the ProjectionExpression when choosing to get only the Count");
  if (!request.segment) return {};
  if (is_query(request)) return storage::request_error("Only a Scan has segments");
  return check_segment(*request.segment);
}

// Null: the table itself.
storage::Result<const Index*> index_of(const RangeRequest& request, const Table& table) {
  if (request.index.empty()) return nullptr;
  const Index* index = table.find_index(request.index);
  if (index == nullptr)
    return validation_error("The table does not have the specified index: " + request.index);
  TRY(storage::check_readable(table, *index));
  if (request.consistent && index->definition.kind == storage::IndexKind::kGlobal)
    return validation_error("Consistent reads are not supported on global secondary indexes");
  return index;
}

// What an entry of the index holds.
storage::Projection entry_projection(const Index& index) {
  storage::Projection projection;
  for (const std::string& name : index.entry_attributes) projection.paths.push_back({{name}});
  return projection;
}

// Of the base items behind a local index the engine counts eventually consistent units.
double units_of(const RangeRead& read, const storage::RangePage& page, bool consistent) {
  const double units = read_units(page.evaluated_bytes, consistent);
  if (read.index == nullptr) return units;
  return units + page.base_read_units * (consistent ? 2 : 1);
}

// What the filter and the projection ask of the table and the index. `entries` is there to hold a
// projection that the request does not have.
storage::Result<void> add_trees(const RangeRequest& request, storage::Projection& entries,
                                RangeRead& read) {
  read.filter = request.filter.get();
  read.projection = request.projection.get();
  if (read.filter != nullptr) TRY(check_key_paths(*read.table, *read.filter));
  if (read.projection != nullptr) TRY(check_key_paths(*read.table, *read.projection));
  read.fetch_base_items = TRY(needs_base_items(read.index, read.projection, read.filter));
  if (!read.fetch_base_items || read.projection != nullptr) return {};
  // Only the filter needs the items: what is returned is still what the entries hold.
  entries = entry_projection(*read.index);
  read.projection = &entries;
  return {};
}

}  // namespace

storage::Result<RangeReply> read_range(Database& database, const RangeRequest& request,
                                       ItemSink sink) {
  TRY(check_static(request));
  RangeRead read;
  read.table = TRY(find_table(database, request.table));
  read.index = TRY(index_of(request, *read.table));
  KeyCondition key_condition;
  if (is_query(request)) {
    const auto& keys = read.index != nullptr ? read.index->definition.key : read.table->key();
    key_condition = TRY(storage::bind_key_condition(keys, request.key_clauses));
    if (request.filter != nullptr) TRY(check_filter_leaves_keys(keys, *request.filter));
    read.key_condition = &key_condition;
    read.forward = request.forward;
  }
  read.segment = request.segment;
  read.limit = request.limit;
  read.exclusive_start_key = request.exclusive_start_key;
  read.count_only = request.count_only;
  storage::Projection entries;
  TRY(add_trees(request, entries, read));

  auto page = TRY(database.read_range(read, sink));
  RangeReply reply;
  reply.count = page.count;
  reply.scanned_count = page.scanned_count;
  reply.consumed_capacity = units_of(read, page, request.consistent);
  reply.last_evaluated_key = std::move(page.last_evaluated_key);
  return reply;
}

}  // namespace dynolith::odm::embedded_calls
