// Locks on declared keys: a fixed number of stripes, taken in order of stripe, each once, so that
// there is no deadlock. Writers only; readers never come here.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/kv/store.h"

namespace dynolith::storage::kv {

// Threads: any. A thread that holds locks must not ask for more.
class KeyLocks {
 public:
  // One declared key's claim on its stripe.
  struct Claim {
    uint32_t stripe;
    uint64_t hash;
  };

  KeyLocks();

  // Locks `keys` and leaves in `held` what unlock() needs. With `nowait`, returns false and holds
  // nothing when another holds one of the keys; a neighbour on the same stripe is waited for, since
  // refusing for its sake would report a conflict that is none.
  bool lock(std::span<const Bytes> keys, bool nowait, std::vector<Claim>& held);
  void unlock(std::vector<Claim>& held);

 private:
  struct Stripe {
    std::atomic<uint32_t> word{0};    // 0 free, 1 held, 2 held and waited for.
    std::atomic<uint64_t> holder{0};  // The hash of a key for which it is held; a hint.
  };
  static constexpr size_t kStripes = 4096;

  bool acquire(const Claim& claim, bool nowait);
  void release(const Claim& claim);

  std::unique_ptr<Stripe[]> stripes_;
};

}  // namespace dynolith::storage::kv
