#include "storage/kv/instance.h"

#include <fcntl.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "storage/kv/file_descriptor.h"

namespace dynolith::storage::kv {
namespace {

constexpr const char* kSystemFamily = "system";

rocksdb::CompressionType best_compression() {
  static const rocksdb::CompressionType best = [] {
    const auto supported = rocksdb::GetSupportedCompressions();
    const bool has_lz4 = std::count(supported.begin(), supported.end(), rocksdb::kLZ4Compression);
    return has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  }();
  return best;
}

bool is_torn(OpenMode mode) {
  return mode == OpenMode::kTornLog || mode == OpenMode::kTornLogReadOnly;
}

rocksdb::DBOptions database_options(const InstanceSettings& settings, OpenMode mode,
                                    DenseLog& dense_log) {
  rocksdb::DBOptions options;
  options.create_if_missing = mode == OpenMode::kCreate;
  options.create_missing_column_families = mode == OpenMode::kCreate;
  if (settings.env) options.env = settings.env.get();
  options.info_log = settings.logger;
  if (settings.listener) options.listeners.push_back(settings.listener);

  // A damaged log is refused, a torn last record is what a crash leaves. A log that was cut off
  // whole is noticed by the high-water mark; recycled logs would defeat both.
  options.wal_recovery_mode = is_torn(mode)
                                  ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                  : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.wal_filter = &dense_log;
  options.recycle_log_file_num = 0;
  // Recovery keeps the log and needs no room: a store whose disk was full must open again. What it
  // recovered is flushed in the background. But a torn log must not stay: what was left out of it
  // would be met again, and could then seem to fit.
  options.avoid_flush_during_recovery = !is_torn(mode);
  options.avoid_flush_during_shutdown = true;  // Matters without a log only: in memory.
  options.max_total_wal_size = 2 * settings.write_buffer_bytes;
  // Reserving room for a whole log ahead would fill small disks, and hide how full they are.
  options.allow_fallocate = false;
  // Errors are answered by our own states and reopening, not by RocksDB's attempts.
  options.max_bgerror_resume_count = 0;

  options.max_open_files = 512;
  options.max_file_opening_threads = 1;  // More are not worth starting them.
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1u << 20;
  options.avoid_unnecessary_blocking_io = true;
  // One committer writes at a time, see group_commit.h.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;

  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(const InstanceSettings& settings) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = settings.write_buffer_bytes;
  options.arena_block_size = 256u << 10;  // The smallest step in which an idle store takes memory.
  options.compression = best_compression();
  options.level_compaction_dynamic_level_bytes = true;

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = settings.cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  table.cache_index_and_filter_blocks = false;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ColumnFamilyOptions data_options(const InstanceSettings& settings) {
  rocksdb::ColumnFamilyOptions options = family_options(settings);
  // A filter over the memtable: reads of what is not in it, most of them, take half the time, and
  // those of absent keys a fifth. Writes did not become slower measurably.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.01;
  return options;
}

rocksdb::ColumnFamilyOptions system_options(const InstanceSettings& settings) {
  rocksdb::ColumnFamilyOptions options = family_options(settings);
  options.write_buffer_size = std::min<size_t>(settings.write_buffer_bytes, 16u << 20);
  return options;
}

// Brings what a killed process left with the operating system to the disk. RocksDB keeps the old
// logs and syncs only its new one: after a power cut there would be a hole between them.
rocksdb::Status sync_logs(const std::string& path, size_t& logs) {
  logs = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(path, none)) {
    if (entry.path().extension() != ".log") continue;
    ++logs;
    const FileDescriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (file && ::fdatasync(file.get()) == 0) continue;
    const std::string problem = entry.path().string() + ": " + std::strerror(errno);
    return errno == ENOSPC ? rocksdb::Status::NoSpace(problem) : rocksdb::Status::IOError(problem);
  }
  return rocksdb::Status::OK();
}

std::vector<rocksdb::ColumnFamilyDescriptor> families_of(const InstanceSettings& settings) {
  return {{rocksdb::kDefaultColumnFamilyName, data_options(settings)},
          {kSystemFamily, system_options(settings)}};
}

// The last sequence number in the tables, the log aside. The oldest log that is still needed begins
// no later than behind it.
rocksdb::Status flushed_sequence(const InstanceSettings& settings, uint64_t& sequence) {
  DenseLog nothing(DenseLog::Replay::kNothing);
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(database_options(settings, OpenMode::kTornLogReadOnly, nothing),
                                   settings.path, families_of(settings), &families, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return status;
  sequence = db->GetLatestSequenceNumber();
  for (rocksdb::ColumnFamilyHandle* family : families)
    db->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  return status;
}

}  // namespace

rocksdb::Status Instance::open(const InstanceSettings& settings, OpenMode mode,
                               std::unique_ptr<Instance>& out) {
  std::unique_ptr<Instance> instance(new Instance);
  instance->dense_log_ = std::make_unique<DenseLog>();
  if (is_torn(mode)) {
    uint64_t flushed = 0;
    const auto read = flushed_sequence(settings, flushed);
    if (!read.ok()) return read;
    instance->dense_log_ = std::make_unique<DenseLog>(flushed);
  }
  const auto options = database_options(settings, mode, *instance->dense_log_);
  const auto families = families_of(settings);
  instance->is_read_only_ = mode == OpenMode::kReadOnly || mode == OpenMode::kTornLogReadOnly;
  if (!settings.in_memory && !instance->is_read_only_) {
    const auto synced = sync_logs(settings.path, instance->recovered_logs_);
    if (!synced.ok()) return synced;
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      instance->is_read_only_
          ? rocksdb::DB::OpenForReadOnly(options, settings.path, families, &instance->families_,
                                         &db)
          : rocksdb::DB::Open(options, settings.path, families, &instance->families_, &db);
  instance->db_.reset(db);
  if (status.ok()) out = std::move(instance);
  return status;
}

Instance::~Instance() { close().PermitUncheckedError(); }

rocksdb::Status Instance::close() {
  if (!db_) return rocksdb::Status::OK();
  for (rocksdb::ColumnFamilyHandle* family : families_)
    db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  families_.clear();
  const rocksdb::Status status = db_->Close();
  db_.reset();
  return status;
}

uint64_t Instance::unflushed_bytes() {
  uint64_t total = 0;
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    // What is in use, not what is allocated: an idle memtable has next to nothing to flush.
    uint64_t entries = 0, bytes = 0;
    db_->GetIntProperty(family, rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
    uint64_t immutable = 0;
    db_->GetIntProperty(family, rocksdb::DB::Properties::kNumEntriesImmMemTables, &immutable);
    db_->GetIntProperty(family, rocksdb::DB::Properties::kCurSizeAllMemTables, &bytes);
    if (entries + immutable > 0) total += bytes;
  }
  return total;
}

rocksdb::Status Instance::flush(bool wait) {
  rocksdb::FlushOptions options;
  options.wait = wait;
  options.allow_write_stall = !wait;
  return db_->Flush(options, families_);
}

}  // namespace dynolith::storage::kv
