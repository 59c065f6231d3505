// Moments as signatures and credentials write them.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynolith::api {

// "20150830T123600Z"; empty for years outside 1970 to 9999.
std::string compact_utc(int64_t time_ms);
// Reads the same form; also "2015-08-30T12:36:00Z" (with fractions of a second, which are dropped,
// and with "+00:00" for "Z") and HTTP's "Sun, 30 Aug 2015 12:36:00 GMT". Milliseconds since 1970;
// nothing if `text` is none of these or no date.
std::optional<int64_t> parse_utc(std::string_view text);

}  // namespace dynolith::api
