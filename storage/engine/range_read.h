// One page of a Query or Scan: what is asked and what comes back beside the items.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/encoding/item_encoding.h"
#include "storage/engine/table.h"
#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/projection.h"
#include "storage/limits.h"
#include "storage/result.h"

namespace dynolith::storage {

// Pointers outlive the call.
struct RangeRead {
  TablePtr table = {};
  const Index* index = nullptr;                 // Of the table; null: the table itself.
  const KeyCondition* key_condition = nullptr;  // Null: a Scan.
  std::optional<ScanSegment> segment = {};      // Scan only.
  bool forward = true;
  std::optional<uint32_t> limit = {};     // Evaluated items.
  size_t page_bytes_max = kPageBytesMax;  // Evaluated bytes.
  EncodedItem exclusive_start_key = {};   // Absent: from the beginning.
  const Condition* filter = nullptr;
  const Projection* projection = nullptr;
  // Local indexes: read the whole item behind each entry (ALL_ATTRIBUTES, or a projection or filter
  // that the index does not hold).
  bool fetch_base_items = false;
  bool count_only = false;  // The sink is not called.
};

struct RangePage {
  uint32_t count = 0;            // Returned.
  uint32_t scanned_count = 0;    // Evaluated.
  uint64_t evaluated_bytes = 0;  // Of the entries read, before filter and projection.
  double base_read_units =
      0;  // Of the fetched base items, eventually consistent: 0.5 per 4 KB each.
  EncodedItem last_evaluated_key;  // Absent: nothing follows.
};

// Whether an index of `table` can be read as things are now, whatever they were when the snapshot
// was taken. Errors: kValidation (it is being built, or was deleted).
Result<void> check_readable(const Table& table, const Index& index);

}  // namespace dynolith::storage
