// One event loop and the connections it owns. Everything but adopt() and request_stop() runs on its
// thread.
#pragma once

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <limits>
#include <memory>

#include "api/http/access_rules.h"
#include "api/http/address_limit.h"
#include "api/http/response_head.h"
#include "api/http/server.h"

namespace dynolith::api {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
// The executor by its type: the one that hides it costs a reference count at every step.
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;

class Connection;

// What all threads of a server share; outlives them.
struct ServerShared {
  explicit ServerShared(ServerOptions options_)
      : options(std::move(options_)),
        access(options.cors_origins, options.allowed_hosts),
        addresses(options.connections_per_address_max, options.counts_loopback),
        health("healthy: dynamodb." + options.region + ".amazonaws.com ") {}

  RequestHandler handler;  // Set before the first connection.
  ServerOptions options;
  AccessRules access;
  AddressLimit addresses;
  std::string health;
  std::unique_ptr<asio::ssl::context> tls;     // Null: plain HTTP.
  std::unique_ptr<asio::thread_pool> workers;  // Null: none.
  std::atomic<size_t> body_bytes_in_flight{0};
};

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

class IoThread {
 public:
  IoThread(ServerShared& shared, size_t connections_max);
  ~IoThread();

  void run();  // Until stopped and its last connection is gone.
  asio::io_context& context() { return context_; }

  // Threads: any.
  void adopt(Socket socket);
  void request_stop();

  // For connections.
  ServerShared& shared() { return shared_; }
  ResponseHeadWriter& head_writer() { return head_writer_; }
  bool is_stopping() const { return stopping_; }
  static int64_t now_ms();
  void touch(Connection& connection);   // It has become idle just now.
  void remove(Connection& connection);  // Destroys it.

 private:
  using Connections = boost::intrusive::list<Connection>;

  void start_connection(Socket socket);
  AddressLimit::Place place_of(const Socket& socket);
  bool make_room();
  void stop();
  void schedule_tick();
  void tick();

  ServerShared& shared_;
  const size_t connections_max_;
  asio::io_context context_{1};  // One thread runs it.
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      timer_;
  bool ticking_ = false;
  bool stopping_ = false;
  int64_t stop_deadline_ms_ = kNever;
  ResponseHeadWriter head_writer_;
  std::unique_ptr<Connections> connections_;  // Least recently active first.
};

}  // namespace dynolith::api
