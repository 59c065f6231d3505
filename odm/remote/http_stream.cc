#include "odm/remote/http_stream.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <optional>

namespace dynolith::odm {
namespace {

using Status = HttpStream::Status;
using Kind = HttpFailure::Kind;

// --- Waiting for a socket.

Status wait_for(int socket, short events, int64_t deadline_ms) {
  for (;;) {
    const int64_t left = deadline_ms - steady_ms();
    pollfd polled{socket, events, 0};
    const int ready = poll(&polled, 1, static_cast<int>(std::clamp<int64_t>(left, 0, INT_MAX)));
    if (ready > 0) return Status::kDone;
    if (ready == 0 && steady_ms() >= deadline_ms) return Status::kTimedOut;
    if (ready < 0 && errno != EINTR) return Status::kFailed;
  }
}

// --- OpenSSL writes to sockets with write(), which raises SIGPIPE in the program that uses us when
// the other side is gone. This BIO does not.

int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

int after_socket_call(BIO* bio, ssize_t count, int retry_flags) {
  BIO_clear_retry_flags(bio);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    BIO_set_flags(bio, retry_flags | BIO_FLAGS_SHOULD_RETRY);
  return static_cast<int>(count);
}

int write_socket(BIO* bio, const char* bytes, int size) {
  const ssize_t count = send(socket_of(bio), bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
  return after_socket_call(bio, count, BIO_FLAGS_WRITE);
}

int read_socket(BIO* bio, char* bytes, int size) {
  const ssize_t count = recv(socket_of(bio), bytes, static_cast<size_t>(size), 0);
  return after_socket_call(bio, count, BIO_FLAGS_READ);
}

long control_socket(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* socket_method() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "quiet socket");
    if (method == nullptr) return method;
    BIO_meth_set_write(method, write_socket);
    BIO_meth_set_read(method, read_socket);
    BIO_meth_set_ctrl(method, control_socket);
    return method;
  }();
  return kMethod;
}

BIO* socket_bio(int socket) {
  BIO_METHOD* method = socket_method();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

// --- Connecting.

struct Connecting {
  int socket = -1;
  bool timed_out = false;
  int failure = 0;  // An errno.
};

Connecting connect_to(const addrinfo& address, int64_t deadline_ms) {
  Connecting made;
  made.socket = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made.socket < 0) {
    made.failure = errno;
    return made;
  }
  const int on = 1;
  setsockopt(made.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(made.socket, address.ai_addr, address.ai_addrlen) == 0) return made;
  made.failure = errno;
  if (made.failure == EINPROGRESS) {
    made.timed_out = wait_for(made.socket, POLLOUT, deadline_ms) == Status::kTimedOut;
    socklen_t size = sizeof made.failure;
    getsockopt(made.socket, SOL_SOCKET, SO_ERROR, &made.failure, &size);
    if (!made.timed_out && made.failure == 0) return made;
  }
  close(made.socket);
  made.socket = -1;
  return made;
}

struct AddressesFreed {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

std::string text_of_errno(int failure) {
  std::string text(strerrordesc_np(failure) != nullptr ? strerrordesc_np(failure) : "failed");
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] | 32);
  return text;
}

std::variant<int, HttpFailure> connected_socket(const HttpTarget& target, int64_t deadline_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(target.port);
  int failure = getaddrinfo(target.host.c_str(), port.c_str(), &hints, &found);
  if (failure != 0) {  // Also a machine with nothing but its loopback has localhost.
    hints.ai_flags = 0;
    failure = getaddrinfo(target.host.c_str(), port.c_str(), &hints, &found);
  }
  if (failure != 0) {
    return HttpFailure{Kind::kNotConnected, false,
                       std::string("the host is not known: ") + gai_strerror(failure)};
  }
  const std::unique_ptr<addrinfo, AddressesFreed> addresses(found);
  int64_t left = 0;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) ++left;
  HttpFailure why{Kind::kTimedOut, false, "no connection within the limit"};
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next, --left) {
    const int64_t now = steady_ms();
    if (now > deadline_ms) break;
    // One address that does not answer leaves time for the others.
    const Connecting made = connect_to(*at, now + (deadline_ms - now) / left);
    if (made.socket >= 0) return made.socket;
    if (!made.timed_out) why = {Kind::kNotConnected, false, text_of_errno(made.failure)};
  }
  return why;
}

bool is_address(const std::string& host) {
  in6_addr parsed{};
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

// Whom the certificate must name.
bool expect_name(SSL* ssl, const HttpTarget& target) {
  if (is_address(target.host))
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), target.host.c_str()) == 1;
  return SSL_set1_host(ssl, target.host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl, target.host.c_str()) == 1;
}

}  // namespace

