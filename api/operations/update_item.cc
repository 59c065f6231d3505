// UpdateItem: changes attributes of one item, or creates it.
#include <array>
#include <optional>

#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/legacy/legacy_condition.h"
#include "api/legacy/legacy_update.h"
#include "api/operations/handlers.h"
#include "api/request/comparison_operators.h"
#include "api/request/expression_parameters.h"
#include "api/request/item_collection_metrics.h"
#include "api/request/key_paths.h"
#include "api/request/table_name.h"
#include "api/request/write_request.h"

namespace dynolith::api {

namespace {

using In = UpdateItemInput;

struct UpdateItemRequest {
  TableReference table;
  storage::EncodedItem key;
  storage::Update update;
  std::optional<storage::Condition> condition;
  WriteOptions options;
};

// With a key, the table's name comes first and alone, then ReturnValues alone; without, the service
// falls back to its older way and reports everything together.
Result<void> check_constraints(const Members<In>& members, const WriteOptionSlots& options,
                               Wording wording) {
  if (!members[In::kKey].present() && wording == Wording::kAws2026) {
    Constraints together;
    check_return_consumed_capacity(together, options.return_consumed_capacity);
    check_table_name(together, members[In::kTableName], wording);
    check_return_values(together, options.return_values, EnumForm::kEcho);
    together.required(members[In::kKey], "key");
    check_return_item_collection_metrics(together, options.return_item_collection_metrics);
    check_return_values_on_failure(together, options.return_values_on_condition_check_failure);
    check_attribute_updates(together, members[In::kAttributeUpdates]);
    check_expected_operators(together, options.expected);
    return together.check();
  }
  if (wording == Wording::kAws2026) {
    Constraints first;
    check_table_name(first, members[In::kTableName], wording);
    if (first.count() == 0) {
      check_return_values(first, options.return_values, EnumForm::kNameless);
    }
    TRY(first.check());
  }
  TRY(check_write_constraints(members[In::kTableName], options, {members[In::kKey], "key"},
                              wording));
  Constraints updates;
  check_attribute_updates(updates, members[In::kAttributeUpdates]);
  return updates.check();
}

Result<void> bind(const Members<In>& members, Placeholders& placeholders,
                  UpdateItemRequest& request) {
  const auto update = members[In::kUpdateExpression].text();
  const auto condition = members[In::kConditionExpression].text();
  if (update) request.update = TRY(bind_update(*update, placeholders));
  if (condition) {
    request.condition = TRY(bind_condition(*condition, "ConditionExpression", placeholders));
  }
  if (update || condition) TRY(placeholders.check_all_used());
  return {};
}

Result<UpdateItemRequest> decode(const Members<In>& members, Wording wording) {
  const WriteOptionSlots options = write_option_slots(members);
  TRY(check_constraints(members, options, wording));
  UpdateItemRequest request;
  request.table = TRY(table_reference(*members[In::kTableName].text()));
  request.options = write_options(options);

  const std::array legacy{NamedSlot{"AttributeUpdates", members[In::kAttributeUpdates]},
                          NamedSlot{"ConditionalOperator", members[In::kConditionalOperator]},
                          NamedSlot{"Expected", members[In::kExpected]}};
  const std::array expressions{NamedSlot{"ConditionExpression", members[In::kConditionExpression]},
                               NamedSlot{"UpdateExpression", members[In::kUpdateExpression]}};
  const ParameterStyles styles{legacy, expressions, members[In::kExpressionAttributeNames],
                               &members[In::kExpressionAttributeValues]};
  TRY(check_styles(styles, wording));
  DecodedItem key = decode_item(members[In::kKey].object(), wording);
  if (key.error) return std::move(*key.error);
  request.key = std::move(key.item);

  request.update = TRY(legacy_update(members[In::kAttributeUpdates], wording));
  request.condition =
      TRY(legacy_expected(members[In::kExpected], members[In::kConditionalOperator], wording));
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  TRY(bind(members, placeholders, request));
  return request;
}

// The part of the images that ReturnValues asks for; `touched` keeps what had to be built.
storage::ItemView returned_attributes(const UpdateItemRequest& request,
                                      const storage::WriteOutcome& outcome,
                                      storage::EncodedItem& touched) {
  switch (request.options.return_values) {
    case ReturnValues::kNone:
      return {};
    case ReturnValues::kAllOld:
      return outcome.old_item.view();
    case ReturnValues::kAllNew:
      return outcome.new_item.view();
    case ReturnValues::kUpdatedOld:
      if (!outcome.old_item.exists()) return {};
      touched = storage::touched_attributes(request.update, outcome.old_item.view());
      return touched.view();
    case ReturnValues::kUpdatedNew:
      if (!outcome.new_item.exists()) return {};
      touched = storage::touched_attributes(request.update, outcome.new_item.view());
      return touched.view();
  }
  return {};
}

}  // namespace

Result<void> update_item(const OperationContext& context, const JsonObject& body,
                         std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  const UpdateItemRequest request = TRY(decode(members, context.wording));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  TRY(check_key_paths(*table, request.update));
  if (request.condition) TRY(check_key_paths(*table, *request.condition));
  auto key = TRY(storage::key_of_key_parameter(*table, request.key.view()));
  TRY(check_leaves_key(*table, request.update));

  const ReturnValues values = request.options.return_values;
  const storage::ItemWrite write{
      .table = table,
      .key = std::move(key),
      .key_item = request.key,
      .action = storage::UpdateWrite{&request.update},
      .condition = request.condition ? &*request.condition : nullptr,
      .return_old = values == ReturnValues::kAllOld || values == ReturnValues::kUpdatedOld,
      .return_new = values == ReturnValues::kAllNew || values == ReturnValues::kUpdatedNew,
      .return_old_on_failure = request.options.return_old_on_failure};
  const auto outcome = TRY(apply_write(context, write));
  storage::EncodedItem touched;
  return append_write_reply(reply, context, request.options, request.table.given, *table,
                            request.key.view(), outcome,
                            returned_attributes(request, outcome, touched));
}

}  // namespace dynolith::api
