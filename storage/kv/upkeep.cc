#include "storage/kv/upkeep.h"

#include "storage/kv/status.h"

namespace dynolith::storage::kv {

namespace {
// With readers, before an attempt to reopen is put off: those who come meanwhile wait.
constexpr std::chrono::milliseconds kPatience(250);
constexpr uint64_t kWorthFlushingBytes = 1u << 20;
}  // namespace

void Upkeep::start(std::chrono::milliseconds interval, bool is_new) {
  thread_ = std::thread([this, interval, is_new] {
    if (is_new) finish_format();
    run(interval);
  });
}

void Upkeep::finish_format() {
  const Result<void> finished = parts_.directory.finish_format();
  if (!finished.ok()) parts_.health.stop(finished.error().message);
}

void Upkeep::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::run(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, interval, [&] { return stopping_; })) {
    lock.unlock();
    sync(false);
    look_at_space();
    lock.lock();
  }
}

void Upkeep::sync(bool is_last) {
  if (parts_.health.state() == Health::State::kStopped || parts_.health.needs_reopening()) return;
  Instance* const instance = parts_.gate.current();
  if (instance == nullptr || instance->is_read_only()) return;
  const uint64_t sequence = instance->db().GetLatestSequenceNumber();
  if (sequence == synced_ && !is_last) return;
  const bool is_due = parts_.durability == Durability::kEverySecond || is_last;
  if (parts_.durability == Durability::kNever && !is_last) return;
  if (is_due && sequence != synced_) {
    if (const rocksdb::Status status = instance->db().SyncWAL(); !status.ok())
      return parts_.health.failed(status, "syncing the log");
  }
  synced_ = sequence;
  // A mark that cannot be written is a mark that comes late; a full disk shows elsewhere.
  parts_.directory.high_water().advance(sequence);
}

void Upkeep::look_at_space() {
  const uint64_t free = parts_.space.free_bytes();
  const uint64_t reserve = parts_.space.reserve_bytes();
  Instance* const instance = parts_.gate.current();
  switch (parts_.health.state()) {
    case Health::State::kStopped:
      return;
    case Health::State::kHealthy: {
      if (free < reserve) return parts_.health.room_is_short(free, reserve);
      // Getting short: write out the memtables while there is room for it, and the log goes.
      if (free > 4 * parts_.settings.write_buffer_bytes + reserve) return;
      const uint64_t unflushed = instance->unflushed_bytes();
      if (unflushed > kWorthFlushingBytes && free < reserve + 2 * unflushed)
        parts_.health.failed(instance->flush(false), "flushing");
      return;
    }
    case Health::State::kReadOnly:
      if (!parts_.health.needs_reopening()) {
        if (free >= reserve) parts_.health.recovered();
        return;
      }
      if (instance != nullptr && !instance->is_read_only())
        reopening_needs_ = instance->unflushed_bytes();
      if (free >= reserve && free - reserve >= reopening_needs_) reopen();
      return;
  }
}

void Upkeep::reopen() {
  parts_.gate.replace(kPatience,
                      [&](std::unique_ptr<Instance>& instance) { open_again(instance); });
}

void Upkeep::open_again(std::unique_ptr<Instance>& instance) {
  instance.reset();
  const bool may_be_torn = parts_.directory.may_be_torn();
  rocksdb::Status status = Instance::open(
      parts_.settings, may_be_torn ? OpenMode::kTornLog : OpenMode::kExisting, instance);
  if (!status.ok()) {
    instance.reset();
    if (!is_out_of_room(status))
      return parts_.health.stop("reopening failed: " + status.ToString());
    // Not yet. Reads go on with what can be opened without writing.
    status = Instance::open(
        parts_.settings, may_be_torn ? OpenMode::kTornLogReadOnly : OpenMode::kReadOnly, instance);
    if (!status.ok()) parts_.health.stop("reopening failed: " + status.ToString());
    return;
  }
  const uint64_t mark = parts_.directory.high_water().sequence();
  if (instance->db().GetLatestSequenceNumber() < mark)
    return parts_.health.stop("the end of its log is missing");
  parts_.directory.log_is_whole();
  parts_.commits.forget();
  parts_.health.recovered();
}

}  // namespace dynolith::storage::kv
