#include "odm/remote/http_connection.h"

// As Debian's library was compiled: the layout of the clients depends on it.
#define CPPHTTPLIB_OPENSSL_SUPPORT
#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <climits>
#include <cstring>
#include <optional>

#include "odm/remote/no_sigpipe.h"
#include "odm/remote/reply_limits.h"

namespace dynolith::odm {
namespace {

using Kind = HttpFailure::Kind;

constexpr size_t kReplyHeadBytesMax = 64 << 10;
// httplib matches it with a recursive regular expression: 40,000 bytes overflow the stack.
constexpr size_t kStatusLineBytesMax = 256;
// Head, body and the sizes of its chunks.
constexpr size_t kReceivedBytesMax = 2 * kReplyBytesMax;
constexpr size_t kReadBytes = 16 << 10;
// Up to here, head and body leave in one piece.
constexpr size_t kJoinedBytesMax = 16 << 10;

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
  return out;
}

// What of an answer's head its framing cannot be trusted for: httplib takes any number.
const char* problem_of(const httplib::Response& reply, size_t& length) {
  const auto lengths = reply.headers.equal_range("Content-Length");
  const std::string coding = lowered(reply.get_header_value("Transfer-Encoding"));
  if (!coding.empty()) {
    if (coding != "chunked" || reply.get_header_value_count("Transfer-Encoding") != 1)
      return "its transfer coding is not known";
    return lengths.first == lengths.second ? nullptr : "it is in chunks and has a length";
  }
  for (auto at = lengths.first; at != lengths.second; ++at) {
    const std::string& text = at->second;
    if (text != lengths.first->second) return "it has two lengths";
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size() ||
        length > kReplyBytesMax)
      return "its length is none, or too large";
  }
  return nullptr;
}

}  // namespace

// --- The stream: bytes to and from the network, within the limits.

class HttpConnection::Wire final : public httplib::Stream {
 public:
  void begin(int64_t read_timeout_ms, int64_t deadline) {
    failure_.reset();
    out_.clear();
    at_ = held_ = received_ = line_bytes_ = 0;
    in_head_ = begins_reply_ = true;
    sent_ = ends_by_closing_ = false;
    tail_ = {};
    read_timeout_ms_ = read_timeout_ms;
    deadline_ms = deadline;
  }
  void attach(int socket, SSL* ssl) {
    socket_ = socket;
    ssl_ = ssl;
    fcntl(socket_, F_SETFL, O_NONBLOCK);
    if (ssl_ != nullptr)
      SSL_set_mode(ssl_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  void end_head(bool ends_by_closing) {
    in_head_ = false;
    ends_by_closing_ = ends_by_closing;
  }
  // The first is kept.
  void fail(Kind kind, std::string_view text) {
    if (!failure_) failure_ = HttpFailure{kind, sent_, std::string(text)};
  }
  void refuse(const char* why) {
    fail(Kind::kMalformed, std::string("the answer is not usable: ") + why);
  }
  const std::optional<HttpFailure>& failure() const { return failure_; }
  bool was_sent() const { return sent_; }
  bool ends_by_closing() const { return ends_by_closing_; }
  bool has_more() const { return at_ < held_ || (ssl_ != nullptr && SSL_pending(ssl_) > 0); }
  bool ended_with_empty_line() const { return tail_ == std::array{'\r', '\n', '\r', '\n'}; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }
  ssize_t read(char* into, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;

  int64_t deadline_ms = 0;

 private:
  enum class Status : uint8_t { kDone, kEnded, kTimedOut, kFailed };
  Status wait_for(short events, int64_t until_ms) const;
  Status after_tls_step(int result, int64_t until_ms) const;
  bool send_all(std::string_view bytes);
  Status receive(size_t& count);
  bool fill();
  bool is_within_head(std::string_view bytes);

  int socket_ = -1;
  SSL* ssl_ = nullptr;
  int64_t read_timeout_ms_ = 0;
  std::optional<HttpFailure> failure_;
  std::string out_;  // Not yet sent: until there is enough, or an answer is awaited.
  std::array<char, kReadBytes> in_;
  size_t at_ = 0, held_ = 0, received_ = 0;
  size_t line_bytes_ = 0;
  std::array<char, 4> tail_ = {};  // The last bytes that were read.
  bool in_head_ = true;
  bool begins_reply_ = true;  // The line is a status line.
  bool sent_ = false;
  bool ends_by_closing_ = false;
};

HttpConnection::Wire::Status HttpConnection::Wire::wait_for(short events, int64_t until_ms) const {
  for (;;) {
    const int64_t left = until_ms - steady_ms();
    pollfd polled{socket_, events, 0};
    const int ready = poll(&polled, 1, static_cast<int>(std::clamp<int64_t>(left, 0, INT_MAX)));
    if (ready > 0) return Status::kDone;
    if (ready == 0 && steady_ms() >= until_ms) return Status::kTimedOut;
    if (ready < 0 && errno != EINTR) return Status::kFailed;
  }
}

// kDone: try the step again.
HttpConnection::Wire::Status HttpConnection::Wire::after_tls_step(int result,
                                                                  int64_t until_ms) const {
  const int why = SSL_get_error(ssl_, result);
  if (why == SSL_ERROR_WANT_READ) return wait_for(POLLIN, until_ms);
  if (why == SSL_ERROR_WANT_WRITE) return wait_for(POLLOUT, until_ms);
  return why == SSL_ERROR_ZERO_RETURN ? Status::kEnded : Status::kFailed;
}

bool HttpConnection::Wire::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    size_t count = 0;
    Status status = Status::kDone;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count);
      if (result != 1) status = after_tls_step(result, deadline_ms);
    } else {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        count = static_cast<size_t>(sent);
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        status = wait_for(POLLOUT, deadline_ms);
      } else if (errno != EINTR) {
        status = Status::kFailed;
      }
    }
    if (status == Status::kTimedOut)
      fail(Kind::kTimedOut, "the request was not taken within the limit");
    else if (status != Status::kDone)
      fail(Kind::kCutOff, "the connection was closed while sending");
    if (status != Status::kDone) return false;
    bytes.remove_prefix(count);
  }
  return true;
}

