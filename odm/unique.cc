#include "odm/unique.h"

#include <algorithm>
#include <optional>

#include "odm/entity_core.h"
#include "odm/entity_support.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"
#include "storage/limits.h"

namespace dynolith::odm::internal {
namespace {

constexpr std::string_view kFailed = "ConditionalCheckFailed";

// A unique attribute whose value a write changes.
struct Change {
  const Attribute* attribute = nullptr;
  std::optional<ValueView> before, after;  // Views into the items.
};

std::optional<ValueView> unique_value(const Schema& schema, const Unique& unique,
                                      const ItemView& item) {
  const auto value = item.find(schema.attributes[unique.attribute].stored_name);
  if (!value || value->type() == AttributeType::kNull) return std::nullopt;
  return value;
}

// Text that differs if the values do. Other types: their stored form in hexadecimal digits.
void append_value_text(const ValueView& value, std::string& out) {
  if (value.type() == AttributeType::kString) {
    out.append(value.text());
  } else if (value.type() == AttributeType::kNumber) {
    out.append(value.number().to_text());
  } else if (value.type() == AttributeType::kBoolean) {
    out.append(value.boolean() ? "true" : "false");
  } else {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const char c : value.payload()) {
      out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
    }
  }
}

// What the keys of a model's holders begin with.
std::string holder_prefix(const Schema& schema) {
  return "UNIQUE#" + (schema.entity.empty() ? schema.model : schema.entity) + "#";
}

std::string holder_text(const Schema& schema, const Attribute& attribute, const ValueView& value) {
  std::string text = holder_prefix(schema);
  text.append(attribute.stored_name).append("#");
  append_value_text(value, text);
  return text;
}

// The key of the item that holds a value: its text in each key attribute.
void begin_holder(const Schema& schema, const std::string& text, ItemEncoder& encoder) {
  encoder.begin_item();
  encoder.name(schema.partition->attribute);
  encoder.string(text);
  if (schema.sort) {
    encoder.name(schema.sort->attribute);
    encoder.string(text);
  }
}

EncodedItem holder_key(const Schema& schema, const std::string& text) {
  ItemEncoder encoder;
  begin_holder(schema, text, encoder);
  return encoder.finish_item();
}

EncodedItem holder_item(const Schema& schema, const std::string& text, const Attribute& attribute) {
  ItemEncoder encoder;
  begin_holder(schema, text, encoder);
  if (!schema.entity.empty()) {
    encoder.name(schema.tag_attribute);
    encoder.string(kUniqueHolder);
  }
  encoder.name(kUniqueHolder);
  encoder.string(attribute.stored_name);
  return encoder.finish_item();
}

// Those whose values differ.
std::vector<Change> changes_between(const Schema& schema, const ItemView& before,
                                    const ItemView& after) {
  std::vector<Change> changes;
  for (const Unique& unique : schema.unique) {
    Change change{&schema.attributes[unique.attribute], unique_value(schema, unique, before),
                  unique_value(schema, unique, after)};
    if (change.before != change.after) changes.push_back(change);
  }
  return changes;
}

// That a stored item still has the value before; NULL and nothing are the same.
ConditionCore is_unchanged(const Change& change) {
  const std::string& name = change.attribute->stored_name;
  if (change.before) return holds(name, change.before);
  ConditionCore none = absent(name);
  if (!change.attribute->nullable) return none;
  return either(std::move(none),
                share({storage::AttributeTypeIs{path_of(name), AttributeType::kNull}}));
}

// That all unique attributes are stored as they were, so that an update makes the same of them.
ConditionCore all_unchanged(const Schema& schema, const ItemView& stored) {
  ConditionCore all;
  for (const Unique& unique : schema.unique) {
    const std::string& name = schema.attributes[unique.attribute].stored_name;
    all = both(std::move(all), holds(name, stored.find(name)));
  }
  return all;
}

void visit_paths(const storage::UpdateOperand& operand,
                 FunctionRef<void(const storage::DocumentPath&)> visit) {
  if (const auto* path = std::get_if<storage::DocumentPath>(&operand.node)) visit(*path);
  if (const auto* either = std::get_if<storage::IfNotExists>(&operand.node)) {
    visit(either->path);
    visit_paths(*either->otherwise, visit);
  }
  if (const auto* joined = std::get_if<storage::ListAppend>(&operand.node)) {
    visit_paths(*joined->first, visit);
    visit_paths(*joined->second, visit);
  }
}

bool is_unique(const Schema& schema, std::string_view stored_name) {
  return std::any_of(schema.unique.begin(), schema.unique.end(), [&](const Unique& unique) {
    return schema.attributes[unique.attribute].stored_name == stored_name;
  });
}

// That what an update computes unique values from is stored as it was.
ConditionCore sources_unchanged(const Schema& schema, const storage::Update& update,
                                const ItemView& stored) {
  ConditionCore all;
  const auto add = [&](const storage::DocumentPath& path) {
    if (!is_unique(schema, path.attribute()))
      all = both(std::move(all), holds(path, storage::find(stored, path)));
  };
  for (const storage::UpdateAction& action : update.actions) {
    const auto* const set = std::get_if<storage::SetAction>(&action);
    if (set == nullptr || !is_unique(schema, set->path.attribute())) continue;
    visit_paths(set->left, add);
    if (set->right) visit_paths(*set->right, add);
  }
  return all;
}

ConditionPtr& condition_of(TransactAction& action) {
  return std::visit([](auto& each) -> ConditionPtr& { return each.condition; }, action);
}

const ConditionPtr& condition_of(const TransactAction& action) {
  return std::visit([](const auto& each) -> const ConditionPtr& { return each.condition; }, action);
}

Result<void> require(TransactAction& action, const ConditionCore& more) {
  ConditionPtr& condition = condition_of(action);
  ConditionCore all = both({condition, {}}, more);
  if (all.error) return *std::move(all.error);
  condition = std::move(all.tree);
  return {};
}

// Transactions give back what stood in their way, nothing else.
void set_returns(TransactAction& action) {
  const auto set = [](auto& each) {
    each.return_old_on_failure = true;
    if constexpr (requires { each.return_old; }) each.return_old = false;
    if constexpr (requires { each.returns; }) each.returns = UpdateRequest::Return::kNone;
  };
  std::visit(set, action);
}

Error too_long(const Schema& schema, const Attribute& attribute) {
  Problems problems;
  problems.add(std::string(attribute.name), "is too long to be unique");
  return invalid_error(schema.model, std::move(problems));
}

// The write, and the actions on the holders of the values.
Result<GuardedWrite> with_holders(const EntityCore& core, TransactAction write,
                                  const std::vector<Change>& changes) {
  const Schema& schema = core.schema();
  const std::string& table = core.table().name;
  const size_t longest = schema.sort ? storage::kSortKeyBytesMax : storage::kPartitionKeyBytesMax;
  set_returns(write);
  GuardedWrite guarded;
  guarded.actions.push_back(std::move(write));
  for (const Change& change : changes) {
    const Attribute& attribute = *change.attribute;
    std::string before, after;
    if (change.before) before = holder_text(schema, attribute, *change.before);
    if (change.after) after = holder_text(schema, attribute, *change.after);
    if (before == after) continue;  // One value in two forms.
    if (after.size() > longest) return too_long(schema, attribute);
    const size_t position = schema.position(attribute);
    if (!before.empty()) {
      guarded.actions.emplace_back(
          DeleteRequest{.table = table, .key = holder_key(schema, before)});
      guarded.attributes.push_back(position);
    }
    if (!after.empty()) {
      guarded.actions.emplace_back(
          PutRequest{.table = table,
                     .item = holder_item(schema, after, attribute),
                     .condition = absent(schema.partition->attribute).tree});
      guarded.attributes.push_back(position);
    }
  }
  return guarded;
}

// The item after an update; of one of an older schema version the update upgrades it, if `newer`
// is what it is upgraded to.
Result<EncodedItem> updated_item(const Schema& schema, UpdateRequest& update,
                                 const ConditionCore& condition, const ItemView& stored,
                                 const std::optional<EncodedItem>& newer) {
  if (newer) update = TRY(upgrading_request(schema, update, condition, stored, newer->view()));
  auto after = storage::apply_update(*update.update, stored, update.key.view());
  if (!after) return make_error(ErrorCode::kBadRequest, after.error().message);
  return std::move(after).value();
}

// An update that does not fit the item, whose condition is found false before that. If the item is
// one that satisfies it by then, nobody knows what the update would make of the values: read again.
Result<GuardedWrite> failing(const EntityCore& core, const BlindWrite& write) {
  GuardedWrite guarded = TRY(with_holders(core, write.action, {}));
  guarded.unchanged = negate(write.condition);
  TRY(require(guarded.actions.front(), guarded.unchanged));
  return guarded;
}

// What a transaction that was cancelled says about the write and the values it wanted.
Error canceled(const Schema& schema, Error error, const GuardedWrite& write) {
  if (error.operations.empty()) return error;
  if (error.operations.front().reason == kFailed) {
    Error failed = std::move(error);
    failed.code = ErrorCode::kConditionFailed;
    failed.item = std::move(failed.operations.front().item);
    failed.operations.clear();
    return failed;
  }
  Problems problems;
  for (size_t i = 0; i < write.attributes.size() && i + 1 < error.operations.size(); ++i)
    if (error.operations[i + 1].reason == kFailed)
      problems.add(std::string(schema.attributes[write.attributes[i]].name),
                   "has a value that another " + schema.model + " has");
  if (!problems.empty()) {
    error.code = ErrorCode::kUniqueViolation;
    error.message = schema.model + " is not unique";
    error.problems = std::move(problems.list());
    error.operations.clear();
    return error;
  }
  for (const OperationFailure& operation : error.operations)
    if (operation.reason == "TransactionConflict") error.code = ErrorCode::kTransactionConflict;
  return error;
}

// A write and the item that it was guarded for.
struct Attempt {
  EncodedItem stored;
  GuardedWrite write;
};

Result<Attempt> begin(const EntityCore& core, const BlindWrite& write) {
  Attempt attempt{TRY(stored_item(core, action_key(core.schema(), write.action))), {}};
  attempt.write = TRY(guard_alone(core, write, attempt.stored));
  return attempt;
}

// An update that makes no item of nothing.
bool is_removal_alone(const TransactAction& action) {
  const auto* const update = std::get_if<UpdateRequest>(&action);
  return update != nullptr && !storage::creates_item(*update->update);
}

// The item that such an update of an upsert begins with.
TransactAction put_of_key(const UpdateRequest& update) {
  return PutRequest{.table = update.table, .item = update.key, .condition = update.condition};
}

}  // namespace

