// Reads items by key.
#pragma once

#include <span>

#include "storage/encoding/item_view.h"
#include "storage/engine/table.h"
#include "storage/function_ref.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Threads: any, all calls.
class ItemReader {
 public:
  // `store` outlives the reader.
  explicit ItemReader(kv::Store& store) : store_(store) {}

  // See Database::get and Database::multi_get.
  Result<void> get(const Table& table, const EncodedKey& key,
                   FunctionRef<void(const ItemView& item)> sink);
  Result<void> multi_get(std::span<const TableKey> keys,
                         FunctionRef<bool(size_t index, const ItemView& item)> sink);

 private:
  kv::Store& store_;
};

}  // namespace dynolith::storage
