// The check that bytes are well-formed UTF-8: what strings and attribute names consist of.
#pragma once

#include <string_view>

namespace dynolith::storage {

// No overlong forms, no surrogates, nothing above U+10FFFF (Unicode standard, table 3-7).
bool is_valid_utf8(std::string_view bytes);

}  // namespace dynolith::storage
