// A table's stream of changes as the engine knows it: an immutable snapshot, swapped whole on
// change.
//
// A stream is one ordered log of the store. Its positions are dense from 1 and given in commit
// order. Shards are consecutive ranges of positions: to close one is to write down where the log
// ends at that moment, so that writers know nothing of shards.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "storage/encoding/key_encoding.h"
#include "storage/encoding/stream_encoding.h"
#include "storage/limits.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

struct Shard {
  uint32_t number = 1;            // Within its stream; its parent is the one before it.
  uint64_t first = 1;             // The position that its first record has or will have.
  uint64_t last = 0;              // Of a closed shard; first - 1 if it is empty.
  int64_t created_ms = 0;         // Later than its parent's.
  int64_t closed_ms = 0;          // 0: open.
  int64_t parent_created_ms = 0;  // 0: it has no parent.

  bool is_open() const { return closed_ms == 0; }
  // `end`: of the log; `now_ms` > 0.
  void close(uint64_t end, int64_t now_ms) {
    last = std::max(end, first - 1);
    closed_ms = now_ms;
  }
  bool operator==(const Shard&) const = default;
};

struct Stream {
  TableId table = 0;
  uint32_t number = 0;  // Streams of a table are numbered from 1.
  std::string scope;
  std::string table_name;
  KeySchema key;
  StreamViewType view_type = StreamViewType::kKeysOnly;
  int64_t created_ms = 0;     // Names the stream: no two of a table have the same.
  int64_t closed_ms = 0;      // 0: it is on.
  uint64_t trimmed = 0;       // Records up to this position are gone.
  std::vector<Shard> shards;  // Oldest first, at least one. Only the last one may be open.

  bool is_on() const { return closed_ms == 0; }
  const Shard* find_shard(uint32_t shard_number) const {
    for (const Shard& shard : shards)
      if (shard.number == shard_number) return &shard;
    return nullptr;
  }
};
using StreamPtr = std::shared_ptr<const Stream>;

// Some of a stream's records.
struct StreamRead {
  uint64_t first = 1;                                    // Positions, of which `last` is read too.
  uint64_t last = std::numeric_limits<uint64_t>::max();  // Shard::last, or all there are.
  uint32_t records_max = kStreamRecordsMax;
  size_t bytes_max = kPageBytesMax;  // Of items in the records. One record is always read.
};

struct StreamPage {
  uint64_t next = 1;  // The position to go on at.
};

}  // namespace dynolith::storage
