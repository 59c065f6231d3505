// A server of the test's own: a database in memory behind HTTP on a free port of this machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/dispatcher.h"
#include "api/http/server.h"
#include "storage/database.h"

namespace dynolith::test {

// Threads: one makes and destroys it; clients of any.
class ServedDatabase {
 public:
  explicit ServedDatabase(storage::DatabaseOptions options = {},
                          api::DispatcherOptions dispatching = {});
  ~ServedDatabase();

  storage::Database& database() { return *database_; }
  uint16_t port() const { return server_->port(); }
  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port()); }
  // Connections are cut, requests no longer answered.
  void stop() { server_->stop(); }

 private:
  std::unique_ptr<storage::Database> database_;
  api::Dispatcher dispatcher_;
  std::unique_ptr<api::Server> server_;
};

}  // namespace dynolith::test
