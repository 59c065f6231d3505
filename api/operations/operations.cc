#include "api/operations/operations.h"

#include <algorithm>
#include <array>

#include "api/operations/fixed_answers.h"
#include "api/operations/handlers.h"

namespace dynolith::api {

namespace {

// The single-item writes are the operations whose errors the service wraps since June 2026.
constexpr std::array kOperations{
    Operation{"BatchExecuteStatement", batch_execute_statement, true, Envelope::kOlder},
    Operation{"BatchGetItem", batch_get_item, false, Envelope::kBare},
    Operation{"BatchWriteItem", batch_write_item, true, Envelope::kOlder},
    Operation{"CreateTable", create_table, true, Envelope::kBare},
    Operation{"DeleteItem", delete_item, true, Envelope::kOneError},
    Operation{"DeleteResourcePolicy", delete_resource_policy, true, Envelope::kBare},
    Operation{"DeleteTable", delete_table, true, Envelope::kBare},
    Operation{"DescribeEndpoints", describe_endpoints, false, Envelope::kBare},
    Operation{"DescribeLimits", describe_limits, false, Envelope::kBare},
    Operation{"DescribeStream", describe_stream, true, Envelope::kBare, Service::kStreams},
    Operation{"DescribeTable", describe_table, false, Envelope::kBare},
    Operation{"DescribeTimeToLive", describe_time_to_live, false, Envelope::kBare},
    Operation{"ExecuteStatement", execute_statement, true, Envelope::kOlder},
    Operation{"ExecuteTransaction", execute_transaction, true, Envelope::kOlder},
    Operation{"GetItem", get_item, false, Envelope::kBare},
    Operation{"GetRecords", get_records, true, Envelope::kBare, Service::kStreams},
    Operation{"GetResourcePolicy", get_resource_policy, false, Envelope::kBare},
    Operation{"GetShardIterator", get_shard_iterator, true, Envelope::kBare, Service::kStreams},
    Operation{"ListStreams", list_streams, false, Envelope::kBare, Service::kStreams},
    Operation{"ListTables", list_tables, false, Envelope::kBare},
    Operation{"ListTagsOfResource", list_tags_of_resource, false, Envelope::kBare},
    Operation{"PutItem", put_item, true, Envelope::kOneError},
    Operation{"PutResourcePolicy", put_resource_policy, true, Envelope::kBare},
    Operation{"Query", query, false, Envelope::kBare},
    Operation{"Scan", scan, false, Envelope::kOlder},
    Operation{"TagResource", tag_resource, true, Envelope::kBare},
    Operation{"TransactGetItems", transact_get_items, false, Envelope::kOlder},
    Operation{"TransactWriteItems", transact_write_items, true, Envelope::kOlder},
    Operation{"UntagResource", untag_resource, true, Envelope::kBare},
    Operation{"UpdateItem", update_item, true, Envelope::kOneError},
    Operation{"UpdateTable", update_table, true, Envelope::kBare},
    Operation{"UpdateTimeToLive", update_time_to_live, true, Envelope::kBare},
};

static_assert(std::is_sorted(kOperations.begin(), kOperations.end(),
                             [](const Operation& a, const Operation& b) {
                               return a.name < b.name;
                             }));

}  // namespace

std::span<const Operation> operations() { return kOperations; }

const Operation* find_operation(std::string_view name) {
  for (const std::span<const Operation> list : {operations(), fixed_operations()}) {
    const auto found = std::lower_bound(list.begin(), list.end(), name,
                                        [](const Operation& operation, std::string_view wanted) {
                                          return operation.name < wanted;
                                        });
    if (found != list.end() && found->name == name) return &*found;
  }
  return nullptr;
}

}  // namespace dynolith::api
