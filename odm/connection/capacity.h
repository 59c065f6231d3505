// What reads and writes cost, as the service counts it. AWS guide, "Read/write capacity units".
#pragma once

#include <algorithm>
#include <cstdint>

#include "storage/engine/write.h"
#include "storage/limits.h"

namespace dynolith::odm {

// Transactions pay twice for tables; indexes cost what they always do.
inline constexpr double kTransactional = 2;

// Of reading `bytes`: 4 KB units, at least one; half of it if eventually consistent.
constexpr double read_units(uint64_t bytes, bool consistent) {
  const uint64_t units = (bytes + storage::kReadUnitBytes - 1) / storage::kReadUnitBytes;
  return static_cast<double>(std::max<uint64_t>(units, 1)) * (consistent ? 1.0 : 0.5);
}

// Of a write, with its indexes.
inline double write_units(const storage::WriteOutcome& outcome, double table_factor = 1) {
  double units = outcome.table_write_units * table_factor;
  for (const auto& charge : outcome.index_charges) units += charge.write_units;
  return units;
}

}  // namespace dynolith::odm
