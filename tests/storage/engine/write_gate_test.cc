#include "storage/engine/write_gate.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace dynolith::test {
namespace {

using storage::WriteGate;

TEST(WriteGate, DrainsAtOnceWhenNobodyIsInside) {
  WriteGate gate;
  { const auto pass = gate.enter(); }
  gate.drain();
  gate.drain();
}

// As the engine uses it: once drain() has returned, nobody who entered before still works on what
// the flag guards.
TEST(WriteGate, NobodyWorksOnWithTheOldStateAfterADrain) {
  WriteGate gate;
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> closed{false}, drained{false};
    std::atomic<int> late{0}, entered{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&] {
        while (true) {
          const auto pass = gate.enter();
          if (closed) return;
          ++entered;
          if (drained) ++late;
        }
      });
    }
    while (entered < 100) std::this_thread::yield();
    closed = true;
    gate.drain();
    drained = true;
    for (auto& writer : writers) writer.join();
    EXPECT_EQ(late, 0);
  }
}

}  // namespace
}  // namespace dynolith::test
