#include "storage/engine/index_backfill.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "storage/engine/index_build.h"
#include "storage/engine/index_maintenance.h"
#include "storage/engine/table_update.h"

namespace dynolith::storage {
namespace {

// After a failure, which is a full disk or a store that has stopped.
constexpr std::chrono::seconds kRetryAfter{1};
// How often a job that is to begin later looks at the clock.
constexpr std::chrono::milliseconds kLookAgainAfter{5};

// A part of a table that is added in one commit, and to which writes wait meanwhile.
constexpr size_t kPartItems = 2000;
constexpr size_t kPartBytes = 2u << 20;

// Of the entries of an index that goes, so much at once: what begins with the same byte of the
// hash.
constexpr size_t kRemovedPrefixBytes = kKeyPrefixBytes + 1;

const Index* index_by_id(const Table& table, IndexId id) {
  for (const Index& index : table.indexes)
    if (index.id == id) return &index;
  return nullptr;
}

// Claims a part of the table for as long as this lives.
class Claim {
 public:
  Claim(IndexBuild& build, std::string end) : build_(build) { build_.claim(std::move(end)); }
  ~Claim() {
    if (!done_) build_.release();
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  void cover() {
    build_.cover();
    done_ = true;
  }

 private:
  IndexBuild& build_;
  bool done_ = false;
};

// The index is not what the job was for any more: the table or the index was deleted meanwhile.
Error overtaken() {
  return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
}
bool is_overtaken(const Error& error) {
  return error.code == ErrorCode::kResourceNotFound || error.code == ErrorCode::kResourceInUse;
}

}  // namespace

IndexBackfill::IndexBackfill(kv::Store& store, Catalog& catalog, WriteGate& gate, Clock& clock,
                             std::function<void(const std::string&)> log)
    : store_(store), catalog_(catalog), gate_(gate), clock_(clock), log_(std::move(log)) {}

IndexBackfill::~IndexBackfill() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void IndexBackfill::begin(const Table& table, int64_t not_before_ms) {
  const std::lock_guard lock(mutex_);
  for (const Index& index : table.indexes) {
    if (index.status == IndexStatus::kActive) continue;
    const auto is_same = [&](const Job& job) {
      return job.table == table.state && job.index == index.id && job.work == index.status;
    };
    if (std::any_of(jobs_.begin(), jobs_.end(), is_same) || (busy_ && is_same(current_))) continue;
    jobs_.push_back({.table = table.state,
                     .index = index.id,
                     .work = index.status,
                     .not_before_ms = not_before_ms});
  }
  if (!jobs_.empty() && !thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void IndexBackfill::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (jobs_.empty() && !busy_) || failing_ || stopping_; });
}

void IndexBackfill::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const int64_t now_ms = clock_.monotonic_ms();
    const auto due = std::find_if(jobs_.begin(), jobs_.end(),
                                  [&](const Job& job) { return job.not_before_ms <= now_ms; });
    if (due == jobs_.end()) {
      changed_.wait_for(lock, kLookAgainAfter, [&] { return stopping_; });
      continue;
    }
    current_ = std::move(*due);
    jobs_.erase(due);
    busy_ = true;
    lock.unlock();
    const Status status = step(current_);
    lock.lock();
    busy_ = false;
    const bool failed = status != Status::kOk && status != Status::kNotFound;
    if (status != Status::kNotFound) jobs_.push_back(std::move(current_));
    current_ = {};
    const bool failed_before = std::exchange(failing_, failed);
    if (failed && !failed_before && log_)
      log_("cannot go on with the indexes of a table; trying again: " +
           kv::to_error(status).message);
    changed_.notify_all();
    if (failed) changed_.wait_for(lock, kRetryAfter, [&] { return stopping_; });
  }
}

IndexBackfill::Status IndexBackfill::step(Job& job) {
  const TablePtr table = job.table->newest();
  if (table == nullptr || table->is_dropped()) return Status::kNotFound;
  const Index* index = index_by_id(*table, job.index);
  if (index == nullptr || index->status != job.work) return Status::kNotFound;
  return job.work == IndexStatus::kCreating ? build_part(job, table, *index)
                                            : remove_part(job, *table, *index);
}

IndexBackfill::Status IndexBackfill::build_part(const Job& job, const TablePtr& table,
                                                const Index& index) {
  const std::string begin = index.build->frontier();
  std::string end;
  if (const auto found = find_part_end(*table, begin, end); found != Status::kOk) return found;
  Claim claim(*index.build, end);
  gate_.drain();
  if (const auto added = add_part(job, begin, end); added != Status::kOk) return added;
  claim.cover();
  const bool is_last = end == prefix_range(key_space_prefix(table->id, 0)).end;
  return is_last ? finish_build(*table, index.id) : Status::kOk;
}

