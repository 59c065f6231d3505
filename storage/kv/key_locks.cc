#include "storage/kv/key_locks.h"

#include <algorithm>
#include <functional>

#include "storage/kv/futex.h"

namespace dynolith::storage::kv {

namespace {
constexpr int kSpins = 100;  // About as long as a commit without fsync takes.
}  // namespace

KeyLocks::KeyLocks() : stripes_(std::make_unique<Stripe[]>(kStripes)) {}

bool KeyLocks::lock(std::span<const Bytes> keys, bool nowait, std::vector<Claim>& held) {
  held.clear();
  for (const Bytes key : keys) {
    const uint64_t hash = std::hash<Bytes>{}(key);
    held.push_back({static_cast<uint32_t>(hash % kStripes), hash});
  }
  if (held.size() > 1) {
    std::sort(held.begin(), held.end(),
              [](const Claim& a, const Claim& b) { return a.stripe < b.stripe; });
    held.erase(std::unique(held.begin(), held.end(),
                           [](const Claim& a, const Claim& b) { return a.stripe == b.stripe; }),
               held.end());
  }
  for (size_t i = 0; i < held.size(); ++i) {
    if (acquire(held[i], nowait)) continue;
    held.resize(i);
    unlock(held);
    return false;
  }
  return true;
}

void KeyLocks::unlock(std::vector<Claim>& held) {
  for (const Claim& claim : held) release(claim);
  held.clear();
}

bool KeyLocks::acquire(const Claim& claim, bool nowait) {
  Stripe& stripe = stripes_[claim.stripe];
  uint32_t free = 0;
  if (!stripe.word.compare_exchange_strong(free, 1, std::memory_order_acquire)) {
    for (int i = 0;; ++i) {
      if (nowait && stripe.holder.load(std::memory_order_relaxed) == claim.hash) return false;
      if (i == kSpins) break;
      pause_briefly();
      free = 0;
      if (stripe.word.load(std::memory_order_relaxed) == 0 &&
          stripe.word.compare_exchange_strong(free, 1, std::memory_order_acquire)) {
        stripe.holder.store(claim.hash, std::memory_order_relaxed);
        return true;
      }
    }
    while (stripe.word.exchange(2, std::memory_order_acquire) != 0) {
      if (nowait && stripe.holder.load(std::memory_order_relaxed) == claim.hash) return false;
      futex_wait(stripe.word, 2);
    }
  }
  stripe.holder.store(claim.hash, std::memory_order_relaxed);
  return true;
}

void KeyLocks::release(const Claim& claim) {
  Stripe& stripe = stripes_[claim.stripe];
  stripe.holder.store(0, std::memory_order_relaxed);
  if (stripe.word.exchange(0, std::memory_order_release) == 2) futex_wake(stripe.word, 1);
}

}  // namespace dynolith::storage::kv
