#include "storage/engine/stream_registry.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "storage/engine/stream_descriptor.h"
#include "storage/engine/stream_log.h"

namespace dynolith::storage {
namespace {

constexpr std::chrono::seconds kTendInterval{30};  // Of the background thread.

// The stream that writes to the table go to; 0: none.
uint32_t stream_in_use(const Table& table) {
  return !table.is_dropped() && table.definition.stream_view_type ? table.stream_number : 0;
}

Error not_found() { return make_error(ErrorCode::kResourceNotFound); }

Stream new_stream(const Table& table) {
  Stream stream;
  stream.table = table.id;
  stream.number = table.stream_number;
  stream.scope = table.scope;
  stream.table_name = table.name();
  stream.key = table.key();
  stream.view_type = *table.definition.stream_view_type;
  stream.created_ms = table.stream_created_ms;
  stream.shards.push_back({.created_ms = table.stream_created_ms});
  return stream;
}

}  // namespace

Result<void> set_stream(Table& table, std::optional<StreamViewType> view_type, int64_t now_ms) {
  if (view_type.has_value() == table.definition.stream_view_type.has_value())
    return validation_error(std::string("Table already has ") +
                            (view_type ? "an enabled" : "a disabled") +
                            " stream: TableName: " + table.name());
  table.definition.stream_view_type = view_type;
  if (!view_type) return {};
  ++table.stream_number;
  // Streams are told apart by their time, whatever the clock does.
  table.stream_created_ms = std::max(now_ms, table.stream_created_ms + 1);
  return {};
}

StreamRegistry::StreamRegistry(kv::Store& store, WriteGate& gate, Clock& clock, int64_t shard_ms)
    : store_(store), gate_(gate), clock_(clock), shard_ms_(shard_ms) {}

StreamRegistry::~StreamRegistry() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> StreamRegistry::load(std::span<const TablePtr> tables) {
  const KeyRange range = prefix_range(stream_descriptor_prefix());
  std::optional<Error> failure;
  const auto status =
      store_.scan({}, {.begin = range.begin, .end = range.end}, [&](kv::Bytes, kv::Bytes value) {
        auto stream = decode_stream(value);
        if (!stream) {
          failure = std::move(stream).error();
          return false;
        }
        publish(*std::move(stream), 0);
        return true;
      });
  if (failure) return *std::move(failure);
  if (status != kv::Status::kOk) return kv::to_error(status);
  for (const TablePtr& table : tables)
    if (table->stream_number > 0) follow(table);
  // What is left open is of a table that is gone.
  std::vector<StreamPtr> open;
  for (const auto& [key, entry] : streams_) {
    const bool has_table =
        std::any_of(tables.begin(), tables.end(),
                    [id = key.first](const TablePtr& table) { return table->id == id; });
    if (entry.stream->is_on() && !has_table) open.push_back(entry.stream);
  }
  for (const StreamPtr& stream : open) close_stream(stream);
  if (!streams_.empty()) start_thread();
  return {};
}

void StreamRegistry::follow(const TablePtr& table) {
  const std::lock_guard change(change_);
  const TablePtr newest = table->state == nullptr ? nullptr : table->state->newest();
  const Table& now = newest == nullptr ? *table : *newest;
  const uint32_t in_use = stream_in_use(now);
  std::vector<StreamPtr> ended;
  bool is_new = in_use != 0;
  {
    const std::lock_guard lock(mutex_);
    for (auto entry = streams_.lower_bound({now.id, 0});
         entry != streams_.end() && entry->first.first == now.id; ++entry) {
      if (entry->first.second == in_use)
        is_new = false;
      else if (entry->second.stream->is_on())
        ended.push_back(entry->second.stream);
    }
  }
  if (is_new) open_stream(now);
  if (ended.empty()) return;
  gate_.drain();
  for (const StreamPtr& stream : ended) close_stream(stream);
}

void StreamRegistry::open_stream(const Table& table) {
  Stream stream = new_stream(table);
  store_descriptor(stream);
  publish(std::move(stream), 0);
  start_thread();
}

// Needs: nothing is appended to its log any more.
void StreamRegistry::close_stream(const StreamPtr& stream) {
  const auto end = store_.log_end(stream_log_name(stream->table, stream->number));
  if (!end) return;  // The store has stopped: load() closes it.
  Stream closed = *stream;
  closed.closed_ms = std::max<int64_t>(clock_.now_ms(), 1);
  closed.shards.back().close(*end, closed.closed_ms);
  store_descriptor(closed);
  publish(std::move(closed), 0);
}

std::vector<StreamPtr> StreamRegistry::list(std::string_view table_name, std::string_view scope) {
  const int64_t now_ms = clock_.now_ms();
  std::vector<StreamPtr> streams;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, entry] : streams_) {
    const Stream& stream = *entry.stream;
    const bool over = !stream.is_on() && stream.closed_ms + kStreamRetentionMs <= now_ms;
    if (!over && stream.scope == scope && (table_name.empty() || stream.table_name == table_name))
      streams.push_back(entry.stream);
  }
  const auto name_of = [](const StreamPtr& stream) {
    return std::tie(stream->table_name, stream->created_ms);
  };
  // Of streams with one name, which tables made and deleted within a millisecond have, the newest
  // table's comes first and stays.
  std::reverse(streams.begin(), streams.end());
  std::stable_sort(streams.begin(), streams.end(),
                   [&](const StreamPtr& a, const StreamPtr& b) { return name_of(a) < name_of(b); });
  const auto rest =
      std::unique(streams.begin(), streams.end(),
                  [&](const StreamPtr& a, const StreamPtr& b) { return name_of(a) == name_of(b); });
  streams.erase(rest, streams.end());
  return streams;
}

