// Runs a program of the user's and takes what it writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dynolith::odm {

struct ProcessLimits {
  int64_t time_ms = 60'000;
  size_t output_bytes_max = 64 << 10;
  size_t errors_bytes_max = 1 << 10;  // What is more is dropped from the front.
};

struct ProcessResult {
  enum class End : uint8_t { kExited, kSignalled, kNotStarted, kTimedOut, kTooMuchOutput };
  End end = End::kExited;
  int status = 0;      // Of kExited, or the signal, or (kNotStarted) errno.
  std::string output;  // Standard output.
  std::string errors;  // The end of standard error.
};

// No shell: the first argument is the program, looked for in PATH if it has no slash, and the
// others reach it as they are. It gets this program's environment, an empty standard input, no
// terminal to ask at and none of this program's open files. One that takes too long or writes too
// much is killed, with what it has started; what it leaves running when it ends is not waited for.
//
// Where the program ignores SIGCHLD, how another ended cannot be known: it counts as exited with 0.
//
// Threads: any.
ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessLimits& limits = {});

}  // namespace dynolith::odm
