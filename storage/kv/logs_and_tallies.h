// Gives log records their positions and keeps the totals of tallies, in commit order.
#pragma once

#include <rocksdb/write_batch.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "storage/kv/change_buffer.h"
#include "storage/kv/instance.h"

namespace dynolith::storage::kv {

// Threads: the committer's only.
class LogsAndTallies {
 public:
  // Adds the log records of `changes` to `batch`, and counts its tally changes.
  rocksdb::Status apply(Instance& instance, const ChangeBuffer& changes,
                        rocksdb::WriteBatch& batch);
  // Adds a row for each tally that changed since the last call.
  void write_tallies(Instance& instance, rocksdb::WriteBatch& batch);
  // After a write that failed: what is kept here is read again at the next use.
  void forget();

 private:
  struct Total {
    std::string key;
    Tally tally;
    bool changed = false;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(Bytes bytes) const { return std::hash<Bytes>{}(bytes); }
  };
  template <class T>
  using ByName = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  struct Log {
    std::string key;  // Of the next record.
    uint64_t next = 1;
  };

  rocksdb::Status find_log(Instance& instance, Bytes name, Log*& out);
  rocksdb::Status find_total(Instance& instance, Bytes name, Total*& out);

  ByName<Log> logs_;
  ByName<Total> totals_;
  std::vector<Total*> changed_;
  std::string row_;
};

// The first position of a log that no trim has taken.
rocksdb::Status first_position(Instance& instance, Bytes log, uint64_t& first);
// The first position of a log that has not been given yet. Needs: no commits meanwhile, or a caller
// content with a moment's answer.
rocksdb::Status next_position(Instance& instance, Bytes log, uint64_t& next);
// Zero if the tally was never added to.
rocksdb::Status read_tally(Instance& instance, Bytes name, Tally& tally);

}  // namespace dynolith::storage::kv
