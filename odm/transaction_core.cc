#include "odm/transaction_core.h"

#include <algorithm>
#include <map>

#include "odm/entity_support.h"
#include "odm/transaction_retry.h"
#include "odm/unique.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

constexpr int kReadsMax = 8;  // While others change what was read.

Error other_connection() {
  return make_error(ErrorCode::kBadRequest,
                    "a transaction cannot be about tables of different connections");
}

const std::string& table_of(const TransactAction& action) {
  return std::visit([](const auto& each) -> const std::string& { return each.table; }, action);
}

// The key attributes of the item that an action is about.
EncodedItem key_of_action(const Schema& schema, const TransactAction& action) {
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

// "operation 2 (User)".
std::string name_of(size_t operation, const Schema& schema) {
  return "operation " + std::to_string(operation) + " (" + schema.model + ")";
}

// Names of the attributes that unique_request()'s actions after the first are about.
void add_guarded(const Schema& schema, const internal::UniqueChanges& changes,
                 std::vector<std::string>& names) {
  for (const internal::UniqueChange& change : changes) {
    const std::string& name = schema.attributes[change.attribute].name;
    if (change.before) names.push_back(name);
    if (change.after) names.push_back(name);
  }
}

bool stands_in_the_way(const OperationFailure& failure) { return failure.reason != "None"; }

}  // namespace

void TransactionCore::use(TableCorePtr table) {
  if (table->connection != table_->connection) return fail(other_connection());
  table_ = std::move(table);
}

void TransactionCore::set_token(std::string token) {
  if (token.empty() || token.size() > storage::kRequestTokenBytesMax)
    return fail(make_error(ErrorCode::kBadRequest, "a transaction's token has 1 to 36 bytes"));
  token_ = std::move(token);
}

void TransactionCore::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

TransactionCore::Operation& TransactionCore::add(const EntityCore& entity, Intent intent,
                                                 const ConditionCore& condition) {
  if (entity.table().connection != table_->connection) fail(other_connection());
  return operations_.emplace_back(entity, intent, condition);
}

void TransactionCore::take(Operation& operation, Result<TransactAction> action) {
  if (action) {
    operation.actions.push_back(std::move(action).value());
    return;
  }
  Error error = std::move(action).error();
  error.message = name_of(operations_.size() - 1, operation.entity.schema()) + ": " + error.message;
  fail(std::move(error));
}

// With what guards unique attributes, if their values differ between the two items.
void TransactionCore::take(Operation& operation, TransactAction action, const EncodedItem& before,
                           const EncodedItem& after) {
  const Schema& schema = operation.entity.schema();
  const auto changes = internal::unique_changes(schema, before.view(), after.view());
  if (changes.empty()) return take(operation, std::move(action));
  ConditionCore same;
  for (const internal::UniqueChange& change : changes)
    if (before.exists()) same = both(std::move(same), change.is_unchanged(schema));
  add_guarded(schema, changes, operation.guarded);
  std::visit([&](auto& each) { each.condition = both({each.condition, {}}, same).tree; }, action);
  auto request = internal::unique_request(operation.entity, std::move(action), changes);
  if (!request) return take(operation, std::move(request).error());
  operation.actions = std::move(request->actions);
}

void TransactionCore::create(const EntityCore& entity, std::shared_ptr<void> object,
                             MakeObject make, const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kCreate, condition);
  operation.kind = WriteKind::kCreate;
  operation.make = make;
  auto request = entity.create_request(object.get(), condition);
  operation.object = std::move(object);
  if (!request) return take(operation, std::move(request).error());
  const EncodedItem item = request->item;
  take(operation, std::move(request).value(), {}, item);
}

void TransactionCore::put(const EntityCore& entity, std::shared_ptr<void> object, MakeObject make,
                          const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  operation.reads_first = !entity.schema().unique.empty();
  operation.make = make;
  auto request = entity.put_request(object.get(), condition);
  operation.object = std::move(object);
  if (!request) return take(operation, std::move(request).error());
  take(operation, TransactAction(std::move(request).value()));
}

void TransactionCore::save(const EntityCore& entity, const void* original,
                           std::shared_ptr<void> changed, MakeObject make,
                           const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kUpdateExisting, condition);
  operation.kind = WriteKind::kSave;
  operation.make = make;
  operation.expected_version = internal::version_of(entity.schema(), original);
  auto request = entity.save_request(original, changed.get(), condition);
  operation.object = std::move(changed);
  if (!request) return take(operation, std::move(request).error());
  if (!*request) return;
  UpdateRequest update = **std::move(request);
  update.returns = UpdateRequest::Return::kNone;
  update.return_old_on_failure = true;
  if (entity.schema().unique.empty()) return take(operation, TransactAction(std::move(update)));
  const Result<EncodedItem> before = encode_object(entity.schema(), original);
  const Result<EncodedItem> after = encode_object(entity.schema(), operation.object.get());
  if (!before) return take(operation, before.error());
  if (!after) return take(operation, after.error());
  take(operation, std::move(update), *before, *after);
}

