// One stream of a table being read: its shards, those that are being read, and where.
//
// Shards begin when their parents have been read to the end, so that the changes of an item come in
// order. Several are read in turn, each its share.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "odm/connection/connection.h"
#include "odm/remote/changes_position.h"
#include "odm/remote/changes_reply.h"
#include "odm/remote/remote_calls.h"

namespace dynolith::odm {

using ChangeSink = FunctionRef<void(const ChangeRecord& record)>;

class ChangesSession {
 public:
  // At the oldest record, or the newest, of a stream. Errors: the service's.
  static Result<ChangesSession> at_oldest(RemoteCalls& calls, std::string stream_arn);
  static Result<ChangesSession> at_newest(RemoteCalls& calls, std::string stream_arn);
  // Where another session stood. Errors: the service's; kTrimmed (what comes next is gone).
  static Result<ChangesSession> at_position(RemoteCalls& calls, ChangesPosition position);

  struct Progress {
    uint32_t records = 0;    // Handed to the sink.
    bool at_end = false;     // There was no more when it was read.
    bool is_closed = false;  // The stream is off and all of it is read; at_end too.
  };
  // Errors: the service's, kTrimmed. Only if nothing was handed to the sink; else it is ok, and the
  // error comes again with the next call.
  Result<Progress> read(RemoteCalls& calls, uint32_t records_max, ChangeSink sink);

  const ChangesPosition& position() const { return position_; }

 private:
  explicit ChangesSession(ChangesPosition position) : position_(std::move(position)) {}

  Result<void> describe(RemoteCalls& calls);
  Result<void> check_nothing_is_missing() const;
  void forget_gone_shards();
  void begin_ready_shards();
  Result<void> begin_newest(RemoteCalls& calls);

  struct Turn {
    uint32_t records = 0;   // Handed to the sink.
    bool any_read = false;  // The service had some, perhaps to be skipped.
    bool finished = false;
  };
  Result<Turn> read_shard(RemoteCalls& calls, ShardPosition& shard, uint32_t records_max,
                          ChangeSink sink);
  Result<RecordPage> get_records(RemoteCalls& calls, ShardPosition& shard, uint32_t records_max);
  Result<std::string> get_iterator(RemoteCalls& calls, const ShardPosition& shard) const;

  struct Round;
  Result<void> read_round(RemoteCalls& calls, uint32_t records_max, ChangeSink sink, Round& round);

  const ShardDescription* find_listed(const std::string& id) const;
  const ShardPosition* find_begun(const std::string& id) const;
  size_t unfinished() const;

  ChangesPosition position_;
  bool is_on_ = false;
  std::vector<ShardDescription> listed_;  // As the service had them last.
};

}  // namespace dynolith::odm
