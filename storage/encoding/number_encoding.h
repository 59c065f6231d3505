// Numbers as bytes that sort as the numbers do; used in items and in keys.
//
// number   := 02                                        zero
//           | 03 exponent pair+ 00                      positive
//           | 01 ~exponent (101 - pair)+ 66             negative
// exponent := one byte, e + 129, where value = 0.d1d2... x 10^e, -129 <= e <= 126
// pair     := two digits as 1 + d1 * 10 + d2 (1..100); an odd last digit is followed by digit 0
//
// Order:  byte order is numeric order. Unique: equal numbers have equal bytes. Prefix-free.
// PERSISTED. Example: 12.5 = 0.125 x 10^2 is 03 83 0d 33 00.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/value/number.h"

namespace dynolith::storage {

inline constexpr size_t kEncodedNumberBytesMax = 22;

void append_number(std::string& out, const Number& number);

// Length of the encoded number at the start of `bytes`, or 0 if none valid stands there. Strict:
// only bytes that append_number could have written are valid.
size_t encoded_number_length(std::string_view bytes);

// Appends the canonical decimal text of an encoded number. Needs: valid bytes.
void append_number_text(std::string& out, std::string_view encoded);

// Number::to_int64 of an encoded number, without a Number between. Needs: valid bytes.
std::optional<int64_t> encoded_number_to_int64(std::string_view encoded);

// Number::item_bytes of an encoded number. Needs: valid bytes.
size_t encoded_number_item_bytes(std::string_view encoded);

}  // namespace dynolith::storage
