// How large an answer of the service can be.
#pragma once

#include <cstddef>

namespace dynolith::odm {

// The service answers with 16 MiB of items at most (BatchGetItem). As JSON, binary values grow to
// 4/3 of that and control characters in strings sixfold; the rest is names and types.
inline constexpr size_t kReplyBytesMax = size_t{128} << 20;

}  // namespace dynolith::odm
