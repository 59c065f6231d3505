// NextToken: where a SELECT that was cut short goes on. Opaque to clients, bound to the statement,
// its parameters and its table, and protected against being changed; needs nothing kept here, so it
// lives as long as the table does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/partiql/statement.h"
#include "storage/engine/table.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

inline constexpr size_t kNextTokenBytesMax = 32768;

struct ReadPosition {
  uint32_t query = 0;          // Which of the stretches that the statement reads.
  storage::EncodedItem start;  // The last key read there; absent: from its beginning.
};

// What a token belongs to.
struct TokenSubject {
  std::string_view statement;
  const std::vector<storage::EncodedValue>& parameters;
  const storage::Table& table;
};

std::string make_next_token(const ReadPosition& position, const TokenSubject& subject);

// Errors (kValidation): "Invalid NextToken", "NextToken does not match request".
storage::Result<ReadPosition> read_next_token(std::string_view token, const TokenSubject& subject);

}  // namespace dynolith::api::partiql
