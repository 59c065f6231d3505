// Transactions on items of dynamic schemas: what transaction.h is for structs.
//
//   DynamicTransaction transaction(app);
//   transaction.create(events, {{"kind", "alarm"}})
//       .update(counters.update({"alarms"}).add("count", 1))
//       .check(accounts, {"acme"}, accounts.f("open") == true);
//   std::vector<std::optional<Map>> written = transaction.exec().value();
//
// Structs take part through core(). Errors are those of transaction.h. Threads: one for each
// transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "odm/dynamic/dynamic_entity.h"
#include "odm/transaction_core.h"

namespace dynolith::odm {

class DynamicTransaction {
 public:
  explicit DynamicTransaction(const Table& table) : core_(table.core()) {}

  DynamicTransaction& token(std::string token);
  DynamicTransaction& options(TransactionOptions options);
  DynamicTransaction& create(const DynamicEntity& entity, Map item,
                             const Condition<Map>& condition = {});
  DynamicTransaction& put(const DynamicEntity& entity, Map item,
                          const Condition<Map>& condition = {});
  // Does nothing if the two do not differ.
  DynamicTransaction& save(const DynamicEntity& entity, const Map& original, Map changed,
                           const Condition<Map>& condition = {});
  DynamicTransaction& update(const DynamicUpdate& update);
  DynamicTransaction& remove(const DynamicEntity& entity, const DynamicKey& key,
                             const Condition<Map>& condition = {});
  // If its version is the item's.
  DynamicTransaction& remove_item(const DynamicEntity& entity, const Map& item,
                                  const Condition<Map>& condition = {});
  // Changes nothing, but cancels the transaction if the item does not satisfy the condition.
  DynamicTransaction& check(const DynamicEntity& entity, const DynamicKey& key,
                            const Condition<Map>& condition);

  // What create, put and save wrote, by the positions of the calls; nothing for the others.
  Result<std::vector<std::optional<Map>>> exec() const;
  // What would be sent by now; reads what exec() reads first.
  Result<TransactWriteRequest> request() const { return core_.request(); }
  TransactionCore& core() { return core_; }

 private:
  TransactionCore core_;
};

// Consistent reads of one moment.
class DynamicReadTransaction {
 public:
  explicit DynamicReadTransaction(const Table& table) : core_(table.core()) {}

  DynamicReadTransaction& options(TransactionOptions options);
  DynamicReadTransaction& get(const DynamicEntity& entity, const DynamicKey& key);
  // Only parts of the item: get(events.only("kind", "place.city"), {id}).
  DynamicReadTransaction& get(const DynamicPartialEntity& entity, const DynamicKey& key);
  // By the positions of the calls; nothing: there is no such item.
  Result<std::vector<std::optional<Map>>> exec() const;
  // What would be sent.
  Result<TransactGetRequest> request() const { return core_.request(); }
  ReadTransactionCore& core() { return core_; }

 private:
  ReadTransactionCore core_;
};

}  // namespace dynolith::odm
