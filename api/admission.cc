#include "api/admission.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/json/arn.h"
#include "storage/engine/cancellation.h"

namespace dynolith::api {

namespace {

using storage::BillingMode;
using storage::Error;
using storage::ErrorCode;
using storage::Index;
using storage::IndexKind;
using storage::Result;
using storage::Table;

// The index if it has capacity of its own; local ones have not.
const Index* metered(const Index* index) {
  return index != nullptr && index->definition.kind == IndexKind::kGlobal ? index : nullptr;
}

// Units per second of one direction; nullopt: as many as one likes.
template <class Units>
std::optional<double> rate_of(const Table& table, const Index* index, Units units) {
  const auto& definition = table.definition;
  if (definition.billing_mode == BillingMode::kProvisioned) {
    if (index == nullptr) return static_cast<double>(units(definition.throughput));
    const auto& throughput = index->definition.throughput;
    if (!throughput) return std::nullopt;
    return static_cast<double>(units(*throughput));
  }
  const auto& limits =
      index == nullptr ? definition.on_demand_limits : index->definition.on_demand_limits;
  if (!limits) return std::nullopt;
  const std::optional<int64_t> limit = units(*limits);
  if (!limit) return std::nullopt;
  return static_cast<double>(*limit);
}

std::optional<double> read_rate(const Table& table, const Index* index) {
  return rate_of(table, index, [](const auto& throughput) { return throughput.read_units; });
}

std::optional<double> write_rate(const Table& table, const Index* index) {
  return rate_of(table, index, [](const auto& throughput) { return throughput.write_units; });
}

Error throttled(const Table& table, const Index* index, std::string_view direction,
                std::string_view region) {
  const bool provisioned = table.definition.billing_mode == BillingMode::kProvisioned;
  Error error;
  if (!provisioned) {
    error = storage::make_error(
        ErrorCode::kThrottling,
        "Throughput exceeds the maximum OnDemandThroughput configured on table or index");
  } else if (index == nullptr) {
    error = storage::make_error(
        ErrorCode::kProvisionedThroughputExceeded,
        "The level of configured provisioned throughput for the table was exceeded. Consider "
        "increasing your provisioning level with the UpdateTable API.");
  } else {
    error = storage::make_error(
        ErrorCode::kProvisionedThroughputExceeded,
        "The level of configured provisioned throughput for one or more global secondary indexes "
        "of the table was exceeded. Consider increasing your provisioning level for the "
        "under-provisioned global secondary indexes with the UpdateTable API");
  }
  storage::ThrottlingReason reason{index == nullptr ? "Table" : "Index",
                                   table_arn(region, table.name())};
  reason.reason.append(direction).append(provisioned ? "ProvisionedThroughputExceeded"
                                                     : "MaxOnDemandThroughputExceeded");
  if (index != nullptr) reason.resource.append("/index/").append(index->definition.name);
  storage::ErrorDetail detail;
  detail.throttling.push_back(std::move(reason));
  error.detail = std::make_shared<const storage::ErrorDetail>(std::move(detail));
  return error;
}

}  // namespace

void Bucket::take(double units, double units_per_second, int64_t now_ns, int64_t burst_ns) {
  const auto cost_ns = static_cast<int64_t>(units / units_per_second * 1e9);
  int64_t empty_at = empty_at_ns_.load();
  while (!empty_at_ns_.compare_exchange_weak(empty_at,
                                             std::max(empty_at, now_ns - burst_ns) + cost_ns)) {
  }
}

Admission::Admission(std::shared_ptr<storage::Clock> clock, int64_t burst_seconds)
    : clock_(std::move(clock)), burst_ns_(burst_seconds * 1'000'000'000) {}

Admission::~Admission() {
  for (auto& head : meters_) {
    for (Meter* meter = head.load(); meter != nullptr;) delete std::exchange(meter, meter->next);
  }
}

Admission::Meter& Admission::meter_of(const Table& table, const Index* index) {
  const storage::IndexId index_id = index == nullptr ? 0 : index->id;
  auto& head = meters_[(table.id * 31 + index_id) % meters_.size()];
  Meter* first = head.load();
  const auto find = [&](Meter* from, const Meter* end) {
    while (from != end && (from->table != table.id || from->index != index_id)) from = from->next;
    return from;
  };
  if (Meter* known = find(first, nullptr); known != nullptr) return *known;
  auto added = std::make_unique<Meter>();
  added->table = table.id;
  added->index = index_id;
  for (;;) {
    Meter* const seen = first;
    added->next = first;
    if (head.compare_exchange_weak(first, added.get())) return *added.release();
    if (Meter* known = find(first, seen); known != seen) return *known;  // Another was quicker.
  }
}

Result<void> Admission::admit(const Table& table, const Index* index, Direction direction,
                              std::string_view region) {
  const bool reads = direction == Direction::kRead;
  if (!(reads ? read_rate(table, index) : write_rate(table, index))) return {};
  if (meter_of(table, index).bucket(direction).has_any(now_ns())) return {};
  return throttled(table, index, reads ? "Read" : "Write", region);
}

void Admission::charge(const Table& table, const Index* index, Direction direction, double units) {
  const auto rate =
      direction == Direction::kRead ? read_rate(table, index) : write_rate(table, index);
  if (!rate || units <= 0) return;
  meter_of(table, index).bucket(direction).take(units, *rate, now_ns(), burst_ns_);
}

Result<void> Admission::admit_read(const Table& table, const Index* index,
                                   std::string_view region) {
  return admit(table, metered(index), Direction::kRead, region);
}

Result<void> Admission::admit_write(const Table& table, std::string_view region) {
  TRY(admit(table, nullptr, Direction::kWrite, region));
  for (const Index& index : table.indexes) {
    if (metered(&index) != nullptr) TRY(admit(table, &index, Direction::kWrite, region));
  }
  return {};
}

void Admission::charge_read(const Table& table, const Index* index, double units) {
  charge(table, metered(index), Direction::kRead, units);
}

Result<void> Admission::admit_transaction(std::span<const Table* const> tables, Direction direction,
                                          std::string_view region) {
  std::vector<storage::CancellationReason> reasons(tables.size());
  bool any = false;
  for (size_t i = 0; i < tables.size(); ++i) {
    auto admitted = direction == Direction::kRead ? admit_read(*tables[i], nullptr, region)
                                                  : admit_write(*tables[i], region);
    if (admitted.ok()) continue;
    any = true;
    reasons[i].code = admitted.error().code == ErrorCode::kThrottling
                          ? "ThrottlingError"
                          : "ProvisionedThroughputExceeded";
    reasons[i].message = admitted.error().message;
  }
  if (any) return storage::transaction_canceled(std::move(reasons));
  return {};
}

void Admission::charge_write(const Table& table, const storage::WriteOutcome& outcome,
                             double table_factor) {
  double table_units = outcome.table_write_units * table_factor;
  for (const auto& arm : outcome.index_charges) {
    if (metered(arm.index) == nullptr) {
      table_units += arm.write_units;
    } else {
      charge(table, arm.index, Direction::kWrite, arm.write_units);
    }
  }
  charge(table, nullptr, Direction::kWrite, table_units);
}

Result<storage::WriteOutcome> Admission::apply(storage::Database& database,
                                               const storage::ItemWrite& write,
                                               std::string_view region) {
  TRY(admit_write(*write.table, region));
  auto outcome = database.apply(write);
  if (outcome) {
    charge_write(*write.table, *outcome);
  } else if (outcome.error().code == ErrorCode::kConditionalCheckFailed) {
    charge(*write.table, nullptr, Direction::kWrite, 1);
  }
  return outcome;
}

}  // namespace dynolith::api
