// Operations called directly, without HTTP, on a database in memory whose clock a test moves.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "api/operations/handlers.h"
#include "storage/database.h"
#include "tests/support/fake_clock.h"

namespace dynolith::test {

class TestApi {
 public:
  explicit TestApi(int64_t create_table_ms = 0) {
    storage::DatabaseOptions options;
    options.clock = clock_;
    options.create_table_ms = create_table_ms;
    auto opened = storage::Database::open(std::move(options));
    EXPECT_TRUE(opened.ok());
    if (opened) database_ = std::move(opened).value();
  }

  // The reply's JSON, or "<error code's number> <message>": see error().
  std::string operator()(api::Handler* handler, std::string_view body) {
    api::JsonParser parser;
    const auto object = parser.parse(body);
    EXPECT_TRUE(object.ok()) << body;
    if (!object) return "not JSON";
    const api::OperationContext context{*database_, scope, "eu-west-1", "localhost:8000", wording};
    std::string reply;
    const auto done = handler(context, *object, reply);
    if (done) return reply;
    return error(done.error().code, done.error().message);
  }

  static std::string error(storage::ErrorCode code, std::string_view message) {
    return std::to_string(static_cast<int>(code)) + " " + std::string(message);
  }
  static std::string invalid(std::string_view message) {
    return error(storage::ErrorCode::kValidation, message);
  }

  storage::Database& database() { return *database_; }
  FakeClock& clock() { return *clock_; }

  std::string scope;
  api::Wording wording = api::Wording::kAws2026;

 private:
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<storage::Database> database_;
};

}  // namespace dynolith::test
