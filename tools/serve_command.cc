#include "tools/serve_command.h"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "api/admission.h"
#include "api/dispatcher.h"
#include "api/http/server.h"
#include "storage/database.h"

namespace dynolith::tools {
namespace {

using storage::Database;
using storage::ErrorCode;
using storage::kv::Durability;

int fail(int status, const std::string& message) {
  fmt::print(stderr, "dynolith: {}\n", message);
  return status;
}

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kDirectoryInUse:
      return kExitInUse;
    case ErrorCode::kDirectoryNotWritable:
      return kExitNotWritable;
    case ErrorCode::kDirectoryCorrupt:
    case ErrorCode::kCorruption:
      return kExitCorrupt;
    case ErrorCode::kDirectoryTooNew:
      return kExitTooNew;
    default:
      return kExitIo;
  }
}

void set_up_log(const std::string& level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("dynolith", std::move(sink));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

// One line stays one line, whatever a client has put into it.
void log_line(spdlog::level::level_enum level, std::string line) {
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  spdlog::log(level, "{}", line);
}

// Each connection takes a file descriptor; so do the store's files.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Bodies of many megabytes go back to the system when they are done with. By itself the allocator
// would learn to keep them: it raises its threshold to the largest block ever freed.
void set_up_memory() {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

// SIGINT and SIGTERM are waited for by wait_for_stop and reach no thread before.
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

void wait_for_stop() {
  const sigset_t signals = stop_signals();
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // A second one ends the process at once.
}

std::string_view durability_text(const ServeFlags& flags) {
  if (flags.in_memory) return "none (in memory)";
  switch (flags.durability) {
    case Durability::kAlways:
      return "always (a killed process and a power cut lose nothing)";
    case Durability::kEverySecond:
      return "everysec (a killed process loses nothing, a power cut about the last second)";
    case Durability::kNever:
      return "never (a killed process loses nothing, a power cut what was not written yet)";
  }
  return "";
}

std::string printable_host(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// The lines after the first are spelled as DynamoDB Local's: scripts look for them.
void print_banner(const ServeFlags& flags, uint16_t port) {
  std::error_code ignored;
  const auto directory = flags.in_memory ? std::string("null")
                                         : std::filesystem::absolute(flags.data, ignored).string();
  fmt::print(
      "dynolith {} is listening on {}://{}:{}\n"
      "Port:\t{}\nInMemory:\t{}\nVersion:\t{}\nDbPath:\t{}\nSharedDb:\t{}\n"
      "CorsParams:\t{}\nDurability:\t{}\n",
      DYNOLITH_VERSION, flags.tls ? "https" : "http", printable_host(flags.host), port, port,
      flags.in_memory, DYNOLITH_VERSION, directory, !flags.isolate,
      flags.cors.empty() ? "null" : fmt::format("{}", fmt::join(flags.cors, ",")),
      durability_text(flags));
  std::fflush(stdout);
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

api::ServerOptions server_options(const ServeFlags& flags) {
  api::ServerOptions options;
  options.host = flags.host;
  options.port = flags.port;
  options.threads = flags.threads;
  options.tls = {flags.tls, flags.tls_certificate, flags.tls_key};
  options.cors_origins = flags.cors;
  options.allowed_hosts = flags.allow_host;
  // Writers that wait for one fsync together must not keep the event loops waiting.
  const bool waits = !flags.in_memory && flags.durability == Durability::kAlways;
  options.blocking_workers = waits ? api::kBlockingWorkers : 0;
  options.log = [](const std::string& line) { log_line(spdlog::level::warn, line); };
  return options;
}

storage::DatabaseOptions database_options(const ServeFlags& flags) {
  storage::DatabaseOptions options;
  if (!flags.in_memory) options.directory = flags.data;
  options.durability = flags.durability;
  options.create_table_ms = flags.create_table_ms;
  options.delete_table_ms = flags.delete_table_ms;
  options.shard_ms = flags.shard_ms;
  options.transaction_wait_ms = flags.transaction_wait_ms;
  options.update_table_ms = flags.update_table_ms;
  options.ttl_sweep_interval_ms = flags.ttl_sweep_ms;
  options.time_to_live = {flags.ttl_transition_ms, flags.ttl_change_interval_ms};
  options.item_collection_bytes_max = flags.item_collection_bytes_max;
  options.log = [](const std::string& line) { log_line(spdlog::level::warn, line); };
  return options;
}

}  // namespace

int serve(const ServeFlags& flags) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before the first thread, so in all of them.
  set_up_memory();
  set_up_log(flags.log_level);
  raise_file_limit();

  // The port first: a second start by mistake should say so, not that its data is in use.
  auto server = api::Server::listen(server_options(flags));
  if (!server.ok()) {
    const bool taken = server.error().code == ErrorCode::kResourceInUse;
    return fail(taken ? kExitPortInUse : kExitUnavailable, server.error().message);
  }
  auto database = Database::open(database_options(flags));
  if (!database.ok()) return fail(exit_status(database.error().code), database.error().message);
  if (flags.compact) (*database)->compact();

  api::DispatcherOptions dispatching;
  dispatching.isolate = flags.isolate;
  dispatching.wording = flags.wording;
  if (flags.throttle) {
    dispatching.admission =
        std::make_shared<api::Admission>(storage::system_clock(), flags.throttle_burst_seconds);
  }
  dispatching.log = [](const std::string& line) { log_line(spdlog::level::err, line); };
  const api::Dispatcher dispatcher(**database, std::move(dispatching));
  (*server)->serve(
      {.handle = [&dispatcher](const api::ApiRequest& request,
                               api::ApiReply& reply) { dispatcher.handle(request, reply); },
       .may_block = &api::Dispatcher::may_block});

  print_banner(flags, (*server)->port());
  if (!is_loopback(flags.host)) {
    log_line(spdlog::level::warn,
             flags.host +
                 " is reachable from other machines, and any credentials are accepted: "
                 "whoever reaches it reads and writes everything");
  }
  wait_for_stop();
  log_line(spdlog::level::info, "stopping: requests that have begun are being finished");
  (*server)->stop();
  return 0;
}

}  // namespace dynolith::tools
