// One HTTP request and its answer, as data, and the seam between those who ask and the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "odm/result.h"

namespace dynolith::odm {

// Where a request goes: the parts of "https://host:port/path".
struct HttpTarget {
  bool is_tls = false;
  std::string host;  // A name or an address; "[::1]" without its brackets.
  uint16_t port = 0;
  std::string path = "/";  // With the query, if the URL has one.

  // As it stands in a Host header: the port only if it is not the scheme's own.
  std::string authority() const;
  std::string to_text() const;  // The URL.
};

// Errors: kBadRequest (not http or https, no host, a port that is none, user information,
// characters that a URL cannot have). `what` names the URL in the message.
Result<HttpTarget> parse_url(std::string_view url, std::string_view what);

struct HttpHeader {
  std::string name, value;
};

// Views are borrowed for the exchange. Host, Content-Length and Connection are added.
struct HttpRequest {
  std::string_view method = "POST";
  std::string_view path = "/";
  std::vector<HttpHeader> headers = {};
  std::string_view body = {};
  int64_t connect_timeout_ms = 3'000;
  int64_t read_timeout_ms = 30'000;
  int64_t total_timeout_ms = 60'000;
  bool keep_alive = true;  // Use the pool.
};

// False if a header has control characters: it could begin another header.
bool are_clean(const HttpRequest& request);

struct HttpReply {
  int status = 0;
  std::vector<HttpHeader> headers;  // Names in lower case.
  std::string body;

  // The first of that name (in lower case); empty if there is none.
  std::string_view header(std::string_view name) const;
};

// Why there is no answer.
struct HttpFailure {
  enum class Kind : uint8_t {
    kNotConnected,
    kNotTrusted,  // The certificate of the other side; it will not be trusted next time either.
    kTimedOut,
    kCutOff,     // The connection ended.
    kMalformed,  // An answer that is not HTTP, or larger than the limits.
    kRefused,    // By us: control characters in a header.
  };
  Kind kind = Kind::kNotConnected;
  // The whole request was handed to the network: it may have been carried out. If false, the
  // other side cannot have all of it.
  bool was_sent = false;
  std::string text;  // "connection refused"
};

using HttpOutcome = std::variant<HttpReply, HttpFailure>;

// Threads: any.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // Asks once: nothing is sent a second time. Never longer than the request's total limit.
  virtual HttpOutcome exchange(const HttpTarget& target, const HttpRequest& request) = 0;
};

}  // namespace dynolith::odm
