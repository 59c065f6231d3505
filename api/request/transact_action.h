// One action of a TransactWriteItems request: Put, Update, Delete or ConditionCheck, checked and
// decoded as far as that goes without its table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/json/input_shapes.h"
#include "api/request/constraints.h"
#include "api/request/table_name.h"
#include "storage/engine/write.h"

namespace dynolith::api {

enum class ActionKind : uint8_t { kConditionCheck, kPut, kDelete, kUpdate };

// Must stay where it is while writes made of it are used.
struct TransactAction {
  ActionKind kind = ActionKind::kPut;
  TableReference table;
  storage::EncodedItem attributes;  // The item of a put, the key of all others.
  storage::Update update;
  std::optional<storage::Condition> condition;
  bool return_old_on_failure = false;
  size_t payload_bytes = 0;  // What it counts towards the limit of a transaction.

  bool is_put() const { return kind == ActionKind::kPut; }
};

// "Value null at 'transactItems.1.member.put.tableName' failed ...": adds what is wrong with the
// members of an element of TransactItems. `path`: "transactItems.1.member".
void check_action_members(Constraints& constraints, const JsonValue& element,
                          const std::string& path, Wording wording);

// Needs: the members have passed. Errors: kValidation, scope kRequest.
Result<TransactAction> decode_action(const JsonValue& element, Wording wording);

// The table's name inside a transaction, which echoes it in both wordings.
void check_action_table(Constraints& constraints, const Slot& table_name, const std::string& path,
                        Wording wording);

// The write that the action asks for; takes its attributes. Errors: kValidation for a key's value,
// which the service finds before the transaction begins. What it finds in the course of it is left
// in `impossible`.
Result<storage::ItemWrite> write_of_action(TransactAction& action, const storage::TablePtr& table,
                                           std::optional<Error>& impossible);

}  // namespace dynolith::api