void TransactionCore::update(const UpdateCore& update) {
  Operation& operation = add(update.entity(), Intent::kOther, {});
  Result<PreparedUpdate> prepared = update.prepare();
  if (!prepared) return take(operation, std::move(prepared).error());
  operation.intent = prepared->intent;
  operation.condition = prepared->condition;
  operation.expected_version = prepared->expected_version;
  prepared->request.returns = UpdateRequest::Return::kNone;
  prepared->request.return_old_on_failure = true;
  take(operation, TransactAction(std::move(prepared->request)));
}

void TransactionCore::remove(const EntityCore& entity, const Result<EncodedItem>& key,
                             const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  if (!key) return take(operation, key.error());
  operation.reads_first = !entity.schema().unique.empty();
  Result<DeleteRequest> request = entity.remove_request(*key, condition);
  if (!request) return take(operation, std::move(request).error());
  request->return_old = false;
  take(operation, TransactAction(std::move(request).value()));
}

void TransactionCore::remove_object(const EntityCore& entity, const void* object,
                                    const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  operation.expected_version = internal::version_of(entity.schema(), object);
  Result<DeleteRequest> request = entity.remove_object_request(object, condition);
  if (!request) return take(operation, std::move(request).error());
  request->return_old = false;
  if (entity.schema().unique.empty())
    return take(operation, TransactAction(std::move(request).value()));
  const Result<EncodedItem> before = encode_object(entity.schema(), object);
  if (!before) return take(operation, before.error());
  take(operation, std::move(request).value(), *before, {});
}

void TransactionCore::check(const EntityCore& entity, const Result<EncodedItem>& key,
                            const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  if (!key) return take(operation, key.error());
  if (condition.error) return take(operation, *condition.error);
  if (condition.tree == nullptr)
    return take(operation, make_error(ErrorCode::kBadRequest, "a check needs a condition"));
  const ConditionPtr checked = both(internal::is_own_or_absent(entity.schema()), condition).tree;
  take(operation, TransactAction(CheckRequest{entity.table().name, *key, checked, true}));
}

Result<void> TransactionCore::check_distinct(const std::vector<Operation>& operations) {
  std::map<std::string, size_t> seen;
  for (size_t i = 0; i < operations.size(); ++i) {
    const Schema& schema = operations[i].entity.schema();
    for (const TransactAction& action : operations[i].actions) {
      std::string item = table_of(action);
      item.push_back('\0');
      item += key_of_action(schema, action).bytes;
      const auto [known, is_new] = seen.emplace(std::move(item), i);
      if (!is_new)
        return make_error(ErrorCode::kBadRequest,
                          name_of(known->second, operations[known->second].entity.schema()) +
                              " and " + name_of(i, schema) +
                              " are about one item; a transaction can do one thing to an item");
    }
  }
  return {};
}

bool TransactionCore::reads_first() const {
  return std::any_of(operations_.begin(), operations_.end(),
                     [](const Operation& operation) { return operation.reads_first; });
}

Result<TransactWriteRequest> TransactionCore::request() const {
  if (!error_ && reads_first())
    return make_error(ErrorCode::kBadRequest,
                      "what the transaction sends depends on unique values that are stored; only "
                      "exec() reads them");
  return request(operations_);
}

Result<TransactWriteRequest> TransactionCore::request(
    const std::vector<Operation>& operations) const {
  if (error_) return *error_;
  if (operations.empty())
    return make_error(ErrorCode::kBadRequest, "the transaction has no operations");
  TransactWriteRequest request;
  request.token = token_;
  for (const Operation& operation : operations)
    request.actions.insert(request.actions.end(), operation.actions.begin(),
                           operation.actions.end());
  if (request.actions.size() > storage::kTransactionActionsMax)
    return make_error(ErrorCode::kBadRequest,
                      "a transaction can have 100 actions; this one has " +
                          std::to_string(request.actions.size()) + " (" +
                          std::to_string(operations.size()) +
                          " operations and what guards their unique attributes)");
  TRY(check_distinct(operations));
  return request;
}

Result<WriteReply> TransactionCore::send(const TransactWriteRequest& request) const {
  Connection& connection = *table_->connection;
  ConflictRetry retry(connection, options_);
  while (true) {
    Result<WriteReply> reply = connection.transact_write(request);
    if (reply || !retry.wait_after(reply.error())) return reply;
  }
}

Result<std::vector<TransactionCore::Written>> TransactionCore::exec(
    const std::vector<Operation>& operations) const {
  const TransactWriteRequest sent = TRY(request(operations));
  if (!sent.actions.empty()) {
    Result<WriteReply> reply = send(sent);
    if (!reply) return explain(std::move(reply).error(), operations);
  }
  std::vector<Written> all;
  all.reserve(operations.size());
  for (const Operation& operation : operations) all.push_back(TRY(written(operation)));
  return all;
}

