// A client that sends exactly the bytes it is given, and a server in this process to send them to.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/server.h"

namespace dynolith::test {

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> fields;  // Names in lower case.
  std::string body;
};

// One connection over loopback. Waits at most ten seconds for anything.
class RawClient {
 public:
  explicit RawClient(uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool send(std::string_view bytes);
  // The next response, its body by Content-Length (none for `head_only`); nothing if the server
  // closed.
  std::optional<RawResponse> receive(bool head_only = false);
  bool is_closed();  // Waits for the end of the connection; false if data comes instead.

  std::optional<RawResponse> exchange(std::string_view bytes) {
    send(bytes);
    return receive();
  }

 private:
  bool fill();

  int socket_;
  std::string received_;
};

// Answers each POST with "<target>|<body>".
class EchoServer {
 public:
  explicit EchoServer(api::ServerOptions options = {});
  EchoServer(api::ServerOptions options, api::RequestHandler handler);
  uint16_t port() const { return server_->port(); }
  api::Server& server() { return *server_; }

 private:
  std::unique_ptr<api::Server> server_;
};

// "POST / HTTP/1.1" with Host and Content-Type, `fields` (each ended by CRLF) and a body.
std::string post(std::string_view body, std::string_view fields = "");

}  // namespace dynolith::test
