// The HTTP server: one event loop a thread, connections dealt out in turn, no lock between them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/dispatcher.h"
#include "api/limits.h"
#include "storage/result.h"

namespace dynolith::api {

// What answers a well-formed POST /.
struct RequestHandler {
  // Threads: called from several at once. Must not throw.
  std::function<void(const ApiRequest& request, ApiReply& reply)> handle;
  // Whether to run the request on a blocking worker, if the server has any. Empty: never.
  std::function<bool(std::string_view target)> may_block;
};

struct ServerDeadlines {
  std::chrono::milliseconds head =
      kHeadDeadline;  // From a request's first byte to its head's last.
  std::chrono::milliseconds body = kBodyDeadline;            // And what its size takes.
  std::chrono::milliseconds handshake = kHandshakeDeadline;  // Of TLS.
  std::chrono::milliseconds idle = kIdleDeadline;
  std::chrono::milliseconds write = kWriteDeadline;  // Likewise.
  std::chrono::milliseconds shutdown = kShutdownDeadline;
  size_t bytes_per_second_min = kBodyBytesPerSecondMin;  // Long bodies and replies get more time.
  std::chrono::milliseconds tick{1000};                  // How often all these are looked at.
};

struct TlsOptions {
  bool enabled = false;
  // Files in PEM form, the certificate with its chain. Both empty: a key and a self-signed
  // certificate for localhost are made, and are gone with the process.
  std::string certificate, key;
};

struct ServerOptions {
  std::string host = "127.0.0.1";  // An address or a name; "127.0.0.1" and "localhost" include ::1.
  uint16_t port = 8000;            // 0: a free one.
  unsigned threads = 0;            // 0: as many as the machine has cores.
  unsigned blocking_workers = 0;   // 0: every request runs on an I/O thread.
  size_t connections_max = kConnectionsMax;
  size_t connections_per_address_max = kConnectionsPerAddressMax;
  bool counts_loopback = false;  // Whether that also holds for this machine's own connections.
  size_t body_bytes_in_flight_max = kBodyBytesInFlightMax;
  std::vector<std::string> cors_origins;   // See AccessRules.
  std::vector<std::string> allowed_hosts;  // Likewise.
  std::string region = "us-east-1";        // As the health page says.
  TlsOptions tls;
  ServerDeadlines deadlines;
  std::function<void(const std::string& line)> log;
};

class Server {
 public:
  // Owns the port when this returns; who connects waits until serve().
  // Errors: kResourceInUse (the port is taken), kUnavailable (the address cannot be had, or TLS not
  // be set up); the message is one line for the user.
  static Result<std::unique_ptr<Server>> listen(ServerOptions options);
  virtual ~Server() = default;  // Stops it.

  virtual uint16_t port() const = 0;

  // Answers from now on. Once.
  virtual void serve(RequestHandler handler) = 0;

  // Stops accepting, lets requests that have begun finish (up to the shutdown deadline), closes.
  // Returns when all is done; later calls do nothing.
  virtual void stop() = 0;
};

}  // namespace dynolith::api
