// GetRecords: a page of a shard's records, and the iterator to go on with.
#include <algorithm>
#include <limits>

#include "api/json/stream_names.h"
#include "api/json/stream_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/shard_iterator.h"
#include "api/request/stream_request.h"

namespace dynolith::api {

namespace {

using storage::ItemView;
using storage::Shard;
using storage::Stream;
using storage::StreamRecordView;

constexpr int64_t kIteratorMin = 1, kIteratorMax = 2048;

using Request = Members<GetRecordsInput>;

Result<void> check_members(const Request& request) {
  Constraints constraints;
  const Slot& iterator = request[GetRecordsInput::kShardIterator];
  constraints.required(iterator, "shardIterator");
  if (const auto text = iterator.text()) {
    const auto length = static_cast<int64_t>(text->size());
    if (length < kIteratorMin)
      constraints.echo(*text, "shardIterator", at_least("length", kIteratorMin));
    if (length > kIteratorMax)
      constraints.echo(*text, "shardIterator", at_most("length", kIteratorMax));
  }
  constraints.in_range(request[GetRecordsInput::kLimit], "limit", 1, storage::kStreamRecordsMax);
  return constraints.check();
}

storage::Error trimmed() {
  return storage::make_error(
      ErrorCode::kTrimmedDataAccess,
      "The operation attempted to read past the oldest stream record in a shard.");
}

std::string_view event_name(storage::StreamEvent event) {
  switch (event) {
    case storage::StreamEvent::kInsert:
      return "INSERT";
    case storage::StreamEvent::kModify:
      return "MODIFY";
    case storage::StreamEvent::kRemove:
      return "REMOVE";
  }
  return "MODIFY";
}

// Returns their size.
size_t write_keys(JsonWriter& json, const storage::KeySchema& key, const ItemView& item) {
  size_t bytes = 0;
  json.name("Keys").begin_object();
  for (const auto* part : {&key.partition, &key.sort}) {
    for (const storage::KeyAttribute& attribute : *part) {
      const auto value = item.find(attribute.name);
      if (!value) continue;
      json.any_name(attribute.name).value(*value);
      bytes += attribute.name.size() + storage::value_item_bytes(*value);
    }
  }
  json.end_object();
  return bytes;
}

void write_record(JsonWriter& json, const OperationContext& context, const Stream& stream,
                  uint64_t position, const StreamRecordView& record) {
  json.begin_object().name("eventID").string(event_id(stream, position));
  json.name("eventName").string(event_name(record.event));
  json.name("eventVersion").string("1.1").name("eventSource").string("aws:dynamodb");
  json.name("awsRegion").string(context.region).name("dynamodb").begin_object();
  // Whole seconds, as the service has them.
  json.name("ApproximateCreationDateTime").integer(record.created_ms / 1000);
  const size_t key_bytes = write_keys(json, stream.key, record.key);
  if (record.new_image.exists()) json.name("NewImage").item(record.new_image);
  if (record.old_image.exists()) json.name("OldImage").item(record.old_image);
  json.name("SequenceNumber").string(sequence_number(stream, place_of(position)));
  json.name("SizeBytes")
      .integer(static_cast<int64_t>(key_bytes + record.new_image.item_bytes() +
                                    record.old_image.item_bytes()));
  json.name("StreamViewType").string(view_type_text(stream.view_type)).end_object();
  if (record.origin == storage::StreamOrigin::kTimeToLive) {
    json.name("userIdentity").begin_object();
    json.name("PrincipalId").string("dynamodb.amazonaws.com");
    json.name("Type").string("Service").end_object();
  }
  json.end_object();
}

// The stream as it was a moment ago, and the iterator's shard.
struct Place {
  storage::StreamPtr stream;
  const Shard* shard = nullptr;
};

Result<Place> find_place(const OperationContext& context, const ShardIterator& iterator) {
  Place place;
  auto found = context.database.find_stream(iterator.table, iterator.stream);
  if (found.ok() && (*found)->scope == context.scope) place.stream = *std::move(found);
  if (place.stream == nullptr)
    return storage::make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
  place.shard = place.stream->find_shard(iterator.shard);
  if (place.shard == nullptr) return trimmed();
  return place;
}

// Writes the records behind the iterator; returns the position to go on at.
Result<uint64_t> write_records(JsonWriter& json, const OperationContext& context,
                               const Place& place, const ShardIterator& iterator, uint32_t limit) {
  const Stream& stream = *place.stream;
  const uint64_t last =
      place.shard->is_open() ? std::numeric_limits<uint64_t>::max() : place.shard->last;
  uint64_t next = iterator.next;
  if (iterator.from_horizon) next = std::max(next, stream.trimmed + 1);
  json.name("Records").begin_array();
  if (next <= last) {
    if (next <= stream.trimmed) return trimmed();
    const storage::StreamRead read{.first = next, .last = last, .records_max = limit};
    const auto page = context.database.read_stream(
        stream, read, [&](uint64_t position, const StreamRecordView& record) {
          write_record(json, context, stream, position, record);
        });
    if (!page) return page.error().code == ErrorCode::kTrimmedDataAccess ? trimmed() : page.error();
    next = page->next;
  }
  json.end_array();
  return next;
}

}  // namespace

Result<void> get_records(const OperationContext& context, const JsonObject& body,
                         std::string& reply) {
  const auto request = TRY(read_request<GetRecordsInput>(body));
  TRY(check_members(request));
  const int64_t now_ms = context.database.now_ms();
  const auto given = *request[GetRecordsInput::kShardIterator].text();
  ShardIterator iterator = TRY(decode_shard_iterator(given, now_ms));
  const auto limit = static_cast<uint32_t>(
      request[GetRecordsInput::kLimit].integer().value_or(storage::kStreamRecordsMax));

  const size_t reply_begin = reply.size();
  Place place = TRY(find_place(context, iterator));
  while (true) {
    JsonWriter json(reply);
    json.begin_object();
    const uint64_t next = TRY(write_records(json, context, place, iterator, limit));
    // If the shard was closed meanwhile, the last of these may be its successor's.
    const bool was_open = place.shard->is_open();
    place = TRY(find_place(context, iterator));
    const bool is_open = place.shard->is_open();
    if (was_open && !is_open && next > place.shard->last + 1) {
      reply.resize(reply_begin);
      continue;
    }
    if (is_open || next <= place.shard->last) {
      iterator.from_horizon = iterator.from_horizon && next <= place.stream->trimmed + 1;
      iterator.next = next;
      iterator.made_ms = now_ms;
      json.name("NextShardIterator");
      json.string(encode_shard_iterator(iterator, arn_of(context, *place.stream)));
    }
    json.end_object();
    return {};
  }
}

}  // namespace dynolith::api