// Puts the item's present unique values into the operation.
Result<void> TransactionCore::read_first(Operation& operation) const {
  const EntityCore& entity = operation.entity;
  const Schema& schema = entity.schema();
  TransactAction action = std::move(operation.actions.front());
  operation.actions.clear();
  const GetRequest get =
      TRY(entity.get_request(key_of_action(schema, action), {.consistent = true}));
  EncodedItem before, after;
  TRY(entity.connection().get(
      get, [&before](const ItemView& item) { before.bytes.assign(item.bytes()); }));
  if (const auto* put = std::get_if<PutRequest>(&action)) after = put->item;
  for (const Unique& unique : schema.unique) {
    internal::UniqueChange value;
    value.attribute = unique.attribute;
    value.before = before.view().find(schema.attributes[unique.attribute].stored_name);
    operation.unchanged = both(std::move(operation.unchanged), value.is_unchanged(schema));
  }
  std::visit(
      [&](auto& each) {
        each.condition = both({each.condition, {}}, operation.unchanged).tree;
        each.return_old_on_failure = true;
      },
      action);
  // Another entity's item holds no values of this one's.
  if (before.exists() && !is_of(schema, before.view())) before = {};
  const auto changes = internal::unique_changes(schema, before.view(), after.view());
  auto request = TRY(internal::unique_request(entity, std::move(action), changes));
  operation.actions = std::move(request.actions);
  add_guarded(schema, changes, operation.guarded);
  return {};
}

Result<std::vector<TransactionCore::Written>> TransactionCore::exec() const {
  if (error_ || !reads_first()) return exec(operations_);
  if (!token_.empty())
    return make_error(
        ErrorCode::kBadRequest,
        "a transaction that puts or removes by key items with unique attributes sends "
        "what it finds, which a token cannot make happen once");
  for (int attempt = 1;; ++attempt) {
    std::vector<Operation> operations = operations_;
    for (Operation& operation : operations)
      if (operation.reads_first) TRY(read_first(operation));
    auto written = exec(operations);
    if (written || attempt == kReadsMax) return written;
    const std::vector<OperationFailure>& failures = written.error().operations;
    bool is_changed = false;
    for (size_t i = 0; i < operations.size() && i < failures.size(); ++i) {
      const ConditionPtr& unchanged = operations[i].unchanged.tree;
      is_changed |= unchanged != nullptr && failures[i].reason == "ConditionalCheckFailed" &&
                    failures[i].code != ErrorCode::kUniqueViolation &&
                    !storage::evaluate(*unchanged, failures[i].item.view());
    }
    if (!is_changed) return written;
    internal::wait_before_retry(*table_->connection, attempt,
                                std::max<int64_t>(options_.wait_ms, 1));
  }
}

Result<TransactionCore::Written> TransactionCore::written(const Operation& operation) const {
  const Schema& schema = operation.entity.schema();
  Written result{&schema, {}};
  if (operation.object == nullptr) return result;
  EncodedItem item;
  if (const auto* put =
          operation.actions.empty() ? nullptr : std::get_if<PutRequest>(&operation.actions[0]))
    item = put->item;
  else
    item = TRY(encode_object(schema, operation.object.get()));
  result.object = operation.make();
  if (operation.actions.empty())
    TRY(read_object(schema, item.view(), result.object.get()));
  else
    TRY(operation.entity.finish_write(operation.kind, item.view(), result.object.get()));
  return result;
}

// The reasons of the service are by actions; the caller's, by operations.
Error TransactionCore::explain(Error error, const std::vector<Operation>& operations) const {
  if (error.code != ErrorCode::kTransactionCanceled) return error;
  const std::vector<OperationFailure> failures = std::move(error.operations);
  error.operations.clear();
  size_t at = 0;
  for (const Operation& operation : operations) {
    const size_t count = operation.actions.size();
    if (at + count > failures.size()) break;
    error.operations.push_back(explain_operation(operation, failures.data() + at, count));
    at += count;
  }
  return error;
}

OperationFailure TransactionCore::explain_operation(const Operation& operation,
                                                    const OperationFailure* failures,
                                                    size_t count) const {
  OperationFailure none;
  none.model = operation.entity.schema().model;
  if (count == 0) return none;
  if (stands_in_the_way(failures[0])) return explain_own(operation, failures[0]);
  for (size_t i = 1; i < count; ++i) {
    if (!stands_in_the_way(failures[i])) continue;
    OperationFailure failure = failures[i];
    failure.model = none.model;
    if (failure.code == ErrorCode::kConditionFailed) {
      failure.code = ErrorCode::kUniqueViolation;
      failure.message = "another " + none.model + " has this " + operation.guarded[i - 1];
      failure.item = {};
    }
    return failure;
  }
  return none;
}

OperationFailure TransactionCore::explain_own(const Operation& operation,
                                              OperationFailure failure) const {
  failure.model = operation.entity.schema().model;
  if (failure.code != ErrorCode::kConditionFailed) return failure;
  Error alone = make_error(ErrorCode::kConditionFailed, std::move(failure.message));
  alone.item = std::move(failure.item);
  alone = operation.entity.explain_failure(std::move(alone), operation.intent, operation.condition,
                                           operation.expected_version);
  failure.code = alone.code;
  failure.message = std::move(alone.message);
  failure.clauses = std::move(alone.clauses);
  failure.item = std::move(alone.item);
  return failure;
}

}  // namespace dynolith::odm
