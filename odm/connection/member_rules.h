// What the members of a request may hold whatever the table is: names and counts, in the service's
// words. Errors: kValidation, worded in full.
//
// Threads: any, no state.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/result.h"

namespace dynolith::odm {

storage::Result<void> check_table_name(std::string_view name);
storage::Result<void> check_index_name(std::string_view name);

// "1 validation error detected: Value '<value>' at '<path>' failed to satisfy constraint: Member
// must have <what> greater than or equal to <least>"; what: "value" or "length".
storage::Result<void> check_between(int64_t number, std::string_view value, std::string_view path,
                                    std::string_view what, int64_t least, int64_t most);

}  // namespace dynolith::odm
