// RocksDB's pinned values behind Pinned, without an allocation for each read: a thread keeps the
// ones it was given back.
#pragma once

#include <rocksdb/slice.h>

#include <string>

#include "storage/kv/store.h"

namespace dynolith::storage::kv {

// A value stays where RocksDB has it: in a block of the cache, or copied into `copy` when it came
// from a memtable. Neither belongs to the database instance, so it may outlive a reopening.
struct PinnedSlice {
  PinnedSlice() : slice(&copy) {}
  std::string copy;
  rocksdb::PinnableSlice slice;
  PinnedSlice* next = nullptr;

  Bytes view() const { return {slice.data(), slice.size()}; }
  // Hands the value over to `out`, which gives it back when it lets go.
  void pin(Pinned& out) { out.reset(view(), this, &give_back); }

  static PinnedSlice* take();
  static void give_back(void* pinned_slice);
};

// RocksDB asserts that slices are not null, even empty ones.
inline rocksdb::Slice to_slice(Bytes bytes) {
  return bytes.empty() ? rocksdb::Slice("", 0) : rocksdb::Slice(bytes.data(), bytes.size());
}
inline Bytes to_bytes(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace dynolith::storage::kv