int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Result<TlsContext> TlsContext::make(const std::string& ca_bundle, bool verifies) {
  TlsContext made;
  made.verifies_ = verifies;
  made.context_.reset(SSL_CTX_new(TLS_client_method()), [](SSL_CTX* old) { SSL_CTX_free(old); });
  SSL_CTX* context = made.context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return make_error(ErrorCode::kInternal, "TLS cannot be set up");
  SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!verifies) return made;
  const bool is_loaded = ca_bundle.empty()
                             ? SSL_CTX_set_default_verify_paths(context) == 1
                             : SSL_CTX_load_verify_file(context, ca_bundle.c_str()) == 1;
  ERR_clear_error();
  if (!is_loaded) {
    return make_error(ErrorCode::kBadRequest,
                      "no certificates can be read from the CA bundle " + ca_bundle);
  }
  return made;
}

HttpStream::Opened HttpStream::open(const HttpTarget& target, const TlsContext* tls,
                                    int64_t deadline_ms) {
  auto connected = connected_socket(target, deadline_ms);
  if (auto* failure = std::get_if<HttpFailure>(&connected)) return std::move(*failure);
  std::unique_ptr<HttpStream> stream(new HttpStream(*std::get_if<int>(&connected)));
  if (target.is_tls) {
    if (tls == nullptr) return HttpFailure{Kind::kNotConnected, false, "TLS is not set up"};
    HttpFailure failure = stream->shake_hands(target, *tls, deadline_ms);
    if (!failure.text.empty()) return failure;
  }
  return stream;
}

HttpStream::~HttpStream() {
  // No farewell: it could block, and the length of every answer is known.
  if (ssl_ != nullptr) SSL_free(ssl_);
  ERR_clear_error();
  close(socket_);
}

// A failure without text is none.
HttpFailure HttpStream::shake_hands(const HttpTarget& target, const TlsContext& tls,
                                    int64_t deadline_ms) {
  ssl_ = SSL_new(tls.get());
  BIO* bio = ssl_ == nullptr ? nullptr : socket_bio(socket_);
  if (bio == nullptr || !expect_name(ssl_, target)) {
    BIO_free(bio);
    return {Kind::kNotConnected, false, "TLS cannot be set up for this host"};
  }
  SSL_set_bio(ssl_, bio, bio);
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_);
    if (result == 1) return {};
    const Status status = after_tls_step(result, deadline_ms);
    if (status == Status::kDone) continue;
    if (status == Status::kTimedOut)
      return {Kind::kTimedOut, false, "no TLS handshake within the limit"};
    const long verdict = SSL_get_verify_result(ssl_);
    if (tls.verifies() && verdict != X509_V_OK) {
      return {Kind::kNotTrusted, false,
              "the certificate of " + target.host +
                  " is not trusted: " + X509_verify_cert_error_string(verdict)};
    }
    return {Kind::kNotConnected, false, "the TLS handshake failed"};
  }
}

// kDone: try the step again.
Status HttpStream::after_tls_step(int result, int64_t deadline_ms) {
  const int why = SSL_get_error(ssl_, result);
  if (why == SSL_ERROR_WANT_READ) return wait_for(socket_, POLLIN, deadline_ms);
  if (why == SSL_ERROR_WANT_WRITE) return wait_for(socket_, POLLOUT, deadline_ms);
  return why == SSL_ERROR_ZERO_RETURN ? Status::kEnded : Status::kFailed;
}

Status HttpStream::write(std::string_view bytes, int64_t deadline_ms) {
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
        status = wait_for(socket_, POLLOUT, deadline_ms);
      } else if (errno != EINTR) {
        status = Status::kFailed;
      }
    }
    if (status != Status::kDone) return status;
    bytes.remove_prefix(count);
  }
  return Status::kDone;
}

Status HttpStream::read(std::span<char> into, size_t& count, int64_t deadline_ms) {
  count = 0;
  for (;;) {
    Status status = Status::kDone;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_read_ex(ssl_, into.data(), into.size(), &count);
      if (result == 1) return Status::kDone;
      status = after_tls_step(result, deadline_ms);
    } else {
      const ssize_t received = recv(socket_, into.data(), into.size(), 0);
      if (received > 0) {
        count = static_cast<size_t>(received);
        return Status::kDone;
      }
      if (received == 0) return Status::kEnded;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        status = wait_for(socket_, POLLIN, deadline_ms);
      } else if (errno != EINTR) {
        status = Status::kFailed;
      }
    }
    if (status != Status::kDone) return status;
  }
}

bool HttpStream::is_quiet() const {
  if (ssl_ != nullptr && SSL_pending(ssl_) > 0) return false;
  pollfd polled{socket_, POLLIN, 0};
  return poll(&polled, 1, 0) == 0;
}

}  // namespace dynolith::odm