Result<StreamPtr> StreamRegistry::find(std::string_view table_name, int64_t created_ms,
                                       std::string_view scope) {
  std::optional<Key> found;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : streams_) {
      const Stream& stream = *entry.stream;
      if (stream.created_ms == created_ms && stream.table_name == table_name &&
          stream.scope == scope)
        found = key;
    }
  }
  if (!found) return not_found();
  return find(found->first, found->second);
}

Result<StreamPtr> StreamRegistry::find(TableId table, uint32_t number) {
  StreamPtr stream = looked_at({table, number});
  if (stream == nullptr) return not_found();
  return stream;
}

StreamPtr StreamRegistry::looked_at(const Key& key) {
  const int64_t now_ms = clock_.now_ms();
  const auto find_entry = [&](bool& due) -> StreamPtr {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(key);
    if (found == streams_.end()) return nullptr;
    due = now_ms >= found->second.due_ms;
    return found->second.stream;
  };
  bool due = false;
  StreamPtr stream = find_entry(due);
  if (stream == nullptr || !due) return stream;
  look(key, now_ms);
  return find_entry(due);
}

void StreamRegistry::tend() {
  const int64_t now_ms = clock_.now_ms();
  std::vector<Key> due;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : streams_)
      if (now_ms >= entry.due_ms) due.push_back(key);
  }
  for (const Key& key : due) look(key, now_ms);
  erase_trimmed();
  erase_vanished();
}

void StreamRegistry::publish(Stream stream, int64_t due_ms) {
  const Key key{stream.table, stream.number};
  const std::lock_guard lock(mutex_);
  Entry& entry = streams_[key];
  entry.stream = std::make_shared<const Stream>(std::move(stream));
  entry.due_ms = due_ms;
}

bool StreamRegistry::store_descriptor(const Stream& stream) {
  const std::string key = stream_descriptor_key(stream.table, stream.number);
  const std::string value = encode_stream(stream);
  return store_.write([&](kv::Writes& writes) { writes.put(key, value); }) == kv::Status::kOk;
}

void StreamRegistry::start_thread() {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void StreamRegistry::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kTendInterval, [&] { return stopping_; })) {
    lock.unlock();
    tend();
    lock.lock();
  }
}

}  // namespace dynolith::storage
