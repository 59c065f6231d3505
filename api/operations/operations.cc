#include "api/operations/operations.h"

#include <algorithm>
#include <array>

#include "api/operations/handlers.h"

namespace dynolith::api {

namespace {

// The single-item writes are the operations whose errors the service wraps since June 2026.
constexpr std::array kOperations{
    Operation{"BatchExecuteStatement", batch_execute_statement, true, Envelope::kBare},
    Operation{"BatchGetItem", batch_get_item, false, Envelope::kBare},
    Operation{"BatchWriteItem", batch_write_item, true, Envelope::kBare},
    Operation{"CreateTable", create_table, true, Envelope::kBare},
    Operation{"DeleteItem", delete_item, true, Envelope::kOneError},
    Operation{"DeleteTable", delete_table, true, Envelope::kBare},
    Operation{"DescribeEndpoints", describe_endpoints, false, Envelope::kBare},
    Operation{"DescribeLimits", describe_limits, false, Envelope::kBare},
    Operation{"DescribeStream", describe_stream, true, Envelope::kBare, Service::kStreams},
    Operation{"DescribeTable", describe_table, false, Envelope::kBare},
    Operation{"ExecuteStatement", execute_statement, true, Envelope::kBare},
    Operation{"ExecuteTransaction", execute_transaction, true, Envelope::kBare},
    Operation{"GetItem", get_item, false, Envelope::kBare},
    Operation{"GetRecords", get_records, true, Envelope::kBare, Service::kStreams},
    Operation{"GetShardIterator", get_shard_iterator, true, Envelope::kBare, Service::kStreams},
    Operation{"ListStreams", list_streams, false, Envelope::kBare, Service::kStreams},
    Operation{"ListTables", list_tables, false, Envelope::kBare},
    Operation{"PutItem", put_item, true, Envelope::kOneError},
    Operation{"Query", query, false, Envelope::kBare},
    Operation{"Scan", scan, false, Envelope::kBare},
    Operation{"TransactGetItems", transact_get_items, false, Envelope::kBare},
    Operation{"TransactWriteItems", transact_write_items, true, Envelope::kBare},
    Operation{"UpdateItem", update_item, true, Envelope::kOneError},
    Operation{"UpdateTable", update_table, true, Envelope::kBare},
};

static_assert(std::is_sorted(kOperations.begin(), kOperations.end(),
                             [](const Operation& a, const Operation& b) {
                               return a.name < b.name;
                             }));

}  // namespace

std::span<const Operation> operations() { return kOperations; }

const Operation* find_operation(std::string_view name) {
  const auto found = std::lower_bound(
      kOperations.begin(), kOperations.end(), name,
      [](const Operation& operation, std::string_view wanted) { return operation.name < wanted; });
  return found != kOperations.end() && found->name == name ? &*found : nullptr;
}

}  // namespace dynolith::api
