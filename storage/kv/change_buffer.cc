#include "storage/kv/change_buffer.h"

#include "storage/kv/pinned_slice.h"

namespace dynolith::storage::kv {

namespace {
constexpr size_t kKeptBytesMax = 256 * 1024;
}  // namespace

void ChangeBuffer::put(Bytes key, Bytes value) {
  valid_ &= batch_.Put(to_slice(key), to_slice(value)).ok();
}

void ChangeBuffer::erase(Bytes key) { valid_ &= batch_.Delete(to_slice(key)).ok(); }

void ChangeBuffer::append(Bytes log, std::span<const Bytes> record) {
  const size_t offset = text_.size();
  text_.append(log);
  for (const Bytes piece : record) text_.append(piece);
  records_.push_back({offset, log.size(), text_.size() - offset - log.size()});
}

void ChangeBuffer::add(Bytes tally, Tally change) {
  tallies_.push_back({text_.size(), tally.size(), change});
  text_.append(tally);
}

void ChangeBuffer::clear() {
  if (batch_.Data().capacity() > kKeptBytesMax) {
    batch_ = rocksdb::WriteBatch();
  } else {
    batch_.Clear();
  }
  if (text_.capacity() > kKeptBytesMax) text_ = {};
  text_.clear();
  records_.clear();
  tallies_.clear();
  valid_ = true;
}

}  // namespace dynolith::storage::kv
