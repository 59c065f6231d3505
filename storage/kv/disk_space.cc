#include "storage/kv/disk_space.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <limits>

namespace dynolith::storage::kv {

namespace {
constexpr uint64_t kAllowanceMax = 8u << 20;
}  // namespace

uint64_t DiskSpace::free_bytes() const {
  struct statvfs info;
  if (directory_ < 0 || ::fstatvfs(directory_, &info) != 0)
    return std::numeric_limits<uint64_t>::max();
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

bool DiskSpace::ask(uint64_t bytes) {
  const uint64_t free = free_bytes();
  if (free < reserve_bytes_ || free - reserve_bytes_ < bytes) {
    allowance_ = 0;
    return false;
  }
  // A quarter: flushes and compactions write besides.
  allowance_ = std::min((free - reserve_bytes_ - bytes) / 4, kAllowanceMax);
  return true;
}

}  // namespace dynolith::storage::kv
