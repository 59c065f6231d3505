// A server on this machine that answers what a test tells it to, byte for byte, or does not answer.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

struct ssl_ctx_st;

namespace dynolith::test {

struct ReceivedHttp {
  std::string first_line;
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
  int connection = 0;  // The number of the connection it came over, from 0.
};

// What is done about one request.
struct Scripted {
  std::string bytes;            // Sent as they are.
  bool closes = false;          // The connection, after them.
  bool before_reading = false;  // Closes as soon as the connection is made.
  bool drips = false;           // The bytes leave one at a time, a few milliseconds apart.
};

// "HTTP/1.1 200 OK" with a length; `headers` are whole lines.
std::string http_reply(int status, const std::string& body, const std::string& headers = {});
Scripted replies(int status, const std::string& body, const std::string& headers = {});
// Takes the request, closes without a word.
Scripted hangs_up();
// Takes the request and keeps silent until the server ends.
Scripted keeps_silent();

class ScriptedServer {
 public:
  // With a certificate and its key: TLS. `ipv6`: at ::1; its port is 0 if the machine has none.
  explicit ScriptedServer(std::vector<Scripted> script, const std::string& certificate = {},
                          const std::string& key = {}, bool ipv6 = false);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url() const;  // With 127.0.0.1 or [::1].
  std::vector<ReceivedHttp> received();
  // Closes, from this side, every connection that is open now, and returns when that is done.
  void close_connections();

 private:
  class Stream;
  static std::optional<ReceivedHttp> read_request(Stream& stream);
  void drip(Stream& stream, const std::string& bytes);
  void accept_all();
  void serve(int socket, int number);

  const bool ipv6_;
  uint16_t port_ = 0;
  int listener_ = -1;
  ssl_ctx_st* tls_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Scripted> script_;
  std::vector<ReceivedHttp> received_;
  std::map<int, int> open_;  // Socket by number of connection.
  bool ends_ = false;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace dynolith::test
