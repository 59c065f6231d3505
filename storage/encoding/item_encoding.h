// Writes items and values in the binary form that item_view.h describes and reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/encoding/item_view.h"

namespace dynolith::storage {

// An encoded item that owns its bytes; empty bytes are the absent item.
struct EncodedItem {
  std::string bytes;
  ItemView view() const { return bytes.empty() ? ItemView() : ItemView::trusted(bytes); }
  bool exists() const { return !bytes.empty(); }
  bool operator==(const EncodedItem&) const = default;
};

// An encoded value (tag first) that owns its bytes.
struct EncodedValue {
  std::string bytes;
  ValueView view() const { return ValueView::of(bytes); }
  bool operator==(const EncodedValue&) const = default;
};

// Writes one item or value from calls in document order. Reusable: keep one a thread, its buffers
// are kept between items.
//
//   encoder.begin_item();
//   encoder.name("id");  encoder.string("a");
//   encoder.name("tags"); encoder.begin_set(AttributeType::kStringSet); encoder.string("x"); encoder.end();
//   EncodedItem item = encoder.finish_item();
//
// Members of maps and sets may come in any order and are sorted. A repeated name replaces the
// earlier value. A repeated set member is dropped; callers that must refuse it look at
// last_set_had_duplicates(). Nothing else is checked: lengths, depth and UTF-8 are the caller's.
class ItemEncoder {
 public:
  void begin_item();
  EncodedItem finish_item();
  void begin_value();
  EncodedValue finish_value();

  void name(std::string_view name);  // Before each member of an item or map.
  void string(std::string_view utf8);
  void number(const Number& number);
  void encoded_number(std::string_view encoded);  // As in number_encoding.h.
  void binary(std::string_view bytes);
  void boolean(bool value);
  void null();
  void begin_list();
  void begin_map();
  void begin_set(AttributeType set);
  void end();  // Of the innermost list, map or set.
  // A whole value (or a set's member) copied as it stands.
  void value(const ValueView& value);

  bool last_set_had_duplicates() const { return last_set_had_duplicates_; }
  // DynamoDB's count of the bytes written since begin_item(), at the outermost level.
  size_t item_bytes() const;

 private:
  struct Child {
    uint32_t name_begin, name_end, value_begin, value_end;
    uint32_t item_bytes;  // Name and value, as DynamoDB counts.
  };
  struct Frame {
    uint8_t tag;
    uint32_t begin;        // Of this container's scratch bytes.
    uint32_t first_child;  // Into children_.
  };
  std::string scratch_;
  std::string assembled_;
  std::vector<Child> children_;
  std::vector<Frame> frames_;
  bool last_set_had_duplicates_ = false;
};

EncodedItem encode_item(const Item& item);
EncodedValue encode_value(const AttributeValue& value);
void encode_into(ItemEncoder& encoder, const AttributeValue& value);

// An item with some top-level attributes replaced, added or removed (a null view); the rest is copied.
// `changes` must be sorted by name and hold each name once.
struct AttributeChange {
  std::string_view name;
  std::optional<ValueView> value;
};
EncodedItem with_changes(const ItemView& item, const std::vector<AttributeChange>& changes);

// Only the named top-level attributes that the item has; `names` sorted, unique.
EncodedItem with_only(const ItemView& item, const std::vector<std::string>& names);

}  // namespace dynolith::storage