bool is_holder_key(const Schema& schema, const ItemView& key) {
  if (schema.unique.empty() || !schema.partition) return false;
  const auto text = key.find(schema.partition->attribute);
  if (!text || text->type() != AttributeType::kString ||
      !text->text().starts_with(holder_prefix(schema)))
    return false;
  return !schema.sort || key.find(schema.sort->attribute) == text;
}

EncodedItem action_key(const Schema& schema, const TransactAction& action) {
  if (const auto* put = std::get_if<PutRequest>(&action)) {
    std::vector<std::string> names{schema.partition->attribute};
    if (schema.sort) names.push_back(schema.sort->attribute);
    std::sort(names.begin(), names.end());
    return storage::with_only(put->item.view(), names);
  }
  if (const auto* update = std::get_if<UpdateRequest>(&action)) return update->key;
  if (const auto* remove = std::get_if<DeleteRequest>(&action)) return remove->key;
  return std::get<CheckRequest>(action).key;
}

Result<GuardedWrite> guard(const EntityCore& core, TransactAction write, const ItemView& before,
                           const ItemView& after) {
  const std::vector<Change> changes = changes_between(core.schema(), before, after);
  GuardedWrite guarded = TRY(with_holders(core, std::move(write), changes));
  if (before.exists())
    for (const Change& change : changes)
      guarded.unchanged = both(std::move(guarded.unchanged), is_unchanged(change));
  TRY(require(guarded.actions.front(), guarded.unchanged));
  return guarded;
}

