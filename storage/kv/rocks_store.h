// Store on RocksDB.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "storage/kv/data_directory.h"
#include "storage/kv/disk_space.h"
#include "storage/kv/group_commit.h"
#include "storage/kv/health.h"
#include "storage/kv/instance_gate.h"
#include "storage/kv/key_locks.h"
#include "storage/kv/open_store.h"
#include "storage/kv/upkeep.h"

namespace dynolith::storage::kv {

class RocksStore final : public Store {
 public:
  // `env` replaces the environment of RocksDB's files; null: the machine's, or memory.
  static Result<std::unique_ptr<RocksStore>> open(StoreOptions options,
                                                  std::shared_ptr<rocksdb::Env> env = nullptr);
  ~RocksStore() override;

  Limits limits() const override;
  Status get(const ReadOptions& options, Bytes key, Pinned& out) override;
  Status multi_get(const ReadOptions& options, std::span<const Bytes> keys, std::span<Pinned> out,
                   std::span<Status> each) override;
  Status scan(const ReadOptions& options, const ScanOptions& scan,
              FunctionRef<bool(Bytes key, Bytes value)> sink) override;
  std::unique_ptr<Snapshot> snapshot() override;
  Status transact(const WriteOptions& options, std::span<const Bytes> keys,
                  FunctionRef<Verdict(Reads& reads, Writes& writes)> function) override;
  Status write(FunctionRef<void(Writes& writes)> function) override;
  Result<Tally> tally(Bytes name) override;
  Status drop_tallies(Bytes begin, Bytes end) override;
  Status drop_range(Bytes begin, Bytes end) override;
  void compact() override;
  Status read_log(Bytes log, Bytes after, uint32_t records_max,
                  FunctionRef<bool(Bytes position, Bytes record)> sink) override;
  Result<uint64_t> log_end(Bytes log) override;
  Status trim_log(Bytes log, Bytes position) override;
  Status drop_log(Bytes log) override;
  bool is_read_only() const override { return health_.state() != Health::State::kHealthy; }

 private:
  RocksStore(const StoreOptions& options, std::unique_ptr<DataDirectory> directory,
             std::shared_ptr<rocksdb::Env> env);
  Result<void> open_instance();
  // `is_new`: or begun, and not known to have been synced.
  Result<void> open_files(bool is_new, std::unique_ptr<Instance>& instance);
  // Opens a log that a power cut may have torn, unless what would be left out had been synced.
  Result<void> open_torn(std::unique_ptr<Instance>& instance);
  Result<void> check_mark(Instance& instance);
  Error format_missing() const;

  // What a failed read is answered; it may stop the store.
  Status read_failed(const rocksdb::Status& status);
  struct SystemRow {
    std::string key, value;
  };
  // Commits the deletion of `keys` and, unless null, the row beside it.
  // Erases [begin, end) of one column family, in pieces.
  Status drop_rows(rocksdb::ColumnFamilyHandle* (Instance::*family)(), Bytes begin, Bytes end);
  Status erase_rows(Instance& instance, rocksdb::ColumnFamilyHandle* family,
                    std::span<const std::string> keys, const SystemRow* beside);

  const std::unique_ptr<DataDirectory> directory_;  // Null: in memory.
  Health health_;
  InstanceSettings settings_;
  InstanceGate gate_;
  DiskSpace space_;
  GroupCommit commits_;
  KeyLocks locks_;
  std::mutex trimming_;
  std::unique_ptr<Upkeep> upkeep_;  // Null: in memory.
  const Durability durability_;
  const std::chrono::milliseconds upkeep_interval_;
};

}  // namespace dynolith::storage::kv
