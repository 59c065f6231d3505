// Lets a rare change of a table (dropping it, adding an index) wait until every write that
// may still follow the table's earlier state is done, at the price of two uncontended atomic
// operations a write.
//
// A writer takes a pass, then reads the table's state, then writes. The changer changes the state,
// then calls drain(): a writer that drain() did not see has taken its pass later and therefore sees
// the new state.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

namespace dynolith::storage {

class WriteGate {
 public:
  // Held by a writer for the length of one write.
  class Pass {
   public:
    explicit Pass(std::atomic<int64_t>& inside) : inside_(&inside) { inside_->fetch_add(1); }
    ~Pass() { give_back(); }
    Pass(Pass&& other) noexcept : inside_(std::exchange(other.inside_, nullptr)) {}
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    // Before its end of life; what follows is not covered by it.
    void give_back() {
      if (inside_ != nullptr) inside_->fetch_sub(1, std::memory_order_release);
      inside_ = nullptr;
    }

   private:
    std::atomic<int64_t>* inside_;
  };

  Pass enter() { return Pass(slots_[thread_slot()].inside[side_.load() & 1]); }

  // Returns when every pass taken before the call is given back. Writers do not wait for it.
  void drain();

 private:
  static constexpr size_t kSlots = 32;
  // Passes are counted on one of two sides. New writers go to the other side while one drains, so
  // that steady traffic cannot keep drain() waiting.
  struct alignas(64) Slot {
    std::array<std::atomic<int64_t>, 2> inside{};
  };

  static size_t thread_slot() {
    static std::atomic<size_t> threads{0};
    thread_local const size_t slot = threads.fetch_add(1, std::memory_order_relaxed) % kSlots;
    return slot;
  }
  void wait_until_empty(unsigned side);

  std::array<Slot, kSlots> slots_;
  std::atomic<unsigned> side_{0};
  std::mutex one_drain_;
};

}  // namespace dynolith::storage
