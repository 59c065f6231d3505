// The list of operations: one entry a name, one source file each.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/json/reader.h"
#include "api/operation_context.h"
#include "storage/result.h"

namespace dynolith::api {

// How an operation words what is wrong with the request itself (ErrorScope::kRequest) since June
// 2026: as it is, with "1 validation error detected: " before it, or still with the older texts for
// attribute values and placeholders.
enum class Envelope : uint8_t { kBare, kOneError, kOlder };

// The two services that share the port: "DynamoDB_20120810." and "DynamoDBStreams_20120810.".
enum class Service : uint8_t { kTables, kStreams };

struct Operation {
  std::string_view name;
  // Appends the JSON reply to `reply`.
  Result<void> (*handle)(const OperationContext& context, const JsonObject& body,
                         std::string& reply);
  bool writes;  // May wait for the disk.
  Envelope envelope;
  Service service = Service::kTables;
};

// How `operation` words attribute values and placeholders.
inline Wording value_wording(const Operation& operation, Wording wording) {
  return operation.envelope == Envelope::kOlder ? Wording::kClassic : wording;
}

// Those with a file of their own; sorted by name. The others are in fixed_answers.h.
std::span<const Operation> operations();
const Operation* find_operation(std::string_view name);

}  // namespace dynolith::api
