// What becomes of a stream with time: a shard that is old enough gets a successor, records older
// than a day go, and so does a stream that was closed a day ago.
//
// Trimming has two steps. First a position is written down, before which nothing is read any more:
// found by bisection, because positions are dense and times rise with them. Then the records go, in
// the background.
#include <algorithm>
#include <optional>

#include "storage/engine/stream_descriptor.h"
#include "storage/engine/stream_log.h"
#include "storage/engine/stream_registry.h"

namespace dynolith::storage {
namespace {

// A busy stream is trimmed, and an overdue empty shard looked at, at most this often.
constexpr int64_t kTrimStepMs = 60'000;

}  // namespace

void StreamRegistry::look(const Key& key, int64_t now_ms) {
  const std::lock_guard change(change_);
  StreamPtr before;
  {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(key);
    if (found == streams_.end() || now_ms < found->second.due_ms) return;
    before = found->second.stream;
    if (!before->is_on() && before->closed_ms + kStreamRetentionMs <= now_ms) {
      streams_.erase(found);
      vanished_.push_back(key);
      return;
    }
  }
  const auto end = store_.log_end(stream_log_name(key.first, key.second));
  if (!end) return;
  Stream stream = *before;
  const bool rotated = rotate(stream, *end, now_ms);
  const auto trimmed = trim(stream, *end, now_ms);
  if (!trimmed) return;
  const auto due_ms = next_look(stream, *end, *trimmed, now_ms);
  if (!due_ms) return;
  // What could not be stored (a full disk) must not be seen: it might be undone by a restart.
  if ((rotated || *trimmed) && !store_descriptor(stream)) return;
  publish(std::move(stream), *due_ms);
}

// An empty shard stays: there is nothing in it to follow.
bool StreamRegistry::rotate(Stream& stream, uint64_t end, int64_t now_ms) const {
  Shard& open = stream.shards.back();
  if (!open.is_open() || now_ms < open.created_ms + shard_ms_ || end < open.first) return false;
  // Records that are being committed meanwhile get positions behind `end`: they are the child's.
  open.close(end, std::max(now_ms, open.created_ms + 1));
  stream.shards.push_back({.number = open.number + 1,
                           .first = end + 1,
                           .created_ms = std::max(now_ms, open.created_ms + 1),
                           .parent_created_ms = open.created_ms});
  return true;
}

Result<bool> StreamRegistry::trim(Stream& stream, uint64_t end, int64_t now_ms) {
  const int64_t oldest_ms = now_ms - kStreamRetentionMs;
  const uint64_t trimmed_before = stream.trimmed;
  const size_t shards_before = stream.shards.size();
  while (stream.shards.size() > 1 && !stream.shards.front().is_open() &&
         stream.shards.front().closed_ms <= oldest_ms) {
    stream.trimmed = std::max(stream.trimmed, stream.shards.front().last);
    stream.shards.erase(stream.shards.begin());
  }
  uint64_t young = end + 1;  // The first position known to stay.
  while (stream.trimmed + 1 < young) {
    // The oldest first: mostly, nothing is to go.
    const bool is_first = young == end + 1 && stream.trimmed == trimmed_before;
    const uint64_t middle =
        is_first ? stream.trimmed + 1 : stream.trimmed + 1 + (young - stream.trimmed - 1) / 2;
    if (TRY(record_time(stream, middle)) <= oldest_ms)
      stream.trimmed = middle;
    else
      young = middle;
  }
  return stream.trimmed != trimmed_before || stream.shards.size() != shards_before;
}

Result<int64_t> StreamRegistry::next_look(const Stream& stream, uint64_t end, bool trimmed,
                                          int64_t now_ms) {
  int64_t due_ms = now_ms + kStreamRetentionMs;
  if (stream.trimmed < end)
    due_ms = TRY(record_time(stream, stream.trimmed + 1)) + kStreamRetentionMs;
  if (trimmed) due_ms = std::max(due_ms, now_ms + kTrimStepMs);
  const Shard& newest = stream.shards.back();
  if (!newest.is_open()) return std::min(due_ms, stream.closed_ms + kStreamRetentionMs);
  const int64_t rotation_ms = newest.created_ms + shard_ms_;
  return std::min(due_ms, rotation_ms > now_ms ? rotation_ms : now_ms + kTrimStepMs);
}

Result<int64_t> StreamRegistry::record_time(const Stream& stream, uint64_t position) {
  std::optional<int64_t> created_ms;
  TRY(read_stream_log(
      store_, stream, {.first = position, .last = position, .records_max = 1},
      [&](uint64_t, const StreamRecordView& record) { created_ms = record.created_ms; }));
  if (!created_ms) return make_error(ErrorCode::kCorruption, "a stream record is missing");
  return *created_ms;
}

void StreamRegistry::erase_trimmed() {
  const std::lock_guard erasing(erasing_);
  std::vector<std::pair<Key, uint64_t>> wanted;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : streams_)
      if (entry.erased < entry.stream->trimmed) wanted.emplace_back(key, entry.stream->trimmed);
  }
  for (const auto& [key, position] : wanted) {
    const auto status =
        store_.trim_log(stream_log_name(key.first, key.second), stream_log_position(position));
    if (status != kv::Status::kOk) return;
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(key);
    if (found != streams_.end()) found->second.erased = position;
  }
}

void StreamRegistry::erase_vanished() {
  const std::lock_guard erasing(erasing_);
  std::vector<Key> gone;
  {
    const std::lock_guard lock(mutex_);
    gone.swap(vanished_);
  }
  for (size_t i = 0; i < gone.size(); ++i) {
    auto status = store_.drop_log(stream_log_name(gone[i].first, gone[i].second));
    const std::string descriptor = stream_descriptor_key(gone[i].first, gone[i].second);
    if (status == kv::Status::kOk)
      status = store_.write([&](kv::Writes& writes) { writes.erase(descriptor); });
    if (status == kv::Status::kOk) continue;
    const std::lock_guard lock(mutex_);
    vanished_.insert(vanished_.end(), gone.begin() + static_cast<std::ptrdiff_t>(i), gone.end());
    return;
  }
}

}  // namespace dynolith::storage
