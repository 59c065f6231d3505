#include "storage/kv/open_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>

#include <filesystem>

#include "storage/kv/deferred_syncs.h"
#include "storage/kv/rocks_logger.h"
#include "storage/kv/rocks_store.h"
#include "storage/kv/status.h"

namespace dynolith::storage::kv {
namespace {

constexpr uint64_t kWorthFlushingBytes = 1u << 20;
constexpr size_t kLogsMax = 8;

rocksdb::WriteOptions write_options(Durability durability, bool in_memory) {
  rocksdb::WriteOptions options;
  options.disableWAL = in_memory;        // Nothing there survives the process anyway.
  options.protection_bytes_per_key = 8;  // From the batch to the memtable; costs a few percent.
  options.sync = durability == Durability::kAlways && !in_memory;
  return options;
}

// RocksDB would make a new store over tables whose CURRENT file was lost, and delete them.
bool has_database(const std::string& path) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(path, none)) {
    const std::string extension = entry.path().extension();
    if (extension == ".sst" || extension == ".log" || entry.path().filename() == "CURRENT")
      return true;
  }
  return false;
}

// Why RocksDB would not open the files in a directory, in words that say what to do.
Error opening_error(const std::string& path, const rocksdb::Status& status) {
  const std::string text = one_line(status.ToString());
  const auto has = [&](const char* part) { return text.find(part) != std::string::npos; };
  if (is_out_of_room(status)) {
    return directory_error(ErrorCode::kDirectoryNotWritable, path,
                           "is not writable: " + text + "; make room or choose another directory");
  }
  if (has("Permission denied") || has("Read-only file system")) {
    return directory_error(
        ErrorCode::kDirectoryNotWritable, path,
        "is not writable: " + text + "; give this user access or choose another directory");
  }
  if (status.IsIOError() && (has("lock hold by current process") || has("While lock file"))) {
    return directory_error(ErrorCode::kDirectoryInUse, path,
                           "is in use by another process; stop it or choose another directory");
  }
  return directory_error(ErrorCode::kDirectoryCorrupt, path,
                         "is damaged: " + text + "; restore it from a backup");
}

}  // namespace

RocksStore::RocksStore(const StoreOptions& options, std::unique_ptr<DataDirectory> directory,
                       std::shared_ptr<rocksdb::Env> env)
    : directory_(std::move(directory)),
      health_(directory_ ? directory_->path() : "memory", options.log, [this] { gate_.shut(); }),
      space_(directory_ ? directory_->descriptor() : -1, options.reserve_bytes),
      commits_(write_options(options.durability, directory_ == nullptr), health_, space_,
               directory_ && options.durability == Durability::kAlways ? &directory_->high_water()
                                                                       : nullptr),
      durability_(options.durability),
      upkeep_interval_(options.upkeep_interval) {
  settings_.in_memory = directory_ == nullptr;
  settings_.path = directory_ ? directory_->store_path() : "/dynolith";
  settings_.env = std::move(env);
  if (settings_.in_memory && !settings_.env) {
    settings_.env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    // RocksDB logs an error when the directory that it is to make is not there yet.
    settings_.env->CreateDir(settings_.path).PermitUncheckedError();
  }
  settings_.cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  settings_.logger = std::make_shared<RocksLogger>(options.log);
  settings_.listener = std::make_shared<BackgroundErrors>(health_);
  settings_.write_buffer_bytes = options.write_buffer_bytes;
}

Result<std::unique_ptr<RocksStore>> RocksStore::open(StoreOptions options,
                                                     std::shared_ptr<rocksdb::Env> env) {
  std::unique_ptr<DataDirectory> directory;
  if (!options.directory.empty()) directory = TRY(DataDirectory::open(options.directory));
  std::unique_ptr<RocksStore> store(new RocksStore(options, std::move(directory), std::move(env)));
  TRY(store->open_instance());
  return store;
}

