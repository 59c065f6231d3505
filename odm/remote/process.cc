#include "odm/remote/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

namespace dynolith::odm {
namespace {

using End = ProcessResult::End;

constexpr int kLookMs = 10;     // How long the end of a silent process may go unseen.
constexpr int kPiecesMax = 64;  // More than a pipe holds.

// A file descriptor that closes itself.
class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }

  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  void take(int number) {
    close();
    number_ = number;
  }
  int number() const { return number_; }

 private:
  int number_ = -1;
};

// Both ends are closed in processes that are started elsewhere meanwhile.
struct Pipe {
  File reading, writing;

  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    reading.take(ends[0]);
    writing.take(ends[1]);
    if (ends[1] <= STDERR_FILENO) {  // This program has closed its own; they are to be set.
      writing.take(::fcntl(ends[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
      if (writing.number() < 0) return false;
    }
    return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
  }

  // What is there now, or a piece of it. False: nothing is.
  bool read_into(std::string& text) {
    if (reading.number() < 0) return false;
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(reading.number(), buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), static_cast<size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) reading.close();
    return count > 0;
  }
};

// How the new process begins.
class Beginning {
 public:
  Beginning() {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
  }
  ~Beginning() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;

  // 0, or why not.
  int start(const std::vector<std::string>& arguments, const Pipe& output, const Pipe& errors,
            pid_t& process) {
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, output.writing.number(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, errors.writing.number(), STDERR_FILENO);
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
#endif
#endif
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    // A session of its own has no terminal, and is a group that can be killed as one.
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
      pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    return ::posix_spawnp(&process, pointers[0], &files_, &attributes_, pointers.data(), environ);
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A process that was started; gone when this is.
class Running {
 public:
  Running(pid_t process, Pipe& output, Pipe& errors, const ProcessLimits& limits)
      : process_(process), output_(output), errors_(errors), limits_(limits) {}

  ProcessResult finish() {
    const int64_t deadline_ms = steady_ms() + limits_.time_ms;
    for (;;) {
      // First whether it has ended, then what it has written: all of it, if it has.
      const bool has_ended = look();
      read();
      if (result_.output.size() > limits_.output_bytes_max) return kill(End::kTooMuchOutput);
      if (has_ended) return std::move(result_);
      const int64_t left_ms = deadline_ms - steady_ms();
      if (left_ms <= 0) return kill(End::kTimedOut);
      std::array<pollfd, 2> files = {
          {{output_.reading.number(), POLLIN, 0}, {errors_.reading.number(), POLLIN, 0}}};
      ::poll(files.data(), files.size(), static_cast<int>(std::min<int64_t>(left_ms, kLookMs)));
    }
  }

 private:
  // As much as the system keeps of either, and not for ever of one that goes on writing.
  void read() {
    bool may_be_more = true;
    for (int piece = 0; may_be_more && piece < kPiecesMax; ++piece) {
      may_be_more =
          result_.output.size() <= limits_.output_bytes_max && output_.read_into(result_.output);
      if (!errors_.read_into(result_.errors)) continue;
      may_be_more = true;
      if (result_.errors.size() > limits_.errors_bytes_max)  // A report's last lines say most.
        result_.errors.erase(0, result_.errors.size() - limits_.errors_bytes_max);
    }
  }

  // Whether it has ended, and how.
  bool look() {
    int status = 0;
    const pid_t seen = ::waitpid(process_, &status, WNOHANG);
    if (seen == 0 || (seen < 0 && errno == EINTR)) return false;
    is_gone_ = true;
    if (seen < 0) return true;  // Somebody else was told.
    result_.end = WIFSIGNALED(status) ? End::kSignalled : End::kExited;
    result_.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return true;
  }

  ProcessResult kill(End end) {
    if (!is_gone_) {
      ::kill(-process_, SIGKILL);
      while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    result_.end = end;
    result_.status = 0;
    return std::move(result_);
  }

  const pid_t process_;
  Pipe& output_;
  Pipe& errors_;
  const ProcessLimits& limits_;
  ProcessResult result_;
  bool is_gone_ = false;
};

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessLimits& limits) {
  ProcessResult none;
  none.end = End::kNotStarted;
  none.status = EINVAL;
  if (arguments.empty() || arguments.front().empty()) return none;
  Pipe output, errors;
  if (!output.open() || !errors.open()) {
    none.status = errno;
    return none;
  }
  pid_t process = 0;
  none.status = Beginning().start(arguments, output, errors, process);
  if (none.status != 0) return none;
  output.writing.close();
  errors.writing.close();
  return Running(process, output, errors, limits).finish();
}

}  // namespace dynolith::odm
