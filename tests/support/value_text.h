// Attribute values as short text, so that tables of cases stay readable.
//
//   value := "text" | b"bytes" | 12.5 | true | false | null | [value, ...] | {name: value, ...}
//          | <value, ...>          a set of strings, binaries or numbers
#pragma once

#include <string>
#include <string_view>

#include "storage/encoding/item_encoding.h"

namespace dynolith::test {

// Abort on malformed text: the test is wrong then.
storage::AttributeValue value_from(std::string_view text);
storage::EncodedValue encoded_from(std::string_view text);
// The text of a map; "" is the absent item.
storage::EncodedItem item_from(std::string_view text);

// The same notation, members sorted.
std::string text_of(const storage::ValueView& value);
std::string text_of(const storage::ItemView& item);

}  // namespace dynolith::test
