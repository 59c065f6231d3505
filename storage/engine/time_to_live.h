// Tables' time to live as UpdateTimeToLive and DescribeTimeToLive see it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "storage/clock.h"
#include "storage/database_options.h"
#include "storage/engine/catalog.h"
#include "storage/engine/expiry_builder.h"
#include "storage/result.h"

namespace dynolith::storage {

enum class TimeToLiveStatus : uint8_t { kDisabled, kEnabling, kEnabled, kDisabling };

struct TimeToLiveDescription {
  TimeToLiveStatus status = TimeToLiveStatus::kDisabled;
  std::string attribute;  // Empty when disabled.
};

// What one sweep over all tables did.
struct SweepReport {
  uint64_t entries_read = 0;
  uint64_t items_deleted = 0;
};

// Threads: any, all calls.
class TimeToLive {
 public:
  // The arguments outlive it.
  TimeToLive(Catalog& catalog, ExpiryBuilder& builder, Clock& clock, TimeToLiveOptions options);

  // Errors: kResourceNotFound, kResourceInUse (the table is being created), kValidation (it is so
  // already, another attribute, changed too often).
  Result<void> set(std::string_view name, std::string_view attribute, bool enabled,
                   std::string_view scope);
  // Errors: kResourceNotFound.
  Result<TimeToLiveDescription> describe(std::string_view name, std::string_view scope) const;

 private:
  struct Change {
    int64_t at_ms = 0;      // By the monotonic clock.
    std::string attribute;  // That it named.
  };

  Result<void> check(const Table& table, TableStatus status, std::string_view attribute,
                     bool enabled) const;
  // Null: none that still matters.
  const Change* last_change(TableId table, int64_t within_ms) const;

  Catalog& catalog_;
  ExpiryBuilder& builder_;
  Clock& clock_;
  const TimeToLiveOptions options_;
  mutable std::mutex mutex_;
  std::map<TableId, Change> changes_;  // Guarded by mutex_. Only if an option asks for it.
};

}  // namespace dynolith::storage
