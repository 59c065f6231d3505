// Keeps a table's index entries in step with its items.
#pragma once

#include <vector>

#include "storage/engine/table.h"
#include "storage/engine/write.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

// Puts into `writes` what every index of `table` needs when the item `before` becomes `after`
// (either may be absent): entries put and erased, tallies. Adds a charge for each index whose
// entries change. Needs: `after` passed check_index_keys.
void maintain_indexes(const Table& table, const ItemView& before, const ItemView& after,
                      kv::Writes& writes, std::vector<IndexCharge>& charges);

// The bytes of an item's entry in an index, as DynamoDB counts them.
uint32_t entry_item_bytes(const Index& index, const ItemView& item);

}  // namespace dynolith::storage
