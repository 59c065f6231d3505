// The way to the current RocksDB instance. Reads and writes pass without a lock; when a full disk
// has made it necessary, the instance is replaced while nobody is inside.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>

#include "storage/function_ref.h"
#include "storage/kv/instance.h"

namespace dynolith::storage::kv {

class InstanceGate {
 public:
  // A stay inside, during which the instance is there. Ends on the thread it began on, innermost
  // first.
  class Stay {
   public:
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay();
    // False: the store has stopped.
    explicit operator bool() const { return instance_ != nullptr; }
    Instance* operator->() const { return instance_; }
    Instance& operator*() const { return *instance_; }

   private:
    friend class InstanceGate;
    Stay(const InstanceGate* outer, std::atomic<uint64_t>* counter, Instance* instance)
        : outer_(outer), counter_(counter), instance_(instance) {}
    const InstanceGate* outer_;       // Where the thread was before.
    std::atomic<uint64_t>* counter_;  // Null: inside another stay in the same store.
    Instance* instance_;
  };

  // Before anyone enters.
  void set(std::unique_ptr<Instance> instance) { instance_ = std::move(instance); }

  // Waits while the instance is being replaced (for as long as closing and opening take).
  Stay enter();

  // For one who holds already (see hold()): never waits.
  static Stay held(Instance& instance) { return {nullptr, nullptr, &instance}; }

  // A stay that is bound to no thread, for snapshots. Needs: the caller is inside.
  void hold() { holds_.fetch_add(1, std::memory_order_relaxed); }
  void release() { holds_.fetch_sub(1, std::memory_order_release); }

  // For the one thread that replaces it.
  Instance* current() { return instance_.get(); }
  // Keeps newcomers waiting until those inside have left, lets `function` replace the instance, and
  // lets everybody in. False: somebody stayed longer than `patience`; nothing was done.
  bool replace(std::chrono::milliseconds patience,
               FunctionRef<void(std::unique_ptr<Instance>& instance)> function);
  // From now on nobody is let in.
  void shut();

 private:
  enum Word : uint32_t { kOpen, kReplacing, kShut };
  struct alignas(64) Counter {
    std::atomic<uint64_t> inside{0};
  };
  static constexpr size_t kCounters = 64;

  static std::atomic<uint64_t>& counter_of_thread(std::array<Counter, kCounters>& counters);
  bool is_empty() const;
  bool wait_until_open(std::atomic<uint64_t>& counter);

  std::unique_ptr<Instance> instance_;
  std::atomic<uint32_t> word_{kOpen};
  std::atomic<uint64_t> holds_{0};
  std::array<Counter, kCounters> counters_;
};

}  // namespace dynolith::storage::kv
