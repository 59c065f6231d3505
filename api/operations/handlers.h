// What the operations are called by, for the printed list in operations.cc. Each is defined in the
// file of its name; see Operation::handle for the contract.
#pragma once

#include <string>

#include "api/operations/operations.h"

namespace dynolith::api {

using Handler = Result<void>(const OperationContext& context, const JsonObject& body,
                             std::string& reply);

Handler batch_execute_statement;
Handler batch_get_item;
Handler batch_write_item;
Handler create_table;
Handler delete_item;
Handler delete_resource_policy;
Handler delete_table;
Handler describe_endpoints;
Handler describe_limits;
Handler describe_stream;
Handler describe_table;
Handler describe_time_to_live;
Handler execute_statement;
Handler execute_transaction;
Handler get_item;
Handler get_records;
Handler get_resource_policy;
Handler get_shard_iterator;
Handler list_streams;
Handler list_tables;
Handler list_tags_of_resource;
Handler put_item;
Handler put_resource_policy;
Handler query;
Handler scan;
Handler tag_resource;
Handler transact_get_items;
Handler transact_write_items;
Handler untag_resource;
Handler update_item;
Handler update_table;
Handler update_time_to_live;

}  // namespace dynolith::api
