#include "storage/engine/time_to_live.h"

#include <algorithm>

namespace dynolith::storage {

TimeToLive::TimeToLive(Catalog& catalog, ExpiryBuilder& builder, Clock& clock,
                       TimeToLiveOptions options)
    : catalog_(catalog), builder_(builder), clock_(clock), options_(options) {}

const TimeToLive::Change* TimeToLive::last_change(TableId table, int64_t within_ms) const {
  const auto found = changes_.find(table);
  const bool matters =
      found != changes_.end() && clock_.monotonic_ms() < found->second.at_ms + within_ms;
  return matters ? &found->second : nullptr;
}

Result<void> TimeToLive::check(const Table& table, TableStatus status, std::string_view attribute,
                               bool enabled) const {
  if (status == TableStatus::kCreating || status == TableStatus::kDeleting)
    return make_error(ErrorCode::kResourceInUse,
                      std::string("Attempt to change a resource which is still in use: Table is "
                                  "being ") +
                          (status == TableStatus::kCreating ? "created: " : "deleted: ") +
                          table.name());
  if (last_change(table.id, std::max(options_.transition_ms, options_.change_interval_ms)))
    return validation_error(
        "Time to live has been modified multiple times within a fixed interval");
  const auto& current = table.expiry_attribute;
  if (current && *current != attribute)
    return validation_error(
        "TimeToLive is active on a different AttributeName: current AttributeName is " + *current);
  if (current && enabled) return validation_error("TimeToLive is already enabled");
  if (!current && !enabled) return validation_error("TimeToLive is already disabled");
  return {};
}

Result<void> TimeToLive::set(std::string_view name, std::string_view attribute, bool enabled,
                             std::string_view scope) {
  const std::lock_guard lock(mutex_);
  const auto change = [&](Table& table, TableStatus status) -> Result<void> {
    TRY(check(table, status, attribute, enabled));
    if (enabled)
      table.expiry_attribute = attribute;
    else
      table.expiry_attribute.reset();
    return {};
  };
  const TablePtr changed = TRY(builder_.change_table(name, scope, change));
  if (options_.transition_ms > 0 || options_.change_interval_ms > 0)
    changes_[changed->id] = {clock_.monotonic_ms(), std::string(attribute)};
  return {};
}

Result<TimeToLiveDescription> TimeToLive::describe(std::string_view name,
                                                   std::string_view scope) const {
  const CatalogEntry entry = TRY(catalog_.describe(name, scope));
  const auto& attribute = entry.table->expiry_attribute;
  const std::lock_guard lock(mutex_);
  const Change* change = last_change(entry.table->id, options_.transition_ms);
  if (attribute)
    return TimeToLiveDescription{
        change == nullptr ? TimeToLiveStatus::kEnabled : TimeToLiveStatus::kEnabling, *attribute};
  if (change != nullptr)
    return TimeToLiveDescription{TimeToLiveStatus::kDisabling, change->attribute};
  return TimeToLiveDescription{};
}

}  // namespace dynolith::storage
