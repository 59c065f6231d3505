// How far the write-ahead log is known to be on the disk. RocksDB opens a log whose tail was cut
// off as if nothing had been there; the mark tells the difference.
//
// DYNOLITH_SYNCED, PERSISTED: three slots of 24 bytes, at 0, 512 (sectors of their own) and 65536
// (a page of its own), all numbers big-endian:
//   slot := "DYNS" check:4 counter:8 sequence:8      check: CRC-32C of counter and sequence
// Of the first two the valid one with the greater counter counts; they are written in turn, so a
// torn write leaves the other one. The third is written after each sync of which a writer is told;
// it counts if it is valid and greater.
#pragma once

#include <cstdint>
#include <memory>

#include "storage/kv/file_descriptor.h"
#include "storage/result.h"

namespace dynolith::storage::kv {

class HighWater {
 public:
  // Opens the file in the directory, or makes it. Errors: kDirectoryCorrupt when both slots are
  // damaged, kDirectoryNotWritable; the message lacks the path.
  static Result<HighWater> open(int directory);

  uint64_t sequence() const { return sequence_; }
  // Needs: everything up to `sequence` has been synced. Syncs the mark. False: could not be
  // written; a mark that comes late is still true.
  bool advance(uint64_t sequence);
  // Says the same in the third slot, at the cost of a store to memory, and leaves it to the
  // operating system: a killed process leaves an exact mark. Threads: one, besides one in
  // advance().
  void note(uint64_t sequence);

 private:
  struct Unmap {
    void operator()(char* page) const;
  };

  void map_note();

  FileDescriptor file_;
  std::unique_ptr<char, Unmap> note_;  // The page of the third slot; null: not mapped.
  bool is_note_begun_ = false;
  uint64_t counter_ = 0;
  uint64_t sequence_ = 0;
};

}  // namespace dynolith::storage::kv
