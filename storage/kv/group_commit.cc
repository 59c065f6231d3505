#include "storage/kv/group_commit.h"

#include <string>

#include "storage/kv/futex.h"

namespace dynolith::storage::kv {
namespace {

constexpr size_t kGroupBytesMax = 4u << 20;  // Of members behind the leader.
constexpr int kSpins = 200;

// A member's word.
constexpr uint32_t kWaiting = 0;
constexpr uint32_t kAsleep = 1;
constexpr uint32_t kLead = 2;
constexpr uint32_t kDone = 3;

uint32_t wait_for_turn(std::atomic<uint32_t>& word, bool expect_long) {
  uint32_t now = kWaiting;
  for (int i = 0; i < (expect_long ? 1 : kSpins); ++i) {
    now = word.load(std::memory_order_acquire);
    if (now != kWaiting) return now;
    pause_briefly();
  }
  now = kWaiting;
  if (!word.compare_exchange_strong(now, kAsleep, std::memory_order_acquire)) return now;
  while ((now = word.load(std::memory_order_acquire)) == kAsleep) futex_wait(word, kAsleep);
  return now;
}

// The member's thread may go on at once and use its word anew: a late wake-up is then one for no
// reason, which every sleeper expects.
void tell(std::atomic<uint32_t>& word, uint32_t what) {
  if (word.exchange(what, std::memory_order_acq_rel) == kAsleep) futex_wake(word, 1);
}

// A batch's bytes: sequence:8, count:4 (little-endian), records. The same bytes are in the log, so
// this does not change; RocksDB's own way to join batches is not public.
constexpr size_t kBatchHeadBytes = 12;

void join(std::string& joined, const rocksdb::WriteBatch& batch) {
  joined.append(batch.Data(), kBatchHeadBytes);
}

void set_count(std::string& joined, uint32_t count) {
  for (size_t i = 0; i < 4; ++i) joined[8 + i] = static_cast<char>((count >> (8 * i)) & 0xff);
}

}  // namespace

Status GroupCommit::commit(Instance& instance, Member& member) {
  member.word.store(kWaiting, std::memory_order_relaxed);
  Member* older = newest_.load(std::memory_order_relaxed);
  do {
    member.older = older;
  } while (!newest_.compare_exchange_weak(older, &member, std::memory_order_acq_rel));
  if (older == nullptr || wait_for_turn(member.word, options_.sync) == kLead)
    lead(instance, member);
  return member.status;
}

void GroupCommit::lead(Instance& instance, Member& leader) {
  Member* const newest = newest_.load(std::memory_order_acquire);
  Member* last = &leader;
  if (newest != &leader) {
    link(leader, *newest);
    for (size_t bytes = 0; last != newest; last = last->newer) {
      bytes += last->newer->changes.bytes();
      if (bytes > kGroupBytesMax) break;
    }
  }
  const Status status = write(instance, leader, *last);
  leader.status = status;
  // Before anyone is woken: a member that goes on may queue again, and `last` would be found twice.
  hand_over(*last);
  Member* next = &leader == last ? nullptr : leader.newer;
  while (next != nullptr) {
    Member* const member = next;
    next = member == last ? nullptr : member->newer;  // Once told, it is no longer ours to read.
    member->status = status;
    tell(member->word, kDone);
  }
}

void GroupCommit::link(Member& leader, Member& newest) {
  for (Member* member = &newest; member != &leader; member = member->older)
    member->older->newer = member;
}

void GroupCommit::hand_over(Member& last) {
  Member* newest = &last;
  if (newest_.compare_exchange_strong(newest, nullptr, std::memory_order_acq_rel)) return;
  while (newest->older != &last) newest = newest->older;
  tell(newest->word, kLead);
}

Status GroupCommit::write(Instance& instance, Member& leader, Member& last) {
  if (const Status refusal = health_.for_writes(); refusal != Status::kOk) return refusal;
  rocksdb::WriteBatch* batch = &leader.changes.batch();
  rocksdb::WriteBatch joined;
  if (&leader != &last) {
    std::string bytes;
    uint32_t count = 0;
    size_t size = kBatchHeadBytes;
    for (Member* member = &leader;; member = member->newer) {
      size += member->changes.batch().GetDataSize();
      if (member == &last) break;
    }
    bytes.reserve(size);
    bytes.resize(kBatchHeadBytes);
    for (Member* member = &leader;; member = member->newer) {
      join(bytes, member->changes.batch());
      count += member->changes.batch().Count();
      if (member == &last) break;
    }
    set_count(bytes, count);
    joined = rocksdb::WriteBatch(std::move(bytes));
    batch = &joined;
  }
  bool has_extras = false;
  for (Member* member = &leader;; member = member->newer) {
    if (member->changes.has_records_or_tallies()) {
      has_extras = true;
      const auto status = logs_and_tallies_.apply(instance, member->changes, *batch);
      if (!status.ok()) {  // Nothing was written yet.
        logs_and_tallies_.forget();
        health_.failed(status, "reading");
        return Status::kUnavailable;
      }
    }
    if (member == &last) break;
  }
  if (has_extras) logs_and_tallies_.write_tallies(instance, *batch);
  return write_batch(instance, *batch);
}

Status GroupCommit::write_batch(Instance& instance, rocksdb::WriteBatch& batch) {
  if (!space_.spend(batch.GetDataSize())) {
    health_.room_is_short(space_.free_bytes(), space_.reserve_bytes() + batch.GetDataSize());
    logs_and_tallies_.forget();
    return Status::kUnavailable;
  }
  const rocksdb::Status status = instance.db().Write(options_, &batch);
  if (status.ok()) [[likely]] {
    if (mark_ != nullptr) mark_->note(instance.db().GetLatestSequenceNumber());
    return Status::kOk;
  }
  logs_and_tallies_.forget();
  health_.failed(status, "writing");
  // The gate closes whatever the reason was: RocksDB refuses to go on after most failures.
  if (health_.state() == Health::State::kHealthy)
    health_.stop("writing failed: " + status.ToString());
  return Status::kUnknown;
}

}  // namespace dynolith::storage::kv
