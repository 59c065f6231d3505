// Transactions without their types: what Transaction and ReadTransaction are fronts of. Objects are
// T* or Map*, as object.h says.
//
// Where the unique values that an item holds must be known (puts and removals by key of models with
// unique attributes, their upserts, and updates of such an attribute), exec() reads the item first
// and adds what gives the old values up and takes the new ones. With a token, what takes them says
// whose doing it was (transaction_mark.h).
//
// Threads: one; a transaction is a value that is being put together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "odm/condition.h"
#include "odm/entity_core.h"
#include "odm/table.h"
#include "odm/update_core.h"

namespace dynolith::odm {

namespace internal {
struct TransactionOperation;
}

// A new object of a front's type.
using MakeObject = std::shared_ptr<void> (*)();

struct TransactionOptions {
  // How often a transaction is sent that nothing but other transactions stood in the way of, and
  // how long the first wait is; waits double, up to 5 s, with jitter.
  int attempts_max = 5;
  int64_t wait_ms = 20;
};

class TransactionCore {
 public:
  using Intent = EntityCore::Intent;

  explicit TransactionCore(TableCorePtr table);
  ~TransactionCore();
  TransactionCore(const TransactionCore& other);
  TransactionCore(TransactionCore&& other) noexcept;
  TransactionCore& operator=(const TransactionCore& other);
  TransactionCore& operator=(TransactionCore&& other) noexcept;

  const TableCorePtr& table() const { return table_; }
  // The table of the operations that follow.
  void use(TableCorePtr table);
  void set_token(std::string token);
  void set_options(TransactionOptions options) { options_ = options; }

  // Each adds one operation. Errors are kept: exec() and request() answer the first. `object` is
  // filled in at once, so that carrying out a transaction again sends the same.
  void create(const EntityCore& entity, std::shared_ptr<void> object, MakeObject make,
              const ConditionCore& condition);
  void put(const EntityCore& entity, std::shared_ptr<void> object, MakeObject make,
           const ConditionCore& condition);
  void save(const EntityCore& entity, const void* original, std::shared_ptr<void> changed,
            MakeObject make, const ConditionCore& condition);
  void update(const UpdateCore& update);
  void remove(const EntityCore& entity, const Result<EncodedItem>& key,
              const ConditionCore& condition);
  void remove_object(const EntityCore& entity, const void* object, const ConditionCore& condition);
  void check(const EntityCore& entity, const Result<EncodedItem>& key,
             const ConditionCore& condition);
  size_t size() const;
  // What exec() would send by now. Reads what exec() reads first, and writes nothing.
  Result<TransactWriteRequest> request() const;
  // The objects written, by operation; null for others than create, put and save.
  struct Written {
    const Schema* schema = nullptr;
    std::shared_ptr<void> object;
  };
  Result<std::vector<Written>> exec() const;

 private:
  using Operation = internal::TransactionOperation;

  Operation& add(const EntityCore& entity, Intent intent, const ConditionCore& condition);
  void fail(Error error);
  void refuse(Error error);
  void take(Operation& operation, TransactAction action);
  void take(Operation& operation, TransactAction action, const EncodedItem& before,
            const EncodedItem& after);
  bool reads_first() const;
  // The operations with everything that is sent for them.
  Result<std::vector<Operation>> prepared() const;
  TransactWriteRequest request(const std::vector<Operation>& operations) const;
  Error not_known_again(Error mismatch) const;

  static Result<void> read_stored(std::vector<Operation>& operations);
  static Result<void> check_size(const std::vector<Operation>& operations);
  static Result<void> check_distinct(const std::vector<Operation>& operations);
  static bool is_any_outdated(const std::vector<Operation>& operations, const Error& error);
  static Result<std::vector<Written>> written(const std::vector<Operation>& operations);
  static Result<Written> written(const Operation& operation);

  TableCorePtr table_;
  std::string token_;
  TransactionOptions options_;
  std::vector<Operation> operations_;
  std::optional<Error> error_;
  // With a token: what was sent after reading, unless it is known not to have happened. It may
  // have, so it is this that is sent again; what the items are by now would make another
  // transaction of it.
  mutable std::optional<std::vector<Operation>> sent_;
};

class ReadTransactionCore {
 public:
  explicit ReadTransactionCore(TableCorePtr table);
  ~ReadTransactionCore();
  ReadTransactionCore(const ReadTransactionCore& other);
  ReadTransactionCore(ReadTransactionCore&& other) noexcept;
  ReadTransactionCore& operator=(const ReadTransactionCore& other);
  ReadTransactionCore& operator=(ReadTransactionCore&& other) noexcept;

  const TableCorePtr& table() const { return table_; }
  void use(TableCorePtr table);
  void set_options(TransactionOptions options) { options_ = options; }
  // `parts`: of the item; null: the whole.
  void get(const EntityCore& entity, Result<EncodedItem> key, MakeObject make,
           const Result<PartialReadPtr>& parts = PartialReadPtr());

  Result<TransactGetRequest> request() const;
  // By operation; without an object: no such item.
  using Found = TransactionCore::Written;
  Result<std::vector<Found>> exec() const;

 private:
  struct Operation {
    EntityCore entity;
    size_t get;  // Of gets_: operations on one item share it.
    MakeObject make;
    PartialReadPtr parts;
  };

  Error explain(Error error) const;

  TableCorePtr table_;
  TransactionOptions options_;
  std::vector<GetRequest> gets_;
  std::vector<Operation> operations_;
  std::optional<Error> error_;
};

}  // namespace dynolith::odm
