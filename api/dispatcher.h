// From an HTTP request to an operation and back: target, authorization, JSON, operation, error
// reply.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/operations/operations.h"
#include "storage/database.h"

namespace dynolith::api {

// What the HTTP server hands over: a POST / whose head and size it has already checked. Views live
// as long as the call.
struct ApiRequest {
  std::string_view target;         // X-Amz-Target; empty if absent.
  std::string_view content_type;   // Without parameters, lower case.
  std::string_view authorization;  // Header; empty if absent.
  std::string_view amz_date;       // X-Amz-Date, or Date.
  std::string_view query;          // After '?', for query-string authorization.
  std::string_view host;
  std::string_view body;  // Decompressed.
};

// Reused between requests by its owner, for the room its body has.
struct ApiReply {
  unsigned status = 200;
  std::string_view content_type = "application/x-amz-json-1.0";  // Refers to a constant.
  std::string body;
};

struct DispatcherOptions {
  bool isolate = false;  // A namespace of tables for each access key and region.
  Wording wording = Wording::kAws2026;
  std::shared_ptr<Admission> admission;  // Null: nothing is throttled.
  std::string default_region = "us-east-1";
  std::function<void(const std::string& line)> log;
  const Operation* (*find)(std::string_view name) = &find_operation;  // Another list, for tests.
};

// Threads: any. Never throws.
class Dispatcher {
 public:
  // `database` outlives this.
  Dispatcher(storage::Database& database, DispatcherOptions options);

  // Complains in the service's order: content type, JSON, target, authorization, operation.
  void handle(const ApiRequest& request, ApiReply& reply) const;
  ApiReply handle(const ApiRequest& request) const {
    ApiReply reply;
    handle(request, reply);
    return reply;
  }

  // Whether the operation may wait for the disk (so that an I/O thread should not run it).
  static bool may_block(std::string_view target);

 private:
  Result<void> carry_out(const ApiRequest& request, const Operation*& operation,
                         std::string& reply) const;
  void answer_error(const Error& error, const Operation* operation, ApiReply& reply) const;

  storage::Database& database_;
  DispatcherOptions options_;
};

}  // namespace dynolith::api
