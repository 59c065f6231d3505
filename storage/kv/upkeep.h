// The store's own thread. Once an interval it syncs the log, moves the high-water mark, looks how
// full the disk is, and reopens RocksDB after a full one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "storage/kv/data_directory.h"
#include "storage/kv/disk_space.h"
#include "storage/kv/group_commit.h"
#include "storage/kv/health.h"
#include "storage/kv/instance_gate.h"

namespace dynolith::storage::kv {

class Upkeep {
 public:
  struct Parts {  // Outlive this.
    const InstanceSettings& settings;
    Durability durability;
    DataDirectory& directory;
    DiskSpace& space;
    Health& health;
    InstanceGate& gate;
    GroupCommit& commits;
  };

  explicit Upkeep(Parts parts) : parts_(parts) {}
  ~Upkeep() { stop(); }

  // `is_new`: the store was made without syncs, which are made up for first.
  void start(std::chrono::milliseconds interval, bool is_new);
  void stop();

  // The thread's work; public for closing, after stop().
  void sync(bool is_last);

 private:
  void run(std::chrono::milliseconds interval);
  void finish_format();
  void look_at_space();
  void reopen();
  // Puts what opens in place of the old instance.
  void open_again(std::unique_ptr<Instance>& instance);

  Parts parts_;
  uint64_t synced_ = 0;           // Sequence number.
  uint64_t reopening_needs_ = 0;  // Bytes, besides the reserve.
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dynolith::storage::kv
