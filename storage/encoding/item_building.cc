// Items made of trees, and items made of other items without decoding what stays.
#include <string_view>

#include "storage/encoding/item_encoding.h"
#include "storage/encoding/item_layout.h"

namespace dynolith::storage {
namespace {

ItemEncoder& thread_encoder() {
  thread_local ItemEncoder encoder;
  return encoder;
}

struct IntoEncoder {
  ItemEncoder& encoder;

  void operator()(const std::string& text) const { encoder.string(text); }
  void operator()(const Number& number) const { encoder.number(number); }
  void operator()(const Binary& binary) const { encoder.binary(binary.bytes); }
  void operator()(bool boolean) const { encoder.boolean(boolean); }
  void operator()(Null) const { encoder.null(); }
  void operator()(const StringSet& set) const {
    encoder.begin_set(AttributeType::kStringSet);
    for (const std::string& member : set.members) encoder.string(member);
    encoder.end();
  }
  void operator()(const NumberSet& set) const {
    encoder.begin_set(AttributeType::kNumberSet);
    for (const Number& member : set.members) encoder.number(member);
    encoder.end();
  }
  void operator()(const BinarySet& set) const {
    encoder.begin_set(AttributeType::kBinarySet);
    for (const std::string& member : set.members) encoder.binary(member);
    encoder.end();
  }
  void operator()(const List& list) const {
    encoder.begin_list();
    for (const AttributeValue& element : list) encode_into(encoder, element);
    encoder.end();
  }
  void operator()(const Map& map) const {
    encoder.begin_map();
    for (const auto& [name, member] : map) {
      encoder.name(name);
      encode_into(encoder, member);
    }
    encoder.end();
  }
};

// Kept a thread, so that building an item allocates nothing but the item.
std::vector<NamedValue>& thread_attributes() {
  thread_local std::vector<NamedValue> attributes;
  attributes.clear();
  return attributes;
}

// Returns the place behind it.
char* put(char* at, std::string_view bytes) { return at + bytes.copy(at, bytes.size()); }

// An item of attributes in ascending order.
EncodedItem assemble(std::span<const NamedValue> attributes, size_t item_bytes) {
  size_t data_bytes = 0;
  for (const auto& [name, value] : attributes) {
    data_bytes += name.size() + 1 + value.payload().size();
  }
  const bool wide = needs_wide(attributes.size(), data_bytes);
  const size_t table = table_bytes(AttributeType::kMap, attributes.size(), wide);
  EncodedItem item;
  item.bytes.resize(kItemHeaderBytes + table + data_bytes);
  char* entry = store_item_header(item.bytes.data(), item_bytes, wide);
  entry = store_entry(entry, attributes.size(), wide);
  char* const data = item.bytes.data() + kItemHeaderBytes + table;
  char* at = data;
  for (const auto& [name, value] : attributes) {
    at = put(at, name);
    entry = store_entry(entry, static_cast<size_t>(at - data), wide);
    *at++ = static_cast<char>(value.tag());
    at = put(at, value.payload());
    entry = store_entry(entry, static_cast<size_t>(at - data), wide);
  }
  return item;
}

}  // namespace

void encode_into(ItemEncoder& encoder, const AttributeValue& value) {
  value.visit(IntoEncoder{encoder});
}

EncodedItem encode_item(const Item& item) {
  ItemEncoder& encoder = thread_encoder();
  encoder.begin_item();
  for (const auto& [name, value] : item) {
    encoder.name(name);
    encode_into(encoder, value);
  }
  return encoder.finish_item();
}

EncodedValue encode_value(const AttributeValue& value) {
  ItemEncoder& encoder = thread_encoder();
  encoder.begin_value();
  encode_into(encoder, value);
  return encoder.finish_value();
}

EncodedItem encode_attributes(std::span<const NamedValue> attributes) {
  size_t item_bytes = 0;
  for (const auto& [name, value] : attributes) item_bytes += name.size() + value_item_bytes(value);
  return assemble(attributes, item_bytes);
}

EncodedItem with_changes(const ItemView& item, const std::vector<AttributeChange>& changes) {
  std::vector<NamedValue>& attributes = thread_attributes();
  size_t item_bytes = item.item_bytes();
  const MapView& old = item.attributes();
  uint32_t i = 0;
  for (const AttributeChange& change : changes) {
    while (i < old.size()) {
      const auto [name, value] = old[i];
      const int order = name.compare(change.name);
      if (order > 0) break;
      ++i;
      if (order < 0) {
        attributes.push_back({name, value});
      } else {
        item_bytes -= name.size() + value_item_bytes(value);
      }
    }
    if (change.value) {
      attributes.push_back({change.name, *change.value});
      item_bytes += change.name.size() + value_item_bytes(*change.value);
    }
  }
  for (; i < old.size(); ++i) {
    const auto [name, value] = old[i];
    attributes.push_back({name, value});
  }
  return assemble(attributes, item_bytes);
}

EncodedItem with_only(const ItemView& item, const std::vector<std::string>& names) {
  std::vector<NamedValue>& attributes = thread_attributes();
  size_t item_bytes = 0;
  for (const std::string& name : names) {
    if (const auto value = item.find(name)) {
      attributes.push_back({name, *value});
      item_bytes += name.size() + value_item_bytes(*value);
    }
  }
  return assemble(attributes, item_bytes);
}

}  // namespace dynolith::storage
