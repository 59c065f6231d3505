// A data directory: who owns it, which format it has, and how far its log is on the disk.
//
//   DIR/                  flock'ed for as long as it is open
//     DYNOLITH_FORMAT     "dynolith data directory\nformat 1\n"; DYNOLITH_FORMAT.new while the
//     store
//                         in it is being made and not yet synced
//     DYNOLITH_OWNER      "<process id> <boot id>\n" of the last owner: for the message that it is
//     in
//                         use, and to know whether the machine has started anew since
//     DYNOLITH_SYNCED     see high_water.h
//     rocksdb/            RocksDB's files
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "storage/kv/file_descriptor.h"
#include "storage/kv/high_water.h"
#include "storage/result.h"

namespace dynolith::storage::kv {

// The format of everything below DIR. Raise it when older programs could misread newer data.
inline constexpr uint32_t kFormatVersion = 1;

class DataDirectory {
 public:
  // Makes the directory if it is missing, takes it for this process, and checks the format.
  // Errors: kDirectoryInUse, kDirectoryNotWritable, kDirectoryCorrupt, kDirectoryTooNew.
  static Result<std::unique_ptr<DataDirectory>> open(const std::string& path);

  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string store_path() const { return path_ + "/rocksdb"; }
  int descriptor() const { return directory_.get(); }
  enum class Formatted : uint8_t { kNo, kBeingMade, kYes };
  Formatted formatted() const { return formatted_; }
  // Says that a store is being made; a process that dies before it is synced leaves it at that.
  Result<void> begin_format();
  // Says that the store is there, after syncing it. Errors: kDirectoryNotWritable.
  Result<void> finish_format();
  HighWater& high_water() { return *high_water_; }
  // Whether the machine may have lost power since the log was last whole. Only then can it be torn;
  // a killed process leaves whole records and at most one that is too short.
  bool may_be_torn() const { return may_be_torn_; }
  // The log has been read, and what was torn is gone from it.
  void log_is_whole();

 private:
  explicit DataDirectory(std::string path) : path_(std::move(path)) {}
  Result<void> take();
  Result<void> read_format();
  Result<void> check_writable() const;
  std::string owner() const;
  void become_owner();
  void write_owner(const std::string& boot);
  Error not_writable(int error) const;

  const std::string path_;
  FileDescriptor directory_;  // Holds the lock.
  int made_ = 0;              // Directories, for it and above it.
  Formatted formatted_ = Formatted::kNo;
  std::optional<HighWater> high_water_;
  std::string boot_, boot_before_;
  bool may_be_torn_ = true;
};

// "data directory '<path>' <problem>": what every message about one begins with.
Error directory_error(ErrorCode code, const std::string& path, const std::string& problem);

}  // namespace dynolith::storage::kv
