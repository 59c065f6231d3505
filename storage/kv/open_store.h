// Opens the RocksDB store, on disk or in memory.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "storage/clock.h"
#include "storage/kv/durability.h"
#include "storage/kv/store.h"

namespace dynolith::storage::kv {

struct StoreOptions {
  std::string directory;  // Empty: in memory, gone when the store is closed.
  Durability durability = Durability::kEverySecond;
  size_t block_cache_bytes = 128u << 20;
  size_t write_buffer_bytes = 64u << 20;
  // Writes stop (reads go on) when the file system has less room than this, and resume by
  // themselves.
  uint64_t reserve_bytes = 16u << 20;
  // How often the log is synced with kEverySecond, and the room on the disk looked at.
  std::chrono::milliseconds upkeep_interval{1000};
  std::shared_ptr<Clock> clock = system_clock();
  // Receives one line for each event an operator should know of.
  std::function<void(const std::string& line)> log;
};

// Errors, each one line that names the path and the remedy: kDirectoryInUse (another process holds
// it, also if its LOCK file was deleted), kDirectoryNotWritable, kDirectoryCorrupt (also when the
// write-ahead log has lost what is known to have been synced), kDirectoryTooNew.
Result<std::unique_ptr<Store>> open_store(StoreOptions options);

}  // namespace dynolith::storage::kv
