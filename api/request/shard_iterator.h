// Shard iterators: a place in a shard, as a text that clients hand back without understanding it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/engine/stream.h"
#include "storage/result.h"

namespace dynolith::api {

struct ShardIterator {
  storage::TableId table = 0;
  uint32_t stream = 0;
  uint32_t shard = 0;
  uint64_t next = 1;  // The position to read from.
  // It began at the oldest record, and no record was read since: should records be trimmed
  // meanwhile, it begins at what is the oldest then.
  bool from_horizon = false;
  int64_t made_ms = 0;
};

inline constexpr int64_t kShardIteratorMs = 15 * 60 * 1000;  // How long one can be used.

// "<arn>|1|<base64>". The ARN is for people to see.
std::string encode_shard_iterator(const ShardIterator& iterator, std::string_view stream_arn);

// Errors: kValidation (it was not made by the above, or was changed), kExpiredIterator.
storage::Result<ShardIterator> decode_shard_iterator(std::string_view text, int64_t now_ms);

}  // namespace dynolith::api
