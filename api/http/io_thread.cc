#include "api/http/io_thread.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "api/http/connection.h"

namespace dynolith::api {

IoThread::IoThread(ServerShared& shared, size_t connections_max)
    : shared_(shared),
      connections_max_(connections_max),
      work_(context_.get_executor()),
      timer_(context_.get_executor()),
      connections_(std::make_unique<Connections>()) {}

IoThread::~IoThread() {
  connections_->clear_and_dispose([](Connection* connection) { delete connection; });
}

void IoThread::run() { context_.run(); }

int64_t IoThread::now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void IoThread::adopt(Socket socket) {
  asio::dispatch(context_, [this, socket = std::move(socket)]() mutable {
    start_connection(std::move(socket));
  });
}

void IoThread::start_connection(Socket socket) {
  if (stopping_) return;  // Closes the socket.
  // Those above the limit are only told so, but even they are not without end.
  if (connections_->size() >= 2 * connections_max_) return;
  auto place = place_of(socket);
  const bool room = place.has_room() && (connections_->size() < connections_max_ || make_room());
  auto* connection = new Connection(*this, std::move(socket), std::move(place));
  connections_->push_back(*connection);
  schedule_tick();
  connection->start(room);
}

AddressLimit::Place IoThread::place_of(const Socket& socket) {
  boost::system::error_code gone;
  const auto remote = socket.remote_endpoint(gone);
  return gone ? AddressLimit::Place() : shared_.addresses.take(remote.address());
}

// Lets the connection go that has been idle for longest.
bool IoThread::make_room() {
  for (auto& connection : *connections_) {
    if (!connection.is_idle()) continue;
    connection.expire();
    return true;
  }
  return false;
}

void IoThread::touch(Connection& connection) {
  connections_->splice(connections_->end(), *connections_, Connections::s_iterator_to(connection));
}

void IoThread::remove(Connection& connection) {
  connections_->erase_and_dispose(Connections::s_iterator_to(connection),
                                  [](Connection* gone) { delete gone; });
  if (stopping_ && connections_->empty()) timer_.cancel();
}

void IoThread::request_stop() {
  asio::post(context_, [this] { stop(); });
}

void IoThread::stop() {
  if (stopping_) return;
  stopping_ = true;
  stop_deadline_ms_ = now_ms() + shared_.options.deadlines.shutdown.count();
  work_.reset();
  for (auto& connection : *connections_) {
    if (connection.is_idle()) connection.expire();
  }
  if (connections_->empty()) timer_.cancel();
}

// The deadlines of all connections are looked at once a tick: a timer of each one's own would have
// to be set again at every request.
void IoThread::schedule_tick() {
  if (ticking_) return;
  ticking_ = true;
  timer_.expires_after(shared_.options.deadlines.tick);
  timer_.async_wait([this](const boost::system::error_code&) {
    ticking_ = false;
    tick();
  });
}

void IoThread::tick() {
  const int64_t now = now_ms();
  for (auto& connection : *connections_) {
    if (now >= stop_deadline_ms_) {
      connection.abort();
    } else if (now >= connection.deadline_ms()) {
      connection.expire();
    }
  }
  if (!connections_->empty()) schedule_tick();
}

}  // namespace dynolith::api
