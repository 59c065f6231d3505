#include "api/http/server.h"

#include <fmt/format.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "api/http/connection.h"
#include "api/http/io_thread.h"
#include "api/http/tls.h"

namespace dynolith::api {
namespace {

using ErrorCodeOf = boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;

constexpr std::chrono::milliseconds kAcceptPause{100};  // After a failure: out of file descriptors.

// Accepts on the first I/O thread and deals the connections out in turn.
class Listener {
 public:
  Listener(IoThread& home, const std::vector<std::unique_ptr<IoThread>>& threads,
           const std::function<void(const std::string&)>& log)
      : threads_(threads),
        log_(log),
        acceptor_(home.context().get_executor()),
        pause_(home.context().get_executor()) {}

  Result<void> open(const Tcp::endpoint& endpoint);
  Tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  void accept();
  void close() {  // On the first I/O thread.
    ErrorCodeOf ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  void on_accept(const ErrorCodeOf& error, IoThread& thread, Socket socket);

  const std::vector<std::unique_ptr<IoThread>>& threads_;
  const std::function<void(const std::string&)>& log_;
  Acceptor acceptor_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      pause_;
  size_t next_ = 0;
};

Result<void> Listener::open(const Tcp::endpoint& endpoint) {
  ErrorCodeOf error;
  acceptor_.open(endpoint.protocol(), error);
  // Never SO_REUSEPORT: two servers could then share one port unnoticed.
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  // "::" takes IPv4 too, as people expect of it; other addresses are what they say.
  const bool only_v6 = !endpoint.address().is_unspecified();
  if (!error && endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(only_v6), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kListenBacklog, error);
  if (!error) return {};
  const auto address = endpoint.address().to_string();
  if (error == asio::error::address_in_use) {
    return storage::make_error(
        ErrorCode::kResourceInUse,
        fmt::format("port {} of {} is in use by another program; choose another with --port",
                    endpoint.port(), address));
  }
  return storage::make_error(
      ErrorCode::kUnavailable,
      fmt::format("cannot listen on port {} of {}: {}", endpoint.port(), address, error.message()));
}

void Listener::accept() {
  IoThread& thread = *threads_[next_++ % threads_.size()];
  acceptor_.async_accept(thread.context().get_executor(),
                         [this, &thread](const ErrorCodeOf& error, Socket socket) {
                           on_accept(error, thread, std::move(socket));
                         });
}

void Listener::on_accept(const ErrorCodeOf& error, IoThread& thread, Socket socket) {
  if (!acceptor_.is_open()) return;
  if (!error) {
    thread.adopt(std::move(socket));
    return accept();
  }
  if (error == asio::error::connection_aborted) return accept();
  if (log_) log_("cannot accept a connection: " + error.message());
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](const ErrorCodeOf&) {
    if (acceptor_.is_open()) accept();
  });
}

class ServerOnThreads : public Server {
 public:
  explicit ServerOnThreads(ServerOptions options);
  ~ServerOnThreads() override { ServerOnThreads::stop(); }

  Result<void> set_up_tls();
  Result<void> open_listeners();
  void serve(RequestHandler handler) override;
  uint16_t port() const override { return port_; }
  void stop() override;

 private:
  Result<std::vector<Tcp::endpoint>> endpoints();

  ServerShared shared_;
  std::vector<std::unique_ptr<IoThread>> io_threads_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::thread> threads_;
  uint16_t port_ = 0;
};

ServerOnThreads::ServerOnThreads(ServerOptions options) : shared_(std::move(options)) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  const size_t count = shared_.options.threads > 0 ? shared_.options.threads : cores;
  // Connections are dealt out evenly, so each thread keeps to its share of the limit.
  const size_t share = std::max<size_t>(1, (shared_.options.connections_max + count - 1) / count);
  for (size_t i = 0; i < count; ++i) {
    io_threads_.push_back(std::make_unique<IoThread>(shared_, share));
  }
  if (shared_.options.blocking_workers > 0) {
    shared_.workers = std::make_unique<asio::thread_pool>(shared_.options.blocking_workers);
  }
}

Result<std::vector<Tcp::endpoint>> ServerOnThreads::endpoints() {
  const auto& [host, port] = std::tie(shared_.options.host, shared_.options.port);
  std::vector<Tcp::endpoint> found;
  if (host == "127.0.0.1" || host == "localhost") {
    // Clients that are told "localhost" may try either.
    found = {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
    return found;
  }
  ErrorCodeOf error;
  Tcp::resolver resolver(io_threads_[0]->context());
  for (const auto& entry :
       resolver.resolve(host, std::to_string(port), Tcp::resolver::passive, error)) {
    found.push_back(entry.endpoint());
  }
  if (error || found.empty()) {
    return storage::make_error(
        ErrorCode::kUnavailable,
        fmt::format("--host {} is no address of this machine: {}", host, error.message()));
  }
  return found;
}

Result<void> ServerOnThreads::set_up_tls() {
  if (shared_.options.tls.enabled) shared_.tls = TRY(make_tls_context(shared_.options.tls));
  return {};
}

Result<void> ServerOnThreads::open_listeners() {
  for (auto endpoint : TRY(endpoints())) {
    if (port_ != 0) endpoint.port(port_);  // The one that was found free for the first.
    auto listener = std::make_unique<Listener>(*io_threads_[0], io_threads_, shared_.options.log);
    const auto opened = listener->open(endpoint);
    if (!opened.ok()) {
      // A machine without IPv6 is no reason not to serve.
      const bool taken = opened.error().code == ErrorCode::kResourceInUse;
      if (listeners_.empty() || (taken && shared_.options.port != 0)) return opened.error();
      continue;
    }
    port_ = listener->endpoint().port();
    listeners_.push_back(std::move(listener));
  }
  return {};
}

void ServerOnThreads::serve(RequestHandler handler) {
  shared_.handler = std::move(handler);
  for (const auto& listener : listeners_) listener->accept();
  for (const auto& thread : io_threads_) {
    threads_.emplace_back([&io = *thread] { io.run(); });
  }
}

void ServerOnThreads::stop() {
  if (threads_.empty()) return;
  asio::post(io_threads_[0]->context(), [this] {
    for (const auto& listener : listeners_) listener->close();
  });
  for (const auto& thread : io_threads_) thread->request_stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  if (shared_.workers != nullptr) shared_.workers->join();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(ServerOptions options) {
  auto server = std::make_unique<ServerOnThreads>(std::move(options));
  TRY(server->set_up_tls());
  TRY(server->open_listeners());
  return Result<std::unique_ptr<Server>>(std::unique_ptr<Server>(std::move(server)));
}

}  // namespace dynolith::api
