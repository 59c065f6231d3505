#include "tools/flags.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <string_view>
#include <utility>

namespace dynolith::tools {
namespace {

using storage::kv::Durability;

constexpr std::string_view kDescription =
    "Dynolith: a DynamoDB-compatible key-value store.\n"
    "`dynolith serve` answers DynamoDB's HTTP API; the word \"serve\" may be left out. The flags "
    "of "
    "DynamoDB Local and dynalite are understood as they are.";

constexpr int64_t kTransientStatusMs = 500;

struct Spelling {
  std::string_view theirs, ours;
};

// DynamoDB Local's, then dynalite's and dynoxide's.
constexpr Spelling kSpellings[] = {
    {"-port", "--port"},
    {"-inMemory", "--in-memory"},
    {"-dbPath", "--data"},
    {"-sharedDb", "--shared-db"},
    {"-cors", "--cors"},
    {"-delayTransientStatuses", "--delay-transient-statuses"},
    {"-optimizeDbBeforeStartup", "--optimize-db-before-startup"},
    {"-disableTelemetry", "--disable-telemetry"},
    {"-ttlSweepMs", "--ttl-sweep-ms"},
    {"-version", "--version"},
    {"-help", "--help"},
    {"--path", "--data"},
    {"--db-path", "--data"},
};

void add_table_delays(CLI::App& app, ServeFlags& flags) {
  app.add_option("--createTableMs", flags.create_table_ms,
                 "How long a new table shows CREATING (default 0: usable at once)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
  app.add_option("--deleteTableMs", flags.delete_table_ms,
                 "How long a deleted table shows DELETING (default 0)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
  app.add_option("--updateTableMs", flags.update_table_ms,
                 "How long a changed table shows UPDATING, and a new index CREATING at the least "
                 "(default 0)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
}

void add_time_to_live(CLI::App& app, ServeFlags& flags) {
  app.add_option("--ttl-sweep-ms", flags.ttl_sweep_ms,
                 "How often expired items are deleted (default 5000; 0: never)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
  app.add_option("--ttl-transition-ms", flags.ttl_transition_ms,
                 "How long a table's time to live shows ENABLING and DISABLING (default 0)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
  app.add_option("--ttl-change-interval-ms", flags.ttl_change_interval_ms,
                 "How soon it can be changed again (default 0: at once; the service: an hour)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
}

// What others' flags ask for and we do anyway, or have nothing to do for.
void add_accepted(CLI::App& app, ServeFlags& flags) {
  const auto accepted = [&app](const char* name, const std::string& why) {
    return app.add_flag(name, why)->group("Accepted from DynamoDB Local");
  };
  accepted("--shared-db", "One namespace of tables for all credentials (the default)")
      ->excludes("--isolate");
  app.add_flag_callback(
         "--delay-transient-statuses",
         [&flags] {
           for (auto* delay_ms :
                {&flags.create_table_ms, &flags.update_table_ms, &flags.delete_table_ms})
             if (*delay_ms == 0) *delay_ms = kTransientStatusMs;
         },
         "Show tables CREATING, UPDATING and DELETING for half a second each, unless "
         "--createTableMs "
         "and its like say else")
      ->group("Accepted from DynamoDB Local");
  accepted("--disable-telemetry", "No effect: there is none");
  app.add_flag("--optimize-db-before-startup", flags.compact, "Compact the data before serving")
      ->group("Accepted from DynamoDB Local");
}

void add_serving(CLI::App& app, ServeFlags& flags) {
  app.add_option("--transaction-wait-ms", flags.transaction_wait_ms,
                 "How long a transaction waits for an item that is being written before it is a "
                 "conflict (default 250)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
  app.add_option("--port,-p", flags.port, "Port to listen on; 0: a free one (default 8000)")
      ->type_name("N");
  app.add_option("--host", flags.host, "Address to listen on (default 127.0.0.1)")
      ->type_name("ADDRESS");
  app.add_option("--cors", flags.cors,
                 "Origins of web pages that may use the server, besides localhost; '*': all")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->type_name("ORIGIN,...");
  app.add_option("--allow-host", flags.allow_host,
                 "Further names under which the server may be addressed; '*.suffix' too")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->type_name("NAME,...");
  app.add_flag("--ssl,--tls", flags.tls,
               "Serve https://, with a self-signed certificate unless one is given");
  auto* certificate = app.add_option("--tls-cert", flags.tls_certificate,
                                     "Certificate and chain for https://, in PEM form")
                          ->type_name("FILE");
  auto* key = app.add_option("--tls-key", flags.tls_key, "Its private key, readable by you alone")
                  ->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--threads", flags.threads, "Threads that serve connections (default: cores)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
}

void add_storing(CLI::App& app, ServeFlags& flags) {
  auto* data = app.add_option("--data", flags.data,
                              "Directory of the database, made if absent (default dynolith-data)")
                   ->type_name("DIR");
  app.add_flag("--in-memory", flags.in_memory, "Keep nothing on disk")->excludes(data);
  app.add_option_function<std::string>(
         "--fsync",
         [&flags](const std::string& name) {
           flags.durability = name == "always"  ? Durability::kAlways
                              : name == "never" ? Durability::kNever
                                                : Durability::kEverySecond;
         },
         "What a power cut may lose: nothing (always), about the last second (everysec, the "
         "default), what the system has not written yet (never)")
      ->check(CLI::IsMember({"always", "everysec", "never"}).description(""))
      ->type_name("always|everysec|never");
  app.add_flag("--isolate", flags.isolate,
               "Separate the tables of each access key and region, as DynamoDB Local does");
  app.add_option("--stream-shard-ms", flags.shard_ms,
                 "Age at which a stream's shard gets a successor (default 14400000: 4 hours)")
      ->check(CLI::PositiveNumber)
      ->type_name("MS");
}

void add_answering(CLI::App& app, ServeFlags& flags) {
  app.add_option_function<std::string>(
         "--wording",
         [&flags](const std::string& name) {
           flags.wording = name == "classic" ? api::Wording::kClassic : api::Wording::kAws2026;
         },
         "Texts of errors: today's (default), or those of before June 2026")
      ->check(CLI::IsMember({"aws-2026", "classic"}).description(""))
      ->type_name("aws-2026|classic");
  app.add_option("--item-collection-limit", flags.item_collection_bytes_max,
                 "How large the items of one partition key may become together, with their "
                 "entries, in tables with local indexes (default 10 GB)")
      ->check(CLI::Range(int64_t{1}, storage::kItemCollectionBytesMax))
      ->type_name("BYTES");
  auto* throttle =
      app.add_flag("--throttle", flags.throttle,
                   "Enforce provisioned throughput, and maximum throughput on demand, of tables "
                   "and global indexes (default: neither)");
  app.add_option("--throttle-burst", flags.throttle_burst_seconds,
                 "How many seconds of unused capacity are saved for bursts (default 300)")
      ->check(CLI::Range(1, 86400))
      ->needs(throttle)
      ->type_name("SECONDS");
  app.add_option("--log-level", flags.log_level, "debug, info, warn (default), error or off")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}).description(""))
      ->type_name("LEVEL");
}

bool starts_with_java_flag(std::string_view argument) {
  return argument.starts_with("-Djava.") || argument.starts_with("-Dsqlite") ||
         argument.starts_with("-Xm") || argument.starts_with("-XX:");
}

std::optional<std::string> refusal_of(const std::vector<std::string>& arguments) {
  for (const auto& argument : arguments) {
    if (argument.starts_with("--maxItemSizeKb")) {
      return "--maxItemSizeKb: the limit is the service's, 400 KB, and cannot be changed";
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> in_our_spelling(const std::vector<std::string>& arguments) {
  std::vector<std::string> ours;
  bool command_taken = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (starts_with_java_flag(argument)) continue;
    if (argument == "-jar") {
      ++i;  // And the name of the jar.
      continue;
    }
    if (argument == "serve" && ours.empty() && !std::exchange(command_taken, true)) continue;
    std::string_view spelling = argument;
    for (const auto& known : kSpellings) {
      const bool with_value = argument.size() > known.theirs.size() &&
                              argument.starts_with(known.theirs) &&
                              argument[known.theirs.size()] == '=';
      if (argument == known.theirs) {
        spelling = known.ours;
      } else if (with_value) {
        ours.push_back(std::string(known.ours).append(argument.substr(known.theirs.size())));
        spelling = {};
      }
    }
    if (!spelling.empty() || argument.empty()) ours.emplace_back(spelling);
  }
  return ours;
}

std::variant<ServeFlags, Exit> parse_command_line(const std::vector<std::string>& arguments) {
  ServeFlags flags;
  CLI::App app{std::string(kDescription), "dynolith"};
  app.set_version_flag("--version", "dynolith " DYNOLITH_VERSION);
  add_serving(app, flags);
  add_storing(app, flags);
  add_answering(app, flags);
  add_table_delays(app, flags);
  add_time_to_live(app, flags);
  add_accepted(app, flags);

  auto ours = in_our_spelling(arguments);
  if (auto refused = refusal_of(ours)) return Exit{kExitUsage, "dynolith: " + *refused + "\n"};
  std::reverse(ours.begin(), ours.end());  // As CLI11 wants them.
  try {
    app.parse(ours);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const int status = app.exit(error, out, out);
    if (status == 0) return Exit{0, out.str()};
    return Exit{kExitUsage, "dynolith: " + out.str()};
  }
  if (!flags.tls_certificate.empty()) flags.tls = true;
  return flags;
}

}  // namespace dynolith::tools
