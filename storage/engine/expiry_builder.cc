#include "storage/engine/expiry_builder.h"

#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/engine/expiry_index.h"

namespace dynolith::storage {
namespace {

// See storage/FORMAT.md, "Expiry index".
constexpr IndexId kExpiryNotes = 8;

// After a failure, which is a full disk or a store that has stopped.
constexpr std::chrono::seconds kRetryAfter{1};

// Of items looked at and of entries added between two looks at whether to stop.
constexpr size_t kItemsAtOnce = 1000;
constexpr size_t kEntriesAtOnce = 64;
constexpr size_t kErasedAtOnce = 4096;

std::string note_key(TableId table) {
  std::string key = key_space_prefix(0, kExpiryNotes);
  for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(table >> shift);
  return key;
}

TableId table_of_note(kv::Bytes key) {
  TableId table = 0;
  for (const char byte : key.substr(kKeyPrefixBytes))
    table = table << 8 | static_cast<uint8_t>(byte);
  return table;
}

}  // namespace

ExpiryBuilder::ExpiryBuilder(kv::Store& store, Catalog& catalog, WriteGate& gate,
                             std::function<void(const std::string&)> log)
    : store_(store), catalog_(catalog), gate_(gate), log_(std::move(log)) {}

ExpiryBuilder::~ExpiryBuilder() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> ExpiryBuilder::load() {
  std::unordered_map<TableId, TablePtr> tables;
  std::vector<std::string> left_over;
  const KeyRange notes = prefix_range(key_space_prefix(0, kExpiryNotes));
  const auto read =
      store_.scan({}, {.begin = notes.begin, .end = notes.end}, [&](kv::Bytes key, kv::Bytes) {
        if (tables.empty())
          for (TablePtr& table : catalog_.all()) tables.emplace(table->id, std::move(table));
        const auto found = tables.find(table_of_note(key));
        if (found == tables.end())
          left_over.emplace_back(key);  // Of a table that was deleted meanwhile.
        else
          begin(found->second);
        return true;
      });
  if (read != kv::Status::kOk) return kv::to_error(read);
  for (const std::string& key : left_over)
    store_.write([&](kv::Writes& writes) { writes.erase(key); });  // Else the next time.
  return {};
}

Result<TablePtr> ExpiryBuilder::change_table(
    std::string_view name, std::string_view scope,
    FunctionRef<Result<void>(Table& table, TableStatus status)> change) {
  const std::lock_guard one_at_a_time(one_change_);
  TableId id = 0;
  const auto change_and_remember = [&](Table& table, TableStatus status) -> Result<void> {
    id = table.id;
    return change(table, status);
  };
  TablePtr changed = TRY(catalog_.update(
      name, scope, change_and_remember, [&](kv::Writes& writes) { writes.put(note_key(id), {}); }));
  begin(changed);
  return changed;
}

void ExpiryBuilder::begin(TablePtr table) {
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Job>& job = jobs_[table->id];
    if (job != nullptr) job->cancelled = true;
    job = std::make_shared<Job>();
    job->table = std::move(table);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_all();
}

void ExpiryBuilder::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return jobs_.empty() || failing_ || stopping_; });
}

void ExpiryBuilder::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const std::shared_ptr<Job> job = jobs_.begin()->second;  // Stays there until done.
    lock.unlock();
    kv::Status status = carry_out(*job);
    if (status == kv::Status::kOk && may_go_on(*job)) status = finish(job);
    lock.lock();
    if (stopping_) return;
    const bool failed_before = std::exchange(failing_, status != kv::Status::kOk);
    if (failing_ && !failed_before && log_)
      log_("cannot prepare the time to live of table " + job->table->name() +
           "; trying again: " + kv::to_error(status).message);
    changed_.notify_all();
    if (failing_) changed_.wait_for(lock, kRetryAfter, [&] { return stopping_.load(); });
  }
}

kv::Status ExpiryBuilder::carry_out(const Job& job) {
  gate_.drain();  // Writes that do not know of the new setting may still be under way.
  const kv::Status emptied = empty(job);
  if (emptied != kv::Status::kOk || !job.table->expiry_attribute) return emptied;
  return fill(job);
}

kv::Status ExpiryBuilder::empty(const Job& job) {
  const KeyRange entries = prefix_range(key_space_prefix(job.table->id, kExpiryIndex));
  std::string from = entries.begin;
  while (may_go_on(job)) {
    size_t count = 0;
    std::string last;
    const kv::Status read =
        store_.scan({}, {.begin = from, .end = entries.end, .fill_cache = false},
                    [&](kv::Bytes key, kv::Bytes) {
                      if (++count == kErasedAtOnce) last = key;
                      return count < kErasedAtOnce;
                    });
    if (read != kv::Status::kOk || count == 0) return read;
    const std::string end = last.empty() ? entries.end : last + '\0';
    const kv::Status dropped = store_.drop_range(from, end);
    if (dropped != kv::Status::kOk || last.empty()) return dropped;
    from = end;
  }
  return kv::Status::kOk;
}

kv::Status ExpiryBuilder::fill(const Job& job) {
  const Table& table = *job.table;
  KeyRange items = prefix_range(key_space_prefix(table.id, 0));
  std::vector<std::string> expiring;
  while (may_go_on(job)) {
    size_t count = 0;
    std::string last;
    expiring.clear();
    const kv::Status read =
        store_.scan({}, {.begin = items.begin, .end = items.end, .fill_cache = false},
                    [&](kv::Bytes key, kv::Bytes value) {
                      if (expiry_second(ItemView::trusted(value), *table.expiry_attribute))
                        expiring.emplace_back(key);
                      const bool more = ++count < kItemsAtOnce && expiring.size() < kEntriesAtOnce;
                      if (!more) last = key;
                      return more;
                    });
    if (read != kv::Status::kOk) return read;
    const WriteGate::Pass pass = gate_.enter();  // Whoever drops the table waits for these.
    if (table.is_dropped()) return kv::Status::kOk;
    if (const auto added = add_entries(table, expiring); added != kv::Status::kOk) return added;
    if (last.empty()) break;
    items.begin = last + '\0';
  }
  return kv::Status::kOk;
}

// Of the items as they are now: they may have changed since they were read.
kv::Status ExpiryBuilder::add_entries(const Table& table,
                                      const std::vector<std::string>& item_keys) {
  if (item_keys.empty()) return kv::Status::kOk;
  const std::vector<kv::Bytes> keys(item_keys.begin(), item_keys.end());
  return store_.transact({}, keys, [&](kv::Reads& reads, kv::Writes& writes) {
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto stored = reads.at(i);
      if (!stored) continue;
      const auto second = expiry_second(ItemView::trusted(*stored), *table.expiry_attribute);
      if (second) writes.put(expiry_entry_key(table.id, *second, keys[i]), {});
    }
    return kv::Verdict::kCommit;
  });
}

// Forgets a job that is done, unless another one has taken its place.
kv::Status ExpiryBuilder::finish(const std::shared_ptr<Job>& job) {
  const std::lock_guard one_at_a_time(one_change_);
  if (job->cancelled) return kv::Status::kOk;
  const TableId table = job->table->id;
  const kv::Status erased =
      store_.write([&](kv::Writes& writes) { writes.erase(note_key(table)); });
  if (erased != kv::Status::kOk) return erased;
  const std::lock_guard lock(mutex_);
  jobs_.erase(table);
  return kv::Status::kOk;
}

}  // namespace dynolith::storage
