#include "storage/kv/dense_log.h"

#include <rocksdb/write_batch.h>

namespace dynolith::storage::kv {
namespace {

// A batch's bytes begin with its sequence number, little-endian; the same bytes are in the log.
uint64_t sequence_of(const rocksdb::WriteBatch& batch) {
  uint64_t sequence = 0;
  for (size_t i = 8; i-- > 0;)
    sequence = sequence << 8 | static_cast<unsigned char>(batch.Data()[i]);
  return sequence;
}

}  // namespace

DenseLog::WalProcessingOption DenseLog::LogRecordFound(unsigned long long, const std::string&,
                                                       const rocksdb::WriteBatch& batch,
                                                       rocksdb::WriteBatch*, bool*) {
  if (replay_ == Replay::kNothing) return WalProcessingOption::kStopReplay;
  const uint64_t sequence = sequence_of(batch);
  const bool follows = next_ ? sequence == *next_ : !first_max_ || sequence <= *first_max_;
  if (!follows) return WalProcessingOption::kCorruptedRecord;
  next_ = sequence + batch.Count();
  return WalProcessingOption::kContinueProcessing;
}

}  // namespace dynolith::storage::kv
