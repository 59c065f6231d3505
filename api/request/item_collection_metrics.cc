#include "api/request/item_collection_metrics.h"

#include <array>

namespace dynolith::api {

namespace {
constexpr std::array<std::string_view, 2> kModes{"SIZE", "NONE"};
}

void check_return_item_collection_metrics(Constraints& constraints, const Slot& slot) {
  constraints.one_of(slot, "returnItemCollectionMetrics", kModes);
}

bool returns_item_collection_metrics(const Slot& slot) { return slot.text() == "SIZE"; }

Result<void> append_item_collection_metrics(JsonWriter& json, storage::Database& database,
                                            const storage::Table& table,
                                            const storage::ItemView& item) {
  constexpr int64_t kGigabyte = 1 << 30;
  const auto key = storage::encode_table_key(table.id, table.key(), item);
  const auto gigabytes =
      static_cast<double>(TRY(database.item_collection_bytes(table, key)) / kGigabyte);
  json.begin_object().name("ItemCollectionKey").begin_object();
  for (const auto& attribute : table.key().partition) {
    if (const auto value = item.find(attribute.name)) json.any_name(attribute.name).value(*value);
  }
  json.end_object().name("SizeEstimateRangeGB").begin_array();
  json.real(gigabytes).real(gigabytes + 1).end_array().end_object();
  return {};
}

}  // namespace dynolith::api
