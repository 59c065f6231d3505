// Exclusive start keys: whether one fits the read that it is to continue, and where it stands.
#pragma once

#include <string>

#include "storage/engine/range_read.h"
#include "storage/result.h"

namespace dynolith::storage {

// The stored key that the read's exclusive start key means; an item need not be there.
// Needs:  the read has one. `range` is all that the read covers.
// Errors: kValidation, in the service's words: not exactly the key attributes, wrong types, empty
// or
//         over-long values, outside what the key condition or the segment covers, or a query that
//         can only return one item.
Result<std::string> start_position(const RangeRead& read, const KeyRange& range);

}  // namespace dynolith::storage
