// Several writes that happen together or not at all, and several reads of one moment; of any models
// and tables of one connection.
//
//   auto done = app.transact()
//                   .create(Order{.org = "acme", .cents = 995})
//                   .update(users.update("acme", id).add(&User::spent, 995))
//                   .check<Account>("acme", f(&Account::open) == true)
//                   .exec();
//   std::string order = done.value().get<Order>(0)->id;
//
//   auto both = app.read().get<User>("acme", id).get<Order>("acme", order).exec().value();
//   std::optional<User> user = both.get<User>(0);
//
// Models with unique attributes: put, removal by key, upsert, and updates of such an attribute read
// the item first, as Entity<T>'s do, and again if others change its values meanwhile. A value that
// one operation gives up can be taken by another.
//
// Conditions stand last. Items of other entities make an operation fail (kOtherEntity), also a
// check. Nothing is sent before exec(). A transaction can be carried out again: it sends the same
// ids and times, so that a token makes it happen once; with a token also what it read the first
// time, unless it was cancelled. One that is built anew after it has happened finds other values,
// so that the service refuses it (kIdempotentParameterMismatch). It is known again, and answers as
// if it had happened now, as long as one of the values that it took is held where it put it; if
// all it does is to remove by key, while nothing is there. It never happens twice.
//
// Threads: one for each transaction.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "odm/transaction_core.h"
#include "odm/typed_key.h"
#include "odm/update.h"

namespace dynolith::odm {

template <class T>
class PartialEntity;

// What was written, by the positions of the operations from 0.
class TransactionResult {
 public:
  explicit TransactionResult(std::vector<TransactionCore::Written> written)
      : written_(std::move(written)) {}

  // What create, put or save wrote, as a read would give it. Nothing for other operations, and if
  // the operation was about another model.
  template <class T>
  std::optional<T> get(size_t operation) const {
    if (operation >= written_.size() || written_[operation].object == nullptr ||
        written_[operation].schema != &schema_of<T>())
      return std::nullopt;
    return *static_cast<const T*>(written_[operation].object.get());
  }
  size_t size() const { return written_.size(); }

 private:
  std::vector<TransactionCore::Written> written_;
};

// What was read, by the positions of the operations: get<T>(i) gives nothing if there was no such
// item, or if operation i was about another model.
using ReadTransactionResult = TransactionResult;

namespace internal {

template <class T>
std::shared_ptr<void> make_object() {
  return std::make_shared<T>();
}

template <class A, class T>
inline constexpr bool kIsConditionOf = std::is_same_v<std::decay_t<A>, Condition<T>>;

template <class T, class... Arguments>
inline constexpr bool kEndsWithCondition = [] {
  if constexpr (sizeof...(Arguments) == 0)
    return false;
  else
    return kIsConditionOf<std::tuple_element_t<sizeof...(Arguments) - 1, std::tuple<Arguments...>>,
                          T>;
}();

// Key members, and perhaps a condition behind them.
template <class T, class... Arguments>
struct KeyAndCondition {
  static constexpr bool kHasCondition = kEndsWithCondition<T, Arguments...>;
  static constexpr size_t kMembers = sizeof...(Arguments) - (kHasCondition ? 1 : 0);

  template <size_t... I>
  static Result<EncodedItem> key_of_first(const std::tuple<const Arguments&...>& arguments,
                                          std::index_sequence<I...>) {
    return typed_key<T>(std::get<I>(arguments)...);
  }
  static Result<EncodedItem> key(const std::tuple<const Arguments&...>& arguments) {
    return key_of_first(arguments, std::make_index_sequence<kMembers>());
  }
  static ConditionCore condition(const std::tuple<const Arguments&...>& arguments) {
    if constexpr (kHasCondition)
      return std::get<kMembers>(arguments).core();
    else
      return {};
  }
};

}  // namespace internal

// At most 100 actions; one for each operation, and those that guard unique attributes.
class Transaction {
 public:
  explicit Transaction(TableCorePtr table) : core_(std::move(table)) {}

  // The operations that follow are on another table of the same connection.
  Transaction& in(const Table& table) {
    core_.use(table.core());
    return *this;
  }
  // For ten minutes, a second transaction with this token (at most 36 bytes) and the same content
  // does nothing and succeeds.
  Transaction& token(std::string token) {
    core_.set_token(std::move(token));
    return *this;
  }
  Transaction& options(TransactionOptions options) {
    core_.set_options(options);
    return *this;
  }

