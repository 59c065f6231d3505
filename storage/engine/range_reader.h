// Query and Scan: one page of a table or index.
#pragma once

#include "storage/encoding/item_view.h"
#include "storage/engine/range_read.h"
#include "storage/function_ref.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Threads: any, all calls.
class RangeReader {
 public:
  // `store` outlives the reader.
  explicit RangeReader(kv::Store& store) : store_(store) {}

  // See Database::read_range.
  Result<RangePage> read(const RangeRead& read, FunctionRef<void(const ItemView& item)> sink);

 private:
  kv::Store& store_;
};

}  // namespace dynolith::storage
