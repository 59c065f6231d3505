#include "storage/value/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace dynolith::storage {
namespace {

// Writes a code point by the general scheme, also where that is not allowed.
std::string written(uint32_t code, int bytes) {
  if (bytes == 1) return {static_cast<char>(code)};
  std::string text;
  for (int i = 1; i < bytes; ++i) {
    text.insert(text.begin(), static_cast<char>(0x80 | (code & 0x3f)));
    code >>= 6;
  }
  const auto lead = static_cast<uint8_t>(0xf00u >> bytes);
  text.insert(text.begin(), static_cast<char>(lead | code));
  return text;
}

TEST(Utf8, AcceptsEachCodePointInItsShortestFormOnly) {
  for (uint32_t code = 0; code < 0x1fffff; code += code < 0x11000 ? 1 : 251) {
    const int shortest = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const bool exists = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    EXPECT_EQ(is_valid_utf8(written(code, shortest)), exists) << code;
    for (int bytes = shortest + 1; bytes <= 4; ++bytes) {
      EXPECT_FALSE(is_valid_utf8(written(code, bytes))) << code;
    }
  }
}

TEST(Utf8, RefusesBrokenCharactersAnywhereInAText) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8(std::string_view("\0", 1)));
  for (const std::string broken : {"\x80", "\xbf", "\xc3", "\xe2\x82", "\xf0\x9d\x84", "\xc0\x80",
                                   "\xff", "\xfe", "\xf5\x80\x80\x80", "\xc3\xc3", "\xe2\x82z"}) {
    for (size_t before = 0; before < 20; ++before) {
      EXPECT_FALSE(is_valid_utf8(std::string(before, 'a') + broken));
      EXPECT_FALSE(is_valid_utf8(std::string(before, 'a') + broken + "aaaaaaaaaaaaaaaa"));
    }
  }
  EXPECT_TRUE(
      is_valid_utf8("aaaaaaa\xf0\x9d\x84\x9e"
                    "aaaaaaaaaa\xe2\x82\xac"));
}

}  // namespace
}  // namespace dynolith::storage
