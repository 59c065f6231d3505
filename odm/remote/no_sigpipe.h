// OpenSSL writes to sockets with write(), which raises SIGPIPE in the program that uses us when the
// other side is gone. While this lives, its thread does not get one.
//
// Threads: the one that made it.
#pragma once

#include <cerrno>
#include <csignal>
#include <ctime>

namespace dynolith::odm {

class NoSigpipe {
 public:
  explicit NoSigpipe(bool is_needed) {
    if (!is_needed) return;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    if (sigismember(&pending, SIGPIPE) == 1) return;  // Blocked by the program, and its own.
    blocks_ = pthread_sigmask(SIG_BLOCK, &pipe_, &before_) == 0;
  }
  ~NoSigpipe() {
    if (!blocks_) return;
    const timespec at_once{};
    while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  bool blocks_ = false;
  sigset_t pipe_, before_;
};

}  // namespace dynolith::odm
