// What Query and Scan share: the members both have, finding the index, and the page they answer
// with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/operation_context.h"
#include "api/request/consumed_capacity.h"
#include "api/request/select.h"
#include "api/request/table_name.h"
#include "storage/engine/range_read.h"

namespace dynolith::api {

struct RangeRequest {
  TableReference table;
  std::optional<std::string_view> index_name;
  Select select = Select::kDefault;
  ProjectionStyle projection_style = ProjectionStyle::kNone;
  std::optional<storage::Projection> projection;
  std::optional<storage::Condition> filter;
  storage::EncodedItem exclusive_start_key;
  std::optional<uint32_t> limit;
  bool consistent = false;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

// The members of RangeRequest, but for expressions and filters, as slots of the request.
struct RangeSlots {
  const Slot& table_name;
  const Slot& index_name;
  const Slot& select;
  const Slot& limit;
  const Slot& consistent_read;
  const Slot& return_consumed_capacity;
  const Slot& exclusive_start_key;
  const Slot& attributes_to_get;
};

template <class Input>
RangeSlots range_slots(const Members<Input>& members) {
  return {members[Input::kTableName],
          members[Input::kIndexName],
          members[Input::kSelect],
          members[Input::kLimit],
          members[Input::kConsistentRead],
          members[Input::kReturnConsumedCapacity],
          members[Input::kExclusiveStartKey],
          members[Input::kAttributesToGet]};
}

// Everything before ExclusiveStartKey. Needs: the slots passed their constraints. Errors
// (kValidation): the table's name.
Result<void> read_options(const RangeSlots& slots, RangeRequest& request);

// ExclusiveStartKey and AttributesToGet. Errors (kValidation, kRequest): "The provided starting key
// is invalid: " and why; an empty, too long or repeated name.
Result<void> read_start_and_attributes(const RangeSlots& slots, Wording wording,
                                       RangeRequest& request);

// Null: the table itself. Errors (kValidation): no such index; a consistent read of a global one.
Result<const storage::Index*> index_of(const RangeRequest& request, const storage::Table& table);

// The read of a request, but for what only Query or Scan has. Borrows from `request`, and may give
// it a projection: that of a local index, when only the filter needs the items behind it. Errors
// (kValidation): expressions that go below keys, or ask a global index for what it does not hold.
Result<storage::RangeRead> range_read(RangeRequest& request, storage::TablePtr table,
                                      const storage::Index* index);

// Adds what a page cost.
void add_capacity(ConsumedCapacity& capacity, const storage::RangeRead& read,
                  const storage::RangePage& page, bool consistent);

// Whether the table's or index's capacity lets a read begin, and what reading a page has taken of
// it; nothing unless there is a context.admission.
Result<void> admit_page(const OperationContext& context, const storage::RangeRead& read);
void charge_page(const OperationContext& context, const storage::RangeRead& read,
                 const storage::RangePage& page, bool consistent);

// Reads the page and appends it as JSON, items as they come.
Result<void> append_page(const OperationContext& context, const RangeRequest& request,
                         const storage::RangeRead& read, std::string& reply);

}  // namespace dynolith::api
