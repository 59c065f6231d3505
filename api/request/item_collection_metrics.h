// ReturnItemCollectionMetrics: how large an item collection is, of tables with local indexes.
#pragma once

#include "api/json/writer.h"
#include "api/request/constraints.h"
#include "storage/encoding/item_view.h"
#include "storage/engine/table.h"

namespace dynolith::api {

void check_return_item_collection_metrics(Constraints& constraints, const Slot& slot);
// Needs: it passed the check.
bool returns_item_collection_metrics(const Slot& slot);

// {"ItemCollectionKey":{"p":{...}},"SizeEstimateRangeGB":[0.0,1.0]}. `item` has at least the
// table's partition key. The service estimates in whole gigabytes; ours fit the first.
void append_item_collection_metrics(JsonWriter& json, const storage::Table& table,
                                    const storage::ItemView& item);

}  // namespace dynolith::api
