#include "storage/kv/key_locks.h"

#include <algorithm>
#include <functional>

#include "storage/kv/futex.h"

namespace dynolith::storage::kv {

namespace {

constexpr int kSpins = 100;  // About as long as a commit without fsync takes.
constexpr uint64_t kContends = 1;

uint64_t hash_of(Bytes key) { return std::hash<Bytes>{}(key); }

uint64_t holder_mark(uint64_t hash, const WriteOptions& options) {
  return (hash & ~kContends) | (options.contends ? kContends : 0);
}

}  // namespace

KeyLocks::KeyLocks() : stripes_(std::make_unique<Stripe[]>(kStripes)) {}

bool KeyLocks::lock(std::span<const Bytes> keys, const WriteOptions& options,
                    std::vector<Claim>& held) {
  held.clear();
  for (const Bytes key : keys) {
    const uint64_t hash = hash_of(key);
    held.push_back({static_cast<uint32_t>(hash % kStripes), hash});
  }
  if (held.size() > 1) {
    std::sort(held.begin(), held.end(),
              [](const Claim& a, const Claim& b) { return a.stripe < b.stripe; });
    held.erase(std::unique(held.begin(), held.end(),
                           [](const Claim& a, const Claim& b) { return a.stripe == b.stripe; }),
               held.end());
  }
  Patience patience{options};
  for (size_t i = 0; i < held.size(); ++i) {
    if (acquire(held[i], patience)) continue;
    if (options.contended != nullptr) {
      const auto wanted = std::find_if(
          keys.begin(), keys.end(), [&](const Bytes key) { return hash_of(key) == held[i].hash; });
      *options.contended = static_cast<size_t>(wanted - keys.begin());
    }
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

std::chrono::nanoseconds KeyLocks::Patience::left() {
  if (options.wait_ms == 0) return {};
  const auto now = std::chrono::steady_clock::now();
  if (until == std::chrono::steady_clock::time_point{})
    until = now + std::chrono::milliseconds(options.wait_ms);
  return std::max<std::chrono::nanoseconds>(until - now, std::chrono::nanoseconds{0});
}

bool KeyLocks::is_conflict(const Stripe& stripe, const Claim& claim, const WriteOptions& options) {
  const uint64_t holder = stripe.holder.load(std::memory_order_relaxed);
  return (holder | kContends) == (claim.hash | kContends) &&
         (options.contends || (holder & kContends) != 0);
}

bool KeyLocks::acquire(const Claim& claim, Patience& patience) {
  Stripe& stripe = stripes_[claim.stripe];
  uint32_t free = 0;
  if (!stripe.word.compare_exchange_strong(free, 1, std::memory_order_acquire) &&
      !acquire_held(stripe, claim, patience))
    return false;
  stripe.holder.store(holder_mark(claim.hash, patience.options), std::memory_order_relaxed);
  return true;
}

bool KeyLocks::acquire_held(Stripe& stripe, const Claim& claim, Patience& patience) {
  for (int i = 0; i < kSpins; ++i) {
    if (patience.options.wait_ms == 0 && is_conflict(stripe, claim, patience.options)) return false;
    pause_briefly();
    uint32_t free = 0;
    if (stripe.word.load(std::memory_order_relaxed) == 0 &&
        stripe.word.compare_exchange_strong(free, 1, std::memory_order_acquire))
      return true;
  }
  while (stripe.word.exchange(2, std::memory_order_acquire) != 0) {
    // Once time is up, a holder that is no conflict is waited for until it lets go: it waits for
    // nobody else, or for stripes further on.
    const std::chrono::nanoseconds left =
        patience.is_bounded() ? patience.left() : std::chrono::nanoseconds{0};
    if (left.count() > 0) {
      futex_wait_for(stripe.word, 2, left);
    } else if (patience.is_bounded() && is_conflict(stripe, claim, patience.options)) {
      return false;
    } else {
      futex_wait(stripe.word, 2);
    }
  }
  return true;
}

void KeyLocks::release(const Claim& claim) {
  Stripe& stripe = stripes_[claim.stripe];
  stripe.holder.store(0, std::memory_order_relaxed);
  if (stripe.word.exchange(0, std::memory_order_release) == 2) futex_wake(stripe.word, 1);
}

}  // namespace dynolith::storage::kv
