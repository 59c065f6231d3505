// A clock that a test moves by hand.
#pragma once

#include <atomic>

#include "storage/clock.h"

namespace dynolith::test {

class FakeClock : public storage::Clock {
 public:
  int64_t now_ms() const override { return now_ms_; }
  int64_t monotonic_ms() const override { return now_ms_; }
  void advance_ms(int64_t by) { now_ms_ += by; }

 private:
  std::atomic<int64_t> now_ms_{1'795'257'249'000};
};

}  // namespace dynolith::test
