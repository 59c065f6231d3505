// Time and randomness that a test knows beforehand.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/clock.h"

namespace dynolith::odm {

// Stands still until it is told otherwise.
class FixedClock final : public storage::Clock {
 public:
  // 2026-01-01T00:00:00Z.
  static constexpr int64_t kStartMs = 1'767'225'600'000;

  explicit FixedClock(int64_t now_ms = kStartMs) : now_ms_(now_ms) {}
  int64_t now_ms() const override { return now_ms_; }
  int64_t monotonic_ms() const override { return now_ms_; }
  void advance_ms(int64_t by) { now_ms_ += by; }
  void set_ms(int64_t now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<int64_t> now_ms_;
};

// Counts from 1: the nth call gives zeros that end in n, big-endian. So the nth UUID made of it is
// 00000000-0000-4000-8000-00000000000n.
class CountingIds final : public storage::IdSource {
 public:
  void fill(std::span<std::byte> out) override {
    uint64_t rest = ++count_;
    for (size_t i = out.size(); i-- > 0; rest >>= 8) out[i] = static_cast<std::byte>(rest & 0xff);
  }

 private:
  std::atomic<uint64_t> count_{0};
};

}  // namespace dynolith::odm