// Behind the last item of a part that begins at `begin`.
IndexBackfill::Status IndexBackfill::find_part_end(const Table& table, const std::string& begin,
                                                   std::string& end) {
  end = prefix_range(key_space_prefix(table.id, 0)).end;
  if (begin == end) return Status::kOk;
  size_t items = 0, bytes = 0;
  std::optional<std::string> last;
  const auto status = store_.scan({}, {.begin = begin, .end = end, .fill_cache = false},
                                  [&](kv::Bytes key, kv::Bytes item) {
                                    ++items;
                                    bytes += item.size();
                                    if (items >= kPartItems || bytes >= kPartBytes) last = key;
                                    return !last;
                                  });
  if (last) end = *last + '\0';
  return status;
}

// Needs: the part is claimed, and no write that began before the claim is under way.
IndexBackfill::Status IndexBackfill::add_part(const Job& job, const std::string& begin,
                                              const std::string& end) {
  // As any write: whoever deletes the table or the index now waits for this.
  const WriteGate::Pass pass = gate_.enter();
  const TablePtr table = job.table->newest();
  const Index* index = table == nullptr ? nullptr : index_by_id(*table, job.index);
  if (index == nullptr || table->is_dropped() || index->status != job.work)
    return Status::kNotFound;
  Status read = Status::kOk;
  const Status written = store_.transact({}, {}, [&](kv::Reads&, kv::Writes& writes) {
    kv::Tally added;
    read = store_.scan(
        {}, {.begin = begin, .end = end, .fill_cache = false}, [&](kv::Bytes, kv::Bytes item) {
          const auto entry = add_entry(*table, *index, ItemView::trusted(item), writes);
          added.count += entry.count;
          added.bytes += entry.bytes;
          return true;
        });
    if (read != Status::kOk) return kv::Verdict::kDecline;
    if (added.count != 0) writes.add(index->tally_name, added);
    writes.put(build_record_key(table->id, index->id), end);
    return kv::Verdict::kCommit;
  });
  return read != Status::kOk ? read : written;
}

IndexBackfill::Status IndexBackfill::finish_build(const Table& table, IndexId id) {
  const auto finished = catalog_.update(
      table.name(), table.scope,
      [&](Table& changed, TableStatus) -> Result<void> {
        for (Index& index : changed.indexes) {
          if (changed.id != table.id || index.id != id || index.status != IndexStatus::kCreating)
            continue;
          index.status = IndexStatus::kActive;
          index.build = nullptr;
          return {};
        }
        return overtaken();
      },
      [&](kv::Writes& writes) { writes.erase(build_record_key(table.id, id)); });
  return finished || is_overtaken(finished.error()) ? Status::kNotFound : Status::kUnavailable;
}

IndexBackfill::Status IndexBackfill::remove_part(Job& job, const Table& table, const Index& index) {
  const KeyRange entries = prefix_range(key_space_prefix(table.id, index.id));
  if (job.next.empty()) {
    gate_.drain();  // A write that found the index may still be under way.
    job.next = entries.begin;
  }
  std::optional<std::string> first;
  const Status found =
      store_.scan({}, {.begin = job.next, .end = entries.end, .fill_cache = false},
                  [&](kv::Bytes key, kv::Bytes) { return first = std::string(key), false; });
  if (found != Status::kOk) return found;
  if (!first) return finish_removal(table, index);
  std::string end = prefix_end(first->substr(0, kRemovedPrefixBytes));
  const Status dropped = store_.drop_range(*first, end);
  if (dropped == Status::kOk) job.next = std::move(end);
  return dropped;
}

IndexBackfill::Status IndexBackfill::finish_removal(const Table& table, const Index& removed) {
  const auto total = store_.tally(removed.tally_name);
  if (!total) return Status::kUnavailable;
  const auto finished = catalog_.update(
      table.name(), table.scope,
      [&](Table& changed, TableStatus) -> Result<void> {
        const auto is_removed = [&](const Index& index) { return index.id == removed.id; };
        if (changed.id != table.id || std::erase_if(changed.indexes, is_removed) == 0)
          return overtaken();
        drop_unused_definitions(changed);
        return {};
      },
      [&](kv::Writes& writes) {
        writes.add(removed.tally_name, {-total->count, -total->bytes});
        writes.erase(build_record_key(table.id, removed.id));
      });
  return finished || is_overtaken(finished.error()) ? Status::kNotFound : Status::kUnavailable;
}

}  // namespace dynolith::storage
