// Notices a hole in the write-ahead log while RocksDB replays it. RocksDB takes a log file that
// ends early, between two records or in zeros, for one that was meant to end there, and goes on
// with the next: changes would be missing from the middle although later ones are there.
#pragma once

#include <rocksdb/wal_filter.h>

#include <cstdint>
#include <optional>

namespace dynolith::storage::kv {

// Sees every record before it is applied. Each must begin with the sequence number that follows the
// one before; the first that does not is reported as damage, so that RocksDB refuses the log or, in
// point-in-time recovery, leaves out all from there on.
class DenseLog final : public rocksdb::WalFilter {
 public:
  enum class Replay { kAll, kNothing };

  explicit DenseLog(Replay replay = Replay::kAll) : replay_(replay) {}
  // Replays all, and the first record must follow `flushed`: what the tables hold, so that a log
  // which was lost whole is noticed too.
  explicit DenseLog(uint64_t flushed) : first_max_(flushed + 1) {}

  const char* Name() const override { return "DenseLog"; }
  WalProcessingOption LogRecordFound(unsigned long long log, const std::string& file,
                                     const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* new_batch, bool* batch_changed) override;

 private:
  const Replay replay_ = Replay::kAll;
  const std::optional<uint64_t> first_max_;
  std::optional<uint64_t> next_;  // Sequence number.
};

}  // namespace dynolith::storage::kv
