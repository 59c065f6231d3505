#include "storage/function.h"

#include <atomic>

namespace dynolith::storage::internal {
namespace {

SharedCallable* held(SharedCallable* callable) {
  if (callable != nullptr)
    std::atomic_ref(callable->holders).fetch_add(1, std::memory_order_relaxed);
  return callable;
}

void release(SharedCallable* callable) {
  if (callable == nullptr) return;
  if (std::atomic_ref(callable->holders).fetch_sub(1, std::memory_order_acq_rel) == 1)
    callable->destroy(callable);
}

}  // namespace

CallableHolder::CallableHolder(const CallableHolder& other) : callable_(held(other.callable_)) {}

CallableHolder& CallableHolder::operator=(const CallableHolder& other) {
  SharedCallable* const next = held(other.callable_);
  release(std::exchange(callable_, next));
  return *this;
}

CallableHolder& CallableHolder::operator=(CallableHolder&& other) noexcept {
  SharedCallable* const next = std::exchange(other.callable_, nullptr);
  release(std::exchange(callable_, next));
  return *this;
}

CallableHolder::~CallableHolder() { release(callable_); }

}  // namespace dynolith::storage::internal
