// Settings of the table, and of its indexes, changed by UpdateTable.
#include "storage/engine/table_update.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "storage/engine/stream_registry.h"
#include "storage/engine/table_rules.h"
#include "storage/engine/table_update_rules.h"

namespace dynolith::storage {
namespace {

constexpr int64_t kDayMs = 24 * 3'600'000;
constexpr int64_t kHourMs = 3'600'000;
// AWS guide, "Decreasing provisioned throughput": four at any time of a day, then one an hour.
constexpr uint32_t kFreeDecreases = 4;

// "Saturday, November 21, 2026 4:05:09 PM UTC".
std::string day_and_time(int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  const auto part = [&](const char* format) {
    std::array<char, 64> text;
    return std::string(text.data(), std::strftime(text.data(), text.size(), format, &utc));
  };
  const int hour = utc.tm_hour % 12 == 0 ? 12 : utc.tm_hour % 12;
  return part("%A, %B ") + std::to_string(utc.tm_mday) + part(", %Y ") + std::to_string(hour) +
         part(":%M:%S ") + (utc.tm_hour < 12 ? "AM" : "PM") + " UTC";
}

// `what`: "table", or "index <name>".
Error no_change(const std::string& what, const Throughput& units) {
  const std::string kind = what.substr(0, what.find(' '));
  const auto compared = [&](const std::string& member, int64_t value) {
    const std::string text = std::to_string(value);
    return "Current " + member + " provisioned for the " + kind + ": " + text + ". Requested " +
           member + ": " + text + ". ";
  };
  return validation_error("The provisioned throughput for the " + what +
                          " will not change. The requested value equals the current value. " +
                          compared("ReadCapacityUnits", units.read_units) +
                          compared("WriteCapacityUnits", units.write_units) +
                          "Refer to the Amazon DynamoDB Developer Guide for current limits and how "
                          "to request higher limits.");
}

Result<void> count_decrease(ThroughputHistory& history, int64_t now_ms) {
  const uint32_t today = decreases_today(history, now_ms);
  if (today >= kFreeDecreases && now_ms - history.decreased_ms < kHourMs)
    return make_error(
        ErrorCode::kLimitExceeded,
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given "
        "UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be "
        "performed at most once every 3600 seconds. Number of decreases today: " +
            std::to_string(today) + ". Last decrease at " + day_and_time(history.decreased_ms) +
            ". Next decrease can be made at " + day_and_time(history.decreased_ms + kHourMs));
  history.decreases_today = today + 1;
  history.decreased_ms = now_ms;
  return {};
}

Result<void> change_throughput(const std::string& what, const Throughput& wanted, int64_t now_ms,
                               Throughput& units, ThroughputHistory& history) {
  if (wanted == units) return no_change(what, units);
  if (wanted.read_units < units.read_units || wanted.write_units < units.write_units)
    TRY(count_decrease(history, now_ms));
  if (wanted.read_units > units.read_units || wanted.write_units > units.write_units)
    history.increased_ms = now_ms;
  units = wanted;
  return {};
}

void change_limit(const std::optional<int64_t>& wanted, std::optional<int64_t>& limit) {
  if (!wanted) return;
  limit = *wanted == kNoLimit ? std::nullopt : wanted;
}

void change_limits(const std::optional<ThroughputLimits>& wanted,
                   std::optional<ThroughputLimits>& limits) {
  if (!wanted) return;
  if (!limits) limits.emplace();
  change_limit(wanted->read_units, limits->read_units);
  change_limit(wanted->write_units, limits->write_units);
  if (*limits == ThroughputLimits{}) limits.reset();
}

Result<void> change_warm(const std::string& what, const std::optional<ThroughputLimits>& wanted,
                         const Throughput& otherwise, std::optional<ThroughputLimits>& warm) {
  if (!wanted) return {};
  if (!warm) warm.emplace();
  const auto raise = [&](std::string_view member, const std::optional<int64_t>& to, int64_t least,
                         std::optional<int64_t>& units) -> Result<void> {
    if (!to) return {};
    if (*to < units.value_or(least))
      return validation_error("One or more parameter values were invalid: Requested " +
                              std::string(member) + " for WarmThroughput for " + what +
                              " is lower than current WarmThroughput, decreasing WarmThroughput is "
                              "not supported");
    units = to;
    return {};
  };
  TRY(raise("ReadUnitsPerSecond", wanted->read_units, otherwise.read_units, warm->read_units));
  return raise("WriteUnitsPerSecond", wanted->write_units, otherwise.write_units,
               warm->write_units);
}

void go_on_demand(int64_t now_ms, Table& table) {
  table.definition.throughput = {};
  table.throughput_history.on_demand_since_ms = now_ms;
  for (Index& index : table.indexes) index.definition.throughput.reset();
}

void go_provisioned(Table& table) {
  int64_t& since_ms = table.throughput_history.on_demand_since_ms;
  if (since_ms == 0) since_ms = table.created_ms;
  table.definition.on_demand_limits.reset();
  for (Index& index : table.indexes) {
    index.definition.on_demand_limits.reset();
    // Nobody can say what an index that is going should have; it needs something until it is gone.
    if (index.status == IndexStatus::kDeleting) index.definition.throughput = Throughput{1, 1};
  }
}

Result<void> change_billing(const TableUpdate& update, int64_t now_ms, Table& table) {
  TableDefinition& definition = table.definition;
  const BillingMode mode = update.billing_mode.value_or(definition.billing_mode);
  const bool switches = mode != definition.billing_mode;
  definition.billing_mode = mode;
  if (mode == BillingMode::kPayPerRequest) {
    TRY(check_no_throughput(update));
    if (switches) go_on_demand(now_ms, table);
  } else if (switches) {
    go_provisioned(table);
    if (update.throughput) definition.throughput = *update.throughput;
  } else if (update.throughput) {
    TRY(change_throughput("table", *update.throughput, now_ms, definition.throughput,
                          table.throughput_history));
  }
  change_limits(update.on_demand_limits, definition.on_demand_limits);
  return change_warm("table", update.warm_throughput,
                     default_warm_throughput(mode, definition.throughput),
                     definition.warm_throughput);
}

Result<void> change_index(const UpdateIndex& wanted, int64_t now_ms, const Table& table,
                          Index& index) {
  IndexDefinition& definition = index.definition;
  const std::string what = "index " + definition.name;
  if (wanted.throughput) {
    if (definition.throughput)
      TRY(change_throughput(what, *wanted.throughput, now_ms, *definition.throughput,
                            index.throughput_history));
    else  // The table was on demand until now.
      definition.throughput = wanted.throughput;
  }
  change_limits(wanted.on_demand_limits, definition.on_demand_limits);
  return change_warm(what, wanted.warm_throughput,
                     default_warm_throughput(table.definition.billing_mode,
                                             definition.throughput.value_or(Throughput{})),
                     definition.warm_throughput);
}

Result<void> change_indexes(const TableUpdate& update, int64_t now_ms, Table& table) {
  for (const IndexChange& change : update.index_changes) {
    if (const auto* created = std::get_if<CreateIndex>(&change)) {
      TRY(add_index(update, created->definition, table));
    } else if (const auto* deleted = std::get_if<DeleteIndex>(&change)) {
      TRY(mark_index_deleted(deleted->name, table));
    } else {
      const auto& updated = std::get<UpdateIndex>(change);
      Index* const index = TRY(index_to_update(updated.name, table));
      TRY(change_index(updated, now_ms, table, *index));
    }
  }
  return {};
}

Result<void> change_encryption(const TableUpdate& update, Table& table) {
  if (!update.encryption) return {};
  const auto& wanted = update.encryption->encryption;
  auto& encryption = table.definition.encryption;
  if (wanted && encryption && wanted->kms_key_arn == encryption->kms_key_arn)
    return validation_error(
        "One or more parameter values were invalid: Table is already encrypted by given "
        "KMSMasterKeyId");
  encryption = wanted;
  return {};
}

}  // namespace

uint32_t decreases_today(const ThroughputHistory& history, int64_t now_ms) {
  return history.decreased_ms / kDayMs == now_ms / kDayMs ? history.decreases_today : 0;
}

Throughput default_warm_throughput(BillingMode mode, const Throughput& provisioned) {
  constexpr Throughput kOnDemand{12'000, 4'000};
  return mode == BillingMode::kPayPerRequest ? kOnDemand : provisioned;
}

Result<void> apply_table_update(const TableUpdate& update, int64_t now_ms, Table& table) {
  TRY(change_billing(update, now_ms, table));
  TRY(change_indexes(update, now_ms, table));
  if (update.stream) TRY(set_stream(table, update.stream->view_type, now_ms));
  TRY(change_encryption(update, table));
  TableDefinition& definition = table.definition;
  if (update.table_class && definition.table_class != update.table_class) {
    definition.table_class = update.table_class;
    table.throughput_history.class_changed_ms = now_ms;
  }
  if (update.deletion_protection) definition.deletion_protection = *update.deletion_protection;

  definition.indexes.clear();
  for (const Index& index : table.indexes) definition.indexes.push_back(index.definition);
  return check_table_definition(definition);
}

}  // namespace dynolith::storage
