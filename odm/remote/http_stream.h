// A connected byte stream, plain or TLS, of which every step has a moment by which it must be done.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "odm/remote/http_exchange.h"

struct ssl_ctx_st;
struct ssl_st;

namespace dynolith::odm {

// What TLS connections share. Made once, cheap to copy.
class TlsContext {
 public:
  // `ca_bundle`: a file in PEM form; empty: what the system trusts. Errors: kBadRequest (the file
  // cannot be read or has no certificate).
  static Result<TlsContext> make(const std::string& ca_bundle, bool verifies);
  ssl_ctx_st* get() const { return context_.get(); }
  bool verifies() const { return verifies_; }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  bool verifies_ = true;
};

// Milliseconds of the machine's steady clock, for limits on the network.
int64_t steady_ms();

class HttpStream {
 public:
  using Opened = std::variant<std::unique_ptr<HttpStream>, HttpFailure>;
  // Resolves, connects and shakes hands by `deadline_ms` (of steady_ms). Addresses are tried in
  // turn. The resolver has limits of its own, which are not ours.
  static Opened open(const HttpTarget& target, const TlsContext* tls, int64_t deadline_ms);
  ~HttpStream();
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  enum class Status : uint8_t { kDone, kEnded, kTimedOut, kFailed };
  // kDone: all of it was taken by the network. Otherwise its end was not.
  Status write(std::string_view bytes, int64_t deadline_ms);
  // Waits for at least a byte; `count` says how many. kEnded: the other side closed in good order.
  Status read(std::span<char> into, size_t& count, int64_t deadline_ms);
  // False if the other side has closed or said something unasked: not to be used again.
  bool is_quiet() const;

 private:
  explicit HttpStream(int socket) : socket_(socket) {}
  HttpFailure shake_hands(const HttpTarget& target, const TlsContext& tls, int64_t deadline_ms);
  Status after_tls_step(int result, int64_t deadline_ms);

  int socket_;
  ssl_st* ssl_ = nullptr;
};

}  // namespace dynolith::odm
