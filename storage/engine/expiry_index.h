// The expiry index: which items of a table with a time to live expire when, in the order of time,
// so that a sweep reads what has expired and nothing else. Every byte is described in
// storage/FORMAT.md, "Expiry index". PERSISTED.
//
// entry := table:u32be ffff second:u64be, the item's key without its key space  ->  nothing
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/encoding/item_view.h"
#include "storage/encoding/key_encoding.h"
#include "storage/engine/table.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

// Beside the ids that indexes of a table are given, which count from 1.
inline constexpr IndexId kExpiryIndex = 0xffff;

// The second since 1970 in which `item` expires by `attribute`: the number there, rounded up.
// Nothing if it never does: no such attribute, not a number, negative, millions of years away.
std::optional<uint64_t> expiry_second(const ItemView& item, const std::string& attribute);

// Needs: `item_key` is the key of an item of the table.
std::string expiry_entry_key(TableId table, uint64_t second, kv::Bytes item_key);
EncodedKey item_key_of_expiry_entry(kv::Bytes entry_key);
// Entries of the seconds `first` to `last`, both included.
KeyRange expiry_range(TableId table, uint64_t first, uint64_t last);

// Brings the entry of one item from `before` to `after`. Needs: table.expiry_attribute.
void maintain_expiry(const Table& table, kv::Bytes item_key, const ItemView& before,
                     const ItemView& after, kv::Writes& writes);

}  // namespace dynolith::storage
