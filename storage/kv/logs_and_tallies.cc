#include "storage/kv/logs_and_tallies.h"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <memory>

#include "storage/kv/pinned_slice.h"
#include "storage/kv/system_rows.h"

namespace dynolith::storage::kv {

namespace {
// Beyond this many names the least work is to start over and read rows again at need.
constexpr size_t kNamesKeptMax = 100'000;
}  // namespace

rocksdb::Status LogsAndTallies::apply(Instance& instance, const ChangeBuffer& changes,
                                      rocksdb::WriteBatch& batch) {
  for (const ChangeBuffer::LogRecord& record : changes.records()) {
    Log* log = nullptr;
    auto status = find_log(instance, changes.text(record.offset, record.name_bytes), log);
    if (!status.ok()) return status;
    store_big_endian(log->key.data() + log->key.size() - kPositionBytes, log->next);
    const Bytes text = changes.text(record.offset + record.name_bytes, record.record_bytes);
    status = batch.Put(instance.system(), to_slice(log->key), to_slice(text));
    if (!status.ok()) return status;
    ++log->next;
  }
  for (const ChangeBuffer::TallyChange& change : changes.tallies()) {
    Total* total = nullptr;
    const auto status = find_total(instance, changes.text(change.offset, change.name_bytes), total);
    if (!status.ok()) return status;
    total->tally.count += change.change.count;
    total->tally.bytes += change.change.bytes;
    if (!total->changed) changed_.push_back(total);
    total->changed = true;
  }
  return rocksdb::Status::OK();
}

void LogsAndTallies::write_tallies(Instance& instance, rocksdb::WriteBatch& batch) {
  for (Total* total : changed_) {
    row_.resize(16);
    store_big_endian(row_.data(), static_cast<uint64_t>(total->tally.count));
    store_big_endian(row_.data() + 8, static_cast<uint64_t>(total->tally.bytes));
    // Short and within every limit of a batch, so it cannot be refused.
    batch.Put(instance.system(), to_slice(total->key), to_slice(row_)).PermitUncheckedError();
    total->changed = false;
  }
  changed_.clear();
  if (totals_.size() > kNamesKeptMax) totals_.clear();
  if (logs_.size() > kNamesKeptMax) logs_.clear();
}

void LogsAndTallies::forget() {
  changed_.clear();
  totals_.clear();
  logs_.clear();
}

rocksdb::Status LogsAndTallies::find_log(Instance& instance, Bytes name, Log*& out) {
  if (const auto found = logs_.find(name); found != logs_.end()) {
    out = &found->second;
    return rocksdb::Status::OK();
  }
  Log log{log_record_key(name, 0), 1};
  const auto status = next_position(instance, name, log.next);
  if (status.ok()) out = &logs_.emplace(name, std::move(log)).first->second;
  return status;
}

rocksdb::Status LogsAndTallies::find_total(Instance& instance, Bytes name, Total*& out) {
  if (const auto found = totals_.find(name); found != totals_.end()) {
    out = &found->second;
    return rocksdb::Status::OK();
  }
  Total total{tally_key(name), {}, false};
  const auto status = read_tally(instance, name, total.tally);
  if (status.ok()) out = &totals_.emplace(name, std::move(total)).first->second;
  return status;
}

rocksdb::Status first_position(Instance& instance, Bytes log, uint64_t& first) {
  first = 1;
  std::string row;
  const std::string key = log_start_key(log);
  const rocksdb::Status status =
      instance.db().Get(rocksdb::ReadOptions(), instance.system(), to_slice(key), &row);
  if (status.IsNotFound()) return rocksdb::Status::OK();
  if (!status.ok()) return status;
  if (row.size() != kPositionBytes) return rocksdb::Status::Corruption("log start row");
  first = load_big_endian<uint64_t>(row.data());
  return status;
}

rocksdb::Status next_position(Instance& instance, Bytes log, uint64_t& next) {
  const rocksdb::Status status = first_position(instance, log, next);
  if (!status.ok()) return status;
  const std::unique_ptr<rocksdb::Iterator> records(
      instance.db().NewIterator(rocksdb::ReadOptions(), instance.system()));
  records->SeekForPrev(to_slice(log_record_key(log, UINT64_MAX)));
  const std::string prefix = log_prefix(log);
  if (records->Valid()) {
    const Bytes key = to_bytes(records->key());
    if (key.size() == prefix.size() + kPositionBytes && key.starts_with(prefix))
      next = std::max(next, position_in(key) + 1);
  }
  return records->status();
}

rocksdb::Status read_tally(Instance& instance, Bytes name, Tally& tally) {
  tally = {};
  std::string row;
  const std::string key = tally_key(name);
  const rocksdb::Status status =
      instance.db().Get(rocksdb::ReadOptions(), instance.system(), to_slice(key), &row);
  if (status.IsNotFound()) return rocksdb::Status::OK();
  if (!status.ok()) return status;
  return decode_tally(row, tally) ? status : rocksdb::Status::Corruption("tally row");
}

}  // namespace dynolith::storage::kv
