// The transport over the network: kept-alive connections, no more of them than allowed.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "odm/remote/http_connection.h"
#include "odm/remote/http_exchange.h"
#include "storage/clock.h"

namespace dynolith::odm {

struct HttpPoolOptions {
  size_t connections_max = 50;
  int64_t idle_timeout_ms = 20'000;
  std::string ca_bundle = {};
  bool verify_tls = true;
};

// Threads: any. A call takes a connection of its own: the one used last, if the other side has kept
// it open and quiet; else a new one; else it waits until one is free.
class HttpPool : public HttpTransport {
 public:
  HttpPool(HttpPoolOptions options, std::shared_ptr<storage::Clock> clock);
  ~HttpPool() override;

  // Reads the certificates now rather than at the first TLS connection. Errors: kBadRequest.
  Result<void> prepare_tls();
  HttpOutcome exchange(const HttpTarget& target, const HttpRequest& request) override;

 private:
  struct Idle {
    std::string key;  // Scheme, host and port.
    std::unique_ptr<HttpConnection> connection;
    int64_t since_ms = 0;
  };
  using Taken = std::variant<std::unique_ptr<HttpConnection>, HttpFailure>;  // Null: make one.

  Taken take(const std::string& key, int64_t deadline_ms);
  void give_back(const std::string& key, std::unique_ptr<HttpConnection> connection);

  const HttpPoolOptions options_;
  const std::shared_ptr<storage::Clock> clock_;
  std::mutex tls_mutex_;
  bool is_tls_prepared_ = false;
  TlsTrust trust_;  // Set once, under the mutex, before it is used.

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Idle> idle_;  // The one used last at the end.
  size_t in_use_ = 0;
};

}  // namespace dynolith::odm
