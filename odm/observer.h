// Sees every call that goes through a connection: for logs and metrics.
//
//   Table app(observe(connection, [](const CallEvent& event) {
//     log("{} {} {} ms", event.operation, event.table, event.duration_ms);
//   }), "app");
//
// Threads: any; the observer is called by the thread that made the call, after it, and may be
// called by several at once. What it throws is dropped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "odm/connection/connection.h"
#include "storage/function.h"

namespace dynolith::odm {

// One call that is over. Borrowed until the observer returns.
struct CallEvent {
  std::string_view operation;    // "GetItem"; the service's name.
  std::string_view table;        // Of calls about several tables: the first.
  size_t parts = 1;              // Of batches and transactions.
  int64_t duration_ms = 0;       // By the connection's clock, with all its retries.
  double consumed_capacity = 0;  // 0 if the other side did not say.
  const Error* error = nullptr;  // Null: it succeeded.
  // The request on the wire. Rendered with each call, so ask only if you need it; it shows the
  // values of items, also of masked attributes.
  FunctionRef<WireRequest()> wire;
};

// Needs: both not empty.
ConnectionPtr observe(ConnectionPtr connection,
                      storage::Function<void(const CallEvent& event)> observer);

}  // namespace dynolith::odm
