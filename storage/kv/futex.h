// Sleeping on a word. What a mutex is made of, for the places where std::mutex will not do:
// thousands of locks of which one thread may hold hundreds (the thread sanitizer allows 64 mutexes
// a thread), and waking exactly one known thread without a system call when it has not gone to
// sleep yet.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>

namespace dynolith::storage::kv {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

// Returns at a wake-up, when the word is not `expected`, or for no reason: check and call again.
inline void futex_wait(std::atomic<uint32_t>& word, uint32_t expected) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

// The same, but for so long at most.
inline void futex_wait_for(std::atomic<uint32_t>& word, uint32_t expected,
                           std::chrono::nanoseconds at_most) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  timespec timeout{};
  timeout.tv_sec = static_cast<std::time_t>(seconds.count());
  timeout.tv_nsec = static_cast<long>((at_most - seconds).count());
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, &timeout, nullptr, 0);
}

inline void futex_wake(std::atomic<uint32_t>& word, int threads) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, threads, nullptr, nullptr, 0);
}

inline void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace dynolith::storage::kv
