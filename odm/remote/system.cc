#include "odm/remote/system.h"

#include <cstdio>
#include <cstdlib>

namespace dynolith::odm {
namespace {

class RealSystem : public System {
 public:
  std::optional<std::string> environment(const char* name) const override {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  }

  std::optional<std::string> read_file(const std::string& path) const override {
    struct Closed {
      void operator()(FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<FILE, Closed> file(std::fopen(path.c_str(), "re"));
    if (file == nullptr) return std::nullopt;
    std::string text(kConfigurationBytesMax + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0 || text.size() > kConfigurationBytesMax) return std::nullopt;
    return text;
  }

  ProcessResult run(const std::vector<std::string>& arguments) const override {
    return run_process(arguments);
  }
};

}  // namespace

std::shared_ptr<const System> real_system() {
  static const auto kSystem = std::make_shared<const RealSystem>();
  return kSystem;
}

}  // namespace dynolith::odm
