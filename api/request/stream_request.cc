#include "api/request/stream_request.h"

#include <string>

#include "api/json/stream_names.h"

namespace dynolith::api {
namespace {

constexpr int64_t kArnMin = 37, kArnMax = 1024;
constexpr int64_t kShardIdMin = 28, kShardIdMax = 65;

void check_length(Constraints& constraints, const Slot& slot, std::string_view path, int64_t least,
                  int64_t most) {
  const auto text = slot.text();
  if (!text) return;
  const auto length = static_cast<int64_t>(text->size());
  if (length < least) constraints.echo(*text, path, at_least("length", least));
  if (length > most) constraints.echo(*text, path, at_most("length", most));
}

}  // namespace

void check_stream_arn(Constraints& constraints, const Slot& slot, std::string_view path) {
  check_length(constraints, slot, path, kArnMin, kArnMax);
}

void check_shard_id(Constraints& constraints, const Slot& slot, std::string_view path) {
  check_length(constraints, slot, path, kShardIdMin, kShardIdMax);
}

Result<void> check_is_stream_arn(std::string_view arn) {
  if (parse_stream_arn(arn)) return {};
  return storage::validation_error(std::string("Invalid StreamArn: ").append(arn));
}

Result<storage::StreamPtr> find_stream(const OperationContext& context, std::string_view arn) {
  TRY(check_is_stream_arn(arn));
  const auto parts = parse_stream_arn(arn);
  for (const auto& stream : context.database.list_streams(parts->table, context.scope)) {
    if (stream_label(stream->created_ms) != parts->label) continue;
    if (auto found = context.database.find_stream(stream->table, stream->number)) return found;
  }
  return storage::make_error(
      storage::ErrorCode::kResourceNotFound,
      std::string("Requested resource not found: Stream: ").append(arn).append(" not found"));
}

std::string arn_of(const OperationContext& context, const storage::Stream& stream) {
  return stream_arn(context.region, stream.table_name, stream.created_ms);
}

const storage::Shard* find_shard(const storage::Stream& stream, std::string_view id) {
  for (const storage::Shard& shard : stream.shards)
    if (shard_id(stream, shard) == id) return &shard;
  return nullptr;
}

}  // namespace dynolith::api
