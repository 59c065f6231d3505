// Writes items and values in the binary form that item_view.h describes and reads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
//   encoder.name("id");
//   encoder.string("a");
//   encoder.name("tags");
//   encoder.begin_set(AttributeType::kStringSet);
//   encoder.string("x");
//   encoder.end();
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
  // DynamoDB's count of the outermost attributes finished since begin_item(), a repeated one each
  // time; after finish_item(), that of the item.
  size_t item_bytes() const { return outermost_bytes_; }

 private:
  // A member or element of an open container: its name (of maps) and value, in scratch_.
  struct Child {
    uint64_t rank;  // The first bytes of the name or set member, as a number that sorts as they do.
    uint32_t begin, name_end, end;
    uint32_t item_bytes;  // Name and value, as DynamoDB counts.
  };
  // A container that is not ended yet. The outermost is the item, or the holder of a lone value.
  struct Frame {
    AttributeType type;
    bool is_outermost;
    uint32_t begin;        // Of its payload in scratch_.
    uint32_t first_child;  // Into children_.
  };

  void begin_outermost(AttributeType type);
  void begin_container(AttributeType type);
  void open_value(uint8_t tag);
  void close_value(size_t item_bytes);
  void scalar(uint8_t tag, std::string_view payload, size_t item_bytes);
  std::string_view sort_text(const Child& child, AttributeType type) const;
  bool sort_children(const Frame& frame);
  size_t gather(const Frame& frame);
  size_t children_item_bytes(const Frame& frame) const;
  void write_table(char* at, const Frame& frame, bool wide) const;

  std::string scratch_;    // Values in the order of the calls, containers without their tables.
  std::string assembled_;  // A container's data in its final order.
  std::vector<Child> children_;
  std::vector<Frame> frames_;
  size_t outermost_bytes_ = 0;
  bool last_set_had_duplicates_ = false;
};

EncodedItem encode_item(const Item& item);
EncodedValue encode_value(const AttributeValue& value);
void encode_into(ItemEncoder& encoder, const AttributeValue& value);

// An item of attributes that are there already. Needs: ascending by name, each name once.
struct NamedValue {
  std::string_view name;
  ValueView value;
};
EncodedItem encode_attributes(std::span<const NamedValue> attributes);

// An item with some top-level attributes replaced, added or removed (a null view); the rest is
// copied. `changes` must be sorted by name and hold each name once.
struct AttributeChange {
  std::string_view name;
  std::optional<ValueView> value;
};
EncodedItem with_changes(const ItemView& item, const std::vector<AttributeChange>& changes);

// Only the named top-level attributes that the item has; `names` sorted, unique.
EncodedItem with_only(const ItemView& item, const std::vector<std::string>& names);

}  // namespace dynolith::storage
