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

// Errors (kValidation, kRequest): "The provided starting key is invalid: " and why.
Result<storage::EncodedItem> exclusive_start_key(const Slot& slot, Wording wording);

// Needs: it passed its constraint (one at least).
std::optional<uint32_t> limit_of(const Slot& slot);

// Null: the table itself. Errors (kValidation): no such index; a consistent read of a global one.
Result<const storage::Index*> index_of(const RangeRequest& request, const storage::Table& table);

// The read of a request, but for what only Query or Scan has. Borrows from `request`, and may give
// it a projection: that of a local index, when only the filter needs the items behind it. Errors
// (kValidation): expressions that go below keys, or ask a global index for what it does not hold.
Result<storage::RangeRead> range_read(RangeRequest& request, storage::TablePtr table,
                                      const storage::Index* index);

// Reads the page and appends it as JSON, items as they come.
Result<void> append_page(const OperationContext& context, const RangeRequest& request,
                         const storage::RangeRead& read, std::string& reply);

}  // namespace dynolith::api
