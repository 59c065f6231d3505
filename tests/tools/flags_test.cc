#include "tools/flags.h"

#include <gtest/gtest.h>

namespace dynolith::tools {
namespace {

using Arguments = std::vector<std::string>;
using storage::kv::Durability;

ServeFlags parsed(const Arguments& arguments) {
  auto result = parse_command_line(arguments);
  if (const auto* exit = std::get_if<Exit>(&result)) ADD_FAILURE() << exit->text;
  return std::holds_alternative<ServeFlags>(result) ? std::get<ServeFlags>(result) : ServeFlags{};
}

Exit refused(const Arguments& arguments) {
  auto result = parse_command_line(arguments);
  if (const auto* exit = std::get_if<Exit>(&result)) return *exit;
  ADD_FAILURE() << "accepted";
  return {};
}

TEST(Flags, HaveDefaults) {
  for (const auto& arguments : {Arguments{}, Arguments{"serve"}}) {
    const auto flags = parsed(arguments);
    EXPECT_EQ(flags.host, "127.0.0.1");
    EXPECT_EQ(flags.port, 8000);
    EXPECT_EQ(flags.data, "dynolith-data");
    EXPECT_FALSE(flags.in_memory);
    EXPECT_FALSE(flags.isolate);
    EXPECT_EQ(flags.durability, Durability::kEverySecond);
    EXPECT_EQ(flags.wording, api::Wording::kAws2026);
    EXPECT_EQ(flags.ttl_sweep_ms, 5000);
    EXPECT_FALSE(flags.throttle);
    EXPECT_EQ(flags.throttle_burst_seconds, 300);
  }
}

TEST(Flags, AreReadInOurSpelling) {
  const auto flags = parsed(
      {"serve",        "--port",      "0",         "--host=0.0.0.0",    "--data", "d",
       "--fsync",      "always",      "--cors",    "http://a,http://b", "--cors", "http://c",
       "--allow-host", "x.example",   "--isolate", "--threads",         "3",      "--wording",
       "classic",      "--log-level", "info",      "--stream-shard-ms", "60000"});
  EXPECT_EQ(flags.port, 0);
  EXPECT_EQ(flags.host, "0.0.0.0");
  EXPECT_EQ(flags.data, "d");
  EXPECT_EQ(flags.durability, Durability::kAlways);
  EXPECT_EQ(flags.cors, (Arguments{"http://a", "http://b", "http://c"}));
  EXPECT_EQ(flags.allow_host, Arguments{"x.example"});
  EXPECT_TRUE(flags.isolate);
  EXPECT_EQ(flags.threads, 3u);
  EXPECT_EQ(flags.shard_ms, 60'000);
  EXPECT_EQ(flags.wording, api::Wording::kClassic);
  EXPECT_EQ(flags.log_level, "info");
  EXPECT_EQ(parsed({"--fsync=never"}).durability, Durability::kNever);
  EXPECT_TRUE(parsed({"--throttle"}).throttle);
  EXPECT_EQ(parsed({"--throttle", "--throttle-burst=1"}).throttle_burst_seconds, 1);
}

TEST(Flags, SayWhenItemsExpire) {
  const auto flags = parsed(
      {"--ttl-sweep-ms", "100", "--ttl-transition-ms=5", "--ttl-change-interval-ms", "3600000"});
  EXPECT_EQ(flags.ttl_sweep_ms, 100);
  EXPECT_EQ(flags.ttl_transition_ms, 5);
  EXPECT_EQ(flags.ttl_change_interval_ms, 3600000);
  EXPECT_EQ(parsed({"-ttlSweepMs", "0"}).ttl_sweep_ms, 0);
  refused({"--ttl-sweep-ms", "-1"});
}

TEST(Flags, AreReadInTheSpellingOfDynamoDbLocal) {
  const auto flags =
      parsed({"-Djava.library.path=./DynamoDBLocal_lib", "-Xmx512m", "-jar", "DynamoDBLocal.jar",
              "-port", "8001", "-dbPath", "./data", "-sharedDb", "-cors", "*",
              "-delayTransientStatuses", "-optimizeDbBeforeStartup", "-disableTelemetry"});
  EXPECT_EQ(flags.port, 8001);
  EXPECT_EQ(flags.data, "./data");
  EXPECT_EQ(flags.cors, Arguments{"*"});
  EXPECT_EQ(flags.update_table_ms, 500);
  EXPECT_TRUE(flags.compact);
  EXPECT_TRUE(parsed({"-jar", "DynamoDBLocal.jar", "-inMemory"}).in_memory);
}

TEST(Flags, AreReadInTheSpellingOfDynalite) {
  const auto flags = parsed({"--port", "4567", "--path", "mydb", "--createTableMs", "10",
                             "--deleteTableMs=20", "--updateTableMs", "30"});
  EXPECT_EQ(flags.port, 4567);
  EXPECT_EQ(flags.data, "mydb");
  EXPECT_EQ(flags.create_table_ms, 10);
  EXPECT_EQ(flags.delete_table_ms, 20);
  EXPECT_EQ(flags.update_table_ms, 30);
  EXPECT_FALSE(flags.tls);
  EXPECT_TRUE(parsed({"--ssl"}).tls);
  EXPECT_TRUE(parsed({"--tls-cert", "a", "--tls-key", "b"}).tls);
}

TEST(Flags, KeepValuesThatLookLikeOtherFlagsSpellings) {
  EXPECT_EQ(in_our_spelling({"--data", "serve"}), (Arguments{"--data", "serve"}));
  EXPECT_EQ(in_our_spelling({"-dbPath=x"}), Arguments{"--data=x"});
  EXPECT_EQ(in_our_spelling({"--data", ""}), (Arguments{"--data", ""}));
}

TEST(Flags, AreRefusedClearly) {
  for (const auto& arguments :
       {Arguments{"--port", "65536"}, Arguments{"--port", "x"}, Arguments{"--port"},
        Arguments{"--port", "-1"}, Arguments{"--fsync", "sometimes"}, Arguments{"--bogus"},
        Arguments{"server"}, Arguments{"serve", "serve"}, Arguments{"--tls-cert", "a.pem"},
        Arguments{"--tls-key=a.pem"}, Arguments{"--maxItemSizeKb", "500"},
        Arguments{"-inMemory", "-dbPath", "x"}, Arguments{"--isolate", "-sharedDb"},
        Arguments{"--threads", "0"}, Arguments{"--createTableMs", "-1"},
        Arguments{"--stream-shard-ms", "0"}, Arguments{"--wording", "old"},
        Arguments{"--throttle-burst", "5"}, Arguments{"--throttle", "--throttle-burst", "0"}}) {
    const auto exit = refused(arguments);
    EXPECT_EQ(exit.status, kExitUsage) << arguments[0];
    EXPECT_TRUE(exit.text.starts_with("dynolith: ")) << exit.text;
  }
}

TEST(Flags, AskForHelpOrVersion) {
  for (const char* help : {"--help", "-help", "-h"}) {
    const auto exit = refused({help});
    EXPECT_EQ(exit.status, 0);
    EXPECT_NE(exit.text.find("--in-memory"), std::string::npos);
  }
  for (const char* version : {"--version", "-version"}) {
    EXPECT_EQ(refused({version}).text, "dynolith " DYNOLITH_VERSION "\n");
  }
}

}  // namespace
}  // namespace dynolith::tools
