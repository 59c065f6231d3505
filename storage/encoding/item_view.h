// Items and attribute values read in place, from the bytes that the store keeps.
//
//   item    := version:u8(=01) bytes:u32le map    bytes: the item's size as DynamoDB counts it;
//                                                 before the map stands one tag byte, 0a or 8a
//   value   := tag payload                        extent known from the enclosing container
//   tag     := AttributeType, plus 80 (wide) on a container whose offsets take 4 bytes, not 2,
//              plus 40 on BOOLEAN for true
//   payload := S: UTF-8 | B: bytes | N: number (number_encoding.h) | BOOLEAN, NULL: nothing
//            | L SS NS BS: list | M: map
//   list    := count end[count] element*          L: values; SS NS BS: bare payloads, ascending
//   map     := count (name_end value_end)[count] (name value)*    names strictly ascending
//
// Ends are offsets from the first byte after the table. Offsets and counts are little-endian,
// narrow if and only if the data after the table fits 65,535 bytes and the count does too. So equal
// values have equal bytes: equality is a byte comparison. PERSISTED.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/result.h"
#include "storage/value/attribute_type.h"
#include "storage/value/attribute_value.h"

namespace dynolith::storage {

class ListView;
class MapView;

// One attribute value. Borrows the bytes; as cheap to copy as a string_view.
class ValueView {
 public:
  ValueView() = default;
  ValueView(uint8_t tag, std::string_view payload) : payload_(payload), tag_(tag) {}
  // `encoded` is a whole value, tag first. Needs: valid bytes.
  static ValueView of(std::string_view encoded) {
    return {static_cast<uint8_t>(encoded[0]), encoded.substr(1)};
  }

  AttributeType type() const { return static_cast<AttributeType>(tag_ & 0x0f); }
  bool is_wide() const { return (tag_ & 0x80) != 0; }
  uint8_t tag() const { return tag_; }
  std::string_view payload() const { return payload_; }

  std::string_view text() const { return payload_; }            // S and B.
  std::string_view encoded_number() const { return payload_; }  // N: compare bytewise.
  Number number() const { return Number::decode(payload_); }    // N.
  bool boolean() const { return (tag_ & 0x40) != 0; }           // BOOLEAN.
  ListView elements() const;                                    // L, SS, NS, BS.
  MapView members() const;                                      // M.

  // Deep equality, numbers by value, sets as sets.
  bool operator==(const ValueView& other) const {
    return tag_ == other.tag_ && payload_ == other.payload_;
  }

 private:
  std::string_view payload_;
  uint8_t tag_ = static_cast<uint8_t>(AttributeType::kNull);
};

class ListView {
 public:
  ListView(AttributeType container, bool wide, std::string_view payload);
  uint32_t size() const { return count_; }
  ValueView operator[](uint32_t i) const;  // Needs: i < size().
  // A set's member by binary search, a list's element by linear search.
  bool contains(const ValueView& value) const;

 private:
  const char* table_;
  const char* data_;
  uint32_t count_;
  bool wide_;
  AttributeType container_;
};

class MapView {
 public:
  MapView() = default;  // Empty.
  MapView(bool wide, std::string_view payload);
  uint32_t size() const { return count_; }
  std::pair<std::string_view, ValueView> operator[](uint32_t i) const;  // Needs: i < size().
  std::optional<ValueView> find(std::string_view name) const;           // Binary search.
  // The same, looking at position `likely` first.
  std::optional<ValueView> find(std::string_view name, uint32_t likely) const;

 private:
  friend class MapCursor;  // map_cursor.h

  const char* table_ = nullptr;
  const char* data_ = nullptr;
  uint32_t count_ = 0;
  bool wide_ = false;
};

// A whole item. A default-constructed view is the absent item: it has no attributes.
class ItemView {
 public:
  ItemView() = default;
  // Bytes that this library wrote and the store's checksums protect.
  static ItemView trusted(std::string_view bytes);
  // Bytes from anywhere. Errors: kCorruption, if they are not exactly what the encoder writes.
  static Result<ItemView> validated(std::string_view bytes);

  bool exists() const { return !bytes_.empty(); }
  std::string_view bytes() const { return bytes_; }
  uint32_t item_bytes() const { return item_bytes_; }  // As DynamoDB counts them; 0 if absent.
  MapView attributes() const { return map_; }
  std::optional<ValueView> find(std::string_view name) const { return map_.find(name); }

 private:
  std::string_view bytes_;
  MapView map_;
  uint32_t item_bytes_ = 0;
};

// Checks a whole encoded value (tag first) as ItemView::validated does an item.
bool is_valid_value(std::string_view encoded, int depth_max);

// Bytes that a value counts for in an item (AWS guide, "Item sizes and formats").
size_t value_item_bytes(const ValueView& value);

// The trees.
AttributeValue to_attribute_value(const ValueView& value);
Item to_item(const ItemView& view);

}  // namespace dynolith::storage