ssize_t HttpConnection::Wire::write(const char* bytes, size_t size) {
  if (failure_) return -1;
  if (out_.size() + size <= kJoinedBytesMax) {
    out_.append(bytes, size);
  } else if (!send_all(out_) || !send_all({bytes, size})) {
    return -1;
  } else {
    out_.clear();
  }
  return static_cast<ssize_t>(size);
}

HttpConnection::Wire::Status HttpConnection::Wire::receive(size_t& count) {
  const int64_t until_ms = std::min(deadline_ms, steady_ms() + read_timeout_ms_);
  for (;;) {
    Status status = Status::kDone;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_read_ex(ssl_, in_.data(), in_.size(), &count);
      if (result == 1) return Status::kDone;
      status = after_tls_step(result, until_ms);
    } else {
      const ssize_t received = recv(socket_, in_.data(), in_.size(), 0);
      if (received > 0) {
        count = static_cast<size_t>(received);
        return Status::kDone;
      }
      if (received == 0) return Status::kEnded;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        status = wait_for(POLLIN, until_ms);
      } else if (errno != EINTR) {
        status = Status::kFailed;
      }
    }
    if (status != Status::kDone) return status;
  }
}

// False at the end, in good order or not.
bool HttpConnection::Wire::fill() {
  size_t count = 0;
  // Bytes that are there already would let a receive succeed beyond the deadline.
  const Status status = steady_ms() >= deadline_ms ? Status::kTimedOut : receive(count);
  if (status == Status::kTimedOut)
    fail(Kind::kTimedOut, "no answer within the limit");
  else if (status == Status::kFailed || (status == Status::kEnded && !ends_by_closing_))
    fail(Kind::kCutOff, "the connection was closed before the answer was complete");
  if (status != Status::kDone) return false;
  at_ = 0;
  held_ = count;
  received_ += count;
  if (received_ <= kReceivedBytesMax) return true;
  refuse("it is too large");
  return false;
}

bool HttpConnection::Wire::is_within_head(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      begins_reply_ = line_bytes_ == 0;
      line_bytes_ = 0;
    } else if (c != '\r') {
      ++line_bytes_;
    }
    if (begins_reply_ && line_bytes_ > kStatusLineBytesMax) return false;
  }
  return received_ - (held_ - at_) <= kReplyHeadBytesMax;
}

ssize_t HttpConnection::Wire::read(char* into, size_t size) {
  if (failure_) return -1;
  if (!sent_) {
    if (!send_all(out_)) return -1;
    sent_ = true;
  }
  if (at_ == held_ && !fill()) return failure_ ? -1 : 0;
  const size_t count = std::min(size, held_ - at_);
  std::memcpy(into, in_.data() + at_, count);
  at_ += count;
  if (in_head_ && !is_within_head({into, count})) {
    refuse("its head is too long");
    return -1;
  }
  for (size_t i = count - std::min(count, tail_.size()); i < count; ++i) {
    std::rotate(tail_.begin(), tail_.begin() + 1, tail_.end());
    tail_.back() = into[i];
  }
  return static_cast<ssize_t>(count);
}

