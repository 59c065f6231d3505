#include "storage/database.h"

#include "storage/engine/engine_database.h"

namespace dynolith::storage {

Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
  kv::StoreOptions store_options;
  store_options.directory = options.directory;
  store_options.durability = options.durability;
  store_options.block_cache_bytes = options.block_cache_bytes;
  store_options.reserve_bytes = options.disk_reserve_bytes;
  store_options.clock = options.clock;
  store_options.log = options.log;
  auto store = TRY(kv::open_store(std::move(store_options)));
  auto database = std::make_unique<EngineDatabase>(std::move(store), options);
  TRY(database->load());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace dynolith::storage
