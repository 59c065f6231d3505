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

void append_item_collection_metrics(JsonWriter& json, const storage::Table& table,
                                    const storage::ItemView& item) {
  json.begin_object().name("ItemCollectionKey").begin_object();
  for (const auto& attribute : table.key().partition) {
    if (const auto value = item.find(attribute.name)) json.any_name(attribute.name).value(*value);
  }
  json.end_object().name("SizeEstimateRangeGB").begin_array().real(0).real(1).end_array();
  json.end_object();
}

}  // namespace dynolith::api
