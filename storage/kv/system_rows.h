// Keys and values of the store's own rows, in the column family "system". PERSISTED.
//
//   log record := 'L' name_bytes:4 name position:8  ->  the record
//   log start  := 'N' name                          ->  position:8, the first that a trim left
//   tally      := 'T' name                          ->  count:8 bytes:8, two's complement
//
// Numbers are big-endian. The length before a log's name keeps one log's records from lying among
// those of a log whose name begins with its own.
// Example: the record at position 2 of log "s" is 4C 00000001 73 0000000000000002
#pragma once

#include <string>

#include "storage/kv/big_endian.h"
#include "storage/kv/store.h"

namespace dynolith::storage::kv {

inline constexpr size_t kPositionBytes = 8;

inline std::string log_prefix(Bytes log) {
  std::string key("L");
  append_big_endian(key, static_cast<uint32_t>(log.size()));
  return key.append(log);
}
inline std::string log_record_key(Bytes log, uint64_t position) {
  std::string key = log_prefix(log);
  append_big_endian(key, position);
  return key;
}
inline std::string log_start_key(Bytes log) { return std::string("N").append(log); }
inline std::string tally_key(Bytes tally) { return std::string("T").append(tally); }

inline uint64_t position_in(Bytes key) {
  return load_big_endian<uint64_t>(key.data() + key.size() - kPositionBytes);
}

inline std::string encode_tally(Tally tally) {
  std::string row;
  append_big_endian(row, static_cast<uint64_t>(tally.count));
  append_big_endian(row, static_cast<uint64_t>(tally.bytes));
  return row;
}
// False: not a tally.
inline bool decode_tally(Bytes row, Tally& tally) {
  if (row.size() != 16) return false;
  tally.count = static_cast<int64_t>(load_big_endian<uint64_t>(row.data()));
  tally.bytes = static_cast<int64_t>(load_big_endian<uint64_t>(row.data() + 8));
  return true;
}

}  // namespace dynolith::storage::kv
