// What UpdateTable may be asked for, and what becomes of the table: every rule of it, in the
// service's words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "storage/result.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

struct Table;
struct ThroughputHistory;

// Members that are given replace those of the table; kNoLimit takes a limit away.
inline constexpr int64_t kNoLimit = -1;

// Changes of a global index.
struct CreateIndex {
  IndexDefinition definition;
};
struct UpdateIndex {
  std::string name;
  std::optional<Throughput> throughput = {};
  std::optional<ThroughputLimits> on_demand_limits = {};
  std::optional<ThroughputLimits> warm_throughput = {};
};
struct DeleteIndex {
  std::string name;
};
using IndexChange = std::variant<CreateIndex, UpdateIndex, DeleteIndex>;

struct EncryptionChange {
  std::optional<ServerSideEncryption> encryption;  // nullopt: with the service's own key.
};

// Every member but the name is a change if it is given. A new index's key attributes must be among
// the attribute definitions, also those that the table defines already; others are ignored.
struct TableUpdate {
  std::string name;
  std::vector<KeyAttribute> attribute_definitions = {};
  std::optional<BillingMode> billing_mode = {};
  std::optional<Throughput> throughput = {};
  std::optional<ThroughputLimits> on_demand_limits = {};
  std::optional<ThroughputLimits> warm_throughput = {};
  std::vector<IndexChange> index_changes = {};
  std::optional<StreamChange> stream = {};
  std::optional<EncryptionChange> encryption = {};
  std::optional<TableClass> table_class = {};
  std::optional<bool> deletion_protection = {};
};

// What can be said of an update without the table. Errors: kValidation, kLimitExceeded.
Result<void> check_table_update(const TableUpdate& update);

// Changes `table`, whose status allows it, at the moment `now_ms`. New indexes are kCreating,
// deleted ones kDeleting. Needs: check_table_update(). Errors: kValidation, kLimitExceeded,
// kResourceNotFound (an index), kResourceInUse (an index); the table is of no use after them.
Result<void> apply_table_update(const TableUpdate& update, int64_t now_ms, Table& table);

// Takes away attribute definitions that no key needs any more.
void drop_unused_definitions(Table& table);

// Decreases of throughput in the day (UTC) of `now_ms`.
uint32_t decreases_today(const ThroughputHistory& history, int64_t now_ms);

// What a table or index can take at once if nothing else is asked for. AWS guide, "Understanding
// DynamoDB warm throughput".
Throughput default_warm_throughput(BillingMode mode, const Throughput& provisioned);

}  // namespace dynolith::storage
