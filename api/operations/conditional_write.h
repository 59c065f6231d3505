// What PutItem and DeleteItem share: one item or key, a condition on what is stored under it, and
// what the answer shows of the write.
#pragma once

#include <optional>
#include <string>

#include "api/operation_context.h"
#include "api/request/table_name.h"
#include "api/request/write_request.h"
#include "storage/engine/write.h"

namespace dynolith::api {

struct ConditionalWrite {
  TableReference table;
  storage::EncodedItem item;  // The whole item, or only its key.
  std::optional<storage::Condition> condition;
  WriteOptions options;
};

struct ConditionalWriteSlots {
  WriteOptionSlots options;
  RequiredMember item;
  const Slot& table_name;
  const Slot& condition_expression;
  const Slot& names;
  const Slot& values;
};

// `item`: the member with the item or the key.
template <class Input>
ConditionalWriteSlots conditional_write_slots(const Members<Input>& members,
                                              const RequiredMember& item) {
  return {write_option_slots(members),
          item,
          members[Input::kTableName],
          members[Input::kConditionExpression],
          members[Input::kExpressionAttributeNames],
          members[Input::kExpressionAttributeValues]};
}

// Errors (kValidation, kRequest): whatever can be said of the request without its table.
Result<ConditionalWrite> decode_conditional_write(const ConditionalWriteSlots& slots,
                                                  Wording wording);

// The write of `request`, but for its action. Borrows the condition.
storage::ItemWrite item_write(const ConditionalWrite& request, storage::TablePtr table,
                              storage::EncodedKey key);

}  // namespace dynolith::api
