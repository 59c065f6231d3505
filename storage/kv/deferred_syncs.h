// Makes a new store without waiting for the disk a dozen times. RocksDB syncs each small file of an
// empty database on its own; here the syncs are left out while it is made, and done once, together,
// afterwards.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>

namespace dynolith::storage::kv {

// The machine's file system, with syncs left out until end() is called.
class DeferredSyncs : public rocksdb::FileSystemWrapper {
 public:
  DeferredSyncs() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "DeferredSyncs"; }

  void end() { deferring_ = false; }
  bool is_deferring() const { return deferring_; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;

 private:
  std::atomic<bool> deferring_{true};
};

// Syncs every file in a directory, and the directory. 0, or an errno.
int sync_directory(const std::string& path);

}  // namespace dynolith::storage::kv
