#include "storage/encoding/item_view.h"

#include <algorithm>
#include <cassert>

#include "storage/encoding/item_layout.h"
#include "storage/encoding/little_endian.h"
#include "storage/encoding/map_cursor.h"
#include "storage/encoding/number_encoding.h"
#include "storage/encoding/text_rank.h"

namespace dynolith::storage {
namespace {

uint32_t load(const char* table, uint32_t index, bool wide) {
  return wide ? load_u32le(table + size_t{index} * 4) : load_u16le(table + size_t{index} * 2);
}

constexpr size_t offset_bytes(bool wide) { return wide ? 4 : 2; }

ValueView tagged(const char* begin, const char* end) {
  return {static_cast<uint8_t>(*begin), {begin + 1, static_cast<size_t>(end - begin - 1)}};
}

StringSet string_set(const ListView& members) {
  StringSet set;
  set.members.reserve(members.size());
  for (uint32_t i = 0; i < members.size(); ++i) set.members.emplace_back(members[i].text());
  return set;
}

}  // namespace

ListView ValueView::elements() const {
  assert(type() == AttributeType::kList || is_set(type()));
  return {type(), is_wide(), payload_};
}

MapView ValueView::members() const {
  assert(type() == AttributeType::kMap);
  return {is_wide(), payload_};
}

ListView::ListView(AttributeType container, bool wide, std::string_view payload)
    : table_(payload.data() + offset_bytes(wide)),
      count_(load(payload.data(), 0, wide)),
      wide_(wide),
      container_(container) {
  data_ = table_ + count_ * offset_bytes(wide);
}

ValueView ListView::operator[](uint32_t i) const {
  assert(i < count_);
  const char* begin = data_ + (i == 0 ? 0 : load(table_, i - 1, wide_));
  const char* end = data_ + load(table_, i, wide_);
  if (container_ == AttributeType::kList) return tagged(begin, end);
  return {static_cast<uint8_t>(set_member_type(container_)),
          {begin, static_cast<size_t>(end - begin)}};
}

bool ListView::contains(const ValueView& value) const {
  if (container_ == AttributeType::kList) {
    for (uint32_t i = 0; i < count_; ++i) {
      if ((*this)[i] == value) return true;
    }
    return false;
  }
  if (value.type() != set_member_type(container_)) return false;
  uint32_t low = 0;
  uint32_t high = count_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = (*this)[middle].payload().compare(value.payload());
    if (order == 0) return true;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

MapView::MapView(bool wide, std::string_view payload)
    : table_(payload.data() + offset_bytes(wide)),
      count_(load(payload.data(), 0, wide)),
      wide_(wide) {
  data_ = table_ + 2 * count_ * offset_bytes(wide);
}

std::pair<std::string_view, ValueView> MapView::operator[](uint32_t i) const {
  assert(i < count_);
  const uint32_t begin = i == 0 ? 0 : load(table_, 2 * i - 1, wide_);
  const uint32_t name_end = load(table_, 2 * i, wide_);
  const uint32_t value_end = load(table_, 2 * i + 1, wide_);
  return {std::string_view(data_ + begin, name_end - begin),
          tagged(data_ + name_end, data_ + value_end)};
}

std::optional<ValueView> MapView::find(std::string_view name) const {
  const RankedText wanted{name};
  uint32_t low = 0;
  uint32_t high = count_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const uint32_t begin = middle == 0 ? 0 : load(table_, 2 * middle - 1, wide_);
    const uint32_t name_end = load(table_, 2 * middle, wide_);
    const int order = RankedText{{data_ + begin, name_end - begin}}.compare(wanted);
    if (order == 0) return tagged(data_ + name_end, data_ + load(table_, 2 * middle + 1, wide_));
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<ValueView> MapView::find(std::string_view name, uint32_t likely) const {
  if (likely < count_) {
    const auto [found, value] = (*this)[likely];
    if (found == name) return value;
  }
  return find(name);
}

ItemView ItemView::trusted(std::string_view bytes) {
  assert(bytes.size() > kItemHeaderBytes && bytes[0] == kItemVersion);
  ItemView view;
  view.bytes_ = bytes;
  view.item_bytes_ = load_u32le(bytes.data() + 1);
  const bool wide = (static_cast<uint8_t>(bytes[kItemTagOffset]) & kWideTag) != 0;
  view.map_ = MapView(wide, bytes.substr(kItemHeaderBytes));
  return view;
}

size_t value_item_bytes(const ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
    case AttributeType::kBinary:
      return value.payload().size();
    case AttributeType::kNumber:
      return encoded_number_item_bytes(value.payload());
    case AttributeType::kBoolean:
    case AttributeType::kNull:
      return kScalarItemBytes;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
    case AttributeType::kList: {
      const ListView elements = value.elements();
      const bool list = value.type() == AttributeType::kList;
      size_t bytes = list ? kContainerItemBytes + elements.size() * kElementItemBytes : 0;
      for (uint32_t i = 0; i < elements.size(); ++i) bytes += value_item_bytes(elements[i]);
      return bytes;
    }
    case AttributeType::kMap: {
      const MapView members = value.members();
      size_t bytes = kContainerItemBytes + members.size() * kElementItemBytes;
      for (MapCursor at(members); !at.at_end(); at.next()) {
        const auto [name, member] = std::pair(at.name(), at.value());
        bytes += name.size() + value_item_bytes(member);
      }
      return bytes;
    }
  }
  return 0;
}

AttributeValue to_attribute_value(const ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return value.text();
    case AttributeType::kNumber:
      return value.number();
    case AttributeType::kBinary:
      return Binary{std::string(value.text())};
    case AttributeType::kBoolean:
      return value.boolean();
    case AttributeType::kNull:
      return Null{};
    case AttributeType::kStringSet:
      return string_set(value.elements());
    case AttributeType::kNumberSet: {
      NumberSet set;
      const ListView members = value.elements();
      set.members.reserve(members.size());
      for (uint32_t i = 0; i < members.size(); ++i) set.members.push_back(members[i].number());
      return set;
    }
    case AttributeType::kBinarySet:
      return BinarySet{string_set(value.elements()).members};
    case AttributeType::kList: {
      List list;
      const ListView elements = value.elements();
      list.reserve(elements.size());
      for (uint32_t i = 0; i < elements.size(); ++i) {
        list.push_back(to_attribute_value(elements[i]));
      }
      return list;
    }
    case AttributeType::kMap: {
      Map map;
      const MapView members = value.members();
      for (MapCursor at(members); !at.at_end(); at.next()) {
        const auto [name, member] = std::pair(at.name(), at.value());
        map.emplace_hint(map.end(), name, to_attribute_value(member));
      }
      return map;
    }
  }
  return Null{};
}

Item to_item(const ItemView& view) {
  Item item;
  const MapView& attributes = view.attributes();
  for (uint32_t i = 0; i < attributes.size(); ++i) {
    const auto [name, value] = attributes[i];
    item.emplace_hint(item.end(), name, to_attribute_value(value));
  }
  return item;
}

}  // namespace dynolith::storage
