// Transactions without their types: what Transaction and ReadTransaction are fronts of. Objects are
// T* or Map*, as object.h says.
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

  explicit TransactionCore(TableCorePtr table) : table_(std::move(table)) {}

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
  size_t size() const { return operations_.size(); }
  // Errors: also kBadRequest if what is sent depends on items that exec() reads first: put and
  // remove by key of models with unique attributes.
  Result<TransactWriteRequest> request() const;
  // The objects written, by operation; null for others than create, put and save.
  struct Written {
    const Schema* schema = nullptr;
    std::shared_ptr<void> object;
  };
  Result<std::vector<Written>> exec() const;

 private:
  struct Operation {
    Operation(EntityCore of, Intent why, ConditionCore what)
        : entity(std::move(of)), intent(why), condition(std::move(what)) {}
    EntityCore entity;
    Intent intent;
    ConditionCore condition;
    std::optional<int64_t> expected_version = {};
    std::vector<TransactAction> actions = {};  // Its own first; none: nothing is to be done.
    std::vector<std::string> guarded = {};     // Attributes of the actions after the first.
    bool reads_first = false;                  // Unique values that the item holds must be known.
    ConditionCore unchanged = {};              // That it still holds those that were read.
    WriteKind kind = WriteKind::kPut;
    std::shared_ptr<void> object = {};
    MakeObject make = nullptr;
  };

  Operation& add(const EntityCore& entity, Intent intent, const ConditionCore& condition);
  void fail(Error error);
  void take(Operation& operation, Result<TransactAction> action);
  void take(Operation& operation, TransactAction action, const EncodedItem& before,
            const EncodedItem& after);
  Result<void> read_first(Operation& operation) const;
  Result<std::vector<Written>> exec(const std::vector<Operation>& operations) const;
  Result<TransactWriteRequest> request(const std::vector<Operation>& operations) const;
  bool reads_first() const;

  static Result<void> check_distinct(const std::vector<Operation>& operations);
  Result<WriteReply> send(const TransactWriteRequest& request) const;
  Error explain(Error error, const std::vector<Operation>& operations) const;
  OperationFailure explain_operation(const Operation& operation, const OperationFailure* failures,
                                     size_t count) const;
  OperationFailure explain_own(const Operation& operation, OperationFailure failure) const;
  Result<Written> written(const Operation& operation) const;

  TableCorePtr table_;
  std::string token_;
  TransactionOptions options_;
  std::vector<Operation> operations_;
  std::optional<Error> error_;
};

class ReadTransactionCore {
 public:
  explicit ReadTransactionCore(TableCorePtr table) : table_(std::move(table)) {}

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
