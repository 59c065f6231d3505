#include "api/request/transact_action.h"

#include <array>

#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/request/expression_parameters.h"
#include "api/request/key_paths.h"
#include "api/request/return_values.h"
#include "storage/database.h"
#include "storage/engine/item_keys.h"

namespace dynolith::api {

namespace {

using storage::request_error;

// The members of an action, whichever of the four it is.
struct ActionMembers {
  ActionKind kind = ActionKind::kPut;
  std::string_view name;  // As paths have it.
  Slot attributes, table_name, update, condition, names, values, on_failure;
};

template <class Shape>
ActionMembers members_of(const Slot& action, ActionKind kind, std::string_view name) {
  const auto members = read_structure<Shape>(action.object());
  ActionMembers read{.kind = kind,
                     .name = name,
                     .attributes = members[0],
                     .table_name = members[Shape::kTableName],
                     .update = {},
                     .condition = members[Shape::kConditionExpression],
                     .names = members[Shape::kExpressionAttributeNames],
                     .values = members[Shape::kExpressionAttributeValues],
                     .on_failure = members[Shape::kReturnValuesOnConditionCheckFailure]};
  if constexpr (requires { Shape::kUpdateExpression; }) {
    read.update = members[Shape::kUpdateExpression];
  }
  return read;
}

// Calls `visit` with each action of the element; there should be one.
template <class Visit>
void visit_actions(const JsonValue& element, Visit&& visit) {
  using In = TransactWriteItemShape;
  if (element.is_null()) return;
  const auto members = read_structure<In>(object_of(element));
  if (const Slot& check = members[In::kConditionCheck]) {
    visit(members_of<ConditionCheckShape>(check, ActionKind::kConditionCheck, "conditionCheck"));
  }
  if (const Slot& put = members[In::kPut]) {
    visit(members_of<TransactPutShape>(put, ActionKind::kPut, "put"));
  }
  if (const Slot& erase = members[In::kDelete]) {
    visit(members_of<TransactDeleteShape>(erase, ActionKind::kDelete, "delete"));
  }
  if (const Slot& update = members[In::kUpdate]) {
    visit(members_of<TransactUpdateShape>(update, ActionKind::kUpdate, "update"));
  }
}
static_assert(ConditionCheckShape::kKey == 0 && TransactPutShape::kItem == 0 &&
              TransactDeleteShape::kKey == 0 && TransactUpdateShape::kKey == 0);

// What the expressions and their values add to the request's size.
size_t text_bytes(const ActionMembers& members) {
  return members.update.text().value_or("").size() + members.condition.text().value_or("").size();
}

Result<void> bind(const ActionMembers& members, Placeholders& placeholders,
                  TransactAction& action) {
  const auto update = members.update.text();
  const auto condition = members.condition.text();
  if (update) action.update = TRY(bind_update(*update, placeholders));
  if (condition) {
    action.condition = TRY(bind_condition(*condition, "ConditionExpression", placeholders));
  }
  if (update || condition) TRY(placeholders.check_all_used());
  return {};
}

Result<TransactAction> decode(const ActionMembers& members, Wording wording) {
  TransactAction action;
  action.kind = members.kind;
  action.table = TRY(table_reference(*members.table_name.text()));
  action.return_old_on_failure = returns_item_on_failure(members.on_failure);

  const std::array expressions{NamedSlot{"ConditionExpression", members.condition},
                               NamedSlot{"UpdateExpression", members.update}};
  const bool is_update = members.kind == ActionKind::kUpdate;
  const ParameterStyles styles{
      {}, std::span(expressions).first(is_update ? 2 : 1), members.names, &members.values};
  TRY(check_styles(styles, wording));
  DecodedItem attributes = decode_item(members.attributes.object(), wording);
  if (attributes.error) return std::move(*attributes.error);
  action.attributes = std::move(attributes.item);

  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  TRY(bind(members, placeholders, action));
  action.payload_bytes =
      action.attributes.view().item_bytes() + text_bytes(members) + placeholders.value_bytes();
  return action;
}

// What is said of the action by its table's schema alone, which the service finds while it carries
// the transaction out.
Result<void> check_against_schema(const TransactAction& action, const storage::Table& table) {
  if (action.kind == ActionKind::kUpdate) TRY(check_key_paths(table, action.update));
  if (action.condition) TRY(check_key_paths(table, *action.condition));
  return {};
}

bool fits_key_schema(const TransactAction& action, const storage::Table& table) {
  const auto view = action.attributes.view();
  return storage::has_key(table.key(), view) &&
         (action.is_put() || view.attributes().size() == storage::key_attribute_count(table.key()));
}

}  // namespace

void check_action_table(Constraints& constraints, const Slot& table_name, const std::string& path,
                        Wording wording) {
  const auto text = table_name.text();
  if (!text) return constraints.null(path);
  check_name_text(constraints, *text, path, wording);
}

void check_action_members(Constraints& constraints, const JsonValue& element,
                          const std::string& path, Wording wording) {
  visit_actions(element, [&](const ActionMembers& members) {
    const std::string prefix = path + "." + std::string(members.name) + ".";
    const bool is_put = members.kind == ActionKind::kPut;
    constraints.required(members.attributes, prefix + (is_put ? "item" : "key"));
    if (members.kind == ActionKind::kUpdate) {
      constraints.required(members.update, prefix + "updateExpression");
    }
    check_action_table(constraints, members.table_name, prefix + "tableName", wording);
    if (members.kind == ActionKind::kConditionCheck) {
      constraints.required(members.condition, prefix + "conditionExpression");
    }
    check_return_values_on_failure(constraints, members.on_failure,
                                   prefix + "returnValuesOnConditionCheckFailure");
  });
}

Result<TransactAction> decode_action(const JsonValue& element, Wording wording) {
  size_t count = 0;
  ActionMembers members;
  visit_actions(element, [&](const ActionMembers& found) {
    ++count;
    members = found;
  });
  if (count > 1) {
    return request_error("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  if (count == 0) {
    return request_error(
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  }
  return decode(members, wording);
}

Result<storage::ItemWrite> write_of_action(TransactAction& action, const storage::TablePtr& table,
                                           std::optional<Error>& impossible) {
  storage::ItemWrite write{.table = table,
                           .condition = action.condition ? &*action.condition : nullptr,
                           .return_old_on_failure = action.return_old_on_failure};
  auto fits = check_against_schema(action, *table);
  const auto attributes = action.attributes.view();
  auto key = action.is_put() ? storage::key_of_item(*table, attributes)
                             : storage::key_of_key_parameter(*table, attributes);
  if (!key && fits_key_schema(action, *table)) return std::move(key).error();
  if (fits && key && action.kind == ActionKind::kUpdate) {
    fits = check_leaves_key(*table, action.update);
  }
  if (!fits) {
    impossible = std::move(fits).error();
  } else if (!key) {
    impossible = std::move(key).error();
  }
  if (key) write.key = std::move(key).value();

  if (action.is_put()) {
    write.action = storage::Put{std::move(action.attributes)};
    return write;
  }
  write.key_item = std::move(action.attributes);
  if (action.kind == ActionKind::kUpdate) {
    write.action = storage::UpdateWrite{&action.update};
  } else if (action.kind == ActionKind::kDelete) {
    write.action = storage::Delete{};
  } else {
    write.action = storage::ConditionCheck{};
  }
  return write;
}

}  // namespace dynolith::api
