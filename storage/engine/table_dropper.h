// Removes the data of deleted tables, one table after another, on a thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "storage/engine/catalog.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

// Threads: any, all calls. What is not removed when it is destroyed is found by the next
// Catalog::load().
class TableDropper {
 public:
  // The arguments outlive the dropper. `log` may be empty.
  TableDropper(kv::Store& store, Catalog& catalog, WriteGate& gate,
               std::function<void(const std::string&)> log);
  ~TableDropper();

  // Needs: the table is marked as dropped, in memory and in the catalog's record.
  void drop(TablePtr table);
  // Returns when nothing is left to remove, or the store takes no more writes.
  void wait_until_idle();

 private:
  void run();
  bool is_stopping();
  kv::Status drop_data(const Table& table);

  kv::Store& store_;
  Catalog& catalog_;
  WriteGate& gate_;
  const std::function<void(const std::string&)> log_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<TablePtr> queue_;
  bool stopping_ = false;
  bool failing_ = false;  // The last attempt failed; another follows later.
  std::thread thread_;    // Started with the first table; last member.
};

}  // namespace dynolith::storage
