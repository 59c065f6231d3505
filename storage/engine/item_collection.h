// How large item collections are. A collection is what a table with local indexes holds under one
// partition key: the items, and their entries in the local indexes. Each has a tally of its own;
// other tables keep none.
#pragma once

#include <cstdint>

#include "storage/engine/table.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// The part of an item's key that it shares with its whole collection; begins its tally's name.
// Needs: the key of an item of a table with this schema.
std::string_view collection_of(const KeySchema& schema, const EncodedKey& key);

// Adds to the collection's tally what becomes of it when `before` turns into `after`. Either may be
// absent. Needs: a table with local indexes.
void count_in_collection(const Table& table, const EncodedKey& key, const ItemView& before,
                         const ItemView& after, kv::Writes& writes);

// Threads: any.
class ItemCollections {
 public:
  // `store` outlives this.
  ItemCollections(kv::Store& store, int64_t bytes_max) : store_(store), bytes_max_(bytes_max) {}

  // Needs: a table with local indexes.
  Result<int64_t> bytes(const Table& table, const EncodedKey& key) const;
  // Whether a write may not make the collection of `key` larger. Writes under way are not counted
  // yet, so a collection can end up larger than its limit by what is written at one time. False for
  // tables without local indexes.
  Result<bool> is_full(const Table& table, const EncodedKey& key) const;

 private:
  kv::Store& store_;
  const int64_t bytes_max_;
};

}  // namespace dynolith::storage