Result<void> RocksStore::open_instance() {
  std::unique_ptr<Instance> instance;
  if (directory_ == nullptr) {
    const rocksdb::Status status = Instance::open(settings_, OpenMode::kCreate, instance);
    if (!status.ok()) return make_error(ErrorCode::kIo, one_line(status.ToString()));
    gate_.set(std::move(instance));
    return {};
  }
  using Formatted = DataDirectory::Formatted;
  const bool is_new = directory_->formatted() != Formatted::kYes;
  if (directory_->formatted() == Formatted::kNo && has_database(settings_.path))
    return format_missing();
  if (is_new) TRY(directory_->begin_format());
  const auto quick = std::make_shared<DeferredSyncs>();
  if (is_new && !settings_.env) settings_.env = rocksdb::NewCompositeEnv(quick);
  TRY(open_files(is_new, instance));
  TRY(check_mark(*instance));
  if (!instance->is_read_only()) directory_->log_is_whole();
  quick->end();
  const bool is_long =
      instance->unflushed_bytes() > kWorthFlushingBytes || instance->recovered_logs() > kLogsMax;
  if (is_long && !instance->is_read_only()) health_.failed(instance->flush(false), "flushing");
  gate_.set(std::move(instance));
  const bool finish_later = is_new && durability_ != Durability::kAlways;
  if (is_new && !finish_later) TRY(directory_->finish_format());
  upkeep_ = std::make_unique<Upkeep>(Upkeep::Parts{.settings = settings_,
                                                   .durability = durability_,
                                                   .directory = *directory_,
                                                   .space = space_,
                                                   .health = health_,
                                                   .gate = gate_,
                                                   .commits = commits_});
  upkeep_->start(upkeep_interval_, finish_later);
  return {};
}

Result<void> RocksStore::open_files(bool is_new, std::unique_ptr<Instance>& instance) {
  const bool was_begun = directory_->formatted() != DataDirectory::Formatted::kNo;
  if (was_begun && directory_->may_be_torn()) {
    Result<void> opened = open_torn(instance);
    if (!is_new || opened.ok() || opened.error().code != ErrorCode::kDirectoryCorrupt)
      return opened;
    // Lost its power in the moment in which it was being made, before the first sync.
    instance.reset();
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(settings_.path, none))
      std::filesystem::remove(entry.path(), none);
  }
  const OpenMode mode = is_new ? OpenMode::kCreate : OpenMode::kExisting;
  const rocksdb::Status status = Instance::open(settings_, mode, instance);
  if (!status.ok()) return opening_error(directory_->path(), status);
  return {};
}

// A power cut leaves what had not been synced in any state: a record may have its length but not
// its bytes, or be missing while later ones are there. What had been synced lies before the mark.
Result<void> RocksStore::open_torn(std::unique_ptr<Instance>& instance) {
  auto status = Instance::open(settings_, OpenMode::kTornLogReadOnly, instance);
  if (!status.ok()) return opening_error(directory_->path(), status);
  TRY(check_mark(*instance));  // While nothing was left out yet.
  const uint64_t sequence = instance->db().GetLatestSequenceNumber();
  if (sequence != directory_->high_water().sequence()) {
    health_.log("was not closed before the machine stopped: its log ends at change " +
                std::to_string(sequence));
  }
  instance.reset();
  status = Instance::open(settings_, OpenMode::kTornLog, instance);
  if (is_out_of_room(status)) {
    // Recovering takes room. Reads are served until there is some; upkeep opens it then.
    health_.failed(status, "recovering the log");
    status = Instance::open(settings_, OpenMode::kTornLogReadOnly, instance);
  }
  if (!status.ok()) return opening_error(directory_->path(), status);
  return {};
}

Error RocksStore::format_missing() const {
  return directory_error(
      ErrorCode::kDirectoryCorrupt, directory_->path(),
      "is damaged: its DYNOLITH_FORMAT file is missing; restore it from a backup");
}

Result<void> RocksStore::check_mark(Instance& instance) {
  const uint64_t sequence = instance.db().GetLatestSequenceNumber();
  const uint64_t mark = directory_->high_water().sequence();
  if (sequence < mark) {
    return directory_error(ErrorCode::kDirectoryCorrupt, directory_->path(),
                           "is damaged: the end of its write-ahead log is missing (" +
                               std::to_string(mark) + " changes were synced, " +
                               std::to_string(sequence) + " are there); restore it from a backup");
  }
  return {};
}

RocksStore::~RocksStore() {
  if (upkeep_) {
    upkeep_->stop();
    Instance* const instance = gate_.current();
    if (instance != nullptr && health_.state() == Health::State::kHealthy) {
      // A big log would be read again at the next start.
      if (instance->unflushed_bytes() > kWorthFlushingBytes)
        health_.failed(instance->flush(true), "flushing");
      upkeep_->sync(true);
    }
  }
  gate_.shut();
  gate_.set(nullptr);  // While all that its last errors are told to is there.
}

Result<std::unique_ptr<Store>> open_store(StoreOptions options) {
  std::unique_ptr<Store> store = TRY(RocksStore::open(std::move(options)));
  return store;
}

}  // namespace dynolith::storage::kv
