#include "storage/kv/rocks_store.h"

#include <rocksdb/iterator.h>

#include <cassert>

#include "storage/kv/status.h"
#include "storage/kv/system_rows.h"
#include "storage/kv/transaction.h"

namespace dynolith::storage::kv {
namespace {

constexpr Limits kLimits = {.key_bytes_max = 64u << 10,
                            .value_bytes_max = 64u << 20,
                            .transaction_bytes_max = 512u << 20,
                            .blocking = false};

// A snapshot keeps its instance from being replaced.
class RocksSnapshot final : public Snapshot {
 public:
  RocksSnapshot(InstanceGate& gate, Instance& instance)
      : gate_(gate), instance_(instance), snapshot_(instance.db().GetSnapshot()) {
    gate_.hold();
  }
  ~RocksSnapshot() override {
    instance_.db().ReleaseSnapshot(snapshot_);
    gate_.release();
  }
  Instance& instance() const { return instance_; }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  InstanceGate& gate_;
  Instance& instance_;
  const rocksdb::Snapshot* const snapshot_;
};

const RocksSnapshot* snapshot_of(const ReadOptions& options) {
  return static_cast<const RocksSnapshot*>(options.snapshot);
}

// Whoever holds a snapshot must not wait at the gate, which may be waiting for the snapshot to go.
InstanceGate::Stay enter(InstanceGate& gate, const RocksSnapshot* snapshot) {
  return snapshot != nullptr ? InstanceGate::held(snapshot->instance()) : gate.enter();
}

// Made once: it has some thirty members.
const rocksdb::ReadOptions kReadLatest;

rocksdb::ReadOptions read_at(const RocksSnapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  return options;
}

// Keys and values of one multi_get; kept by the thread.
struct MultiGetRoom {
  std::vector<rocksdb::Slice> keys;
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<rocksdb::Status> statuses;
};

}  // namespace

Limits RocksStore::limits() const { return kLimits; }

Status RocksStore::read_failed(const rocksdb::Status& status) {
  health_.failed(status, "reading");
  return to_status(status);
}

Status RocksStore::get(const ReadOptions& options, Bytes key, Pinned& out) {
  out.reset();
  const RocksSnapshot* const snapshot = snapshot_of(options);
  const InstanceGate::Stay instance = enter(gate_, snapshot);
  if (!instance) return Status::kIo;
  PinnedSlice* const value = PinnedSlice::take();
  const auto read = [&](const rocksdb::ReadOptions& how) {
    return instance->db().Get(how, instance->data(), to_slice(key), &value->slice);
  };
  const rocksdb::Status status = snapshot == nullptr ? read(kReadLatest) : read(read_at(snapshot));
  if (status.ok()) [[likely]] {
    value->pin(out);
    return Status::kOk;
  }
  PinnedSlice::give_back(value);
  return status.IsNotFound() ? Status::kNotFound : read_failed(status);
}

Status RocksStore::multi_get(const ReadOptions& options, std::span<const Bytes> keys,
                             std::span<Pinned> out, std::span<Status> each) {
  assert(out.size() == keys.size() && each.size() == keys.size());
  const RocksSnapshot* const snapshot = snapshot_of(options);
  const InstanceGate::Stay instance = enter(gate_, snapshot);
  if (!instance) return Status::kIo;
  thread_local MultiGetRoom room;
  room.keys.clear();
  for (const Bytes key : keys) room.keys.push_back(to_slice(key));
  if (room.values.size() < keys.size()) {
    room.values = std::vector<rocksdb::PinnableSlice>(keys.size());
    room.statuses = std::vector<rocksdb::Status>(keys.size());
  }
  // One call reads from one state, also without a snapshot.
  instance->db().MultiGet(read_at(snapshot), instance->data(), keys.size(), room.keys.data(),
                          room.values.data(), room.statuses.data());
  Status result = Status::kOk;
  for (size_t i = 0; i < keys.size(); ++i) {
    out[i].reset();
    each[i] = to_status(room.statuses[i]);
    if (each[i] == Status::kOk) {
      PinnedSlice* const value = PinnedSlice::take();
      value->slice = std::move(room.values[i]);
      value->pin(out[i]);
    } else if (each[i] != Status::kNotFound) {
      result = read_failed(room.statuses[i]);
    }
    room.values[i].Reset();
  }
  return result;
}

Status RocksStore::scan(const ReadOptions& options, const ScanOptions& scan,
                        FunctionRef<bool(Bytes key, Bytes value)> sink) {
  if (scan.begin >= scan.end) return Status::kOk;
  const RocksSnapshot* const snapshot = snapshot_of(options);
  const InstanceGate::Stay instance = enter(gate_, snapshot);
  if (!instance) return Status::kIo;
  const rocksdb::Slice begin = to_slice(scan.begin), end = to_slice(scan.end);
  rocksdb::ReadOptions read = read_at(snapshot);
  read.iterate_lower_bound = &begin;
  read.iterate_upper_bound = &end;
  read.fill_cache = scan.fill_cache;
  const std::unique_ptr<rocksdb::Iterator> entry(
      instance->db().NewIterator(read, instance->data()));
  if (scan.reverse) {
    for (entry->SeekToLast(); entry->Valid(); entry->Prev())
      if (!sink(to_bytes(entry->key()), to_bytes(entry->value()))) return Status::kOk;
  } else {
    for (entry->Seek(begin); entry->Valid(); entry->Next())
      if (!sink(to_bytes(entry->key()), to_bytes(entry->value()))) return Status::kOk;
  }
  const rocksdb::Status status = entry->status();
  return status.ok() ? Status::kOk : read_failed(status);
}

std::unique_ptr<Snapshot> RocksStore::snapshot() {
  const InstanceGate::Stay instance = gate_.enter();
  return instance ? std::make_unique<RocksSnapshot>(gate_, *instance) : nullptr;
}

Status RocksStore::transact(const WriteOptions& options, std::span<const Bytes> keys,
                            FunctionRef<Verdict(Reads& reads, Writes& writes)> function) {
  if (const Status refusal = health_.for_writes(); refusal != Status::kOk) return refusal;
  const InstanceGate::Stay instance = gate_.enter();
  if (!instance) return Status::kIo;
  const TransactionLease transaction;
  if (!locks_.lock(keys, options, transaction->claims)) return Status::kContended;
  struct Unlock {
    KeyLocks& locks;
    std::vector<KeyLocks::Claim>& claims;
    ~Unlock() { locks.unlock(claims); }
  } const unlock{locks_, transaction->claims};

  transaction->reads.begin(*instance, health_, keys);
  ChangeBuffer& changes = transaction->member.changes;
  if (function(transaction->reads, changes) == Verdict::kDecline) {
    const Status read = transaction->reads.status();
    return read == Status::kOk ? Status::kDeclined : read;
  }
  if (const Status read = transaction->reads.status(); read != Status::kOk) return read;
  if (changes.empty()) return Status::kOk;
  if (!changes.is_valid() || changes.bytes() > kLimits.transaction_bytes_max) {
    assert(false && "beyond limits()");
    return Status::kUnavailable;
  }
  return commits_.commit(*instance, transaction->member);
}

Status RocksStore::write(FunctionRef<void(Writes& writes)> function) {
  return transact({}, {}, [&](Reads&, Writes& writes) {
    function(writes);
    return Verdict::kCommit;
  });
}

}  // namespace dynolith::storage::kv
