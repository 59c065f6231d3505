// Constants of the item format (item_view.h has the grammar), shared by its writer, reader and
// checker.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/encoding/little_endian.h"
#include "storage/value/attribute_type.h"

namespace dynolith::storage {

inline constexpr char kItemVersion = 0x01;
inline constexpr size_t kItemTagOffset = 5;    // Behind the version and the size.
inline constexpr size_t kItemHeaderBytes = 6;  // With the tag.

inline constexpr uint8_t kTypeMask = 0x0f;
inline constexpr uint8_t kTrueTag = 0x40;
inline constexpr uint8_t kWideTag = 0x80;
inline constexpr size_t kNarrowMax = 0xffff;

constexpr bool is_container(AttributeType type) { return type >= AttributeType::kStringSet; }

// What values count for in an item, beyond their content.
inline constexpr size_t kScalarItemBytes = 1;     // A boolean or null.
inline constexpr size_t kContainerItemBytes = 3;  // A list or map,
inline constexpr size_t kElementItemBytes = 1;    // and for each element or member.

// Whether a container's table takes 4-byte entries. Entries count the data bytes behind the table.
constexpr bool needs_wide(size_t count, size_t data_bytes) {
  return count > kNarrowMax || data_bytes > kNarrowMax;
}

// Bytes of a container's count and table. Maps have two ends a member, the others one an element.
constexpr size_t table_bytes(AttributeType type, size_t count, bool wide) {
  const size_t entries = 1 + count * (type == AttributeType::kMap ? 2 : 1);
  return entries * (wide ? 4 : 2);
}

// Writes a count or end of a table; returns the place behind it.
inline char* store_entry(char* at, size_t value, bool wide) {
  if (wide) {
    store_u32le(at, static_cast<uint32_t>(value));
    return at + 4;
  }
  store_u16le(at, static_cast<uint32_t>(value));
  return at + 2;
}

// Writes what stands before an item's table; returns the place behind it.
inline char* store_item_header(char* at, size_t item_bytes, bool wide) {
  at[0] = kItemVersion;
  store_u32le(at + 1, static_cast<uint32_t>(item_bytes));
  at[kItemTagOffset] =
      static_cast<char>(static_cast<uint8_t>(AttributeType::kMap) | (wide ? kWideTag : 0));
  return at + kItemHeaderBytes;
}

}  // namespace dynolith::storage
