// Deletes items whose time to live is over, at intervals, on a thread of its own. A sweep reads the
// expired part of each table's expiry index: its cost follows what expires, not what is stored.
//
// Each deletion is a write like any other, on the condition that the item is still expired, so that
// one that was renewed meanwhile stays.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/clock.h"
#include "storage/engine/catalog.h"
#include "storage/engine/item_writer.h"
#include "storage/engine/time_to_live.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Threads: any, all calls.
class TtlSweeper {
 public:
  // The arguments outlive the sweeper. `interval_ms` 0: only sweep() sweeps. `log` may be empty.
  TtlSweeper(kv::Store& store, Catalog& catalog, ItemWriter& writer, Clock& clock,
             int64_t interval_ms, std::function<void(const std::string&)> log);
  ~TtlSweeper();

  // A table may have got a time to live.
  void wake();
  // Deletes what has expired by now, of all tables. Errors: kUnavailable, kIo and kin; what was
  // deleted before stays so.
  Result<SweepReport> sweep();

 private:
  // How far a sweep of one table has come.
  struct Progress {
    TablePtr table;
    KeyRange entries;
  };

  void run();
  bool has_work() const;
  Result<void> sweep_some(Progress& progress, int64_t now_s, SweepReport& report);
  Result<void> delete_items(const TablePtr& table, const std::vector<std::string>& entries,
                            int64_t now_s, SweepReport& report);

  kv::Store& store_;
  Catalog& catalog_;
  ItemWriter& writer_;
  Clock& clock_;
  const int64_t interval_ms_;
  const std::function<void(const std::string&)> log_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;  // Guarded by mutex_.
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // Started when it is first woken; last member.
};

}  // namespace dynolith::storage
