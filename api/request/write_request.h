// What PutItem, UpdateItem and DeleteItem share: their condition, what they return, and their
// reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/operation_context.h"
#include "api/request/consumed_capacity.h"
#include "api/request/return_values.h"
#include "storage/engine/write.h"
#include "storage/expression/condition.h"

namespace dynolith::api {

// The options of a write, as slots of the request.
struct WriteOptionSlots {
  const Slot& return_values;
  const Slot& return_consumed_capacity;
  const Slot& return_item_collection_metrics;
  const Slot& return_values_on_condition_check_failure;
  const Slot& conditional_operator;
  const Slot& expected;
};

template <class Input>
WriteOptionSlots write_option_slots(const Members<Input>& members) {
  return {members[Input::kReturnValues],
          members[Input::kReturnConsumedCapacity],
          members[Input::kReturnItemCollectionMetrics],
          members[Input::kReturnValuesOnConditionCheckFailure],
          members[Input::kConditionalOperator],
          members[Input::kExpected]};
}

// Which required member, if it is absent, is reported among the options: "item" or "key".
struct RequiredMember {
  const Slot& slot;
  std::string_view path;
};

// TableName first and alone (not in the older wording), then everything else together, in the
// service's order.
// Errors: kValidation, worded in full.
Result<void> check_write_constraints(const Slot& table_name, const WriteOptionSlots& options,
                                     const RequiredMember& required, Wording wording);

struct WriteOptions {
  ReturnValues return_values = ReturnValues::kNone;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool collection_metrics = false;
  bool return_old_on_failure = false;
};
WriteOptions write_options(const WriteOptionSlots& slots);  // Needs: they passed the checks.

// Database::apply, if the table's capacity lets it.
Result<storage::WriteOutcome> apply_write(const OperationContext& context,
                                          const storage::ItemWrite& write);

// {"Attributes":{...},"ConsumedCapacity":{...},"ItemCollectionMetrics":{...}}, each only if it was
// asked for; `attributes` is left out if it does not exist or has none.
// Errors: kIo and kin.
Result<void> append_write_reply(std::string& reply, const OperationContext& context,
                                const WriteOptions& options, std::string_view table_name,
                                const storage::Table& table, const storage::ItemView& key_item,
                                const storage::WriteOutcome& outcome,
                                const storage::ItemView& attributes);

}  // namespace dynolith::api
