// What the transaction operations share: their list, its limits, and capacity by table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/request/constraints.h"
#include "api/request/consumed_capacity.h"
#include "api/request/table_name.h"
#include "storage/database.h"

namespace dynolith::api {

// TransactItems: 1 to 100 elements, not null.
void check_transact_items(Constraints& constraints, const Slot& items);
// "transactItems.1.member" for the element at 0.
std::string transact_item_path(size_t at);

// Absent is fine.
void check_client_request_token(Constraints& constraints, const Slot& slot);

// Errors: kValidation if the transaction is larger than 4 MB.
Result<void> check_transaction_bytes(size_t bytes);

// Finds each table once, and sums up what the transaction costs each.
class TransactTables {
 public:
  explicit TransactTables(ConsumedCapacity::Units units) : units_(units) {}

  // The place of the table of this name. Errors: kResourceNotFound.
  Result<size_t> find(const storage::Database& database, const TableReference& reference,
                      std::string_view scope);
  const storage::TablePtr& table(size_t at) const { return entries_[at].table; }
  std::string_view given_name(size_t at) const { return entries_[at].given; }
  ConsumedCapacity& capacity(size_t at) { return entries_[at].capacity; }
  size_t size() const { return entries_.size(); }

  // "ConsumedCapacity":[...], unless it was not asked for.
  void append_capacity(JsonWriter& json, ReturnConsumedCapacity mode) const;

 private:
  struct Entry {
    std::string_view name, given;
    storage::TablePtr table;
    ConsumedCapacity capacity;
  };
  ConsumedCapacity::Units units_;
  std::vector<Entry> entries_;
};

}  // namespace dynolith::api
