// One connection's bytes: over TCP as they are, or through TLS.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>

#include "api/http/io_thread.h"

namespace dynolith::api {

class Transport {
 public:
  using ErrorCode = boost::system::error_code;

  // `tls` null: plain. Else it outlives the connection, and async_handshake comes before the rest.
  Transport(Socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
    if (tls != nullptr) tls_.emplace(socket_, *tls);
  }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  bool is_tls() const { return tls_.has_value(); }
  Socket& socket() { return socket_; }

  // Needs: is_tls(). `handler(error)`.
  template <class Handler>
  void async_handshake(Handler handler) {
    tls_->async_handshake(asio::ssl::stream_base::server, std::move(handler));
  }

  // `handler(error, bytes)`.
  template <class Handler>
  void async_read_some(const asio::mutable_buffer& buffer, Handler handler) {
    if (tls_) {
      tls_->async_read_some(buffer, std::move(handler));
    } else {
      socket_.async_read_some(buffer, std::move(handler));
    }
  }

  // What can be sent without waiting; through TLS nothing can, since it cannot stop half-way.
  template <class Buffers>
  size_t write_some(const Buffers& buffers, ErrorCode& error) {
    if (!tls_) return socket_.write_some(buffers, error);
    error = asio::error::would_block;
    return 0;
  }

  // `handler(error, bytes)` when all is sent.
  template <class Buffers, class Handler>
  void async_write(const Buffers& buffers, Handler handler) {
    if (tls_) {
      asio::async_write(*tls_, buffers, std::move(handler));
    } else {
      asio::async_write(socket_, buffers, std::move(handler));
    }
  }

  void cancel() {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }

 private:
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> tls_;
};

}  // namespace dynolith::api
