// How far the write-ahead log is known to be on the disk. RocksDB opens a log whose tail was cut
// off as if nothing had been there; the mark tells the difference.
//
// DYNOLITH_SYNCED, PERSISTED: two slots of 24 bytes, at 0 and at 512 (sectors of their own), all
// numbers big-endian:
//   slot := "DYNS" check:4 counter:8 sequence:8      check: CRC-32C of counter and sequence
// The valid slot with the greater counter counts; they are written in turn, so a torn write leaves
// the other one.
#pragma once

#include <cstdint>

#include "storage/kv/file_descriptor.h"
#include "storage/result.h"

namespace dynolith::storage::kv {

class HighWater {
 public:
  // Opens the file in the directory, or makes it. Errors: kDirectoryCorrupt when both slots are
  // damaged, kDirectoryNotWritable; the message lacks the path.
  static Result<HighWater> open(int directory);

  uint64_t sequence() const { return sequence_; }
  // Needs: everything up to `sequence` has been synced. Without `sync` the mark itself is left to
  // the operating system: a mark that comes late is still true. False: could not be written.
  bool advance(uint64_t sequence, bool sync);

 private:
  FileDescriptor file_;
  uint64_t counter_ = 0;
  uint64_t sequence_ = 0;
};

}  // namespace dynolith::storage::kv
