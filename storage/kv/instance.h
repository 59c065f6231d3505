// One opened RocksDB, with the settings that hold for every opening of the same store.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/kv/dense_log.h"
#include "storage/kv/open_store.h"

namespace dynolith::storage::kv {

// What outlives an instance: it is reopened after a full disk.
struct InstanceSettings {
  std::string path;
  bool in_memory = false;
  // The environment of the files; null: the machine's, or memory. Tests put faulty disks here.
  std::shared_ptr<rocksdb::Env> env;
  std::shared_ptr<rocksdb::Cache> cache;  // Pinned values live in it.
  std::shared_ptr<rocksdb::Logger> logger;
  std::shared_ptr<rocksdb::EventListener> listener;
  size_t write_buffer_bytes = 0;
};

// How the log is read. A killed process leaves whole records, and at the end of a log file at most
// one that is cut short; anything else is damage, and kCreate, kExisting and kReadOnly refuse it.
// After a power cut what had not been synced may be torn, or missing while later parts are there:
//   kTornLog          leaves out all that follows the first damage or hole, for good: what was
//                     recovered is in tables when it returns, and the old logs count no more. Only
//                     when it is known that nothing synced is among what is left out.
//   kTornLogReadOnly  shows what kTornLog would recover, and changes nothing.
enum class OpenMode { kCreate, kExisting, kTornLog, kReadOnly, kTornLogReadOnly };

class Instance {
 public:
  static rocksdb::Status open(const InstanceSettings& settings, OpenMode mode,
                              std::unique_ptr<Instance>& out);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* data() { return families_[0]; }
  // The store's own rows: logs and tallies.
  rocksdb::ColumnFamilyHandle* system() { return families_[1]; }
  bool is_read_only() const { return is_read_only_; }

  // Bytes that a flush of everything would write, at most.
  uint64_t unflushed_bytes();
  // Log files found when it was opened.
  size_t recovered_logs() const { return recovered_logs_; }
  // Writes the memtables out, so that the log can go; `wait`: and returns when it is done.
  // Errors of a flush in the background come to the listener only.
  rocksdb::Status flush(bool wait);
  rocksdb::Status close();

 private:
  Instance() = default;

  std::unique_ptr<DenseLog> dense_log_;  // Outlives the database.
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  bool is_read_only_ = false;
  size_t recovered_logs_ = 0;
};

}  // namespace dynolith::storage::kv
