#include "storage/kv/deferred_syncs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "storage/kv/file_descriptor.h"

namespace dynolith::storage::kv {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class DeferringFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  DeferringFile(std::unique_ptr<rocksdb::FSWritableFile> file, const DeferredSyncs& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return disk_.is_deferring() ? IOStatus::OK() : target()->Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return disk_.is_deferring() ? IOStatus::OK() : target()->Fsync(options, debug);
  }

 private:
  const DeferredSyncs& disk_;  // Outlives its files.
};

class DeferringDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  DeferringDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, const DeferredSyncs& disk)
      : FSDirectoryWrapper(std::move(directory)), disk_(disk) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return disk_.is_deferring() ? IOStatus::OK() : FSDirectoryWrapper::Fsync(options, debug);
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& how) override {
    if (disk_.is_deferring()) return IOStatus::OK();
    return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how);
  }

 private:
  const DeferredSyncs& disk_;
};

}  // namespace

IOStatus DeferredSyncs::NewWritableFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* file,
                                        IODebugContext* debug) {
  IOStatus status = target()->NewWritableFile(name, options, file, debug);
  if (status.ok() && deferring_) *file = std::make_unique<DeferringFile>(std::move(*file), *this);
  return status;
}

IOStatus DeferredSyncs::NewDirectory(const std::string& name, const IOOptions& options,
                                     std::unique_ptr<rocksdb::FSDirectory>* directory,
                                     IODebugContext* debug) {
  IOStatus status = target()->NewDirectory(name, options, directory, debug);
  if (status.ok() && deferring_)
    *directory = std::make_unique<DeferringDirectory>(std::move(*directory), *this);
  return status;
}

int sync_directory(const std::string& path) {
  std::vector<FileDescriptor> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(path, none)) {
    FileDescriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
      if (errno == ENOENT) continue;  // RocksDB has no more use for it.
      return errno;
    }
    // All are on their way before the first is waited for.
    ::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    files.push_back(std::move(file));
  }
  files.emplace_back(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const FileDescriptor& file : files)
    if (::fsync(file.get()) != 0) return errno;
  return 0;
}

}  // namespace dynolith::storage::kv
