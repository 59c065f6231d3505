// Operations called as the dispatcher calls them, on a database of the test's own in memory.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/admission.h"
#include "api/operations/operations.h"
#include "storage/database.h"
#include "tests/support/fake_clock.h"

namespace dynolith::test {

// JSON written with ' for ", to be readable in C++.
std::string json(std::string_view quoted);

// One call and its answer. A reply is JSON as json() takes it; an error is
// "ValidationException: message", with its envelope and, behind a bar, its Item or the reasons for
// which it was throttled.
struct ApiCase {
  std::string_view operation;
  std::string body;
  std::string answer;
};

class ApiFixture : public ::testing::Test {
 protected:
  ApiFixture();

  // The reply, or the error as ApiCase has it. `body` is JSON as json() takes it.
  std::string call(std::string_view operation, std::string_view body);

  void expect_answers(const std::vector<ApiCase>& cases);

  void create(std::string_view definition);  // Of a table, as CreateTable takes it.
  // Tables: "tab" has partition key p (S); "rng" has p (S) and sort key s (N).
  void create_plain_tables();
  // Table "idx": p (S), s (N); local indexes lall (p, l; ALL) and lkeys (p, l; KEYS_ONLY); global
  // indexes gall (g; ALL), gkeys (g, r; KEYS_ONLY), gincl (g, r; INCLUDE a). l, g and r are S.
  void create_indexed_table();

  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<storage::Database> database_;
  api::Wording wording_ = api::Wording::kAws2026;
  std::unique_ptr<api::Admission> admission_;  // Null: nothing is throttled.

 private:
  api::JsonParser parser_;
};

}  // namespace dynolith::test
