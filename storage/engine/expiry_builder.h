// Fills the expiry index of a table whose time to live was turned on, and empties it when it was
// turned off, table by table on a thread of its own, while writes go on. What is to be done is
// noted in the commit that changes the table, so that a restart goes on with it.
//
// Filling first removes what an earlier index left, then adds the entry of every item as it is at
// that moment. Writes that follow the new setting keep their items' entries themselves, so whatever
// order the two happen in, the index is complete when the filling is done.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "storage/engine/catalog.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Threads: any, all calls but load().
class ExpiryBuilder {
 public:
  // The arguments outlive the builder. `log` may be empty.
  ExpiryBuilder(kv::Store& store, Catalog& catalog, WriteGate& gate,
                std::function<void(const std::string&)> log);
  ~ExpiryBuilder();

  // Goes on with what a former process has begun. Errors: kIo and kin.
  Result<void> load();

  // Changes a table's expiry attribute by `change` (see Catalog::update) and begins to make the
  // index fit.
  Result<TablePtr> change_table(std::string_view name, std::string_view scope,
                                FunctionRef<Result<void>(Table& table, TableStatus status)> change);

  // Returns when every index fits its table, or the store takes no more writes.
  void wait_until_idle();

 private:
  struct Job {
    TablePtr table;
    std::atomic<bool> cancelled{false};  // The table was changed again.
  };

  void begin(TablePtr table);
  void run();
  bool may_go_on(const Job& job) const { return !stopping_ && !job.cancelled; }
  kv::Status carry_out(const Job& job);
  kv::Status empty(const Job& job);
  kv::Status fill(const Job& job);
  kv::Status add_entries(const Table& table, const std::vector<std::string>& item_keys);
  kv::Status finish(const std::shared_ptr<Job>& job);

  kv::Store& store_;
  Catalog& catalog_;
  WriteGate& gate_;
  const std::function<void(const std::string&)> log_;

  std::mutex one_change_;  // Of a table's setting, with its note; taken before mutex_.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<TableId, std::shared_ptr<Job>> jobs_;  // Guarded by mutex_.
  std::atomic<bool> stopping_{false};
  bool failing_ = false;  // The last attempt failed; another follows later. Guarded by mutex_.
  std::thread thread_;    // Started with the first job; last member.
};

}  // namespace dynolith::storage
