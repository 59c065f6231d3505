// GetShardIterator: where to begin reading a shard.
#include <algorithm>

#include "api/json/stream_names.h"
#include "api/json/stream_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/shard_iterator.h"
#include "api/request/stream_request.h"

namespace dynolith::api {

namespace {

using storage::Shard;
using storage::Stream;

constexpr size_t kSequenceNumberMin = 21, kSequenceNumberMax = 40;
constexpr std::string_view kTrimHorizon = "TRIM_HORIZON", kLatest = "LATEST",
                           kAt = "AT_SEQUENCE_NUMBER", kAfter = "AFTER_SEQUENCE_NUMBER";
constexpr std::string_view kTypes[] = {kTrimHorizon, kLatest, kAt, kAfter};

using Request = Members<GetShardIteratorInput>;

Result<void> check_members(const Request& request) {
  using Input = GetShardIteratorInput;
  Constraints constraints;
  constraints.required(request[Input::kStreamArn], "streamArn");
  check_stream_arn(constraints, request[Input::kStreamArn], "streamArn");
  constraints.required(request[Input::kShardId], "shardId");
  check_shard_id(constraints, request[Input::kShardId], "shardId");
  constraints.required(request[Input::kShardIteratorType], "shardIteratorType");
  constraints.one_of(request[Input::kShardIteratorType], "shardIteratorType", kTypes);
  if (const auto number = request[Input::kSequenceNumber].text()) {
    if (number->size() < kSequenceNumberMin)
      constraints.echo(*number, "sequenceNumber", at_least("length", kSequenceNumberMin));
    if (number->size() > kSequenceNumberMax)
      constraints.echo(*number, "sequenceNumber", at_most("length", kSequenceNumberMax));
  }
  return constraints.check();
}

// Whether a sequence number is given, as the type wants it.
Result<void> check_sequence_number(const Request& request) {
  const auto type = *request[GetShardIteratorInput::kShardIteratorType].text();
  const bool given = request[GetShardIteratorInput::kSequenceNumber].present();
  if (given == (type == kAt || type == kAfter)) return {};
  return storage::validation_error(std::string("Invalid SequenceNumber: it must ")
                                       .append(given ? "not be given" : "be given")
                                       .append(" when ShardIteratorType is ")
                                       .append(type));
}

storage::Error foreign(std::string_view number) {
  return storage::validation_error(
      std::string("Invalid SequenceNumber: ").append(number).append(" is not one of this shard"));
}

Result<uint64_t> numbered_position(const OperationContext& context, const Request& request,
                                   const Stream& stream, const Shard& shard) {
  const auto number = *request[GetShardIteratorInput::kSequenceNumber].text();
  const auto place = parse_sequence_number(stream, number);
  if (!place || *place < starting_place(shard)) return foreign(number);
  const uint64_t last =
      shard.is_open()
          ? std::max(place_of(TRY(context.database.stream_end(stream))), starting_place(shard))
          : ending_place(shard);
  if (*place > last) return foreign(number);
  const bool after = *request[GetShardIteratorInput::kShardIteratorType].text() == kAfter;
  const uint64_t position = after ? position_after(*place) : position_at(*place);
  const bool is_behind_end = !shard.is_open() && position > shard.last;
  if (position <= stream.trimmed && !is_behind_end)
    return storage::make_error(
        ErrorCode::kTrimmedDataAccess,
        "The operation attempted to read past the oldest stream record in a shard.");
  return position;
}

Result<uint64_t> first_position(const OperationContext& context, const Request& request,
                                const Stream& stream, const Shard& shard) {
  const auto type = *request[GetShardIteratorInput::kShardIteratorType].text();
  if (type == kTrimHorizon) return std::max(shard.first, stream.trimmed + 1);
  if (type != kLatest) return numbered_position(context, request, stream, shard);
  if (!shard.is_open()) return shard.last + 1;
  return TRY(context.database.stream_end(stream)) + 1;
}

}  // namespace

Result<void> get_shard_iterator(const OperationContext& context, const JsonObject& body,
                                std::string& reply) {
  const auto request = TRY(read_request<GetShardIteratorInput>(body));
  TRY(check_members(request));
  TRY(check_sequence_number(request));
  const auto stream = TRY(find_stream(context, *request[GetShardIteratorInput::kStreamArn].text()));
  const auto id = *request[GetShardIteratorInput::kShardId].text();
  const Shard* shard = find_shard(*stream, id);
  if (shard == nullptr)
    return storage::make_error(
        ErrorCode::kResourceNotFound,
        std::string("Requested resource not found: Shard: ").append(id).append(" not found"));

  ShardIterator iterator{.table = stream->table, .stream = stream->number, .shard = shard->number};
  iterator.next = TRY(first_position(context, request, *stream, *shard));
  iterator.from_horizon =
      *request[GetShardIteratorInput::kShardIteratorType].text() == kTrimHorizon;
  iterator.made_ms = context.database.now_ms();

  JsonWriter json(reply);
  json.begin_object().name("ShardIterator");
  json.string(encode_shard_iterator(iterator, arn_of(context, *stream))).end_object();
  return {};
}

}  // namespace dynolith::api
