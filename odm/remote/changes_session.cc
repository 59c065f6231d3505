#include "odm/remote/changes_session.h"

#include <algorithm>

#include "api/json/writer.h"

namespace dynolith::odm {

namespace {

constexpr size_t kDescriptionPagesMax = 200;  // Of a hundred shards each.
constexpr size_t kRoundsMax = 50;
// After so many rounds in which nothing came a closed shard is left for the next call.
constexpr size_t kEmptyRoundsMax = 3;
// How far this machine's clock may be from the service's.
constexpr int64_t kClockSlackMs = 5 * 60 * 1000;

using Place = ShardPosition::Place;

Error trimmed_error() {
  return make_error(ErrorCode::kTrimmed,
                    "The records that follow this position are older than what the stream keeps");
}

std::string describe_body(const std::string& stream_arn, const std::string& behind) {
  std::string body;
  api::JsonWriter json(body);
  json.begin_object().name("StreamArn").string(stream_arn);
  if (!behind.empty()) json.name("ExclusiveStartShardId").string(behind);
  json.end_object();
  return body;
}

std::string iterator_body(const std::string& stream_arn, const std::string& shard,
                          std::string_view type, const std::string& sequence) {
  std::string body;
  api::JsonWriter json(body);
  json.begin_object().name("StreamArn").string(stream_arn).name("ShardId").string(shard);
  json.name("ShardIteratorType").string(type);
  if (!sequence.empty()) json.name("SequenceNumber").string(sequence);
  json.end_object();
  return body;
}

Result<std::string> call_for_iterator(RemoteCalls& calls, const std::string& body) {
  const auto reply = TRY(calls.call_streams("GetShardIterator", body));
  return of_reply(reply, parse_shard_iterator(reply.body));
}

}  // namespace

// What one turn of every shard gave.
struct ChangesSession::Round {
  uint32_t records = 0;
  bool any_read = false;
  bool any_finished = false;
};

Result<ChangesSession> ChangesSession::at_oldest(RemoteCalls& calls, std::string stream_arn) {
  ChangesSession session({std::move(stream_arn), {}});
  TRY(session.describe(calls));
  session.begin_ready_shards();
  return session;
}

Result<ChangesSession> ChangesSession::at_newest(RemoteCalls& calls, std::string stream_arn) {
  ChangesSession session({std::move(stream_arn), {}});
  TRY(session.describe(calls));
  TRY(session.begin_newest(calls));
  return session;
}

Result<ChangesSession> ChangesSession::at_position(RemoteCalls& calls, ChangesPosition position) {
  ChangesSession session(std::move(position));
  TRY(session.describe(calls));
  TRY(session.check_nothing_is_missing());
  session.forget_gone_shards();
  session.begin_ready_shards();
  return session;
}

Result<void> ChangesSession::describe(RemoteCalls& calls) {
  std::vector<ShardDescription> shards;
  std::string behind;
  for (size_t page = 0; page < kDescriptionPagesMax; ++page) {
    const auto reply =
        TRY(calls.call_streams("DescribeStream", describe_body(position_.stream_arn, behind)));
    auto description = TRY(of_reply(reply, parse_stream_description(reply.body)));
    shards.insert(shards.end(), std::make_move_iterator(description.shards.begin()),
                  std::make_move_iterator(description.shards.end()));
    is_on_ = description.is_on;
    behind = std::move(description.last_shard);
    if (behind.empty()) {
      listed_ = std::move(shards);
      return {};
    }
  }
  return make_error(ErrorCode::kInternal, "The service's list of shards does not end");
}

const ShardDescription* ChangesSession::find_listed(const std::string& id) const {
  const auto found = std::find_if(listed_.begin(), listed_.end(),
                                  [&](const ShardDescription& shard) { return shard.id == id; });
  return found == listed_.end() ? nullptr : &*found;
}

const ShardPosition* ChangesSession::find_begun(const std::string& id) const {
  const auto found = std::find_if(position_.shards.begin(), position_.shards.end(),
                                  [&](const ShardPosition& shard) { return shard.id == id; });
  return found == position_.shards.end() ? nullptr : &*found;
}

size_t ChangesSession::unfinished() const {
  return static_cast<size_t>(
      std::count_if(position_.shards.begin(), position_.shards.end(),
                    [](const ShardPosition& shard) { return !shard.is_finished(); }));
}

// The service forgets a shard with its last record. If one was not read to its end, or if all are
// gone that a stream had that is still on, there may have been more.
Result<void> ChangesSession::check_nothing_is_missing() const {
  bool any_listed = false;
  for (const ShardPosition& shard : position_.shards) {
    const bool is_listed = find_listed(shard.id) != nullptr;
    any_listed = any_listed || is_listed;
    if (!is_listed && !shard.is_finished()) return trimmed_error();
  }
  if (is_on_ && !any_listed && !position_.shards.empty()) return trimmed_error();
  return {};
}

void ChangesSession::forget_gone_shards() {
  std::erase_if(position_.shards, [this](const ShardPosition& shard) {
    return shard.is_finished() && find_listed(shard.id) == nullptr;
  });
}

void ChangesSession::begin_ready_shards() {
  for (const ShardDescription& shard : listed_) {
    if (find_begun(shard.id) != nullptr) continue;
    if (!shard.parent.empty() && find_listed(shard.parent) != nullptr) {
      const ShardPosition* parent = find_begun(shard.parent);
      if (parent == nullptr || !parent->is_finished()) continue;
    }
    position_.shards.push_back({shard.id});
  }
}

Result<void> ChangesSession::begin_newest(RemoteCalls& calls) {
  const int64_t now_ms = calls.client().clock().now_ms();
  for (const ShardDescription& listed : listed_) {
    ShardPosition shard{listed.id};
    if (listed.is_closed) {
      shard.place = Place::kFinished;
    } else {
      shard.place = Place::kSince;
      shard.since_ms = now_ms;
      shard.iterator = TRY(
          call_for_iterator(calls, iterator_body(position_.stream_arn, listed.id, "LATEST", {})));
    }
    position_.shards.push_back(std::move(shard));
  }
  return {};
}

// Of a place in time there is no iterator: it begins at the oldest record and skips.
Result<std::string> ChangesSession::get_iterator(RemoteCalls& calls,
                                                 const ShardPosition& shard) const {
  const bool is_behind = shard.place == Place::kAfter;
  return call_for_iterator(calls,
                           iterator_body(position_.stream_arn, shard.id,
                                         is_behind ? "AFTER_SEQUENCE_NUMBER" : "TRIM_HORIZON",
                                         is_behind ? shard.sequence : std::string()));
}

Result<RecordPage> ChangesSession::get_records(RemoteCalls& calls, ShardPosition& shard,
                                               uint32_t records_max) {
  bool is_new = false;
  while (true) {
    if (shard.iterator.empty()) {
      shard.iterator = TRY(get_iterator(calls, shard));
      shard.skips_older = shard.place == Place::kSince;
      is_new = true;
    }
    std::string body;
    api::JsonWriter json(body);
    json.begin_object().name("ShardIterator").string(shard.iterator);
    json.name("Limit").integer(records_max).end_object();
    const auto reply = calls.call_streams("GetRecords", body);
    if (reply.ok()) return of_reply(*reply, parse_records(reply->body));
    // Those of an earlier call are good for a quarter of an hour.
    if (is_new || reply.error().service_code != "ExpiredIteratorException") return reply.error();
    shard.iterator.clear();
  }
}

Result<ChangesSession::Turn> ChangesSession::read_shard(RemoteCalls& calls, ShardPosition& shard,
                                                        uint32_t records_max, ChangeSink sink) {
  RecordPage page = TRY(get_records(calls, shard, records_max));
  Turn turn;
  turn.any_read = !page.records.empty();
  for (const OwnedRecord& record : page.records) {
    const bool is_older = shard.skips_older && record.created_ms < shard.since_ms - kClockSlackMs;
    if (is_older) continue;
    sink(record.view());
    ++turn.records;
    shard.place = Place::kAfter;
    shard.skips_older = false;
    shard.sequence = record.sequence;
  }
  shard.iterator = std::move(page.next_iterator);
  if (shard.iterator.empty()) {
    shard.place = Place::kFinished;
    turn.finished = true;
  }
  return turn;
}

// One turn of every shard that is not read to its end, each with its share of what is left. They go
// to the back of the list, so that the next call begins with those that had none.
Result<void> ChangesSession::read_round(RemoteCalls& calls, uint32_t records_max, ChangeSink sink,
                                        Round& round) {
  const size_t shards = unfinished();
  for (size_t turns = 0; turns < shards && round.records < records_max; ++turns) {
    const auto next = std::find_if(position_.shards.begin(), position_.shards.end(),
                                   [](const ShardPosition& shard) { return !shard.is_finished(); });
    const auto left = static_cast<size_t>(records_max - round.records);
    const auto share = static_cast<uint32_t>(std::max<size_t>(left / (shards - turns), 1));
    const Turn turn = TRY(read_shard(calls, *next, share, sink));
    round.records += turn.records;
    round.any_read = round.any_read || turn.any_read;
    round.any_finished = round.any_finished || turn.finished;
    std::rotate(next, next + 1, position_.shards.end());
  }
  return {};
}

Result<ChangesSession::Progress> ChangesSession::read(RemoteCalls& calls, uint32_t records_max,
                                                      ChangeSink sink) {
  Progress progress;
  size_t empty_rounds = 0;
  for (size_t rounds = 0; rounds < kRoundsMax && progress.records < records_max; ++rounds) {
    Round round;
    const auto read = read_round(calls, records_max - progress.records, sink, round);
    progress.records += round.records;
    if (!read.ok()) return progress.records > 0 ? Result<Progress>(progress) : read.error();
    if (round.any_finished || unfinished() == 0) {
      const auto described = describe(calls);
      if (!described.ok())
        return progress.records > 0 ? Result<Progress>(progress) : described.error();
      begin_ready_shards();
      if (unfinished() > 0) continue;
      progress.at_end = true;
      progress.is_closed = !is_on_;
      return progress;
    }
    if (round.any_read) continue;
    const bool all_open = std::all_of(
        position_.shards.begin(), position_.shards.end(), [this](const ShardPosition& shard) {
          const ShardDescription* listed = find_listed(shard.id);
          return shard.is_finished() || listed == nullptr || !listed->is_closed;
        });
    progress.at_end = all_open;
    if (all_open || ++empty_rounds == kEmptyRoundsMax) return progress;
  }
  return progress;
}

}  // namespace dynolith::odm
