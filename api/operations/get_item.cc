// GetItem: reads one item by its key.
#include <array>
#include <optional>

#include "api/admission.h"
#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/attributes_to_get.h"
#include "api/request/consumed_capacity.h"
#include "api/request/expression_parameters.h"
#include "api/request/key_paths.h"
#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

using In = GetItemInput;

struct GetItemRequest {
  TableReference table;
  storage::EncodedItem key;
  std::optional<storage::Projection> projection;
  bool consistent = false;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

Result<void> check_constraints(const Members<In>& members, Wording wording) {
  const Slot& table_name = members[In::kTableName];
  TRY(check_table_name_alone(table_name, wording));
  Constraints rest;
  check_return_consumed_capacity(rest, members[In::kReturnConsumedCapacity]);
  if (wording == Wording::kClassic) check_table_name(rest, table_name, wording);
  rest.required(members[In::kKey], "key");
  check_attributes_to_get(rest, members[In::kAttributesToGet], "attributesToGet");
  return rest.check();
}

Result<GetItemRequest> decode(const Members<In>& members, Wording wording) {
  TRY(check_constraints(members, wording));
  GetItemRequest request;
  request.table = TRY(table_reference(*members[In::kTableName].text()));
  request.consistent = members[In::kConsistentRead].boolean_or(false);
  request.capacity = return_consumed_capacity(members[In::kReturnConsumedCapacity]);

  const std::array legacy{NamedSlot{"AttributesToGet", members[In::kAttributesToGet]}};
  const std::array expressions{
      NamedSlot{"ProjectionExpression", members[In::kProjectionExpression]}};
  const ParameterStyles styles{legacy, expressions, members[In::kExpressionAttributeNames],
                               nullptr};
  TRY(check_styles(styles, wording));
  DecodedItem key = decode_item(members[In::kKey].object(), wording);
  if (key.error) return std::move(*key.error);
  request.key = std::move(key.item);

  request.projection = TRY(attributes_to_get(members[In::kAttributesToGet]));
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  if (const auto text = members[In::kProjectionExpression].text()) {
    request.projection = TRY(bind_projection(*text, placeholders));
    TRY(placeholders.check_all_used());
  }
  return request;
}

}  // namespace

Result<void> get_item(const OperationContext& context, const JsonObject& body, std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  const GetItemRequest request = TRY(decode(members, context.wording));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  if (request.projection) TRY(check_key_paths(*table, *request.projection));
  const auto key = TRY(storage::key_of_key_parameter(*table, request.key.view()));

  if (context.admission != nullptr) {
    TRY(context.admission->admit_read(*table, nullptr, context.region));
  }
  JsonWriter json(reply);
  json.begin_object();
  uint32_t item_bytes = 0;
  TRY(context.database.get(*table, key, [&](const storage::ItemView& item) {
    if (!item.exists()) return;
    item_bytes = item.item_bytes();
    json.name("Item");
    if (request.projection) {
      json.item(storage::project(item, *request.projection).view());
    } else {
      json.item(item);
    }
  }));
  const double units = read_units(item_bytes, request.consistent);
  if (context.admission != nullptr) context.admission->charge_read(*table, nullptr, units);
  if (request.capacity != ReturnConsumedCapacity::kNone) {
    ConsumedCapacity capacity;
    capacity.add_table(units);
    json.name("ConsumedCapacity");
    capacity.append(json, request.capacity, request.table.given);
  }
  json.end_object();
  return {};
}

}  // namespace dynolith::api
