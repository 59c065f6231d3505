// A server like `dynolith serve`, on a store with a planted fault: the control of the crash test.
// It understands only the flags that the crash test gives: serve --port 0 --data DIR --fsync MODE.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "api/dispatcher.h"
#include "api/http/server.h"
#include "storage/engine/engine_database.h"
#include "storage/kv/open_store.h"
#include "tests/fault/split_batch_store.h"

namespace {

using namespace dynolith;

int serve(const std::string& directory) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  auto store = storage::kv::open_store({.directory = directory});
  if (!store.ok()) return 1;
  auto database = std::make_unique<storage::EngineDatabase>(tests::split_batches(std::move(*store)),
                                                            storage::DatabaseOptions{});
  if (!database->load().ok()) return 1;
  api::ServerOptions options;
  options.port = 0;
  auto server = api::Server::listen(options);
  if (!server.ok()) return 1;
  const api::Dispatcher dispatcher(*database, {});
  (*server)->serve(
      {.handle = [&dispatcher](const api::ApiRequest& request,
                               api::ApiReply& reply) { dispatcher.handle(request, reply); },
       .may_block = &api::Dispatcher::may_block});
  std::printf("Port:\t%u\nDurability:\tfaulty\n", (*server)->port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&stop, &received);
  (*server)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string(argv[i]) == "--data") return serve(argv[i + 1]);
  }
  return 64;
}
