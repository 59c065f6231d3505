#include "storage/database.h"

#include "storage/engine/engine_database.h"
#include "storage/kv/open_store.h"

namespace dynolith::storage {
namespace {

// Says which directory it is about, as all errors of opening one do.
Error opening_error(const std::string& directory, Error error) {
  const std::string name = "data directory '" + directory + "' ";
  if (error.code == ErrorCode::kCorruption)
    return make_error(ErrorCode::kDirectoryCorrupt,
                      name + "is damaged: " + error.message + "; restore it from a backup");
  if (error.code == ErrorCode::kDirectoryTooNew)
    return make_error(ErrorCode::kDirectoryTooNew, name + "is too new: " + error.message);
  return error;
}

}  // namespace

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
  if (auto loaded = database->load(); !loaded)
    return opening_error(options.directory, std::move(loaded).error());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace dynolith::storage
