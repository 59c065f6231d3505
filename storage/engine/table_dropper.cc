#include "storage/engine/table_dropper.h"

#include <chrono>
#include <optional>
#include <utility>

namespace dynolith::storage {
namespace {

// After a failure, which is a full disk or a store that has stopped.
constexpr std::chrono::seconds kRetryAfter{1};

// A piece is what begins with a table, an index and the first byte of a hash: a 256th of one index.
// Between pieces the thread looks whether it is to stop.
constexpr size_t kPieceBytes = kKeyPrefixBytes + 1;

}  // namespace

TableDropper::TableDropper(kv::Store& store, Catalog& catalog, WriteGate& gate,
                           std::function<void(const std::string&)> log)
    : store_(store), catalog_(catalog), gate_(gate), log_(std::move(log)) {}

TableDropper::~TableDropper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TableDropper::drop(TablePtr table) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(table));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_all();
}

void TableDropper::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return queue_.empty() || failing_ || stopping_; });
}

void TableDropper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const TablePtr table = queue_.front();  // Stays queued until done, for wait_until_idle().
    lock.unlock();
    const kv::Status status = drop_data(*table);
    lock.lock();
    if (stopping_ && status != kv::Status::kOk) return;
    const bool failed_before = std::exchange(failing_, status != kv::Status::kOk);
    if (!failing_) queue_.pop_front();
    if (failing_ && !failed_before && log_)
      log_("cannot remove the data of deleted table " + table->name() +
           "; trying again: " + kv::to_error(status).message);
    changed_.notify_all();
    if (failing_) changed_.wait_for(lock, kRetryAfter, [&] { return stopping_; });
  }
}

bool TableDropper::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

kv::Status TableDropper::drop_data(const Table& table) {
  gate_.drain();  // A write that found the table before it was dropped may still be under way.
  // Key spaces begin with the table's id: all indexes' entries lie between these two.
  const KeyRange items = prefix_range(key_space_prefix(table.id, 0).substr(0, sizeof(TableId)));
  std::string from = items.begin;
  while (true) {
    std::optional<std::string> first;
    const kv::Status found =
        store_.scan({}, {.begin = from, .end = items.end, .fill_cache = false},
                    [&](kv::Bytes key, kv::Bytes) { return first = std::string(key), false; });
    if (found != kv::Status::kOk) return found;
    if (!first) return catalog_.forget(table);
    if (is_stopping()) return kv::Status::kUnavailable;
    from = prefix_end(first->substr(0, kPieceBytes));
    const kv::Status dropped = store_.drop_range(*first, from);
    if (dropped != kv::Status::kOk) return dropped;
  }
}

}  // namespace dynolith::storage
