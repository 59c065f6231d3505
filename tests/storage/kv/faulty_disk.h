// A disk that can be full or broken on command, under a real store.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>

namespace dynolith::storage::kv {

class FaultyDisk : public rocksdb::FileSystemWrapper {
 public:
  enum Fault : int { kNone, kFull, kBroken };

  FaultyDisk() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyDisk"; }

  // Of the writes and syncs of files whose name ends with `end`, from now on.
  void set_fault(Fault fault, std::string end = "") {
    end_ = std::move(end);
    fault_ = fault;
  }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

  rocksdb::IOStatus check(const std::string& name) const {
    const int fault = fault_;
    if (fault == kNone || !name.ends_with(end_)) return rocksdb::IOStatus::OK();
    return fault == kFull ? rocksdb::IOStatus::NoSpace("No space left on device", name)
                          : rocksdb::IOStatus::IOError("Input/output error", name);
  }

 private:
  std::atomic<int> fault_{kNone};
  std::string end_;  // Set while no fault is.
};

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, FaultyDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (auto fault = disk_.check(name_); !fault.ok()) {
      // As a full disk does: a part of it arrives.
      const rocksdb::Slice part(data.data(), data.size() / 2);
      target()->Append(part, options, debug).PermitUncheckedError();
      return fault;
    }
    return target()->Append(data, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    if (auto fault = disk_.check(name_); !fault.ok()) return fault;
    return target()->Sync(options, debug);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    if (auto fault = disk_.check(name_); !fault.ok()) return fault;
    return target()->Fsync(options, debug);
  }

 private:
  const std::string name_;
  FaultyDisk& disk_;  // Outlives the store.
};

inline rocksdb::IOStatus FaultyDisk::NewWritableFile(const std::string& name,
                                                     const rocksdb::FileOptions& options,
                                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                     rocksdb::IODebugContext* debug) {
  if (auto fault = check(name); !fault.ok()) return fault;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  auto status = target()->NewWritableFile(name, options, &real, debug);
  if (status.ok()) *file = std::make_unique<FaultyFile>(std::move(real), name, *this);
  return status;
}

}  // namespace dynolith::storage::kv
