#include "odm/transaction_core.h"

#include <algorithm>
#include <map>

#include "odm/entity_support.h"
#include "odm/transaction_mark.h"
#include "odm/transaction_operation.h"
#include "odm/unique.h"
#include "storage/limits.h"

namespace dynolith::odm {

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

// "operation 2 (User)".
std::string name_of(size_t operation, const Schema& schema) {
  return "operation " + std::to_string(operation) + " (" + schema.model + ")";
}

Error about(Error error, size_t operation, const Schema& schema) {
  error.message = name_of(operation, schema) + ": " + error.message;
  return error;
}

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
  operation.reads_first = prepared->reads_first;
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
  TRY(check_distinct(operations_));
  std::vector<Operation> operations = operations_;
  TRY(read_stored(operations));
  internal::hand_over(operations);
  if (!token_.empty() && reads_first())
    internal::mark_holders(operations, internal::mark_of(operations_, token_));
  TRY(check_size(operations));
  TRY(check_distinct(operations));
  return operations;
}

// And makes of the operations that depend on it what is sent.
Result<void> TransactionCore::read_stored(std::vector<Operation>& operations) {
  std::vector<size_t> reading;
  std::vector<GetRequest> gets;
  for (size_t i = 0; i < operations.size(); ++i) {
    if (!operations[i].reads_first) continue;
    const EntityCore& entity = operations[i].entity;
    reading.push_back(i);
    gets.push_back(TRY(entity.get_request(
        internal::action_key(entity.schema(), operations[i].write.actions.front()),
        {.consistent = true})));
  }
  if (reading.empty()) return {};
  auto stored = TRY(internal::stored_items(operations[reading.front()].entity, gets));
  for (size_t read = 0; read < reading.size(); ++read) {
    Operation& operation = operations[reading[read]];
    operation.stored = std::move(stored[read]);
    auto guarded = internal::guard_stored(
        operation.entity, {std::move(operation.write.actions.front()), operation.condition},
        operation.stored.view());
    if (!guarded)
      return about(std::move(guarded).error(), reading[read], operation.entity.schema());
    operation.write = std::move(guarded).value();
  }
  return {};
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
      const auto [known, is_new] = seen.emplace(internal::item_of(schema, action), i);
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
  return {.actions = internal::actions_of(operations), .token = token_};
}

Result<std::vector<TransactionCore::Written>> TransactionCore::exec() const {
  for (int attempt = 1;; ++attempt) {
    const std::vector<Operation> operations = TRY(prepared());
    const TransactWriteRequest sent = request(operations);
    if (sent.actions.empty()) return written(operations);
    if (!token_.empty() && reads_first()) sent_ = operations;
    Result<WriteReply> reply = internal::send_transaction(*table_->connection, sent, options_);
    if (reply) return written(operations);
    Error error = internal::explain_cancellation(std::move(reply).error(), operations);
    const bool is_mismatch = error.code == ErrorCode::kIdempotentParameterMismatch;
    // It has changed nothing, and never will.
    if (is_mismatch || error.code == ErrorCode::kTransactionCanceled) sent_.reset();
    if (is_mismatch && reads_first()) {
      const std::string mark = internal::mark_of(operations_, token_);
      if (TRY(internal::has_happened(operations, mark))) return written(operations);
      return not_known_again(std::move(error));
    }
    if (attempt == internal::kUniqueAttemptsMax || !is_any_outdated(operations, error))
      return error;
    internal::wait_before_retry(*table_->connection, attempt,
                                std::max<int64_t>(options_.wait_ms, 1));
  }
}

Error TransactionCore::not_known_again(Error mismatch) const {
  mismatch.message =
      "the token was used for a transaction that was not the same: for another one, or for this "
      "one when its items held other unique values, and nothing that it wrote is left to tell; it "
      "was not carried out now";
  return mismatch;
}

bool TransactionCore::is_any_outdated(const std::vector<Operation>& operations,
                                      const Error& error) {
  for (size_t i = 0; i < operations.size() && i < error.operations.size(); ++i)
    if (internal::is_outdated(operations[i], error.operations[i])) return true;
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

}  // namespace dynolith::odm
