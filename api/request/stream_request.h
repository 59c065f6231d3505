// StreamArn and ShardId: what the operations on streams share.
#pragma once

#include <string_view>

#include "api/operation_context.h"
#include "api/request/constraints.h"
#include "storage/engine/stream.h"
#include "storage/result.h"

namespace dynolith::api {

// Add what is wrong with a member's length or characters.
void check_stream_arn(Constraints& constraints, const Slot& slot, std::string_view path);
void check_shard_id(Constraints& constraints, const Slot& slot, std::string_view path);

// Errors: kValidation (not the ARN of a stream).
Result<void> check_is_stream_arn(std::string_view arn);

// The stream, as it is now. Errors: kValidation (not the ARN of a stream), kResourceNotFound.
Result<storage::StreamPtr> find_stream(const OperationContext& context, std::string_view arn);

// The ARN of a stream for whoever asks.
std::string arn_of(const OperationContext& context, const storage::Stream& stream);

// Null: there is none of this id.
const storage::Shard* find_shard(const storage::Stream& stream, std::string_view id);

}  // namespace dynolith::api
