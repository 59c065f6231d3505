#include "storage/kv/pinned_slice.h"

namespace dynolith::storage::kv {
namespace {

constexpr size_t kKeptMax = 128;                // By a thread.
constexpr size_t kKeptCopyBytesMax = 8 * 1024;  // A longer copy is freed rather than kept.

// Trivially destructible, so still there for values that are given back while a thread ends.
struct Kept {
  PinnedSlice* first;
  size_t count;
  bool closed;
};
thread_local Kept kept;

struct FreeAtThreadEnd {
  ~FreeAtThreadEnd() {
    kept.closed = true;
    while (PinnedSlice* slice = kept.first) {
      kept.first = slice->next;
      delete slice;
    }
  }
};
thread_local FreeAtThreadEnd free_at_thread_end;

}  // namespace

PinnedSlice* PinnedSlice::take() {
  PinnedSlice* slice = kept.first;
  if (slice == nullptr) return new PinnedSlice;
  kept.first = slice->next;
  --kept.count;
  return slice;
}

void PinnedSlice::give_back(void* pinned_slice) {
  auto* slice = static_cast<PinnedSlice*>(pinned_slice);
  slice->slice.Reset();
  if (kept.closed || kept.count >= kKeptMax || slice->copy.capacity() > kKeptCopyBytesMax) {
    delete slice;
    return;
  }
  if (kept.first == nullptr) static_cast<void>(&free_at_thread_end);  // Brings it to life.
  slice->next = kept.first;
  kept.first = slice;
  ++kept.count;
}

}  // namespace dynolith::storage::kv
