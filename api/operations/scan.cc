// Scan: reads a table or an index from one end to the other, or one segment of it.
#include <array>
#include <limits>
#include <optional>

#include "api/expression/expressions.h"
#include "api/json/input_shapes.h"
#include "api/legacy/legacy_condition.h"
#include "api/operations/handlers.h"
#include "api/request/attributes_to_get.h"
#include "api/request/comparison_operators.h"
#include "api/request/conditional_operator.h"
#include "api/request/expression_parameters.h"
#include "api/request/range_request.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using In = ScanInput;

struct ScanRequest : RangeRequest {
  std::optional<storage::ScanSegment> segment;
};

Result<void> check_constraints(const Members<In>& members, Wording wording) {
  constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
  constexpr int64_t kSegmentsMax = storage::kScanSegmentsMax;
  Constraints constraints;
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  check_table_name(constraints, members[In::kTableName], wording);
  constraints.index_name(members[In::kIndexName]);
  check_select_value(constraints, members[In::kSelect]);
  check_attributes_to_get(constraints, members[In::kAttributesToGet], "attributesToGet");
  constraints.in_range(members[In::kLimit], "limit", 1, kIntMax);
  check_condition_operators(constraints, members[In::kScanFilter], "scanFilter");
  check_conditional_operator(constraints, members[In::kConditionalOperator]);
  constraints.in_range(members[In::kTotalSegments], "totalSegments", 1, kSegmentsMax);
  constraints.in_range(members[In::kSegment], "segment", 0, kSegmentsMax - 1);
  return constraints.check();
}

// Needs: both are within their ranges.
Result<std::optional<storage::ScanSegment>> segment_of(const Slot& segment_slot,
                                                       const Slot& total_slot) {
  const auto segment = segment_slot.integer();
  const auto total = total_slot.integer();
  if (segment && !total) {
    return storage::request_error(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (total && !segment) {
    return storage::request_error(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (!segment) return std::optional<storage::ScanSegment>();
  if (*segment >= *total) {
    return storage::request_error(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: " +
        std::to_string(*segment) + " is not less than TotalSegments: " + std::to_string(*total));
  }
  return std::optional(
      storage::ScanSegment{static_cast<uint32_t>(*segment), static_cast<uint32_t>(*total)});
}

Result<void> bind(const Members<In>& members, Placeholders& placeholders, ScanRequest& request) {
  const auto filter = members[In::kFilterExpression].text();
  const auto projection = members[In::kProjectionExpression].text();
  if (filter) request.filter = TRY(bind_condition(*filter, "FilterExpression", placeholders));
  if (projection) {
    request.projection = TRY(bind_projection(*projection, placeholders));
    request.projection_style = ProjectionStyle::kExpression;
  }
  if (filter || projection) TRY(placeholders.check_all_used());
  return {};
}

Result<void> decode_parameters(const Members<In>& members, Wording wording, ScanRequest& request) {
  const std::array legacy{NamedSlot{"AttributesToGet", members[In::kAttributesToGet]},
                          NamedSlot{"ConditionalOperator", members[In::kConditionalOperator]},
                          NamedSlot{"ScanFilter", members[In::kScanFilter]}};
  const std::array expressions{
      NamedSlot{"FilterExpression", members[In::kFilterExpression]},
      NamedSlot{"ProjectionExpression", members[In::kProjectionExpression]}};
  const ParameterStyles styles{legacy, expressions, members[In::kExpressionAttributeNames],
                               &members[In::kExpressionAttributeValues]};
  TRY(check_styles(styles, wording));
  TRY(read_start_and_attributes(range_slots(members), wording, request));
  request.filter =
      TRY(legacy_filter(members[In::kScanFilter], members[In::kConditionalOperator], wording));
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  return bind(members, placeholders, request);
}

Result<ScanRequest> decode(const Members<In>& members, const OperationContext& context) {
  TRY(check_constraints(members, context.wording));
  ScanRequest request;
  TRY(read_options(range_slots(members), request));
  TRY(decode_parameters(members, context.value_wording, request));
  TRY(check_select(request.select, request.projection_style, request.index_name.has_value()));
  request.segment = TRY(segment_of(members[In::kSegment], members[In::kTotalSegments]));
  return request;
}

}  // namespace

Result<void> scan(const OperationContext& context, const JsonObject& body, std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  ScanRequest request = TRY(decode(members, context));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  const storage::Index* index = TRY(index_of(request, *table));
  storage::RangeRead read = TRY(range_read(request, table, index));
  read.segment = request.segment;
  return append_page(context, request, read, reply);
}

}  // namespace dynolith::api