  // As Entity<T>'s of the same names.
  template <class T>
  Transaction& create(T object, const Condition<T>& condition = {}) {
    core_.create(entity<T>(), std::make_shared<T>(std::move(object)), &internal::make_object<T>,
                 condition.core());
    return *this;
  }
  template <class T>
  Transaction& put(T object, const Condition<T>& condition = {}) {
    core_.put(entity<T>(), std::make_shared<T>(std::move(object)), &internal::make_object<T>,
              condition.core());
    return *this;
  }
  // Does nothing if the two do not differ.
  template <class T>
  Transaction& save(const T& original, T changed, const Condition<T>& condition = {}) {
    core_.save(entity<T>(), &original, std::make_shared<T>(std::move(changed)),
               &internal::make_object<T>, condition.core());
    return *this;
  }
  // What users.update(key...) or upsert(key...) collected, of whichever table its entity is.
  template <class T>
  Transaction& update(const Update<T>& update) {
    core_.update(update.core());
    return *this;
  }
  // remove<User>("acme", id), remove<User>("acme", id, f(&User::age) > 3). It does not matter
  // whether there is such an item, unless a condition says so.
  template <class T, class... Arguments>
  Transaction& remove(const Arguments&... arguments) {
    using Split = internal::KeyAndCondition<T, Arguments...>;
    const std::tuple<const Arguments&...> all(arguments...);
    core_.remove(entity<T>(), Split::key(all), Split::condition(all));
    return *this;
  }
  // With the version that the object has. Deduces T, so that it is not taken for a key.
  template <class T, std::enable_if_t<Modeled<T>, int> = 0>
  Transaction& remove(const T& object) {
    core_.remove_object(entity<T>(), &object, {});
    return *this;
  }
  template <class T, std::enable_if_t<Modeled<T>, int> = 0>
  Transaction& remove(const T& object, const Condition<T>& condition) {
    core_.remove_object(entity<T>(), &object, condition.core());
    return *this;
  }
  // Changes nothing, but cancels the transaction if the item does not satisfy the condition, which
  // stands last.
  template <class T, class... Arguments>
  Transaction& check(const Arguments&... arguments) {
    using Split = internal::KeyAndCondition<T, Arguments...>;
    static_assert(Split::kHasCondition, "check<T>(key..., condition) needs a condition of T, last");
    if constexpr (Split::kHasCondition) {
      const std::tuple<const Arguments&...> all(arguments...);
      core_.check(entity<T>(), Split::key(all), Split::condition(all));
    }
    return *this;
  }

  // What would be sent by now: nothing is written, but what exec() reads first is read. Errors:
  // those of exec() found before it writes.
  Result<TransactWriteRequest> request() const;
  // Errors, of which kTransactionCanceled has `operations` by the positions of the calls above:
  // what it was that stood in the way of each (kAlreadyExists, kNotFound, kVersionConflict,
  // kUniqueViolation, kConditionFailed with clauses, kTransactionConflict, ...), also where it is
  // an action that guards a unique attribute of the operation. Locally: what is
  // wrong with an object or condition; kBadRequest (no operation, more than 100 actions, two on one
  // item, tables of two connections).
  Result<TransactionResult> exec() const;

  TransactionCore& core() { return core_; }

 private:
  template <class T>
  EntityCore entity() const {
    return EntityCore(core_.table(), schema_of<T>());
  }

  TransactionCore core_;
};

// Consistent reads of one moment; at most 100 different items.
class ReadTransaction {
 public:
  explicit ReadTransaction(TableCorePtr table) : core_(std::move(table)) {}

  ReadTransaction& in(const Table& table) {
    core_.use(table.core());
    return *this;
  }
  ReadTransaction& options(TransactionOptions options) {
    core_.set_options(options);
    return *this;
  }
  template <class T, class... Arguments>
  ReadTransaction& get(const Arguments&... key) {
    core_.get(EntityCore(core_.table(), schema_of<T>()), typed_key<T>(key...),
              &internal::make_object<T>);
    return *this;
  }

  // Only parts of the item: get(users.only(&User::age), "acme", id).
  template <class T, class... Arguments>
  ReadTransaction& get(const PartialEntity<T>& entity, const Arguments&... key) {
    core_.get(entity.core(), typed_key<T>(key...), &internal::make_object<T>, entity.parts());
    return *this;
  }

  Result<TransactGetRequest> request() const;
  // Errors: kTransactionCanceled, kTypeMismatch (an item does not fit its model), kBadRequest.
  Result<ReadTransactionResult> exec() const;

  ReadTransactionCore& core() { return core_; }

 private:
  ReadTransactionCore core_;
};

inline Transaction Table::transact() const { return Transaction(core_); }
inline ReadTransaction Table::read() const { return ReadTransaction(core_); }

}  // namespace dynolith::odm
