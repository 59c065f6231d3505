// Query: reads the items of one item collection, of a table or an index, in sort-key order.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "api/expression/expressions.h"
#include "api/json/input_shapes.h"
#include "api/legacy/legacy_condition.h"
#include "api/operations/handlers.h"
#include "api/request/attributes_to_get.h"
#include "api/request/comparison_operators.h"
#include "api/request/conditional_operator.h"
#include "api/request/expression_parameters.h"
#include "api/request/range_request.h"
#include "storage/expression/key_condition.h"

namespace dynolith::api {

namespace {

using In = QueryInput;

struct QueryRequest : RangeRequest {
  std::vector<storage::KeyClause> clauses;
  bool forward = true;
};

void check_limit(Constraints& constraints, const Slot& slot, Wording wording) {
  const auto limit = slot.integer();
  if (!limit || *limit >= 1) return;
  if (wording == Wording::kAws2026) {
    constraints.quiet("Limit", at_least("value", 1));
  } else {
    constraints.echo(std::to_string(*limit), "limit", at_least("value", 1));
  }
}

Result<void> check_constraints(const Members<In>& members, Wording wording) {
  const Slot& table_name = members[In::kTableName];
  TRY(check_table_name_alone(table_name, wording));
  Constraints rest;
  check_return_consumed_capacity(rest, members[In::kReturnConsumedCapacity]);
  if (wording == Wording::kClassic) check_table_name(rest, table_name, wording);
  rest.index_name(members[In::kIndexName]);
  check_select_value(rest, members[In::kSelect]);
  check_attributes_to_get(rest, members[In::kAttributesToGet], "attributesToGet");
  check_limit(rest, members[In::kLimit], wording);
  check_condition_operators(rest, members[In::kKeyConditions], "keyConditions");
  check_condition_operators(rest, members[In::kQueryFilter], "queryFilter");
  check_conditional_operator(rest, members[In::kConditionalOperator]);
  return rest.check();
}

// Empty expressions are found before anything is wrong with the key condition.
Result<void> check_not_empty(const Members<In>& members, Placeholders& placeholders) {
  if (members[In::kKeyConditionExpression].text() == "") {
    TRY(bind_key_clauses("", placeholders));
  }
  if (members[In::kFilterExpression].text() == "") {
    TRY(bind_condition("", "FilterExpression", placeholders));
  }
  if (members[In::kProjectionExpression].text() == "") TRY(bind_projection("", placeholders));
  return {};
}

Result<void> bind(const Members<In>& members, Placeholders& placeholders, QueryRequest& request) {
  TRY(check_not_empty(members, placeholders));
  bool any = false;
  if (const auto text = members[In::kKeyConditionExpression].text()) {
    request.clauses = TRY(bind_key_clauses(*text, placeholders));
    any = true;
  }
  if (const auto text = members[In::kFilterExpression].text()) {
    request.filter = TRY(bind_condition(*text, "FilterExpression", placeholders));
    any = true;
  }
  if (const auto text = members[In::kProjectionExpression].text()) {
    request.projection = TRY(bind_projection(*text, placeholders));
    request.projection_style = ProjectionStyle::kExpression;
    any = true;
  }
  if (any) TRY(placeholders.check_all_used());
  return {};
}

Result<void> decode_parameters(const Members<In>& members, Wording wording, QueryRequest& request) {
  const std::array legacy{NamedSlot{"AttributesToGet", members[In::kAttributesToGet]},
                          NamedSlot{"ConditionalOperator", members[In::kConditionalOperator]},
                          NamedSlot{"KeyConditions", members[In::kKeyConditions]},
                          NamedSlot{"QueryFilter", members[In::kQueryFilter]}};
  const std::array expressions{
      NamedSlot{"FilterExpression", members[In::kFilterExpression]},
      NamedSlot{"KeyConditionExpression", members[In::kKeyConditionExpression]},
      NamedSlot{"ProjectionExpression", members[In::kProjectionExpression]}};
  const ParameterStyles styles{legacy, expressions, members[In::kExpressionAttributeNames],
                               &members[In::kExpressionAttributeValues]};
  TRY(check_styles(styles, wording));
  TRY(read_start_and_attributes(range_slots(members), wording, request));
  request.filter =
      TRY(legacy_filter(members[In::kQueryFilter], members[In::kConditionalOperator], wording));
  if (members[In::kKeyConditions].present()) {
    request.clauses = TRY(legacy_key_clauses(members[In::kKeyConditions], wording));
  }
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  TRY(bind(members, placeholders, request));
  if (request.clauses.empty()) {
    return storage::request_error(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }
  return {};
}

// Of all that Query says of the request, only this has the envelope.
Result<void> check_query_select(const QueryRequest& request, Wording wording) {
  auto checked =
      check_select(request.select, request.projection_style, request.index_name.has_value());
  if (checked || wording == Wording::kClassic) return checked;
  return storage::validation_error("1 validation error detected: " + checked.error().message);
}

Result<QueryRequest> decode(const Members<In>& members, Wording wording) {
  TRY(check_constraints(members, wording));
  QueryRequest request;
  TRY(read_options(range_slots(members), request));
  request.forward = members[In::kScanIndexForward].boolean_or(true);
  TRY(decode_parameters(members, wording, request));
  TRY(check_query_select(request, wording));
  return request;
}

// A Query's filter must leave the keys of what is queried to the key condition.
Result<void> check_filter_leaves_keys(const storage::KeySchema& keys,
                                      const storage::Condition& filter,
                                      std::string_view parameter) {
  const auto names = [&](const std::vector<storage::KeyAttribute>& attributes,
                         const std::string& name) {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const storage::KeyAttribute& key) { return key.name == name; });
  };
  Result<void> result;
  storage::visit_paths(filter, [&](const storage::DocumentPath& path) {
    const std::string& name = path.attribute();
    if (!result.ok() || !(names(keys.partition, name) || names(keys.sort, name))) return;
    result = storage::validation_error(
        std::string(parameter) +
        " can only contain non-primary key attributes: Primary key attribute: " + name);
  });
  return result;
}

}  // namespace

Result<void> query(const OperationContext& context, const JsonObject& body, std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  QueryRequest request = TRY(decode(members, context.wording));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  const storage::Index* index = TRY(index_of(request, *table));
  const storage::KeySchema& keys = index != nullptr ? index->definition.key : table->key();
  const auto key_condition = TRY(storage::bind_key_condition(keys, std::move(request.clauses)));
  if (request.filter) {
    const bool is_legacy = members[In::kQueryFilter].present();
    TRY(check_filter_leaves_keys(keys, *request.filter,
                                 is_legacy ? "QueryFilter" : "Filter Expression"));
  }

  storage::RangeRead read = TRY(range_read(request, table, index));
  read.key_condition = &key_condition;
  read.forward = request.forward;
  return append_page(context, request, read, reply);
}

}  // namespace dynolith::api
