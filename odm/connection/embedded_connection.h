// The connection to a database in this process: requests go to the engine as they are, without text
// and without JSON, and are answered as the service answers them.
//
//   auto connection = odm::open_embedded({.directory = "data"});
//
// Two things differ from a server: expressions have no text, so its limit of 4,096 bytes does not
// hold (that of 300 operators does), and nothing is throttled or left unprocessed for want of
// capacity.
//
// Items and operands of a request are bytes that the mapper's codec wrote; their lengths, depth and
// UTF-8 are the codec's duty. Trees, keys and numbers are checked here.
#pragma once

#include <cstdint>
#include <memory>

#include "odm/connection/connection.h"
#include "storage/database_options.h"
#include "storage/function.h"

namespace dynolith::storage {
class Database;
}  // namespace dynolith::storage

namespace dynolith::odm {

struct EmbeddedOptions {
  std::shared_ptr<storage::Clock> clock = storage::system_clock();
  std::shared_ptr<storage::IdSource> ids = storage::system_id_source();
  // What wait_ms() does. Empty: it sleeps. Threads: any.
  storage::Function<void(int64_t milliseconds)> wait = {};
};

// The connection keeps the database open. Needs: not null.
ConnectionPtr embedded(std::shared_ptr<storage::Database> database, EmbeddedOptions options = {});
// The database outlives the connection.
ConnectionPtr embedded(storage::Database& database, EmbeddedOptions options = {});
// Opens a database that closes with the last user of the connection, whose clock and ids are those
// of `options`. Errors: kUnavailable (another process has the directory), kInternal (it cannot be
// read or written).
Result<ConnectionPtr> open_embedded(storage::DatabaseOptions options);

}  // namespace dynolith::odm
