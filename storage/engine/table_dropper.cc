#include "storage/engine/table_dropper.h"

#include <chrono>
#include <utility>

namespace dynolith::storage {
namespace {

// After a failure, which is a full disk or a store that has stopped.
constexpr std::chrono::seconds kRetryAfter{1};

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
    const bool failed_before = std::exchange(failing_, status != kv::Status::kOk);
    if (!failing_) queue_.pop_front();
    if (failing_ && !failed_before && log_)
      log_("cannot remove the data of deleted table " + table->name() +
           " for now, trying again: " + kv::to_error(status).message);
    changed_.notify_all();
    if (failing_) changed_.wait_for(lock, kRetryAfter, [&] { return stopping_; });
  }
}

kv::Status TableDropper::drop_data(const Table& table) {
  gate_.drain();  // A write that found the table before it was dropped may still be under way.
  // Key spaces begin with the table's id: all indexes' entries lie between these two.
  const KeyRange items = prefix_range(key_space_prefix(table.id, 0).substr(0, sizeof(TableId)));
  const kv::Status status = store_.drop_range(items.begin, items.end);
  return status == kv::Status::kOk ? catalog_.forget(table) : status;
}

}  // namespace dynolith::storage
