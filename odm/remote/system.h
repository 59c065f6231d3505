// What the configuration of the AWS SDKs is read from: the environment, files and programs, behind
// an interface so that tests say what is there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "odm/remote/process.h"

namespace dynolith::odm {

// Threads: any.
class System {
 public:
  virtual ~System() = default;
  // Nothing if it is not set, or empty: the SDKs do not tell the two apart either.
  virtual std::optional<std::string> environment(const char* name) const = 0;
  // Nothing if it cannot be read, or is larger than kConfigurationBytesMax.
  virtual std::optional<std::string> read_file(const std::string& path) const = 0;
  // run_process() with its usual limits.
  virtual ProcessResult run(const std::vector<std::string>& arguments) const = 0;
};

inline constexpr size_t kConfigurationBytesMax = 1 << 20;

// The process's own.
std::shared_ptr<const System> real_system();

}  // namespace dynolith::odm
