// TransactGetItems: up to 100 items by their keys, all from one state of the database.
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "api/admission.h"
#include "api/expression/expressions.h"
#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/expression_parameters.h"
#include "api/request/key_paths.h"
#include "api/request/transact_action.h"
#include "api/request/transact_request.h"
#include "storage/engine/cancellation.h"
#include "storage/engine/item_keys.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using In = TransactGetItemsInput;
using Get = TransactGetShape;

struct GetAction {
  TableReference reference;
  storage::EncodedItem key_item;
  std::optional<storage::Projection> projection;
  // Once the tables are known.
  size_t table = 0;
  storage::EncodedKey key;
};

Slot get_of(const JsonValue& element) {
  if (element.is_null()) return {};
  return read_structure<TransactGetItemShape>(object_of(element))[TransactGetItemShape::kGet];
}

Result<void> check_constraints(const Members<In>& members, Wording wording) {
  Constraints constraints;
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  const Slot& items = members[In::kTransactItems];
  check_transact_items(constraints, items);
  if (!items.present()) return constraints.check();
  size_t at = 0;
  for (const JsonValue element : items.array()) {
    if (at == storage::kTransactionActionsMax) break;
    const std::string path = transact_item_path(at++) + ".get";
    const Slot get = get_of(element);
    constraints.required(get, path);
    if (!get.present()) continue;
    const auto inner = read_structure<Get>(get.object());
    constraints.required(inner[Get::kKey], path + ".key");
    check_action_table(constraints, inner[Get::kTableName], path + ".tableName", wording);
  }
  return constraints.check();
}

Result<GetAction> decode_get(const Members<Get>& members, Wording wording) {
  GetAction action;
  action.reference = TRY(table_reference(*members[Get::kTableName].text()));
  const std::array expressions{
      NamedSlot{"ProjectionExpression", members[Get::kProjectionExpression]}};
  const ParameterStyles styles{{}, expressions, members[Get::kExpressionAttributeNames], nullptr};
  TRY(check_styles(styles, wording));
  DecodedItem key = decode_item(members[Get::kKey].object(), wording);
  if (key.error) return std::move(*key.error);
  action.key_item = std::move(key.item);
  Placeholders placeholders;
  TRY(read_placeholders(styles, wording, placeholders));
  if (const auto text = members[Get::kProjectionExpression].text()) {
    action.projection = TRY(bind_projection(*text, placeholders));
    TRY(placeholders.check_all_used());
  }
  return action;
}

// What keeps the read from being done is left in `impossible`; see write_of_action().
Result<void> find_key(GetAction& action, const storage::Table& table,
                      std::optional<Error>& impossible) {
  const auto key_item = action.key_item.view();
  if (action.projection) {
    if (auto fits = check_key_paths(table, *action.projection); !fits) {
      impossible = std::move(fits).error();
    }
  }
  auto key = storage::key_of_key_parameter(table, key_item);
  if (key) {
    action.key = std::move(key).value();
    return {};
  }
  const bool fits = storage::has_key(table.key(), key_item) &&
                    key_item.attributes().size() == storage::key_attribute_count(table.key());
  if (fits) return std::move(key).error();
  if (!impossible) impossible = std::move(key).error();
  return {};
}

Result<void> check_duplicates(const std::vector<GetAction>& actions) {
  std::set<std::string_view> keys;
  for (const GetAction& action : actions) {
    if (!action.key.bytes.empty() && !keys.insert(action.key.bytes).second) {
      return storage::validation_error(
          "Transaction request cannot include multiple operations on one item");
    }
  }
  return {};
}

Result<void> resolve(const OperationContext& context, std::vector<GetAction>& actions,
                     TransactTables& tables) {
  for (GetAction& action : actions) {
    action.table = TRY(tables.find(context.database, action.reference, context.scope));
  }
  std::optional<Error> impossible;
  size_t impossible_at = 0;
  for (size_t i = 0; i < actions.size(); ++i) {
    std::optional<Error> found;
    TRY(find_key(actions[i], *tables.table(actions[i].table), found));
    if (!found || impossible) continue;
    impossible = std::move(found);
    impossible_at = i;
  }
  TRY(check_duplicates(actions));
  if (impossible) {
    return storage::transaction_canceled_by(impossible_at, actions.size(),
                                            storage::reason_of(*impossible));
  }
  return {};
}

// Appends [{"Item":{...}}, {}, ...] and adds up what it costs.
Result<void> read(const OperationContext& context, const std::vector<GetAction>& actions,
                  TransactTables& tables, JsonWriter& json) {
  std::vector<storage::TableKey> keys;
  std::vector<const storage::Table*> tables_of;
  keys.reserve(actions.size());
  for (const GetAction& action : actions) {
    keys.push_back({tables.table(action.table).get(), &action.key});
    if (context.admission != nullptr) tables_of.push_back(keys.back().table);
  }
  if (context.admission != nullptr) {
    TRY(context.admission->admit_transaction(tables_of, Admission::Direction::kRead,
                                             context.region));
  }
  size_t bytes = 0;
  json.begin_array();
  TRY(context.database.multi_get(keys, [&](size_t i, const storage::ItemView& item) {
    bytes += item.item_bytes();
    if (bytes > storage::kTransactionBytesMax) return false;
    const double units = 2 * read_units(item.item_bytes(), true);
    tables.capacity(actions[i].table).add_table(units);
    if (context.admission != nullptr) {
      context.admission->charge_read(*keys[i].table, nullptr, units);
    }
    json.begin_object();
    if (item.exists()) {
      json.name("Item");
      if (actions[i].projection) {
        json.item(storage::project(item, *actions[i].projection).view());
      } else {
        json.item(item);
      }
    }
    json.end_object();
    return true;
  }));
  json.end_array();
  return check_transaction_bytes(bytes);
}

}  // namespace

Result<void> transact_get_items(const OperationContext& context, const JsonObject& body,
                                std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  TRY(check_constraints(members, context.wording));
  std::vector<GetAction> actions;
  for (const JsonValue element : members[In::kTransactItems].array()) {
    actions.push_back(
        TRY(decode_get(read_structure<Get>(get_of(element).object()), context.value_wording)));
  }
  TransactTables tables(ConsumedCapacity::Units::kRead);
  TRY(resolve(context, actions, tables));
  JsonWriter json(reply);
  json.begin_object().name("Responses");
  TRY(read(context, actions, tables, json));
  tables.append_capacity(json, return_consumed_capacity(members[In::kReturnConsumedCapacity]));
  json.end_object();
  return {};
}

}  // namespace dynolith::api
