// DescribeStream: a stream and its shards, oldest first.
#include <vector>

#include "api/json/stream_names.h"
#include "api/json/stream_shapes.h"
#include "api/json/table_description.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/stream_request.h"

namespace dynolith::api {

namespace {

using storage::Shard;
using storage::Stream;

constexpr int64_t kPageMax = 100;
constexpr std::string_view kFilterTypes[] = {"CHILD_SHARDS"};

using Request = Members<DescribeStreamInput>;

struct ShardSelection {
  std::optional<std::string_view> start;   // Those behind this one.
  std::optional<std::string_view> parent;  // The children of this one.
  size_t limit = static_cast<size_t>(kPageMax);
};

Result<ShardSelection> read_members(const Request& request) {
  Constraints constraints;
  constraints.required(request[DescribeStreamInput::kStreamArn], "streamArn");
  check_stream_arn(constraints, request[DescribeStreamInput::kStreamArn], "streamArn");
  constraints.in_range(request[DescribeStreamInput::kLimit], "limit", 1, kPageMax);
  const Slot& start = request[DescribeStreamInput::kExclusiveStartShardId];
  check_shard_id(constraints, start, "exclusiveStartShardId");
  ShardSelection selection;
  if (const Slot& given = request[DescribeStreamInput::kShardFilter]; given.present()) {
    const auto filter = read_structure<ShardFilterShape>(given.object());
    constraints.required(filter[ShardFilterShape::kType], "shardFilter.type");
    constraints.one_of(filter[ShardFilterShape::kType], "shardFilter.type", kFilterTypes);
    constraints.required(filter[ShardFilterShape::kShardId], "shardFilter.shardId");
    check_shard_id(constraints, filter[ShardFilterShape::kShardId], "shardFilter.shardId");
    selection.parent = filter[ShardFilterShape::kShardId].text();
  }
  TRY(constraints.check());
  selection.start = start.text();
  if (const auto limit = request[DescribeStreamInput::kLimit].integer())
    selection.limit = static_cast<size_t>(*limit);
  return selection;
}

// One more than the limit if there are more.
std::vector<const Shard*> selected(const Stream& stream, const ShardSelection& selection) {
  std::vector<const Shard*> shards;
  bool started = !selection.start;
  for (const Shard& shard : stream.shards) {
    const bool fits = !selection.parent || (shard.parent_created_ms != 0 &&
                                            parent_shard_id(stream, shard) == *selection.parent);
    if (started && fits && shards.size() <= selection.limit) shards.push_back(&shard);
    started = started || shard_id(stream, shard) == *selection.start;
  }
  return shards;
}

void write_shard(JsonWriter& json, const Stream& stream, const Shard& shard) {
  json.begin_object().name("ShardId").string(shard_id(stream, shard));
  json.name("SequenceNumberRange").begin_object();
  json.name("StartingSequenceNumber").string(sequence_number(stream, starting_place(shard)));
  if (!shard.is_open())
    json.name("EndingSequenceNumber").string(sequence_number(stream, ending_place(shard)));
  json.end_object();
  if (shard.parent_created_ms != 0)
    json.name("ParentShardId").string(parent_shard_id(stream, shard));
  json.end_object();
}

}  // namespace

Result<void> describe_stream(const OperationContext& context, const JsonObject& body,
                             std::string& reply) {
  const auto request = TRY(read_request<DescribeStreamInput>(body));
  const auto selection = TRY(read_members(request));
  const auto stream = TRY(find_stream(context, *request[DescribeStreamInput::kStreamArn].text()));
  auto shards = selected(*stream, selection);
  const bool more = shards.size() > selection.limit;
  if (more) shards.pop_back();

  JsonWriter json(reply);
  json.begin_object().name("StreamDescription").begin_object();
  json.name("StreamArn").string(arn_of(context, *stream));
  json.name("StreamLabel").string(stream_label(stream->created_ms));
  json.name("StreamStatus").string(stream->is_on() ? "ENABLED" : "DISABLED");
  json.name("StreamViewType").string(view_type_text(stream->view_type));
  json.name("CreationRequestDateTime").timestamp(stream->created_ms);
  json.name("TableName").string(stream->table_name);
  write_key_schema(json, stream->key);
  json.name("Shards").begin_array();
  for (const Shard* shard : shards) write_shard(json, *stream, *shard);
  json.end_array();
  if (more) json.name("LastEvaluatedShardId").string(shard_id(*stream, *shards.back()));
  json.end_object().end_object();
  return {};
}

}  // namespace dynolith::api
