#include "storage/kv/instance_gate.h"

#include <climits>
#include <thread>

#include "storage/kv/futex.h"

namespace dynolith::storage::kv {
namespace {

// The store that this thread is inside of; a thread that comes back in (a read from the callback of
// a scan) must not wait for itself to leave.
thread_local const InstanceGate* inside_of = nullptr;

}  // namespace

std::atomic<uint64_t>& InstanceGate::counter_of_thread(std::array<Counter, kCounters>& counters) {
  static std::atomic<size_t> threads{0};
  thread_local const size_t mine = threads.fetch_add(1, std::memory_order_relaxed) % kCounters;
  return counters[mine].inside;
}

InstanceGate::Stay InstanceGate::enter() {
  const InstanceGate* const outer = inside_of;
  if (outer == this) return {outer, nullptr, instance_.get()};
  std::atomic<uint64_t>& counter = counter_of_thread(counters_);
  // Sequentially consistent, here and in replace(): either this thread sees the gate closed, or the
  // one that closed it sees this thread counted.
  counter.fetch_add(1);
  if (word_.load() != kOpen) [[unlikely]] {
    if (!wait_until_open(counter)) return {outer, nullptr, nullptr};
  }
  inside_of = this;
  return {outer, &counter, instance_.get()};
}

InstanceGate::Stay::~Stay() {
  if (counter_ == nullptr) return;
  inside_of = outer_;
  counter_->fetch_sub(1, std::memory_order_release);
}

// Leaves the counter as it finds it, or one less when it returns false.
bool InstanceGate::wait_until_open(std::atomic<uint64_t>& counter) {
  while (true) {
    const uint32_t word = word_.load();
    if (word == kOpen) return true;
    counter.fetch_sub(1);
    if (word == kShut) return false;
    futex_wait(word_, kReplacing);
    counter.fetch_add(1);
  }
}

bool InstanceGate::is_empty() const {
  uint64_t inside = holds_.load();
  for (const Counter& counter : counters_) inside += counter.inside.load();
  return inside == 0;
}

bool InstanceGate::replace(std::chrono::milliseconds patience,
                           FunctionRef<void(std::unique_ptr<Instance>& instance)> function) {
  uint32_t open = kOpen;
  if (!word_.compare_exchange_strong(open, kReplacing)) return false;  // Shut.
  const auto give_up = std::chrono::steady_clock::now() + patience;
  bool empty;
  while (!(empty = is_empty()) && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (empty) function(instance_);
  uint32_t replacing = kReplacing;
  word_.compare_exchange_strong(replacing, instance_ ? kOpen : kShut);
  futex_wake(word_, INT_MAX);
  return empty;
}

void InstanceGate::shut() {
  word_.store(kShut);
  futex_wake(word_, INT_MAX);
}

}  // namespace dynolith::storage::kv
