#include "odm/transaction_core.h"

#include <algorithm>
#include <map>

#include "odm/entity_support.h"
#include "odm/transaction_retry.h"
#include "odm/unique.h"
#include "storage/expression/condition.h"
#include "storage/limits.h"

namespace dynolith::odm {

struct TransactionCore::Operation {
  Operation(EntityCore of, Intent why, ConditionCore what)
      : entity(std::move(of)), intent(why), condition(std::move(what)) {}
  EntityCore entity;
  Intent intent;
  ConditionCore condition;
  std::optional<int64_t> expected_version = {};
  internal::GuardedWrite write = {};  // Without actions: nothing is to be done.
  bool reads_first = false;           // Until the item is read, the write alone.
  WriteKind kind = WriteKind::kPut;
  std::shared_ptr<void> object = {};
  MakeObject make = nullptr;
};

TransactionCore::TransactionCore(TableCorePtr table) : table_(std::move(table)) {}
TransactionCore::~TransactionCore() = default;
TransactionCore::TransactionCore(const TransactionCore& other) = default;
TransactionCore::TransactionCore(TransactionCore&& other) noexcept = default;
TransactionCore& TransactionCore::operator=(const TransactionCore& other) = default;
TransactionCore& TransactionCore::operator=(TransactionCore&& other) noexcept = default;

size_t TransactionCore::size() const { return operations_.size(); }

namespace {

Error other_connection() {
  return make_error(ErrorCode::kBadRequest,
                    "a transaction cannot be about tables of different connections");
}

const std::string& table_of(const TransactAction& action) {
  return std::visit([](const auto& each) -> const std::string& { return each.table; }, action);
}

// The table and key of the item that an action is about.
std::string item_of(const Schema& schema, const TransactAction& action) {
  std::string item = table_of(action);
  item.push_back('\0');
  return item.append(internal::action_key(schema, action).bytes);
}

// "operation 2 (User)".
std::string name_of(size_t operation, const Schema& schema) {
  return "operation " + std::to_string(operation) + " (" + schema.model + ")";
}

constexpr std::string_view kFailed = "ConditionalCheckFailed";

Error about(Error error, size_t operation, const Schema& schema) {
  error.message = name_of(operation, schema) + ": " + error.message;
  return error;
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
  sent_.reset();
}

void TransactionCore::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

TransactionCore::Operation& TransactionCore::add(const EntityCore& entity, Intent intent,
                                                 const ConditionCore& condition) {
  if (entity.table().connection != table_->connection) fail(other_connection());
  sent_.reset();
  return operations_.emplace_back(entity, intent, condition);
}

// Of the last operation.
void TransactionCore::refuse(Error error) {
  const size_t last = operations_.size() - 1;
  fail(about(std::move(error), last, operations_[last].entity.schema()));
}

void TransactionCore::take(Operation& operation, TransactAction action) {
  operation.write.actions.push_back(std::move(action));
}

// With what guards unique attributes, if their values differ between the two items.
void TransactionCore::take(Operation& operation, TransactAction action, const EncodedItem& before,
                           const EncodedItem& after) {
  auto guarded = internal::guard(operation.entity, std::move(action), before.view(), after.view());
  if (!guarded) return refuse(std::move(guarded).error());
  operation.write = std::move(guarded).value();
}

void TransactionCore::create(const EntityCore& entity, std::shared_ptr<void> object,
                             MakeObject make, const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kCreate, condition);
  operation.kind = WriteKind::kCreate;
  operation.make = make;
  auto request = entity.create_request(object.get(), condition);
  operation.object = std::move(object);
  if (!request) return refuse(std::move(request).error());
  if (entity.schema().unique.empty()) return take(operation, std::move(request).value());
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
  if (!request) return refuse(std::move(request).error());
  take(operation, std::move(request).value());
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
  if (!request) return refuse(std::move(request).error());
  if (!*request) return;
  UpdateRequest update = **std::move(request);
  update.returns = UpdateRequest::Return::kNone;
  update.return_old_on_failure = true;
  if (entity.schema().unique.empty()) return take(operation, std::move(update));
  const EncodedItem before = encode_as_is(entity.schema(), original);
  const EncodedItem after = encode_as_is(entity.schema(), operation.object.get());
  take(operation, std::move(update), before, after);
}

void TransactionCore::update(const UpdateCore& update) {
  Operation& operation = add(update.entity(), Intent::kOther, {});
  Result<PreparedUpdate> prepared = update.prepare();
  if (!prepared) return refuse(std::move(prepared).error());
  operation.intent = prepared->intent;
  operation.condition = prepared->condition;
  operation.expected_version = prepared->expected_version;
  operation.reads_first = prepared->changes_unique;
  prepared->request.returns = UpdateRequest::Return::kNone;
  prepared->request.return_old_on_failure = true;
  take(operation, std::move(prepared->request));
}

void TransactionCore::remove(const EntityCore& entity, const Result<EncodedItem>& key,
                             const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  if (!key) return refuse(key.error());
  operation.reads_first = !entity.schema().unique.empty();
  Result<DeleteRequest> request = entity.remove_request(*key, condition);
  if (!request) return refuse(std::move(request).error());
  request->return_old = false;
  take(operation, std::move(request).value());
}

void TransactionCore::remove_object(const EntityCore& entity, const void* object,
                                    const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  operation.expected_version = internal::version_of(entity.schema(), object);
  Result<DeleteRequest> request = entity.remove_object_request(object, condition);
  if (!request) return refuse(std::move(request).error());
  request->return_old = false;
  if (entity.schema().unique.empty()) return take(operation, std::move(request).value());
  const EncodedItem before = encode_as_is(entity.schema(), object);
  take(operation, std::move(request).value(), before, {});
}

void TransactionCore::check(const EntityCore& entity, const Result<EncodedItem>& key,
                            const ConditionCore& condition) {
  Operation& operation = add(entity, Intent::kOther, condition);
  if (!key) return refuse(key.error());
  if (condition.error) return refuse(*condition.error);
  if (condition.tree == nullptr)
    return refuse(make_error(ErrorCode::kBadRequest, "a check needs a condition"));
  const ConditionPtr checked = both(internal::is_own_or_absent(entity.schema()), condition).tree;
  take(operation, CheckRequest{entity.table().name, *key, checked, true});
}

bool TransactionCore::reads_first() const {
  return std::any_of(operations_.begin(), operations_.end(),
                     [](const Operation& operation) { return operation.reads_first; });
}

Result<std::vector<TransactionCore::Operation>> TransactionCore::prepared() const {
  if (error_) return *error_;
  if (sent_) return *sent_;
  if (operations_.empty())
    return make_error(ErrorCode::kBadRequest, "the transaction has no operations");
  TRY(check_size(operations_));
  std::vector<Operation> operations = operations_;
  for (size_t i = 0; i < operations.size(); ++i) {
    if (!operations[i].reads_first) continue;
    const EntityCore& entity = operations[i].entity;
    internal::GuardedWrite& write = operations[i].write;
    const EncodedItem stored = TRY(internal::stored_item(
        entity, internal::action_key(entity.schema(), write.actions.front())));
    auto guarded = internal::guard_stored(
        entity, {std::move(write.actions.front()), operations[i].condition}, stored.view());
    if (!guarded) return about(std::move(guarded).error(), i, entity.schema());
    write = std::move(guarded).value();
  }
  hand_over(operations);
  TRY(check_size(operations));
  TRY(check_distinct(operations));
  return operations;
}

// A value that one operation gives up and another takes: its holder is put, whoever held it.
void TransactionCore::hand_over(std::vector<Operation>& operations) {
  std::map<std::string, std::pair<internal::GuardedWrite*, size_t>> given_up;
  for (Operation& operation : operations)
    for (size_t i = 1; i < operation.write.actions.size(); ++i)
      if (std::holds_alternative<DeleteRequest>(operation.write.actions[i]))
        given_up.emplace(item_of(operation.entity.schema(), operation.write.actions[i]),
                         std::pair(&operation.write, i));
  if (given_up.empty()) return;
  std::vector<std::pair<internal::GuardedWrite*, size_t>> dropped;
  for (Operation& operation : operations) {
    for (size_t i = 1; i < operation.write.actions.size(); ++i) {
      auto* const put = std::get_if<PutRequest>(&operation.write.actions[i]);
      if (put == nullptr) continue;
      const auto held =
          given_up.find(item_of(operation.entity.schema(), operation.write.actions[i]));
      if (held == given_up.end()) continue;
      put->condition = nullptr;
      dropped.push_back(held->second);
      given_up.erase(held);
    }
  }
  // From the last on, so that positions stay.
  std::sort(dropped.rbegin(), dropped.rend());
  for (const auto& [write, i] : dropped) {
    write->actions.erase(write->actions.begin() + static_cast<ptrdiff_t>(i));
    write->attributes.erase(write->attributes.begin() + static_cast<ptrdiff_t>(i) - 1);
  }
}

Result<void> TransactionCore::check_size(const std::vector<Operation>& operations) {
  size_t actions = 0;
  for (const Operation& operation : operations) actions += operation.write.actions.size();
  if (actions <= storage::kTransactionActionsMax) return {};
  return make_error(ErrorCode::kBadRequest, "a transaction can have 100 actions; this one has " +
                                                std::to_string(actions) + " (" +
                                                std::to_string(operations.size()) +
                                                " operations and what guards their unique "
                                                "attributes)");
}

Result<void> TransactionCore::check_distinct(const std::vector<Operation>& operations) {
  std::map<std::string, size_t> seen;
  for (size_t i = 0; i < operations.size(); ++i) {
    const Schema& schema = operations[i].entity.schema();
    for (const TransactAction& action : operations[i].write.actions) {
      const auto [known, is_new] = seen.emplace(item_of(schema, action), i);
      if (!is_new)
        return make_error(ErrorCode::kBadRequest,
                          name_of(known->second, operations[known->second].entity.schema()) +
                              " and " + name_of(i, schema) +
                              " are about one item; a transaction can do one thing to an item");
    }
  }
  return {};
}

Result<TransactWriteRequest> TransactionCore::request() const { return request(TRY(prepared())); }

TransactWriteRequest TransactionCore::request(const std::vector<Operation>& operations) const {
  TransactWriteRequest request;
  request.token = token_;
  for (const Operation& operation : operations)
    request.actions.insert(request.actions.end(), operation.write.actions.begin(),
                           operation.write.actions.end());
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

Result<std::vector<TransactionCore::Written>> TransactionCore::exec() const {
  for (int attempt = 1;; ++attempt) {
    const std::vector<Operation> operations = TRY(prepared());
    const TransactWriteRequest sent = request(operations);
    if (sent.actions.empty()) return written(operations);
    if (!token_.empty() && reads_first()) sent_ = operations;
    Result<WriteReply> reply = send(sent);
    if (reply) return written(operations);
    Error error = explain(std::move(reply).error(), operations);
    // It has changed nothing, and never will.
    if (error.code == ErrorCode::kTransactionCanceled) sent_.reset();
    if (attempt == internal::kUniqueAttemptsMax || !is_outdated(operations, error)) return error;
    internal::wait_before_retry(*table_->connection, attempt,
                                std::max<int64_t>(options_.wait_ms, 1));
  }
}

// Whether an item was changed after it was read, so that reading it again may help.
bool TransactionCore::is_outdated(const std::vector<Operation>& operations, const Error& error) {
  for (size_t i = 0; i < operations.size() && i < error.operations.size(); ++i) {
    const OperationFailure& failure = error.operations[i];
    const ConditionPtr& unchanged = operations[i].write.unchanged.tree;
    if (operations[i].reads_first && unchanged != nullptr && failure.reason == kFailed &&
        failure.code != ErrorCode::kUniqueViolation &&
        !storage::evaluate(*unchanged, failure.item.view()))
      return true;
  }
  return false;
}

Result<std::vector<TransactionCore::Written>> TransactionCore::written(
    const std::vector<Operation>& operations) {
  std::vector<Written> all;
  all.reserve(operations.size());
  for (const Operation& operation : operations) all.push_back(TRY(written(operation)));
  return all;
}

Result<TransactionCore::Written> TransactionCore::written(const Operation& operation) {
  const Schema& schema = operation.entity.schema();
  const std::vector<TransactAction>& actions = operation.write.actions;
  Written result{&schema, {}};
  if (operation.object == nullptr) return result;
  EncodedItem item;
  if (const auto* put = actions.empty() ? nullptr : std::get_if<PutRequest>(&actions[0]))
    item = put->item;
  else
    item = encode_as_is(schema, operation.object.get());
  result.object = operation.make();
  if (actions.empty())
    TRY(read_object(schema, item.view(), result.object.get()));
  else
    TRY(operation.entity.finish_write(operation.kind, item.view(), result.object.get()));
  return result;
}

// The reasons of the service are by actions; the caller's, by operations.
Error TransactionCore::explain(Error error, const std::vector<Operation>& operations) {
  if (error.code != ErrorCode::kTransactionCanceled) return error;
  const std::vector<OperationFailure> failures = std::move(error.operations);
  error.operations.clear();
  size_t at = 0;
  for (const Operation& operation : operations) {
    const size_t count = operation.write.actions.size();
    if (at + count > failures.size()) break;
    error.operations.push_back(explain_operation(operation, failures.data() + at, count));
    at += count;
  }
  return error;
}

OperationFailure TransactionCore::explain_operation(const Operation& operation,
                                                    const OperationFailure* failures,
                                                    size_t count) {
  const Schema& schema = operation.entity.schema();
  OperationFailure none;
  none.model = schema.model;
  if (count == 0) return none;
  if (stands_in_the_way(failures[0])) return explain_own(operation, failures[0]);
  for (size_t i = 1; i < count; ++i) {
    if (!stands_in_the_way(failures[i])) continue;
    OperationFailure failure = failures[i];
    failure.model = none.model;
    if (failure.code == ErrorCode::kConditionFailed) {
      failure.code = ErrorCode::kUniqueViolation;
      failure.message = "another " + none.model + " has this " +
                        schema.attributes[operation.write.attributes[i - 1]].name;
      failure.item = {};
    }
    return failure;
  }
  return none;
}

OperationFailure TransactionCore::explain_own(const Operation& operation,
                                              OperationFailure failure) {
  const Schema& schema = operation.entity.schema();
  failure.model = schema.model;
  if (failure.code != ErrorCode::kConditionFailed) return failure;
  Error alone = make_error(ErrorCode::kConditionFailed, std::move(failure.message));
  alone.item = std::move(failure.item);
  alone = operation.entity.explain_failure(std::move(alone), operation.intent, operation.condition,
                                           operation.expected_version);
  const ConditionPtr& unchanged = operation.write.unchanged.tree;
  if (alone.code == ErrorCode::kConditionFailed && alone.clauses.empty() && unchanged != nullptr &&
      !storage::evaluate(*unchanged, alone.item.view())) {
    alone.code = ErrorCode::kVersionConflict;
    alone.message = schema.model + " was changed meanwhile";
  }
  failure.code = alone.code;
  failure.message = std::move(alone.message);
  failure.clauses = std::move(alone.clauses);
  failure.item = std::move(alone.item);
  return failure;
}

}  // namespace dynolith::odm
