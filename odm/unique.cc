#include "odm/unique.h"

#include "odm/entity_core.h"
#include "odm/entity_support.h"
#include "storage/expression/condition.h"
#include "storage/limits.h"

namespace dynolith::odm::internal {
namespace {

constexpr int kAttemptsMax = 8;
constexpr int64_t kWaitMs = 20;

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

std::string holder_text(const Schema& schema, const UniqueChange& change, const ValueView& value) {
  std::string text = holder_prefix(schema);
  text.append(schema.attributes[change.attribute].stored_name).append("#");
  append_value_text(value, text);
  return text;
}

EncodedItem holder_key(const Schema& schema, const std::string& text) {
  ItemEncoder encoder;
  encoder.begin_item();
  encoder.name(schema.partition->attribute);
  encoder.string(text);
  if (schema.sort) {
    encoder.name(schema.sort->attribute);
    encoder.string(text);
  }
  return encoder.finish_item();
}

EncodedItem holder_item(const Schema& schema, const std::string& text, const Attribute& attribute) {
  ItemEncoder encoder;
  encoder.begin_item();
  encoder.name(schema.partition->attribute);
  encoder.string(text);
  if (schema.sort) {
    encoder.name(schema.sort->attribute);
    encoder.string(text);
  }
  if (!schema.entity.empty()) {
    encoder.name(schema.tag_attribute);
    encoder.string(kUniqueHolder);
  }
  encoder.name(kUniqueHolder);
  encoder.string(attribute.stored_name);
  return encoder.finish_item();
}

// What a transaction that was cancelled says about the write and the values it wanted.
Error canceled(const Schema& schema, Error error, const UniqueChanges& changes) {
  constexpr std::string_view kFailed = "ConditionalCheckFailed";
  if (error.operations.empty()) return error;
  OperationFailure& write = error.operations.front();
  if (write.reason == kFailed) {
    Error failed = std::move(error);
    failed.code = ErrorCode::kConditionFailed;
    failed.item = std::move(failed.operations.front().item);
    failed.operations.clear();
    return failed;
  }
  Problems problems;
  size_t next = 1;
  for (const UniqueChange& change : changes) {
    if (change.before) ++next;
    if (!change.after) continue;
    if (next < error.operations.size() && error.operations[next].reason == kFailed)
      problems.add(std::string(schema.attributes[change.attribute].name),
                   "has a value that another " + schema.model + " has");
    ++next;
  }
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

ConditionPtr& condition_of(TransactAction& action) {
  return std::visit([](auto& each) -> ConditionPtr& { return each.condition; }, action);
}

// Transactions give back what stood in their way, nothing else.
void set_returns(TransactAction& action) {
  const auto set = [](auto& each) {
    each.return_old_on_failure = true;
    if constexpr (requires { each.return_old; }) each.return_old = false;
  };
  std::visit(set, action);
}

}  // namespace

ConditionCore UniqueChange::is_unchanged(const Schema& schema) const {
  return holds(schema.attributes[attribute].stored_name, before);
}

bool is_holder_key(const Schema& schema, const ItemView& key) {
  if (schema.unique.empty() || !schema.partition) return false;
  const auto text = key.find(schema.partition->attribute);
  if (!text || text->type() != AttributeType::kString ||
      !text->text().starts_with(holder_prefix(schema)))
    return false;
  return !schema.sort || key.find(schema.sort->attribute) == text;
}

UniqueChanges unique_changes(const Schema& schema, const ItemView& before, const ItemView& after) {
  UniqueChanges changes;
  for (const Unique& unique : schema.unique) {
    UniqueChange change{unique.attribute, unique_value(schema, unique, before),
                        unique_value(schema, unique, after)};
    if (change.before != change.after) changes.push_back(change);
  }
  return changes;
}

Result<TransactWriteRequest> unique_request(const EntityCore& core, TransactAction write,
                                            const UniqueChanges& changes) {
  const Schema& schema = core.schema();
  const std::string& table = core.table().name;
  set_returns(write);
  TransactWriteRequest request;
  request.actions.push_back(std::move(write));
  for (const UniqueChange& change : changes) {
    const Attribute& attribute = schema.attributes[change.attribute];
    if (change.before)
      request.actions.emplace_back(DeleteRequest{
          .table = table, .key = holder_key(schema, holder_text(schema, change, *change.before))});
    if (!change.after) continue;
    const std::string text = holder_text(schema, change, *change.after);
    const size_t longest = schema.sort ? storage::kSortKeyBytesMax : storage::kPartitionKeyBytesMax;
    if (text.size() > longest) {
      Problems problems;
      problems.add(std::string(attribute.name), "is too long to be unique");
      return invalid_error(schema.model, std::move(problems));
    }
    request.actions.emplace_back(PutRequest{.table = table,
                                            .item = holder_item(schema, text, attribute),
                                            .condition = absent(schema.partition->attribute).tree});
  }
  return request;
}

Result<void> write_with_unique(const EntityCore& core, TransactAction write,
                               const UniqueChanges& changes) {
  const TransactWriteRequest request = TRY(unique_request(core, std::move(write), changes));
  for (int attempt = 1;; ++attempt) {
    Result<WriteReply> reply = core.connection().transact_write(request);
    if (reply) return {};
    Error error = std::move(reply).error();
    if (error.code == ErrorCode::kTransactionCanceled)
      error = canceled(core.schema(), std::move(error), changes);
    if (error.code != ErrorCode::kTransactionConflict || attempt == kAttemptsMax) return error;
    wait_before_retry(core.connection(), attempt, kWaitMs);
  }
}

Result<EncodedItem> replace_with_unique(const EntityCore& core, const EncodedItem& key,
                                        TransactAction write, const ItemView& after) {
  const Schema& schema = core.schema();
  const ConditionPtr asked = condition_of(write);
  const GetRequest get = TRY(core.get_request(key, {.consistent = true}));
  for (int attempt = 1;; ++attempt) {
    EncodedItem before;
    TRY(core.connection().get(get,
                              [&](const ItemView& item) { before.bytes.assign(item.bytes()); }));
    if (!before.exists() && !after.exists() &&
        (asked == nullptr || storage::evaluate(*asked, before.view())))
      return before;
    // Another entity's item holds no values of this one's, whatever it has.
    const bool is_own = before.exists() && is_of(schema, before.view());
    const UniqueChanges changes =
        unique_changes(schema, is_own ? before.view() : ItemView(), after);
    ConditionCore condition;
    for (const Unique& unique : schema.unique) {
      const UniqueChange value{unique.attribute, unique_value(schema, unique, before.view()), {}};
      condition = both(std::move(condition), value.is_unchanged(schema));
    }
    TransactAction action = write;
    condition_of(action) = both({asked, {}}, condition).tree;
    Result<void> written = write_with_unique(core, std::move(action), changes);
    if (written) return before;
    Error error = std::move(written).error();
    const bool is_changed = error.code == ErrorCode::kConditionFailed &&
                            !storage::evaluate(*condition.tree, error.item.view());
    if (!is_changed) return error;
    if (attempt == kAttemptsMax)
      return make_error(ErrorCode::kVersionConflict,
                        schema.model + " was changed by others at each of " +
                            std::to_string(kAttemptsMax) + " attempts");
    wait_before_retry(core.connection(), attempt, kWaitMs);
  }
}

}  // namespace dynolith::odm::internal
