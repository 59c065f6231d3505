// The one way into RocksDB for writes. Transactions queue; the first of them leads: it takes those
// behind it, gives log positions and tally totals in queue order, writes one batch, hands the lead
// on, and wakes the others. So there is one writer at a time, which sees a failure before anybody
// else writes after it, and one fsync for many commits.
#pragma once

#include <rocksdb/options.h>

#include <atomic>

#include "storage/kv/change_buffer.h"
#include "storage/kv/disk_space.h"
#include "storage/kv/health.h"
#include "storage/kv/high_water.h"
#include "storage/kv/instance.h"
#include "storage/kv/logs_and_tallies.h"

namespace dynolith::storage::kv {

class GroupCommit {
 public:
  // A transaction's place in the queue.
  struct Member {
    ChangeBuffer changes;
    std::atomic<uint32_t> word{0};
    Member* older = nullptr;
    Member* newer = nullptr;
    Status status = Status::kOk;
  };

  // `mark` is told of every group, which needs writes that sync; null: nobody is. What is given
  // outlives this.
  GroupCommit(rocksdb::WriteOptions options, Health& health, DiskSpace& space, HighWater* mark)
      : options_(options), health_(health), space_(space), mark_(mark) {}

  // Commits what the member has changed. Needs: `instance` stays open meanwhile, and is the same
  // for all who are in here.
  Status commit(Instance& instance, Member& member);

  // After the instance was replaced. Needs: nobody is committing.
  void forget() { logs_and_tallies_.forget(); }

 private:
  void lead(Instance& instance, Member& leader);
  static void link(Member& leader, Member& newest);
  void hand_over(Member& last);
  Status write(Instance& instance, Member& leader, Member& last);
  Status write_batch(Instance& instance, rocksdb::WriteBatch& batch);

  const rocksdb::WriteOptions options_;
  Health& health_;
  DiskSpace& space_;
  HighWater* const mark_;
  std::atomic<Member*> newest_{nullptr};
  LogsAndTallies logs_and_tallies_;  // The leader's.
};

}  // namespace dynolith::storage::kv
