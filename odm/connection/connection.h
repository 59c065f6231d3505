// The seam between the mapper and what keeps the items: the embedded engine, a server or AWS, a
// recorder of tests. A connection knows tables, items and expressions, nothing of models.
//
// Threads: any, every call. Calls return when done. Errors: as odm::Error says, with the service's
// words; those every call may have are kThrottled, kAccessDenied, kNoCredentials, kNetwork,
// kTimeout, kUnavailable, kUnknownOutcome (writes), kInternal. Connections retry by themselves what
// is safe to send again; they answer unprocessed members of batches as such.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "odm/connection/request.h"
#include "odm/result.h"
#include "storage/clock.h"
#include "storage/encoding/stream_encoding.h"
#include "storage/function_ref.h"

namespace dynolith::odm {

using storage::FunctionRef;
using storage::ItemView;

struct ReadReply {
  double consumed_capacity = 0;  // Units; 0 if the other side did not say.
};

struct WriteReply {
  EncodedItem item = {};  // The old or new image, if asked for and there.
  double consumed_capacity = 0;
};

struct RangeReply {
  uint32_t count = 0;                   // Returned.
  uint32_t scanned_count = 0;           // Evaluated.
  EncodedItem last_evaluated_key = {};  // Absent: nothing follows.
  double consumed_capacity = 0;
};

struct BatchReply {
  std::vector<size_t> unprocessed = {};  // Positions in the request, ascending.
  double consumed_capacity = 0;
};

struct IndexState {
  std::string name;
  storage::IndexStatus status = storage::IndexStatus::kActive;
};

struct TableState {
  storage::TableDefinition definition;
  storage::TableStatus status = storage::TableStatus::kActive;
  std::vector<IndexState> indexes = {};
  std::string time_to_live_attribute = {};  // Empty: off.
};

struct ChangeRecord {
  storage::StreamRecordView record;  // Borrowed until the sink returns.
  std::string_view sequence;         // Orders the records of an item.
};

struct ChangesReply {
  std::string position;    // To go on at; valid across restarts of the program.
  bool at_end = false;     // There was no more when it was read.
  bool is_closed = false;  // The stream was turned off and all of it is read.
};

class Connection {
 public:
  virtual ~Connection() = default;

  // `sink` is called once, with the absent item if there is none.
  virtual Result<ReadReply> get(const GetRequest& request,
                                FunctionRef<void(const ItemView& item)> sink) = 0;
  // Errors of the four writes: kConditionFailed (with item if asked for), kBadRequest,
  // kTableNotFound, kTransactionConflict.
  virtual Result<WriteReply> put(const PutRequest& request) = 0;
  virtual Result<WriteReply> update(const UpdateRequest& request) = 0;
  virtual Result<WriteReply> remove(const DeleteRequest& request) = 0;
  // `sink` gets every returned item in order. Errors: kBadRequest, kTableNotFound.
  virtual Result<RangeReply> read_range(const RangeRequest& request,
                                        FunctionRef<void(const ItemView& item)> sink) = 0;
  // `sink` gets what was read with its position in the request, absent items too, in any order.
  virtual Result<BatchReply> batch_get(
      const BatchGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) = 0;
  virtual Result<BatchReply> batch_write(const BatchWriteRequest& request) = 0;
  // Errors: kTransactionCanceled with operations in the order of the actions,
  // kTransactionInProgress, kIdempotentParameterMismatch.
  virtual Result<WriteReply> transact_write(const TransactWriteRequest& request) = 0;
  virtual Result<ReadReply> transact_get(
      const TransactGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) = 0;

  // Errors of tables: kTableNotFound, kTableInUse, kLimitExceeded, kBadRequest.
  virtual Result<TableState> describe_table(const DescribeTableRequest& request) = 0;
  virtual Result<void> create_table(const CreateTableRequest& request) = 0;
  virtual Result<void> update_table(const UpdateTableRequest& request) = 0;
  virtual Result<void> delete_table(const DeleteTableRequest& request) = 0;
  virtual Result<void> set_time_to_live(const TimeToLiveRequest& request) = 0;

  // Every change exactly once and those of one item in order, if each call goes on where the last
  // one ended. Errors: kBadRequest (the table has no stream, not a position of it), kTrimmed.
  virtual Result<ChangesReply> read_changes(const ChangesRequest& request,
                                            FunctionRef<void(const ChangeRecord& record)> sink) = 0;

  // Time, random bytes and waiting, so that tests say what they are.
  virtual storage::Clock& clock() = 0;
  virtual storage::IdSource& ids() = 0;
  virtual void wait_ms(int64_t milliseconds) = 0;
};

using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace dynolith::odm
