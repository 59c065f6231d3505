// An owned callable, as std::function, without what <functional> brings along: public headers are
// included by every program that uses the library, and that header is a tenth of their compile time
// (hash maps, algorithms). Inside the library, where nobody else compiles it, use std::function.
//
// Copies share the callable. Threads: copying and destroying, any; calling, as the callable allows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace dynolith::storage {

namespace internal {

// Counted by its holders.
struct SharedCallable {
  void (*destroy)(SharedCallable*) = nullptr;
  uint32_t holders = 1;
};

class CallableHolder {
 public:
  CallableHolder() = default;
  explicit CallableHolder(SharedCallable* callable) : callable_(callable) {}
  CallableHolder(const CallableHolder& other);
  CallableHolder(CallableHolder&& other) noexcept
      : callable_(std::exchange(other.callable_, nullptr)) {}
  CallableHolder& operator=(const CallableHolder& other);
  CallableHolder& operator=(CallableHolder&& other) noexcept;
  ~CallableHolder();

  SharedCallable* get() const { return callable_; }

 private:
  SharedCallable* callable_ = nullptr;
};

}  // namespace internal

template <class Signature>
class Function;

template <class R, class... Args>
class Function<R(Args...)> {
 public:
  Function() = default;
  Function(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): as std::function.
  // An empty std::function and a null pointer to a function make an empty one.
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, Function> &&
           std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
      Function(F&& callable) {  // NOLINT(google-explicit-constructor): as std::function.
    using Callable = std::decay_t<F>;
    if constexpr (!std::is_function_v<std::remove_reference_t<F>> &&
                  requires { callable == nullptr; })
      if (callable == nullptr) return;
    struct Shared : internal::SharedCallable {
      explicit Shared(F&& from) : callable(std::forward<F>(from)) {}
      Callable callable;
    };
    auto* shared = new Shared(std::forward<F>(callable));
    shared->destroy = [](internal::SharedCallable* self) { delete static_cast<Shared*>(self); };
    holder_ = internal::CallableHolder(shared);
    call_ = [](internal::SharedCallable* self, Args... args) -> R {
      if constexpr (std::is_void_v<R>)
        static_cast<Shared*>(self)->callable(std::forward<Args>(args)...);
      else
        return static_cast<Shared*>(self)->callable(std::forward<Args>(args)...);
    };
  }

  explicit operator bool() const { return holder_.get() != nullptr; }
  bool operator==(std::nullptr_t) const { return holder_.get() == nullptr; }
  // Needs: not empty.
  R operator()(Args... args) const { return call_(holder_.get(), std::forward<Args>(args)...); }

 private:
  internal::CallableHolder holder_;
  R (*call_)(internal::SharedCallable*, Args...) = nullptr;
};

}  // namespace dynolith::storage
