// A connection for tests of programs that use the mapper. It keeps every request it is given, and
// answers what the test says, or what another connection behind it does.
//
//   auto connection = odm::recording();
//   connection->answer_next({item});
//   ... the program under test reads ...
//   EXPECT_EQ(connection->wire()[0].operation, "GetItem");
//
// Time stands still and ids are counted: see testing.h. Waiting takes no time but moves the clock.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "odm/connection/connection.h"
#include "odm/connection/testing.h"

namespace dynolith::odm {

struct RecordingOptions {
  size_t requests_max = 10'000;  // The oldest are forgotten first.
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>();
  std::shared_ptr<CountingIds> ids = std::make_shared<CountingIds>();
};

// Threads: any, every call.
class RecordingConnection final : public Connection {
 public:
  // Without a connection behind it (null) there is nothing: reads find no item and no table, writes
  // succeed, streams are at their end.
  explicit RecordingConnection(ConnectionPtr inner = {}, RecordingOptions options = {});

  // --- What was asked, oldest first.
  std::vector<Request> requests() const;
  std::vector<WireRequest> wire() const;  // The same as they go to a service.
  size_t forgotten() const;               // How many requests were too old to be kept.
  std::vector<int64_t> waits() const;     // What wait_ms() was asked for; the last requests_max.
  // Forgets what was recorded. What is scripted stays, as do time and ids.
  void clear();

  // --- What is answered. Every call adds to a queue of its own; what waits in one comes before the
  // connection behind.

  // To the next call that reads items, or that writes and asks for the old or new item: one page,
  // in the order of the request's keys if it has some (the absent item is one too; missing ones are
  // absent). Of changes, each item as one that was put.
  void answer_next(std::vector<EncodedItem> items, EncodedItem last_evaluated_key = {});
  void describe_next(TableState table);  // To the next describe_table().
  // To the next calls, whatever they are.
  void fail_next(Error error, size_t times = 1);
  // The next batch leaves its last members (at most so many) unprocessed, and does the others.
  void leave_unprocessed_next(size_t members);

  FixedClock& fixed_clock() { return *options_.clock; }

  // --- The connection.
  Result<ReadReply> get(const GetRequest& request,
                        FunctionRef<void(const ItemView& item)> sink) override;
  Result<WriteReply> put(const PutRequest& request) override;
  Result<WriteReply> update(const UpdateRequest& request) override;
  Result<WriteReply> remove(const DeleteRequest& request) override;
  Result<RangeReply> read_range(const RangeRequest& request,
                                FunctionRef<void(const ItemView& item)> sink) override;
  Result<BatchReply> batch_get(const BatchGetRequest& request,
                               FunctionRef<void(size_t index, const ItemView& item)> sink) override;
  Result<BatchReply> batch_write(const BatchWriteRequest& request) override;
  Result<WriteReply> transact_write(const TransactWriteRequest& request) override;
  Result<ReadReply> transact_get(
      const TransactGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override;
  Result<TableState> describe_table(const DescribeTableRequest& request) override;
  Result<void> create_table(const CreateTableRequest& request) override;
  Result<void> update_table(const UpdateTableRequest& request) override;
  Result<void> delete_table(const DeleteTableRequest& request) override;
  Result<void> set_time_to_live(const TimeToLiveRequest& request) override;
  Result<ChangesReply> read_changes(const ChangesRequest& request,
                                    FunctionRef<void(const ChangeRecord& record)> sink) override;
  storage::Clock& clock() override { return *options_.clock; }
  storage::IdSource& ids() override { return *options_.ids; }
  void wait_ms(int64_t milliseconds) override;

 private:
  struct Answer {
    std::vector<EncodedItem> items;
    EncodedItem last_evaluated_key;
  };
  struct Failure {
    Error error;
    size_t times;
  };

  std::optional<Error> record(Request request);
  std::optional<Answer> next_answer();
  size_t next_unprocessed();
  Result<WriteReply> written(bool returns_item,
                             FunctionRef<Result<WriteReply>(Connection& inner)> forward);

  const ConnectionPtr inner_;
  const RecordingOptions options_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::deque<Request> requests_;
  std::deque<int64_t> waits_;
  size_t forgotten_ = 0;
  std::deque<Answer> answers_;
  std::deque<TableState> tables_;
  std::deque<Failure> failures_;
  std::deque<size_t> unprocessed_;
};

std::shared_ptr<RecordingConnection> recording(ConnectionPtr inner = {},
                                               RecordingOptions options = {});

}  // namespace dynolith::odm
