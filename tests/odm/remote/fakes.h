// An environment, files, a network and an order of events as a test says they are.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "odm/remote/http_exchange.h"
#include "odm/remote/http_service_client.h"
#include "odm/remote/system.h"
#include "storage/clock.h"
#include "tests/support/fake_clock.h"

namespace dynolith::test {

class FakeSystem : public odm::System {
 public:
  std::optional<std::string> environment(const char* name) const override {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }
  std::optional<std::string> read_file(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  odm::ProcessResult run(const std::vector<std::string>& arguments) const override {
    ran.push_back(arguments);
    return process;
  }

  std::map<std::string, std::string> variables, files;
  odm::ProcessResult process;  // What becomes of every program that is run.
  mutable std::vector<std::vector<std::string>> ran;
};

struct Asked {
  std::string url, method, path, body;
  std::vector<odm::HttpHeader> headers;
  int64_t total_timeout_ms = 0;

  std::string header(const std::string& name) const {
    for (const auto& header : headers) {
      if (header.name == name) return header.value;
    }
    return {};
  }
};

// Answers with `script` in order, then with "not connected".
class FakeTransport : public odm::HttpTransport {
 public:
  odm::HttpOutcome exchange(const odm::HttpTarget& target,
                            const odm::HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    asked.push_back({target.to_text(), std::string(request.method), std::string(request.path),
                     std::string(request.body), request.headers, request.total_timeout_ms});
    if (on_exchange) on_exchange();
    if (script.empty())
      return odm::HttpFailure{odm::HttpFailure::Kind::kNotConnected, false, "connection refused"};
    odm::HttpOutcome next = std::move(script.front());
    script.pop_front();
    return next;
  }

  std::deque<odm::HttpOutcome> script;
  std::vector<Asked> asked;
  std::function<void()> on_exchange;

 private:
  std::mutex mutex_;
};

// Gives the same byte for ever.
class FixedIds : public storage::IdSource {
 public:
  explicit FixedIds(int byte) : byte_(static_cast<std::byte>(byte)) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = byte_;
  }

 private:
  const std::byte byte_;
};

// What a client stands on; `wait` moves the clock and is recorded.
struct FakeSurroundings {
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<FakeSystem> system = std::make_shared<FakeSystem>();
  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::vector<int64_t> waits;
  int random_byte = 0xff;  // The longest waits.

  odm::Surroundings get() {
    odm::Surroundings surroundings;
    surroundings.clock = clock;
    surroundings.ids = std::make_shared<FixedIds>(random_byte);
    surroundings.wait = [this](int64_t milliseconds) {
      waits.push_back(milliseconds);
      clock->advance_ms(milliseconds);
    };
    surroundings.system = system;
    surroundings.transport = transport;
    return surroundings;
  }
};

inline odm::HttpOutcome answers(int status, std::string body,
                                std::vector<odm::HttpHeader> headers = {}) {
  return odm::HttpReply{status, std::move(headers), std::move(body)};
}

inline odm::HttpOutcome fails(odm::HttpFailure::Kind kind, bool was_sent) {
  return odm::HttpFailure{kind, was_sent, "a failure"};
}

}  // namespace dynolith::test
