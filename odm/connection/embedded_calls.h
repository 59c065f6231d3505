// What the embedded connection does for each call, as functions of the database. Errors are the
// engine's; embedded_connection.cc translates them.
//
// Threads: any, as the database's. Every call: kResourceNotFound (no such table), kValidation, kIo
// and kin.
#pragma once

#include <string>

#include "odm/connection/connection.h"
#include "storage/database.h"
#include "storage/result.h"

namespace dynolith::odm::embedded_calls {

using storage::Database;
using ItemSink = FunctionRef<void(const ItemView& item)>;
using IndexedItemSink = FunctionRef<void(size_t index, const ItemView& item)>;
using ChangeSink = FunctionRef<void(const ChangeRecord& record)>;

// The table, or the service's words for what is wrong with its name.
storage::Result<storage::TablePtr> find_table(const Database& database, const std::string& name);

storage::Result<ReadReply> get(Database& database, const GetRequest& request, ItemSink sink);
storage::Result<WriteReply> put(Database& database, const PutRequest& request);
storage::Result<WriteReply> update(Database& database, const UpdateRequest& request);
storage::Result<WriteReply> remove(Database& database, const DeleteRequest& request);

storage::Result<RangeReply> read_range(Database& database, const RangeRequest& request,
                                       ItemSink sink);

storage::Result<BatchReply> batch_get(Database& database, const BatchGetRequest& request,
                                      IndexedItemSink sink);
storage::Result<BatchReply> batch_write(Database& database, const BatchWriteRequest& request);

storage::Result<WriteReply> transact_write(Database& database, const TransactWriteRequest& request);
storage::Result<ReadReply> transact_get(Database& database, const TransactGetRequest& request,
                                        IndexedItemSink sink);

storage::Result<TableState> describe_table(const Database& database,
                                           const DescribeTableRequest& request);
storage::Result<void> create_table(Database& database, const CreateTableRequest& request);
storage::Result<void> update_table(Database& database, const UpdateTableRequest& request);
storage::Result<void> delete_table(Database& database, const DeleteTableRequest& request);
storage::Result<void> set_time_to_live(Database& database, const TimeToLiveRequest& request);

storage::Result<ChangesReply> read_changes(Database& database, const ChangesRequest& request,
                                           ChangeSink sink);

}  // namespace dynolith::odm::embedded_calls
