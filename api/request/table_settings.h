// The settings of a table or index that are stored and shown: streams, encryption, tags, limits.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/json/shape.h"
#include "storage/value/table_schema.h"

namespace dynolith::api {

// All of these take a member whose constraints have been checked and that may be absent.
// Errors: kValidation.

// nullopt: no stream, also if it is said to be off.
Result<std::optional<storage::StreamViewType>> decode_stream(const Slot& specification);

// nullopt: encrypted with a key of the service, which is not shown; also if Enabled is false.
Result<std::optional<storage::ServerSideEncryption>> decode_encryption(const Slot& specification,
                                                                       std::string_view region);

Result<std::optional<storage::ThroughputLimits>> decode_on_demand_limits(const Slot& limits);
// With storage::kNoLimit where a limit is to be taken away.
Result<std::optional<storage::ThroughputLimits>> decode_on_demand_change(const Slot& limits);
Result<std::optional<storage::ThroughputLimits>> decode_warm_throughput(const Slot& units);

// Refuses repeated and reserved keys, and characters that tags may not have.
Result<std::vector<storage::Tag>> decode_tags(const Slot& tags);

}  // namespace dynolith::api
