#include "api/request/consumed_capacity.h"

#include <algorithm>
#include <array>

#include "storage/limits.h"

namespace dynolith::api {

namespace {
constexpr std::array<std::string_view, 3> kModes{"INDEXES", "TOTAL", "NONE"};
}

void check_return_consumed_capacity(Constraints& constraints, const Slot& slot) {
  constraints.one_of(slot, "returnConsumedCapacity", kModes);
}

ReturnConsumedCapacity return_consumed_capacity(const Slot& slot) {
  const auto text = slot.text();
  if (!text || *text == "NONE") return ReturnConsumedCapacity::kNone;
  return *text == "TOTAL" ? ReturnConsumedCapacity::kTotal : ReturnConsumedCapacity::kIndexes;
}

double read_units(uint64_t bytes, bool consistent) {
  const uint64_t units = (bytes + storage::kReadUnitBytes - 1) / storage::kReadUnitBytes;
  return static_cast<double>(std::max<uint64_t>(units, 1)) * (consistent ? 1.0 : 0.5);
}

void ConsumedCapacity::add_index(const storage::Index& index, double units) {
  const auto found = std::find_if(indexes_.begin(), indexes_.end(),
                                  [&](const Arm& arm) { return arm.index == &index; });
  if (found == indexes_.end()) {
    indexes_.push_back({&index, units});
  } else {
    found->units += units;
  }
}

void ConsumedCapacity::add(const storage::WriteOutcome& outcome) {
  add_table(outcome.table_write_units);
  for (const auto& charge : outcome.index_charges) add_index(*charge.index, charge.write_units);
}

void ConsumedCapacity::append_units(JsonWriter& json, double units) const {
  json.name("CapacityUnits").real(units);
  if (units_ == Units::kRead) json.name("ReadCapacityUnits").real(units);
  if (units_ == Units::kWrite) json.name("WriteCapacityUnits").real(units);
}

void ConsumedCapacity::append_arms(JsonWriter& json, storage::IndexKind kind,
                                   std::string_view name) const {
  bool open = false;
  for (const Arm& arm : indexes_) {
    if (arm.index->definition.kind != kind) continue;
    if (!open) json.name(name).begin_object();
    open = true;
    json.name(arm.index->definition.name).begin_object();
    append_units(json, arm.units);
    json.end_object();
  }
  if (open) json.end_object();
}

void ConsumedCapacity::append(JsonWriter& json, ReturnConsumedCapacity mode,
                              std::string_view table_name) const {
  if (mode == ReturnConsumedCapacity::kNone) return;
  double total = table_;
  for (const Arm& arm : indexes_) total += arm.units;
  json.begin_object().name("TableName").string(table_name);
  append_units(json, total);
  if (mode == ReturnConsumedCapacity::kIndexes) {
    json.name("Table").begin_object();
    append_units(json, table_);
    json.end_object();
    append_arms(json, storage::IndexKind::kLocal, "LocalSecondaryIndexes");
    append_arms(json, storage::IndexKind::kGlobal, "GlobalSecondaryIndexes");
  }
  json.end_object();
}

}  // namespace dynolith::api
