// The words that an expression may not use as bare attribute names (AWS guide, "Reserved words in
// DynamoDB").
#pragma once

#include <string_view>

namespace dynolith::api {

// In any case: "Size" is as reserved as "SIZE".
bool is_reserved_word(std::string_view name);

}  // namespace dynolith::api
