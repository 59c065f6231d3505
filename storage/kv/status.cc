#include "storage/kv/status.h"

namespace dynolith::storage::kv {

Status to_status(const rocksdb::Status& status) {
  if (status.ok()) return Status::kOk;
  if (status.IsNotFound()) return Status::kNotFound;
  return status.IsCorruption() ? Status::kCorrupt : Status::kIo;
}

bool is_out_of_room(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return true;
  if (!status.IsIOError()) return false;
  const std::string text = status.ToString();
  return text.find("Too many open files") != std::string::npos ||
         text.find("Disk quota exceeded") != std::string::npos;
}

bool is_after_effect(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("Seen error") != std::string::npos;
}

}  // namespace dynolith::storage::kv