Result<GuardedWrite> guard_stored(const EntityCore& core, const BlindWrite& write,
                                  const ItemView& stored) {
  const Schema& schema = core.schema();
  const ConditionPtr& asked = write.condition.tree;
  const bool is_satisfied = asked == nullptr || storage::evaluate(*asked, stored);
  // Another entity's item holds no values of this one's.
  const bool is_own = stored.exists() && is_of(schema, stored);
  TransactAction action = write.action;
  EncodedItem after;
  ConditionCore upgraded_from, sources;
  const bool is_removal = is_removal_alone(action);
  if (is_removal && is_satisfied && !stored.exists())
    action = put_of_key(std::get<UpdateRequest>(action));
  if (auto* const put = std::get_if<PutRequest>(&action)) after = put->item;
  if (auto* const update = std::get_if<UpdateRequest>(&action)) {
    std::optional<EncodedItem> newer;
    if (is_own) newer = TRY(upgraded(schema, stored));
    Result<EncodedItem> updated = updated_item(schema, *update, write.condition, stored, newer);
    if (!updated && is_satisfied) return std::move(updated).error();
    if (!updated) return failing(core, write);
    after = std::move(updated).value();
    if (newer)
      upgraded_from.tree = update->condition;
    else
      sources = sources_unchanged(schema, *update->update, stored);
  }
  GuardedWrite guarded =
      TRY(with_holders(core, std::move(action),
                       changes_between(schema, is_own ? stored : ItemView(), after.view())));
  guarded.unchanged = both(all_unchanged(schema, stored), std::move(sources));
  if (is_removal && is_satisfied)
    guarded.unchanged =
        both(std::move(guarded.unchanged), stored.exists() ? exists(schema.partition->attribute)
                                                           : absent(schema.partition->attribute));
  TRY(require(guarded.actions.front(), guarded.unchanged));
  // An upgrade may have read all of the item.
  if (is_satisfied) guarded.unchanged = both(std::move(guarded.unchanged), upgraded_from);
  if (guarded.unchanged.error) return *std::move(guarded.unchanged.error);
  return guarded;
}

