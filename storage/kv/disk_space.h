// How much room the file system of the data directory has, asked seldom.
#pragma once

#include <cstdint>

namespace dynolith::storage::kv {

class DiskSpace {
 public:
  // `directory` is a descriptor that outlives this, or -1 for a store in memory, which always has
  // room.
  DiskSpace(int directory, uint64_t reserve_bytes)
      : directory_(directory), reserve_bytes_(reserve_bytes) {}

  uint64_t reserve_bytes() const { return reserve_bytes_; }
  // Threads: any. What a write may use; all there is, if the file system does not say.
  uint64_t free_bytes() const;

  // Threads: the committer's only. False: writing `bytes` would leave less than the reserve.
  bool spend(uint64_t bytes) {
    if (bytes <= allowance_) [[likely]] {
      allowance_ -= bytes;
      return true;
    }
    return ask(bytes);
  }

 private:
  bool ask(uint64_t bytes);

  const int directory_;
  const uint64_t reserve_bytes_;
  uint64_t allowance_ = 0;  // May be written before asking again.
};

}  // namespace dynolith::storage::kv
