// The values of items as the mapper's users see them: exact numbers, binary, documents of any
// shape, moments in time.
#pragma once

#include "odm/chrono.h"
#include "storage/value/attribute_value.h"
#include "storage/value/number.h"

namespace dynolith::odm {

using storage::AttributeType;
using storage::Binary;
using storage::BinarySet;
using storage::List;
using storage::Map;
using storage::Null;
using storage::Number;  // Exact, 38 digits.
using storage::NumberSet;
using storage::StringSet;
using Value = storage::AttributeValue;  // Any of the ten types.

// Stored as milliseconds since 1970 unless the attribute says seconds() or iso().
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

inline Timestamp timestamp_of_ms(int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

// The times that ISO 8601 texts of four-digit years can say: 0000-01-01 to 9999-12-31.
inline constexpr int64_t kFirstIsoMs = -62'167'219'200'000;
inline constexpr int64_t kLastIsoMs = 253'402'300'799'999;

// "2026-11-21T10:44:37.209Z", always three decimals.
std::string to_iso_text(Timestamp time);
// Also without decimals, with up to nine (cut to three), and with an offset ("+01:00").
std::optional<Timestamp> parse_iso_text(std::string_view text);

}  // namespace dynolith::odm
