// Runs kv_child_main.cc. A program of its own, since a forked copy of this one would lack RocksDB's
// threads.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "storage/kv/file_descriptor.h"

namespace dynolith::storage::kv {

class KvChild {
 public:
  explicit KvChild(std::vector<std::string> arguments) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
    in_ = FileDescriptor(in[1]);
    out_ = FileDescriptor(out[0]);
    const FileDescriptor its_in(in[0]), its_out(out[1]);
    arguments.insert(arguments.begin(), KV_CHILD);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, its_in.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, its_out.get(), STDOUT_FILENO);
    posix_spawn(&process_, KV_CHILD, &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~KvChild() { kill(); }
  KvChild(const KvChild&) = delete;
  KvChild& operator=(const KvChild&) = delete;

  pid_t process() const { return process_; }

  // The next line it prints, without the line end; empty when it prints no more.
  std::string read_line() {
    size_t end;
    while ((end = unread_.find('\n')) == std::string::npos) {
      char buffer[4096];
      const ssize_t count = ::read(out_.get(), buffer, sizeof buffer);
      if (count <= 0) return {};  // A line that was cut off was not printed.
      unread_.append(buffer, static_cast<size_t>(count));
    }
    const std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
  }

  void kill() {
    if (process_ > 0) ::kill(process_, SIGKILL);
    wait();
  }
  // Ends its input; its exit status.
  int finish() {
    in_ = FileDescriptor();
    return wait();
  }

 private:
  int wait() {
    int status = -1;
    if (process_ > 0) ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  pid_t process_ = -1;
  FileDescriptor in_, out_;
  std::string unread_;
};

}  // namespace dynolith::storage::kv
