// Locks on declared keys: a fixed number of stripes, taken in order of stripe, each once, so that
// there is no deadlock. Writers only; readers never come here.
#pragma once

#include <atomic>
#include <chrono>
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

  // Locks `keys` and leaves in `held` what unlock() needs. Returns false and holds nothing when
  // `options` say to give up on one of the keys; a neighbour on the same stripe is waited for,
  // since refusing for its sake would report a conflict that is none.
  bool lock(std::span<const Bytes> keys, const WriteOptions& options, std::vector<Claim>& held);
  void unlock(std::vector<Claim>& held);

 private:
  struct Stripe {
    std::atomic<uint32_t> word{0};  // 0 free, 1 held, 2 held and waited for.
    // A hint: the hash of a key for which it is held, its lowest bit saying whether the holder
    // contends (WriteOptions). 0: not known.
    std::atomic<uint64_t> holder{0};
  };
  static constexpr size_t kStripes = 4096;

  // How long one call to lock() has left; its clock starts when it first has to wait.
  struct Patience {
    const WriteOptions& options;
    std::chrono::steady_clock::time_point until = {};

    bool is_bounded() const { return options.wait_ms >= 0; }
    std::chrono::nanoseconds left();
  };

  static bool is_conflict(const Stripe& stripe, const Claim& claim, const WriteOptions& options);
  bool acquire(const Claim& claim, Patience& patience);
  bool acquire_held(Stripe& stripe, const Claim& claim, Patience& patience);
  void release(const Claim& claim);

  std::unique_ptr<Stripe[]> stripes_;
};

}  // namespace dynolith::storage::kv
