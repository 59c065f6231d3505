#include "tests/support/served_database.h"

#include <stdexcept>
#include <utility>

namespace dynolith::test {

namespace {

template <class T>
T or_throw(storage::Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

api::ServerOptions one_thread_on_a_free_port() {
  api::ServerOptions options;
  options.port = 0;
  options.threads = 1;
  return options;
}

}  // namespace

ServedDatabase::ServedDatabase(storage::DatabaseOptions options, api::DispatcherOptions dispatching)
    : database_(or_throw(storage::Database::open(std::move(options)))),
      dispatcher_(*database_, std::move(dispatching)),
      server_(or_throw(api::Server::listen(one_thread_on_a_free_port()))) {
  server_->serve({.handle = [this](const api::ApiRequest& request,
                                   api::ApiReply& reply) { dispatcher_.handle(request, reply); },
                  .may_block = {}});
}

ServedDatabase::~ServedDatabase() { server_->stop(); }

}  // namespace dynolith::test
