// How a database is opened; apart from the database itself, so that who only passes options on
// includes little.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/clock.h"
#include "storage/function.h"
#include "storage/kv/durability.h"
#include "storage/limits.h"

namespace dynolith::storage {

struct TimeToLiveOptions {
  int64_t transition_ms = 0;       // How long ENABLING and DISABLING show.
  int64_t change_interval_ms = 0;  // Between two changes of one table, at least.
};

struct DatabaseOptions {
  std::string directory = {};  // Empty: in memory, gone when the database is closed.
  kv::Durability durability = kv::Durability::kEverySecond;
  std::shared_ptr<Clock> clock = system_clock();
  std::shared_ptr<IdSource> ids = system_id_source();
  Function<void(const std::string& line)> log = {};
  // How long tables show CREATING, DELETING and UPDATING, and their indexes with them; 0: a table
  // is usable as soon as create_table returns, a new index of it as soon as it is built.
  int64_t create_table_ms = 0;
  int64_t delete_table_ms = 0;
  int64_t update_table_ms = 0;
  int64_t shard_ms = kShardAgeMs;  // The age at which a stream's shard gets a successor.
  // Between two deletions of expired items; 0: only sweep_expired() deletes them.
  int64_t ttl_sweep_interval_ms = 5000;
  TimeToLiveOptions time_to_live = {};
  size_t block_cache_bytes = 128u << 20;
  uint64_t disk_reserve_bytes = 16u << 20;
  // For how long a transaction waits for an item that another call is writing, and a single write
  // for one that a transaction is writing, before it is a conflict.
  int64_t transaction_wait_ms = 250;
  int64_t item_collection_bytes_max = kItemCollectionBytesMax;  // Of tables with local indexes.
};

}  // namespace dynolith::storage
