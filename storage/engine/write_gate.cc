#include "storage/engine/write_gate.h"

#include <chrono>
#include <thread>

namespace dynolith::storage {

void WriteGate::drain() {
  const std::lock_guard one_at_a_time(one_drain_);
  // Both sides: a writer may have read side_ long ago and taken its pass on the side that is
  // now the new one.
  for (int turn = 0; turn < 2; ++turn) {
    const unsigned old_side = side_.fetch_xor(1) & 1;
    wait_until_empty(old_side);
  }
}

void WriteGate::wait_until_empty(unsigned side) {
  for (Slot& slot : slots_) {
    while (slot.inside[side].load() != 0)
      std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

}  // namespace dynolith::storage