// --- The client: httplib's, over that stream.

namespace {

bool is_verified(const SSL* ssl) {
  return SSL_get0_peer_certificate(ssl) != nullptr && SSL_get_verify_result(ssl) == X509_V_OK;
}

struct Handshake {
  int64_t deadline_ms = 0;
  long verdict = X509_V_OK;  // On the certificate.
};

}  // namespace

template <class Base>
class HttpConnection::Client final : public Base {
 public:
  Client(const HttpTarget& target, bool verifies, Wire& wire)
      : Base(target.host, target.port), verifies_(verifies), wire_(wire) {}

 private:
  bool process_socket(const typename Base::Socket& socket,
                      std::function<bool(httplib::Stream&)> speak) override {
    wire_.attach(socket.sock, socket.ssl);
    // The handshake would have failed; nothing is sent even so.
    if (socket.ssl != nullptr && verifies_ && !is_verified(socket.ssl)) {
      wire_.fail(Kind::kNotTrusted, "the certificate was not verified");
      return false;
    }
    return speak(wire_);
  }

  const bool verifies_;
  Wire& wire_;
};

struct HttpConnection::Parts {
  Wire wire;
  Handshake handshake;
  std::unique_ptr<httplib::ClientImpl> client;
  bool is_tls = false;
  bool is_kept = false;  // The last exchange left it in good order.
};

namespace {

// httplib limits each step of a handshake. This is called after each and ends it at the deadline.
void watch_handshake(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_EXIT) == 0) return;
  auto* handshake = static_cast<Handshake*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  handshake->verdict = SSL_get_verify_result(ssl);
  if (steady_ms() >= handshake->deadline_ms) shutdown(SSL_get_fd(ssl), SHUT_RDWR);
}

// OpenSSL verifies the certificate and the host that it names, within the handshake. httplib's own
// verification, which stays off, reads all certificates anew for every connection and takes a
// subject's common name beside other names. False if it cannot be set up.
bool set_up_tls(SSL_CTX* context, const std::string& host, const TlsTrust& trust,
                Handshake& handshake) {
  if (context == nullptr) return false;
  SSL_CTX_set_app_data(context, &handshake);
  SSL_CTX_set_info_callback(context, watch_handshake);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) return false;
  SSL_CTX_set_verify(context, trust.verifies() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!trust.verifies()) return true;
  if (trust.store() != nullptr) SSL_CTX_set1_cert_store(context, trust.store());
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
  in6_addr parsed{};
  const bool is_address = inet_pton(AF_INET, host.c_str(), &parsed) == 1 ||
                          inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
  return (is_address ? X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str())
                     : X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size())) == 1;
}

}  // namespace

int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Result<TlsTrust> TlsTrust::load(const std::string& ca_bundle, bool verifies) {
  TlsTrust trust;
  trust.verifies_ = verifies;
  if (!verifies) return trust;
  trust.store_.reset(X509_STORE_new(), [](X509_STORE* old) { X509_STORE_free(old); });
  const bool is_loaded =
      trust.store_ != nullptr &&
      (ca_bundle.empty() ? X509_STORE_set_default_paths(trust.store())
                         : X509_STORE_load_file(trust.store(), ca_bundle.c_str())) == 1;
  ERR_clear_error();
  if (is_loaded) return trust;
  return make_error(ErrorCode::kBadRequest,
                    "no certificates can be read from the CA bundle " + ca_bundle);
}

HttpConnection::HttpConnection(const HttpTarget& target, const TlsTrust& trust)
    : host_(target.host), trust_(trust), parts_(std::make_unique<Parts>()) {
  if (target.is_tls) {
    parts_->is_tls = true;
    auto made =
        std::make_unique<Client<httplib::SSLClient>>(target, trust.verifies(), parts_->wire);
    made->enable_server_certificate_verification(false);
    if (set_up_tls(made->ssl_context(), host_, trust, parts_->handshake))
      parts_->client = std::move(made);
  } else {
    parts_->client = std::make_unique<Client<httplib::ClientImpl>>(target, false, parts_->wire);
  }
  if (parts_->client == nullptr) return;
  httplib::ClientImpl& client = *parts_->client;
  client.set_tcp_nodelay(true);
  client.set_decompress(false);
  client.set_follow_location(false);
  client.set_url_encode(false);                // The signature is of the path as it is.
  client.set_socket_options([](socket_t) {});  // Its own allow sharing of the local port.
}

