// What tells one request from another under the same token.
#pragma once

#include <string>

#include "api/json/reader.h"

namespace dynolith::api {

// 16 bytes, the same for values that say the same: the order of members does not count (some
// clients send maps in any order), and a null member counts as absent.
std::string digest_of(const JsonValue& value);

}  // namespace dynolith::api
