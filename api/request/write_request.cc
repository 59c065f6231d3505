#include "api/request/write_request.h"

#include "api/admission.h"
#include "api/request/comparison_operators.h"
#include "api/request/conditional_operator.h"
#include "api/request/item_collection_metrics.h"
#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

// `form` is how a lone bad ReturnValues is put; `table_name` is null if it has been checked.
Constraints violations(const Slot* table_name, const WriteOptionSlots& options,
                       const RequiredMember& required, EnumForm form, Wording wording) {
  Constraints constraints;
  check_return_consumed_capacity(constraints, options.return_consumed_capacity);
  if (table_name != nullptr) check_table_name(constraints, *table_name, wording);
  check_return_values(constraints, options.return_values, form);
  constraints.required(required.slot, required.path);
  check_return_item_collection_metrics(constraints, options.return_item_collection_metrics);
  check_return_values_on_failure(constraints, options.return_values_on_condition_check_failure);
  check_expected_operators(constraints, options.expected);
  check_conditional_operator(constraints, options.conditional_operator, wording);
  return constraints;
}

}  // namespace

Result<void> check_write_constraints(const Slot& table_name, const WriteOptionSlots& options,
                                     const RequiredMember& required, Wording wording) {
  TRY(check_table_name_alone(table_name, wording));
  const Slot* unchecked_name = wording == Wording::kClassic ? &table_name : nullptr;
  const Constraints echoed =
      violations(unchecked_name, options, required, EnumForm::kEcho, wording);
  if (echoed.count() == 1 && wording == Wording::kAws2026) {
    // The newer layer names neither value nor member when ReturnValues is all that is wrong.
    return violations(unchecked_name, options, required, EnumForm::kNameless, wording).check();
  }
  return echoed.check();
}

WriteOptions write_options(const WriteOptionSlots& slots) {
  return {
      .return_values = return_values(slots.return_values),
      .capacity = return_consumed_capacity(slots.return_consumed_capacity),
      .collection_metrics = returns_item_collection_metrics(slots.return_item_collection_metrics),
      .return_old_on_failure =
          returns_item_on_failure(slots.return_values_on_condition_check_failure)};
}

Result<storage::WriteOutcome> apply_write(const OperationContext& context,
                                          const storage::ItemWrite& write) {
  if (context.admission == nullptr) return context.database.apply(write);
  return context.admission->apply(context.database, write, context.region);
}

Result<void> append_write_reply(std::string& reply, const OperationContext& context,
                                const WriteOptions& options, std::string_view table_name,
                                const storage::Table& table, const storage::ItemView& key_item,
                                const storage::WriteOutcome& outcome,
                                const storage::ItemView& attributes) {
  JsonWriter json(reply);
  json.begin_object();
  if (attributes.attributes().size() > 0) json.name("Attributes").item(attributes);
  if (options.capacity != ReturnConsumedCapacity::kNone) {
    ConsumedCapacity capacity;
    capacity.add(outcome);
    json.name("ConsumedCapacity");
    capacity.append(json, options.capacity, table_name);
  }
  if (options.collection_metrics && table.has_local_index()) {
    json.name("ItemCollectionMetrics");
    TRY(append_item_collection_metrics(json, context.database, table, key_item));
  }
  json.end_object();
  return {};
}

}  // namespace dynolith::api
