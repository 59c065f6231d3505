// What one transaction wants to change. Puts and erasures go straight into a RocksDB batch; log
// records and tally changes wait for the committer, which knows their positions and totals.
#pragma once

#include <rocksdb/write_batch.h>

#include <string>
#include <vector>

#include "storage/kv/store.h"

namespace dynolith::storage::kv {

class ChangeBuffer final : public Writes {
 public:
  // Names and records are kept one behind the other in `text`.
  struct LogRecord {
    size_t offset, name_bytes, record_bytes;
  };
  struct TallyChange {
    size_t offset, name_bytes;
    Tally change;
  };

  void put(Bytes key, Bytes value) override;
  void erase(Bytes key) override;
  using Writes::append;
  void append(Bytes log, std::span<const Bytes> record) override;
  void add(Bytes tally, Tally change) override;

  bool empty() const { return batch_.Count() == 0 && records_.empty() && tallies_.empty(); }
  bool has_records_or_tallies() const { return !records_.empty() || !tallies_.empty(); }
  // False: a key or value was too long for the store.
  bool is_valid() const { return valid_; }
  size_t bytes() const { return batch_.GetDataSize() + text_.size(); }

  rocksdb::WriteBatch& batch() { return batch_; }
  const std::vector<LogRecord>& records() const { return records_; }
  const std::vector<TallyChange>& tallies() const { return tallies_; }
  Bytes text(size_t offset, size_t bytes) const { return Bytes(text_).substr(offset, bytes); }

  // Keeps its memory for the next use, unless it is a lot.
  void clear();

 private:
  rocksdb::WriteBatch batch_;
  std::string text_;
  std::vector<LogRecord> records_;
  std::vector<TallyChange> tallies_;
  bool valid_ = true;
};

}  // namespace dynolith::storage::kv
