// One connection to one server, by cpp-httplib: it connects, does TLS and speaks HTTP/1.1. The
// bytes pass through a stream of ours, because what an exchange may cost is up to us.
//
// What holds, whatever the other side does:
// - Everything after connecting ends at the exchange's deadline, also bytes that arrive one at a
//   time; a wait for bytes ends at the read limit too.
// - Connecting takes at most the connect limit for each address of the host and, with TLS, for each
//   step of the handshake, which as a whole ends at the deadline. The resolver has its own limits.
// - Of an answer, a status line of 256 bytes, a head of 64 KiB and a body of 128 MiB are read.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "odm/remote/http_exchange.h"

struct x509_store_st;

namespace dynolith::odm {

// Whose certificates are accepted: nobody's, before it is loaded. Connections share what was read:
// the system's certificates cost 25 ms.
class TlsTrust {
 public:
  // `ca_bundle`: a file in PEM form; empty: what the system trusts. Errors: kBadRequest (the file
  // cannot be read or has no certificate).
  static Result<TlsTrust> load(const std::string& ca_bundle, bool verifies);
  x509_store_st* store() const { return store_.get(); }
  bool verifies() const { return verifies_; }

 private:
  std::shared_ptr<x509_store_st> store_;
  bool verifies_ = true;
};

// Milliseconds of the machine's steady clock, for limits on the network.
int64_t steady_ms();

class HttpConnection {
 public:
  // Connects with the first exchange.
  HttpConnection(const HttpTarget& target, const TlsTrust& trust);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Needs: are_clean(request). `deadline_ms` is of steady_ms.
  HttpOutcome exchange(const HttpRequest& request, int64_t deadline_ms);
  // It is open, and the other side has neither closed it nor said something unasked.
  bool can_go_on() const;

 private:
  class Wire;
  template <class Base>
  class Client;
  struct Parts;

  HttpFailure failure(int error, const HttpRequest& request, int64_t started_ms) const;

  const std::string host_;
  const TlsTrust trust_;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace dynolith::odm
