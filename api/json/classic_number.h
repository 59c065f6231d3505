// How the service read numbers before June 2026, and still does for some operations: as Java's
// BigDecimal, whose exponents have 32 bits.
#pragma once

#include <optional>
#include <string_view>

#include "storage/error.h"

namespace dynolith::api {

// What that reading says of `text` where Number::parse says something else, or accepts it.
std::optional<storage::Error> classic_number_error(std::string_view text);

}  // namespace dynolith::api
