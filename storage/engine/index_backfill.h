// Builds new indexes from the items that are there, and removes the entries of deleted indexes, on
// a thread of its own while writes go on. Several indexes take turns, a step each. What is to be
// done stands in the tables' records (IndexStatus), how far a build has come beside them; a restart
// goes on from there. See index_build.h for how a build and the writes of the same items get along.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/clock.h"
#include "storage/engine/catalog.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

// Threads: any, all calls.
class IndexBackfill {
 public:
  // The arguments outlive this. `log` may be empty.
  IndexBackfill(kv::Store& store, Catalog& catalog, WriteGate& gate, Clock& clock,
                std::function<void(const std::string&)> log);
  ~IndexBackfill();

  // Begins with whatever `table`'s indexes need, and is not under way already, when the monotonic
  // clock says `not_before_ms`.
  void begin(const Table& table, int64_t not_before_ms = 0);
  // Returns when nothing is left to do, or the store takes no more writes.
  void wait_until_idle();

 private:
  struct Job {
    std::shared_ptr<TableState> table;
    IndexId index = 0;
    IndexStatus work = IndexStatus::kCreating;  // Or kDeleting.
    int64_t not_before_ms = 0;
    std::string next = {};  // Removing: where the entries that are left begin; empty: at the first.
  };
  // Of a step: kNotFound when there is nothing more to do.
  using Status = kv::Status;

  void run();
  Status step(Job& job);
  Status build_part(const Job& job, const TablePtr& table, const Index& index);
  Status find_part_end(const Table& table, const std::string& begin, std::string& end);
  Status add_part(const Job& job, const std::string& begin, const std::string& end);
  Status remove_part(Job& job, const Table& table, const Index& index);
  Status finish_build(const Table& table, IndexId index);
  Status finish_removal(const Table& table, const Index& index);

  kv::Store& store_;
  Catalog& catalog_;
  WriteGate& gate_;
  Clock& clock_;
  const std::function<void(const std::string&)> log_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool busy_ = false;  // With a job that is not in jobs_.
  Job current_;        // That job; only its table, index and work are read by others.
  bool stopping_ = false;
  bool failing_ = false;  // The last step failed; another follows later.
  std::thread thread_;    // Started with the first job; last member.
};

}  // namespace dynolith::storage
