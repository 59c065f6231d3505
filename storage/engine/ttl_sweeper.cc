#include "storage/engine/ttl_sweeper.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "storage/engine/expiry_index.h"

namespace dynolith::storage {
namespace {

// What expired longer ago is left alone, as the service does: it is taken for a mistake.
constexpr int64_t kTooOldSeconds = 5LL * 365 * 24 * 3600;

constexpr size_t kEntriesAtOnce = 1000;  // Then it is another table's turn.
constexpr size_t kDeletionsAtOnce = 25;  // In one commit.

Condition expired_between(const std::string& attribute, int64_t first_s, int64_t last_s) {
  const auto number = [](int64_t value) { return encode_value(AttributeValue(Number(value))); };
  return Condition{Between{DocumentPath{{attribute}}, number(first_s), number(last_s)}};
}

}  // namespace

TtlSweeper::TtlSweeper(kv::Store& store, Catalog& catalog, ItemWriter& writer, Clock& clock,
                       int64_t interval_ms, std::function<void(const std::string&)> log)
    : store_(store),
      catalog_(catalog),
      writer_(writer),
      clock_(clock),
      interval_ms_(interval_ms),
      log_(std::move(log)) {}

TtlSweeper::~TtlSweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TtlSweeper::wake() {
  if (interval_ms_ <= 0) return;
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_all();
}

bool TtlSweeper::has_work() const {
  const auto tables = catalog_.all();
  return std::any_of(tables.begin(), tables.end(),
                     [](const TablePtr& table) { return table->expiry_attribute.has_value(); });
}

void TtlSweeper::run() {
  std::unique_lock lock(mutex_);
  bool failing = false;
  while (!stopping_) {
    woken_ = false;
    if (!has_work()) {  // Nothing to do until a table gets a time to live.
      changed_.wait(lock, [&] { return stopping_ || woken_; });
      continue;
    }
    changed_.wait_for(lock, std::chrono::milliseconds(interval_ms_),
                      [&] { return stopping_.load(); });
    if (stopping_) return;
    lock.unlock();
    const auto swept = sweep();
    if (!swept && !std::exchange(failing, true) && log_)
      log_("cannot delete expired items; trying again: " + swept.error().message);
    if (swept) failing = false;
    lock.lock();
  }
}

Result<SweepReport> TtlSweeper::sweep() {
  const int64_t now_s = clock_.now_ms() / 1000;
  SweepReport report;
  std::vector<Progress> unfinished;
  for (TablePtr& table : catalog_.all()) {
    if (!table->expiry_attribute || now_s < 0) continue;
    const auto first = static_cast<uint64_t>(std::max<int64_t>(0, now_s - kTooOldSeconds));
    KeyRange entries = expiry_range(table->id, first, static_cast<uint64_t>(now_s));
    unfinished.push_back({std::move(table), std::move(entries)});
  }
  while (!unfinished.empty()) {
    for (Progress& progress : unfinished) {
      if (stopping_) return report;
      TRY(sweep_some(progress, now_s, report));
    }
    std::erase_if(unfinished, [](const Progress& progress) {
      return progress.entries.begin >= progress.entries.end;
    });
  }
  return report;
}

Result<void> TtlSweeper::sweep_some(Progress& progress, int64_t now_s, SweepReport& report) {
  KeyRange& range = progress.entries;
  std::vector<std::string> entries;
  const auto read =
      store_.scan({}, {.begin = range.begin, .end = range.end}, [&](kv::Bytes key, kv::Bytes) {
        entries.emplace_back(key);
        return entries.size() < kEntriesAtOnce;
      });
  if (read != kv::Status::kOk) return kv::to_error(read);
  report.entries_read += entries.size();
  auto done = delete_items(progress.table, entries, now_s, report);
  // A table that is dropped meanwhile takes its items along.
  const bool dropped = !done && done.error().code == ErrorCode::kResourceNotFound;
  range.begin = dropped || entries.size() < kEntriesAtOnce ? range.end : entries.back() + '\0';
  return dropped ? Result<void>() : done;
}

Result<void> TtlSweeper::delete_items(const TablePtr& table,
                                      const std::vector<std::string>& entries, int64_t now_s,
                                      SweepReport& report) {
  const Condition expired =
      expired_between(*table->expiry_attribute, now_s - kTooOldSeconds, now_s);
  std::vector<ItemWrite> deletions;
  deletions.reserve(entries.size());
  for (const std::string& entry : entries)
    deletions.push_back({.table = table,
                         .key = item_key_of_expiry_entry(entry),
                         .action = Delete{},
                         .condition = &expired,
                         .origin = WriteOrigin::kTimeToLive});
  const auto was_in_the_way = [](const Error& error) {
    return error.code == ErrorCode::kConditionalCheckFailed ||
           error.code == ErrorCode::kTransactionCanceled ||
           error.code == ErrorCode::kTransactionConflict;
  };
  std::span<const ItemWrite> left(deletions);
  while (!left.empty() && !stopping_) {
    const auto some = left.first(std::min(left.size(), kDeletionsAtOnce));
    left = left.subspan(some.size());
    if (const auto all = writer_.apply(some); all) {
      report.items_deleted += some.size();
      continue;
    } else if (!was_in_the_way(all.error())) {
      return all.error();
    }
    // One of them was renewed or is being written: the others go one by one.
    for (const ItemWrite& deletion : some) {
      const auto one = writer_.apply(deletion);
      if (one) ++report.items_deleted;
      if (!one && !was_in_the_way(one.error())) return one.error();
    }
  }
  return {};
}

}  // namespace dynolith::storage
