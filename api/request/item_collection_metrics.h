// ReturnItemCollectionMetrics: how large an item collection is, of tables with local indexes.
#pragma once

#include "api/json/writer.h"
#include "api/request/constraints.h"
#include "storage/database.h"
#include "storage/encoding/item_view.h"
#include "storage/engine/table.h"

namespace dynolith::api {

void check_return_item_collection_metrics(Constraints& constraints, const Slot& slot);
// Needs: it passed the check.
bool returns_item_collection_metrics(const Slot& slot);

// {"ItemCollectionKey":{"p":{...}},"SizeEstimateRangeGB":[0.0,1.0]}, in whole gigabytes as the
// service estimates. `item` has at least the table's key. Errors: kIo and kin.
Result<void> append_item_collection_metrics(JsonWriter& json, storage::Database& database,
                                            const storage::Table& table,
                                            const storage::ItemView& item);

}  // namespace dynolith::api
