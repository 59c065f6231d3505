// Where a reader of a stream stands, as text that survives the program.
//
// position := "1" " " stream_arn (" " shard)*    shards in the order of their next turn
// shard    := id ":"             at its oldest record
//           | id ":" sequence    behind this record
//           | id "!"             read to its end
//           | id "@" ms          at the first record of about that moment...
//           | id "@" ms ":" iterator     ... which is here, as long as the service knows it
//
// Threads: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynolith::odm {

struct ShardPosition {
  enum class Place : uint8_t { kOldest, kAfter, kSince, kFinished };
  std::string id;
  Place place = Place::kOldest;
  std::string sequence = {};  // kAfter.
  int64_t since_ms = 0;       // kSince.
  // Where to read next, of this session or (kSince) an earlier one; empty: to be asked for.
  std::string iterator = {};
  // The iterator began at the oldest record, though the place is kSince: older records are skipped.
  bool skips_older = false;

  bool is_finished() const { return place == Place::kFinished; }
};

struct ChangesPosition {
  std::string stream_arn;
  std::vector<ShardPosition> shards;

  std::string to_text() const;
  // nullopt: it is none.
  static std::optional<ChangesPosition> parse(std::string_view text);
};

}  // namespace dynolith::odm
