// The command line: our flags, and those of DynamoDB Local and dynalite as they are.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "api/operations/operations.h"
#include "storage/kv/open_store.h"
#include "storage/limits.h"

namespace dynolith::tools {

struct ServeFlags {
  std::string host = "127.0.0.1";
  uint16_t port = 8000;
  std::string data = "dynolith-data";
  bool in_memory = false;
  storage::kv::Durability durability = storage::kv::Durability::kEverySecond;
  std::vector<std::string> cors;
  std::vector<std::string> allow_host;
  bool isolate = false;
  int64_t shard_ms = storage::kShardAgeMs;
  bool tls = false;
  std::string tls_certificate, tls_key;  // Both empty: self-signed.
  unsigned threads = 0;
  api::Wording wording = api::Wording::kAws2026;
  int64_t item_collection_bytes_max = storage::kItemCollectionBytesMax;
  bool throttle = false;
  int64_t throttle_burst_seconds = 300;
  int64_t create_table_ms = 0;
  int64_t delete_table_ms = 0;
  int64_t transaction_wait_ms = 250;
  int64_t update_table_ms = 0;
  int64_t ttl_sweep_ms = 5000;
  int64_t ttl_transition_ms = 0;
  int64_t ttl_change_interval_ms = 0;
  bool compact = false;  // Before serving.
  std::string log_level = "warn";
};

// What to print instead of serving, and the status to exit with.
struct Exit {
  int status = 0;
  std::string text;
};

// `arguments` without the program's name.
std::variant<ServeFlags, Exit> parse_command_line(const std::vector<std::string>& arguments);

// The same arguments in our spelling: "-dbPath x" becomes "--data x", what only java reads is
// dropped.
std::vector<std::string> in_our_spelling(const std::vector<std::string>& arguments);

inline constexpr int kExitUsage = 64;

}  // namespace dynolith::tools