HttpConnection::~HttpConnection() {
  const NoSigpipe quiet(parts_->is_tls);  // TLS says farewell.
  parts_->client.reset();
  ERR_clear_error();
}

bool HttpConnection::can_go_on() const {
  if (!parts_->is_kept || parts_->client->is_socket_open() == 0) return false;
  pollfd polled{parts_->client->socket(), POLLIN, 0};
  return poll(&polled, 1, 0) == 0;
}

HttpFailure HttpConnection::failure(int error, const HttpRequest& request,
                                    int64_t started_ms) const {
  if (parts_->wire.failure()) return *parts_->wire.failure();
  const int64_t now = steady_ms();
  const bool is_late =
      now - started_ms >= request.connect_timeout_ms || now >= parts_->wire.deadline_ms;
  switch (static_cast<httplib::Error>(error)) {
    case httplib::Error::ConnectionTimeout:
      return {Kind::kTimedOut, false, "no connection within the limit"};
    case httplib::Error::Connection:
    case httplib::Error::BindIPAddress:
      if (is_late) return {Kind::kTimedOut, false, "no connection within the limit"};
      return {Kind::kNotConnected, false, "the host is not known or does not take connections"};
    case httplib::Error::SSLConnection: {
      const long verdict = parts_->handshake.verdict;
      if (trust_.verifies() && verdict != X509_V_OK) {
        return {Kind::kNotTrusted, false,
                "the certificate of " + host_ +
                    " is not trusted: " + X509_verify_cert_error_string(verdict)};
      }
      if (is_late) return {Kind::kTimedOut, false, "no TLS handshake within the limit"};
      return {Kind::kNotConnected, false, "the TLS handshake failed"};
    }
    default:
      return {Kind::kMalformed, parts_->wire.was_sent(),
              "the answer is not usable: it is not HTTP"};
  }
}

HttpOutcome HttpConnection::exchange(const HttpRequest& request, int64_t deadline_ms) {
  const NoSigpipe quiet(parts_->is_tls);
  if (parts_->client == nullptr)
    return HttpFailure{Kind::kNotConnected, false, "TLS cannot be set up for this host"};
  Wire& wire = parts_->wire;
  parts_->handshake = {deadline_ms, X509_V_OK};
  wire.begin(request.read_timeout_ms, deadline_ms);
  parts_->is_kept = false;
  const int64_t started_ms = steady_ms();
  const int64_t connect_ms = std::clamp<int64_t>(deadline_ms - started_ms, 1,
                                                 std::max<int64_t>(request.connect_timeout_ms, 1));

  httplib::Request asked;
  asked.method = request.method;
  asked.path = request.path;
  for (const HttpHeader& header : request.headers) asked.headers.emplace(header.name, header.value);
  if (!request.body.empty()) {  // Not as its `body`: httplib copies that.
    asked.content_length_ = request.body.size();
    asked.content_provider_ = [&](size_t offset, size_t length, httplib::DataSink& sink) {
      return sink.write(request.body.data() + offset, length);
    };
  }
  HttpReply reply;
  asked.response_handler = [&](const httplib::Response& head) {
    size_t length = 0;
    if (const char* problem = problem_of(head, length)) {
      wire.refuse(problem);
      return false;
    }
    wire.end_head(!head.has_header("Content-Length") && !head.has_header("Transfer-Encoding"));
    reply.body.reserve(length);
    return true;
  };
  asked.content_receiver = [&](const char* bytes, size_t size, uint64_t, uint64_t) {
    if (size > kReplyBytesMax - reply.body.size()) {
      wire.refuse("it is too large");
      return false;
    }
    reply.body.append(bytes, size);
    return true;
  };

  httplib::ClientImpl& client = *parts_->client;
  client.set_keep_alive(request.keep_alive);
  client.set_connection_timeout(std::chrono::milliseconds(connect_ms));
  httplib::Response answer;
  httplib::Error error = httplib::Error::Success;
  const bool is_answered = client.send(asked, answer, error);
  ERR_clear_error();
  if (!is_answered) return failure(static_cast<int>(error), request, started_ms);
  // httplib takes data beyond a chunk's size for the end.
  if (answer.has_header("Transfer-Encoding") && !wire.ended_with_empty_line()) {
    wire.refuse("a chunk is longer than its size");
    return *wire.failure();
  }
  reply.status = answer.status;
  for (const auto& [name, value] : answer.headers) reply.headers.push_back({lowered(name), value});
  parts_->is_kept =
      !wire.ends_by_closing() && !wire.has_more() && lowered(reply.header("connection")) != "close";
  return reply;
}

}  // namespace dynolith::odm
