// DeleteItem: removes one item; removing what is not there succeeds.
#include <array>
#include <optional>

#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/legacy/legacy_condition.h"
#include "api/operations/handlers.h"
#include "api/request/expression_parameters.h"
#include "api/request/key_paths.h"
#include "api/request/table_name.h"
#include "api/request/write_request.h"

namespace dynolith::api {

namespace {

using In = DeleteItemInput;

struct DeleteItemRequest {
  TableReference table;
  storage::EncodedItem key;
  std::optional<storage::Condition> condition;
  WriteOptions options;
};

Result<DeleteItemRequest> decode(const Members<In>& members, Wording wording) {
  const WriteOptionSlots options = write_option_slots(members);
  TRY(check_write_constraints(members[In::kTableName], options, {members[In::kKey], "key"},
                              wording));
  DeleteItemRequest request;
  request.table = TRY(table_reference(*members[In::kTableName].text()));
  request.options = write_options(options);

  const std::array legacy{NamedSlot{"ConditionalOperator", members[In::kConditionalOperator]},
                          NamedSlot{"Expected", members[In::kExpected]}};
  const std::array expressions{NamedSlot{"ConditionExpression", members[In::kConditionExpression]}};
  const ParameterStyles styles{legacy, expressions, members[In::kExpressionAttributeNames],
                               &members[In::kExpressionAttributeValues]};
  TRY(check_styles(styles, wording));
  DecodedItem key = decode_item(members[In::kKey].object(), wording);
  if (key.error) return std::move(*key.error);
  request.key = std::move(key.item);

  request.condition =
      TRY(legacy_expected(members[In::kExpected], members[In::kConditionalOperator], wording));
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  if (const auto text = members[In::kConditionExpression].text()) {
    request.condition = TRY(bind_condition(*text, "ConditionExpression", placeholders));
    TRY(placeholders.check_all_used());
  }
  TRY(check_all_old_or_none(request.options.return_values));
  return request;
}

}  // namespace

Result<void> delete_item(const OperationContext& context, const JsonObject& body,
                         std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  const DeleteItemRequest request = TRY(decode(members, context.wording));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  if (request.condition) TRY(check_key_paths(*table, *request.condition));
  auto key = TRY(storage::key_of_key_parameter(*table, request.key.view()));

  const WriteOptions& options = request.options;
  const storage::ItemWrite write{.table = table,
                                 .key = std::move(key),
                                 .action = storage::Delete{},
                                 .condition = request.condition ? &*request.condition : nullptr,
                                 .return_old = options.return_values == ReturnValues::kAllOld,
                                 .return_old_on_failure = options.return_old_on_failure};
  const auto outcome = TRY(context.database.apply(write));
  append_write_reply(reply, options, request.table.given, *table, request.key.view(), outcome,
                     outcome.old_item.view());
  return {};
}

}  // namespace dynolith::api
