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
Handler delete_table;
Handler describe_endpoints;
Handler describe_limits;
Handler describe_stream;
Handler describe_table;
Handler execute_statement;
Handler execute_transaction;
Handler get_item;
Handler get_records;
Handler get_shard_iterator;
Handler list_streams;
Handler list_tables;
Handler put_item;
Handler query;
Handler scan;
Handler transact_get_items;
Handler transact_write_items;
Handler update_item;
Handler update_table;

}  // namespace dynolith::api
