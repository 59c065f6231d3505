#include "tests/odm/remote/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>

namespace dynolith::test {

// A connection's bytes, plain or TLS.
class ScriptedServer::Stream {
 public:
  Stream(int socket, ssl_ctx_st* tls) : socket_(socket) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket);
    usable_ = SSL_accept(ssl_) == 1;
  }
  ~Stream() { SSL_free(ssl_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool usable() const { return usable_; }
  long read(char* into, int size) {
    return ssl_ != nullptr ? SSL_read(ssl_, into, size)
                           : recv(socket_, into, static_cast<size_t>(size), 0);
  }
  void write(const std::string& bytes) {
    if (bytes.empty()) return;
    if (ssl_ != nullptr) {
      SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
      return;
    }
    size_t sent = 0;
    while (sent < bytes.size()) {
      const long count = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<size_t>(count);
    }
  }

 private:
  int socket_;
  SSL* ssl_ = nullptr;
  bool usable_ = true;
};

std::optional<ReceivedHttp> ScriptedServer::read_request(Stream& stream) {
  std::string bytes;
  size_t head_end = std::string::npos;
  ReceivedHttp request;
  size_t length = 0;
  for (;;) {
    if (head_end == std::string::npos && (head_end = bytes.find("\r\n\r\n")) != std::string::npos) {
      size_t at = bytes.find("\r\n");
      request.first_line = bytes.substr(0, at);
      while (at < head_end) {
        const size_t begin = at + 2, colon = bytes.find(':', begin);
        at = bytes.find("\r\n", begin);
        std::string name = bytes.substr(begin, colon - begin);
        for (char& c : name) c = static_cast<char>(std::tolower(c));
        request.headers[name] = bytes.substr(colon + 2, at - colon - 2);
      }
      length = static_cast<size_t>(std::atoll(request.headers["content-length"].c_str()));
    }
    if (head_end != std::string::npos && bytes.size() >= head_end + 4 + length) {
      request.body = bytes.substr(head_end + 4, length);
      return request;
    }
    char piece[8192];
    const long count = stream.read(piece, sizeof piece);
    if (count <= 0) return std::nullopt;
    bytes.append(piece, static_cast<size_t>(count));
  }
}

namespace {

// Fills in the port; 0 if the address cannot be had.
template <class Address>
uint16_t listen_at(int listener, Address& address, const in_port_t& port) {
  socklen_t size = sizeof address;
  auto* bound = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, bound, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, bound, &size) != 0)
    return 0;
  return ntohs(port);
}

}  // namespace

std::string http_reply(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Said\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
         body;
}

Scripted replies(int status, const std::string& body, const std::string& headers) {
  return {http_reply(status, body, headers)};
}

Scripted hangs_up() { return {{}, true}; }
Scripted keeps_silent() { return {}; }

ScriptedServer::ScriptedServer(std::vector<Scripted> script, const std::string& certificate,
                               const std::string& key, bool ipv6)
    : ipv6_(ipv6), script_(script.begin(), script.end()) {
  // OpenSSL writes to sockets that the client may have closed.
  std::signal(SIGPIPE, SIG_IGN);
  if (!certificate.empty()) {
    tls_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(tls_, certificate.c_str());
    SSL_CTX_use_PrivateKey_file(tls_, key.c_str(), SSL_FILETYPE_PEM);
  }
  listener_ = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (ipv6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    port_ = listen_at(listener_, address, address.sin6_port);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    port_ = listen_at(listener_, address, address.sin_port);
  }
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    for (const auto& [number, socket] : open_) shutdown(socket, SHUT_RDWR);
  }
  changed_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  close(listener_);
  SSL_CTX_free(tls_);
}

std::string ScriptedServer::url() const {
  return std::string(tls_ != nullptr ? "https" : "http") + (ipv6_ ? "://[::1]:" : "://127.0.0.1:") +
         std::to_string(port_);
}

std::vector<ReceivedHttp> ScriptedServer::received() {
  const std::lock_guard lock(mutex_);
  return received_;
}

void ScriptedServer::close_connections() {
  std::unique_lock lock(mutex_);
  for (const auto& [number, socket] : open_) shutdown(socket, SHUT_RDWR);
  changed_.wait(lock, [this] { return open_.empty(); });
}

void ScriptedServer::accept_all() {
  for (int number = 0;; ++number) {
    const int socket = accept(listener_, nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    if (socket < 0 || ends_) {
      if (socket >= 0) close(socket);
      return;
    }
    if (!script_.empty() && script_.front().before_reading) {
      script_.pop_front();
      const linger hard{1, 0};
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      close(socket);
      continue;
    }
    open_[number] = socket;
    threads_.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

void ScriptedServer::drip(Stream& stream, const std::string& bytes) {
  constexpr auto kPause = std::chrono::milliseconds(5);
  for (const char byte : bytes) {
    stream.write(std::string(1, byte));
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, kPause, [this] { return ends_; })) return;
  }
}

void ScriptedServer::serve(int socket, int number) {
  {
    Stream stream(socket, tls_);
    while (stream.usable()) {
      auto request = read_request(stream);
      if (!request) break;
      Scripted next;
      {
        std::unique_lock lock(mutex_);
        request->connection = number;
        received_.push_back(std::move(*request));
        if (!script_.empty()) {
          next = script_.front();
          script_.pop_front();
        }
        if (next.bytes.empty() && !next.closes) changed_.wait(lock, [this] { return ends_; });
      }
      if (next.drips) {
        drip(stream, next.bytes);
      } else {
        stream.write(next.bytes);
      }
      if (next.closes) break;
    }
  }
  const std::lock_guard lock(mutex_);
  open_.erase(number);
  close(socket);
  changed_.notify_all();
}

}  // namespace dynolith::test
