// What writes cost, in write units. AWS guide, "Write capacity unit consumption".
#pragma once

#include <algorithm>
#include <cstdint>

#include "storage/limits.h"

namespace dynolith::storage {

// Of `bytes` written to or deleted from a table or index; 0 bytes cost nothing.
constexpr double write_units(uint64_t bytes) {
  return static_cast<double>((bytes + kWriteUnitBytes - 1) / kWriteUnitBytes);
}

// A write costs by the larger of the images before and after it, and never less than one unit.
constexpr double table_write_units(uint64_t old_bytes, uint64_t new_bytes) {
  return std::max(1.0, write_units(std::max(old_bytes, new_bytes)));
}

}  // namespace dynolith::storage
