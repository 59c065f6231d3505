// The part of the RocksDB store that keeps its own rows and removes in bulk: tallies, logs, ranges.
#include <rocksdb/iterator.h>

#include <algorithm>
#include <memory>

#include "storage/kv/rocks_store.h"
#include "storage/kv/status.h"
#include "storage/kv/system_rows.h"
#include "storage/kv/transaction.h"

namespace dynolith::storage::kv {
namespace {

constexpr size_t kPieceKeysMax = 1000;
constexpr size_t kPieceBytesMax = 1u << 20;

// The next piece of [begin, end): a thousand keys or a megabyte of them.
rocksdb::Status collect(Instance& instance, rocksdb::ColumnFamilyHandle* family, Bytes begin,
                        Bytes end, std::vector<std::string>& keys) {
  keys.clear();
  const rocksdb::Slice upper_bound = to_slice(end);
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> entry(instance.db().NewIterator(options, family));
  size_t bytes = 0;
  for (entry->Seek(to_slice(begin)); entry->Valid(); entry->Next()) {
    keys.emplace_back(to_bytes(entry->key()));
    bytes += keys.back().size();
    if (keys.size() >= kPieceKeysMax || bytes >= kPieceBytesMax) break;
  }
  return entry->status();
}

}  // namespace

Result<Tally> RocksStore::tally(Bytes name) {
  const InstanceGate::Stay instance = gate_.enter();
  if (!instance) return to_error(Status::kIo);
  Tally tally;
  const rocksdb::Status status = read_tally(*instance, name, tally);
  if (!status.ok()) return to_error(read_failed(status));
  return tally;
}

Status RocksStore::erase_rows(Instance& instance, rocksdb::ColumnFamilyHandle* family,
                              std::span<const std::string> keys, const SystemRow* beside) {
  const TransactionLease transaction;
  rocksdb::WriteBatch& batch = transaction->member.changes.batch();
  // Keys that the store gave out fit into a batch.
  for (const std::string& key : keys) batch.Delete(family, to_slice(key)).PermitUncheckedError();
  if (beside != nullptr) {
    batch.Put(instance.system(), to_slice(beside->key), to_slice(beside->value))
        .PermitUncheckedError();
  }
  return commits_.commit(instance, transaction->member);
}

Status RocksStore::drop_rows(rocksdb::ColumnFamilyHandle* (Instance::*family)(), Bytes begin,
                             Bytes end) {
  std::string from(begin);
  std::vector<std::string> keys;
  while (Bytes(from) < end) {
    // In and out for each piece: nobody waits longer than for one.
    const InstanceGate::Stay instance = gate_.enter();
    if (!instance) return Status::kIo;
    rocksdb::ColumnFamilyHandle* const rows = ((*instance).*family)();
    const rocksdb::Status read = collect(*instance, rows, from, end, keys);
    if (!read.ok()) return read_failed(read);
    if (keys.empty()) break;
    const Status erased = erase_rows(*instance, rows, keys, nullptr);
    if (erased != Status::kOk) return erased;
    from = keys.back();
    from.push_back('\0');
  }
  return Status::kOk;
}

Status RocksStore::drop_range(Bytes begin, Bytes end) {
  return drop_rows(&Instance::data, begin, end);
}

Status RocksStore::drop_tallies(Bytes begin, Bytes end) {
  return drop_rows(&Instance::system, tally_key(begin), tally_key(end));
}

void RocksStore::compact() {
  const InstanceGate::Stay instance = gate_.enter();
  if (!instance || instance->is_read_only()) return;
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  for (rocksdb::ColumnFamilyHandle* family : {instance->data(), instance->system()}) {
    const rocksdb::Status status = instance->db().CompactRange(options, family, nullptr, nullptr);
    if (!status.ok()) return health_.failed(status, "compacting");
  }
}

Status RocksStore::read_log(Bytes log, Bytes after, uint32_t records_max,
                            FunctionRef<bool(Bytes position, Bytes record)> sink) {
  if (!after.empty() && after.size() != kPositionBytes) return Status::kCorrupt;
  const uint64_t last_read = after.empty() ? 0 : load_big_endian<uint64_t>(after.data());
  if (last_read == UINT64_MAX || records_max == 0) return Status::kOk;
  const InstanceGate::Stay instance = gate_.enter();
  if (!instance) return Status::kIo;
  const std::string begin = log_record_key(log, last_read + 1);
  const std::string last = log_record_key(log, UINT64_MAX);
  const rocksdb::Slice upper_bound = to_slice(last);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> entry(
      instance->db().NewIterator(options, instance->system()));
  uint32_t count = 0;
  for (entry->Seek(to_slice(begin)); entry->Valid(); entry->Next()) {
    const Bytes key = to_bytes(entry->key());
    if (!sink(key.substr(key.size() - kPositionBytes), to_bytes(entry->value()))) break;
    if (++count == records_max) break;
  }
  const rocksdb::Status status = entry->status();
  return status.ok() ? Status::kOk : read_failed(status);
}

Result<uint64_t> RocksStore::log_end(Bytes log) {
  const InstanceGate::Stay instance = gate_.enter();
  if (!instance) return to_error(Status::kIo);
  uint64_t next = 1;
  const rocksdb::Status status = next_position(*instance, log, next);
  if (!status.ok()) return to_error(read_failed(status));
  return next - 1;
}

Status RocksStore::trim_log(Bytes log, Bytes position) {
  if (position.size() != kPositionBytes) return Status::kCorrupt;
  const std::lock_guard one_at_a_time(trimming_);  // So that the start row never goes back.
  std::vector<std::string> keys;
  std::string begin;
  while (true) {
    const InstanceGate::Stay instance = gate_.enter();
    if (!instance) return Status::kIo;
    if (begin.empty()) {  // Behind what former trims left of themselves.
      uint64_t first = 1;
      if (const auto read = first_position(*instance, log, first); !read.ok())
        return read_failed(read);
      begin = log_record_key(log, first);
    }
    uint64_t next = 1;
    if (const auto read = next_position(*instance, log, next); !read.ok()) return read_failed(read);
    // Records to come are not forgotten in advance.
    const uint64_t last = std::min(load_big_endian<uint64_t>(position.data()), next - 1);
    const std::string end = log_record_key(log, last + 1);
    if (const auto read = collect(*instance, instance->system(), begin, end, keys); !read.ok())
      return read_failed(read);
    if (keys.empty()) return Status::kOk;
    // Written before the last record can go: a log that lost all of them must not begin at 1 again.
    SystemRow start{log_start_key(log), {}};
    append_big_endian(start.value, position_in(keys.back()) + 1);
    const Status erased = erase_rows(*instance, instance->system(), keys, &start);
    if (erased != Status::kOk) return erased;
    begin = keys.back();
    begin.push_back('\0');
  }
}

Status RocksStore::drop_log(Bytes log) {
  std::string last;
  append_big_endian(last, UINT64_MAX);
  const Status trimmed = trim_log(log, last);
  if (trimmed != Status::kOk) return trimmed;
  const InstanceGate::Stay instance = gate_.enter();
  if (!instance) return Status::kIo;
  const std::string start = log_start_key(log);
  return erase_rows(*instance, instance->system(), {&start, 1}, nullptr);
}

}  // namespace dynolith::storage::kv