Result<GuardedWrite> guard_alone(const EntityCore& core, const BlindWrite& write,
                                 const EncodedItem& stored) {
  if (!stored.exists()) {
    const ConditionPtr& condition = condition_of(write.action);
    if (condition != nullptr && !storage::evaluate(*condition, {}))
      return make_error(ErrorCode::kConditionFailed, "there is no such " + core.schema().model);
    if (std::holds_alternative<DeleteRequest>(write.action)) return GuardedWrite();
  }
  if (is_other_entitys(core.schema(), stored.view()))
    return other_entity_error(core.schema(), stored);
  return guard_stored(core, write, stored.view());
}

std::vector<EncodedItem> holder_keys(const Schema& schema, const ItemView& item) {
  std::vector<EncodedItem> keys;
  for (const Unique& unique : schema.unique)
    if (const auto value = unique_value(schema, unique, item))
      keys.push_back(
          holder_key(schema, holder_text(schema, schema.attributes[unique.attribute], *value)));
  return keys;
}

Result<EncodedItem> stored_item(const EntityCore& core, EncodedItem key) {
  const GetRequest request = TRY(core.get_request(std::move(key), {.consistent = true}));
  EncodedItem stored;
  TRY(core.connection().get(request,
                            [&](const ItemView& item) { stored.bytes.assign(item.bytes()); }));
  return stored;
}

Result<void> write_guarded(const EntityCore& core, const GuardedWrite& write) {
  const TransactWriteRequest request{.actions = write.actions};
  for (int attempt = 1;; ++attempt) {
    Result<WriteReply> reply = core.connection().transact_write(request);
    if (reply) return {};
    Error error = std::move(reply).error();
    if (error.code == ErrorCode::kTransactionCanceled)
      error = canceled(core.schema(), std::move(error), write);
    if (error.code != ErrorCode::kTransactionConflict || attempt == kUniqueAttemptsMax)
      return error;
    wait_before_retry(core.connection(), attempt, kUniqueWaitMs);
  }
}

Result<EncodedItem> write_stored(const EntityCore& core, const BlindWrite& write) {
  for (int attempt = 1;; ++attempt) {
    Attempt now = TRY(begin(core, write));
    if (now.write.actions.empty()) return std::move(now.stored);
    Result<void> written = write_guarded(core, now.write);
    if (written) return std::move(now.stored);
    Error error = std::move(written).error();
    const bool is_changed = error.code == ErrorCode::kConditionFailed &&
                            now.write.unchanged.tree != nullptr &&
                            !storage::evaluate(*now.write.unchanged.tree, error.item.view());
    if (!is_changed) return error;
    if (attempt == kUniqueAttemptsMax)
      return make_error(ErrorCode::kVersionConflict,
                        core.schema().model + " was changed by others at each of " +
                            std::to_string(kUniqueAttemptsMax) + " attempts");
    wait_before_retry(core.connection(), attempt, kUniqueWaitMs);
  }
}

Result<Request> show_stored(const EntityCore& core, const BlindWrite& write) {
  Attempt now = TRY(begin(core, write));
  if (!now.write.actions.empty())
    return Request(TransactWriteRequest{.actions = std::move(now.write.actions)});
  EncodedItem key = action_key(core.schema(), write.action);
  return Request(TRY(core.get_request(std::move(key), {.consistent = true})));
}

}  // namespace dynolith::odm::internal
