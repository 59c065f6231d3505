// Plain JSON as trees of values. The numbers are exact, which parsers that go through double are
// not.
//
// Threads: any, no state.
#pragma once

#include <string>
#include <string_view>

#include "odm/result.h"
#include "odm/value.h"

namespace dynolith::odm {

inline constexpr size_t kJsonBytesMax = 16u << 20;
inline constexpr int kJsonDepthMax = 128;  // An item of an event takes two for each of its own.

// An object or array as a tree: objects become maps, arrays lists, null NULL. Errors: kBadRequest:
// not JSON (RFC 8259), a member that is named twice, a number that does not fit 38 digits, text
// that is not UTF-8, more than kJsonBytesMax bytes or kJsonDepthMax levels.
Result<Value> parse_json(std::string_view text);

// Sets become arrays; binary values, base64.
void append_json(std::string& out, const storage::ValueView& value);
void append_json_text(std::string& out, std::string_view utf8);  // A string, with its quotes.

}  // namespace dynolith::odm
