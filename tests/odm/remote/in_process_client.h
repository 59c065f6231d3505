// Clients of the service for tests: one that answers from a database in this process, without HTTP,
// and one that says what it is told to.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/dispatcher.h"
#include "odm/connection/testing.h"
#include "odm/remote/service_client.h"
#include "storage/database.h"
#include "tests/support/fake_clock.h"

namespace dynolith::odm {

// What was called, and how.
struct Call {
  std::string target, body;
  CallKind kind = CallKind::kRead;
};

class TestClient : public ServiceClient {
 public:
  Result<ServiceReply> call(std::string_view target, const std::string& body,
                            CallKind kind) override {
    calls.push_back({std::string(target), body, kind});
    return answer(calls.back());
  }
  storage::Clock& clock() override { return *clock_; }
  storage::IdSource& ids() override { return ids_; }
  void wait_ms(int64_t milliseconds) override { clock_->advance_ms(milliseconds); }

  test::FakeClock& fake_clock() { return *clock_; }
  // How often an operation was called.
  size_t count(std::string_view operation) const;

  std::vector<Call> calls;

 protected:
  virtual Result<ServiceReply> answer(const Call& call) = 0;

  std::shared_ptr<test::FakeClock> clock_ = std::make_shared<test::FakeClock>();
  CountingIds ids_;
};

class InProcessClient : public TestClient {
 public:
  InProcessClient();
  storage::Database& database() { return *database_; }

  // Looked at first: a call may be answered otherwise.
  std::function<std::optional<ServiceReply>(const Call& call)> instead;

 private:
  Result<ServiceReply> answer(const Call& call) override;

  std::unique_ptr<storage::Database> database_;
  api::Dispatcher dispatcher_;
};

// Answers in the order given, each with status 200 unless another is said. Bodies are JSON with '
// for ". The last answer is given again and again.
class ScriptedClient : public TestClient {
 public:
  explicit ScriptedClient(std::string_view body, int status = 200) { add(body, status); }
  ScriptedClient& add(std::string_view body, int status = 200);

 private:
  Result<ServiceReply> answer(const Call& call) override;

  std::deque<ServiceReply> replies_;
};

// JSON written with ' for ".
std::string json_of(std::string_view quoted);

}  // namespace dynolith::odm
