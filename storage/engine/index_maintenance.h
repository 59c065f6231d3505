// Keeps a table's index entries in step with its items.
#pragma once

#include <vector>

#include "storage/engine/table.h"
#include "storage/engine/write.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

// Puts into `writes` what every index of `table` needs when the item `before` becomes `after`
// (either may be absent): entries put and erased, tallies. Adds a charge for each index whose
// entries change. Needs: the caller holds a pass of the gate, taken as IndexBuild asks for.
void maintain_indexes(const Table& table, kv::Bytes item_key, const ItemView& before,
                      const ItemView& after, kv::Writes& writes, std::vector<IndexCharge>& charges);

// Puts the entry of an item that is in no entry of the index yet; says what it counts for. No entry
// if the item lacks a key attribute, or has one that cannot be a key of the index: items older than
// the index may.
kv::Tally add_entry(const Table& table, const Index& index, const ItemView& item,
                    kv::Writes& writes);

// Whether `item` exists and has all of the index's key attributes.
bool is_in_index(const Index& index, const ItemView& item);

// The bytes of an item's entry in an index, as DynamoDB counts them.
uint32_t entry_item_bytes(const Index& index, const ItemView& item);

}  // namespace dynolith::storage
