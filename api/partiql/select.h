// SELECT: the reads that a statement asks for, and its answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation_context.h"
#include "api/partiql/statement.h"
#include "api/request/consumed_capacity.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

struct SelectOptions {
  std::string_view text;  // Of the statement.
  std::optional<uint32_t> limit;
  std::optional<std::string_view> next_token;
  bool consistent = false;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

// Reads one page and appends {"Items":[...],"NextToken":...,"LastEvaluatedKey":...}. Uses the
// statement up. Errors: kResourceNotFound, kValidation (index, keys, ORDER BY, NextToken), kIo.
Result<void> append_select(const OperationContext& context, Statement& statement,
                           const std::vector<storage::EncodedValue>& parameters,
                           const SelectOptions& options, std::string& reply);

}  // namespace dynolith::api::partiql
