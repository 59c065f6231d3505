// PutItem: writes one whole item, replacing the one with the same key.
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

using In = PutItemInput;

struct PutItemRequest {
  TableReference table;
  storage::EncodedItem item;
  std::optional<storage::Condition> condition;
  WriteOptions options;
};

Result<PutItemRequest> decode(const Members<In>& members, Wording wording) {
  const WriteOptionSlots options = write_option_slots(members);
  TRY(check_write_constraints(members[In::kTableName], options, {members[In::kItem], "item"},
                              wording));
  PutItemRequest request;
  request.table = TRY(table_reference(*members[In::kTableName].text()));
  request.options = write_options(options);

  const std::array legacy{NamedSlot{"ConditionalOperator", members[In::kConditionalOperator]},
                          NamedSlot{"Expected", members[In::kExpected]}};
  const std::array expressions{NamedSlot{"ConditionExpression", members[In::kConditionExpression]}};
  const ParameterStyles styles{legacy, expressions, members[In::kExpressionAttributeNames],
                               &members[In::kExpressionAttributeValues]};
  TRY(check_styles(styles, wording));
  DecodedItem item = decode_item(members[In::kItem].object(), wording);
  if (item.error) return std::move(*item.error);
  request.item = std::move(item.item);

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

Result<void> put_item(const OperationContext& context, const JsonObject& body, std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  PutItemRequest request = TRY(decode(members, context.wording));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  if (request.condition) TRY(check_key_paths(*table, *request.condition));
  auto key = TRY(storage::key_of_item(*table, request.item.view()));

  const WriteOptions& options = request.options;
  const storage::ItemWrite write{.table = table,
                                 .key = std::move(key),
                                 .action = storage::Put{std::move(request.item)},
                                 .condition = request.condition ? &*request.condition : nullptr,
                                 .return_old = options.return_values == ReturnValues::kAllOld,
                                 .return_old_on_failure = options.return_old_on_failure};
  const auto outcome = TRY(context.database.apply(write));
  append_write_reply(reply, options, request.table.given, *table,
                     std::get<storage::Put>(write.action).item.view(), outcome,
                     outcome.old_item.view());
  return {};
}

}  // namespace dynolith::api
