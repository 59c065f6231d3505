// The words that PartiQL keeps for itself. A bare identifier cannot be one of them; in double
// quotes any name can be said (PartiQL specification, "Reserved words").
#pragma once

#include <cstdint>
#include <string_view>

namespace dynolith::api::partiql {

enum class Keyword : uint8_t {
  kNone,      // Not reserved.
  kReserved,  // Reserved, with no meaning in the service's statements.
  kAll,
  kAnd,
  kAs,
  kAsc,
  kAt,
  kBetween,
  kBy,
  kDelete,
  kDesc,
  kDistinct,
  kExists,
  kFalse,
  kFrom,
  kGroup,
  kHaving,
  kIn,
  kInsert,
  kInto,
  kIs,
  kLike,
  kLimit,
  kMissing,
  kModified,
  kNot,
  kNull,
  kOr,
  kOrder,
  kRemove,
  kReturning,
  kSelect,
  kSet,
  kSize,
  kTrue,
  kUpdate,
  kValue,
  kWhere,
};

// In any case: "select" is as reserved as "SELECT".
Keyword keyword_of(std::string_view word);

}  // namespace dynolith::api::partiql
