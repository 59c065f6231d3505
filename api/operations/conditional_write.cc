#include "api/operations/conditional_write.h"

#include <array>
#include <utility>

#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/legacy/legacy_condition.h"
#include "api/request/expression_parameters.h"

namespace dynolith::api {

Result<ConditionalWrite> decode_conditional_write(const ConditionalWriteSlots& slots,
                                                  Wording wording) {
  const WriteOptionSlots& options = slots.options;
  TRY(check_write_constraints(slots.table_name, options, slots.item, wording));
  ConditionalWrite request;
  request.table = TRY(table_reference(*slots.table_name.text()));
  request.options = write_options(options);

  const std::array legacy{NamedSlot{"ConditionalOperator", options.conditional_operator},
                          NamedSlot{"Expected", options.expected}};
  const std::array expressions{NamedSlot{"ConditionExpression", slots.condition_expression}};
  const ParameterStyles styles{legacy, expressions, slots.names, &slots.values};
  TRY(check_styles(styles, wording));
  DecodedItem item = decode_item(slots.item.slot.object(), wording);
  if (item.error) return std::move(*item.error);
  request.item = std::move(item.item);

  request.condition = TRY(legacy_expected(options.expected, options.conditional_operator, wording));
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  if (const auto text = slots.condition_expression.text()) {
    request.condition = TRY(bind_condition(*text, "ConditionExpression", placeholders));
    TRY(placeholders.check_all_used());
  }
  TRY(check_all_old_or_none(request.options.return_values));
  return request;
}

storage::ItemWrite item_write(const ConditionalWrite& request, storage::TablePtr table,
                              storage::EncodedKey key) {
  return {.table = std::move(table),
          .key = std::move(key),
          .condition = request.condition ? &*request.condition : nullptr,
          .return_old = request.options.return_values == ReturnValues::kAllOld,
          .return_old_on_failure = request.options.return_old_on_failure};
}

}  // namespace dynolith::api
