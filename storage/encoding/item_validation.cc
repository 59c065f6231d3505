// The check that bytes are exactly what the encoder writes: every offset in range and in order,
// every form the only one for its value, nothing left over.
#include "storage/encoding/item_layout.h"
#include "storage/encoding/item_view.h"
#include "storage/encoding/little_endian.h"
#include "storage/encoding/number_encoding.h"
#include "storage/limits.h"
#include "storage/value/utf8.h"

namespace dynolith::storage {
namespace {

// Checks values and adds up what they count for in an item. One object a check.
class Checker {
 public:
  // `depth_left` counts the levels that may still be used, this value's included.
  bool value(uint8_t tag, std::string_view payload, int depth_left);
  bool map(bool wide, std::string_view payload, int depth_left);
  size_t item_bytes() const { return item_bytes_; }

 private:
  bool scalar(AttributeType type, std::string_view payload);
  bool tagged(std::string_view bytes, int depth_left);
  bool list(bool wide, std::string_view payload, int depth_left);
  bool set(AttributeType type, bool wide, std::string_view payload);

  size_t item_bytes_ = 0;
};

// A container's table, opened. Ends are handed out in order, each in range and not before the last.
class Table {
 public:
  static std::optional<Table> open(AttributeType type, bool wide, std::string_view payload) {
    const size_t width = wide ? 4 : 2;
    if (payload.size() < width) return std::nullopt;
    Table table;
    table.wide_ = wide;
    table.count_ = table.load(payload.data());
    const size_t size = table_bytes(type, table.count_, wide);
    if (payload.size() < size) return std::nullopt;
    table.next_ = payload.data() + width;
    table.data_ = payload.substr(size);
    if (wide != needs_wide(table.count_, table.data_.size())) return std::nullopt;
    return table;
  }

  uint32_t count() const { return count_; }
  bool consumed() const { return at_ == data_.size(); }

  // The bytes up to the table's next end. Call at most once for each entry.
  std::optional<std::string_view> next() {
    const size_t end = load(next_);
    if (end < at_ || end > data_.size()) return std::nullopt;
    const std::string_view piece = data_.substr(at_, end - at_);
    next_ += wide_ ? 4 : 2;
    at_ = end;
    return piece;
  }

 private:
  uint32_t load(const char* at) const { return wide_ ? load_u32le(at) : load_u16le(at); }

  bool wide_ = false;
  uint32_t count_ = 0;
  const char* next_ = nullptr;
  std::string_view data_;
  size_t at_ = 0;
};

bool Checker::tagged(std::string_view bytes, int depth_left) {
  return !bytes.empty() && value(static_cast<uint8_t>(bytes[0]), bytes.substr(1), depth_left);
}

bool Checker::value(uint8_t tag, std::string_view payload, int depth_left) {
  if (depth_left < 1) return false;
  const auto type = static_cast<AttributeType>(tag & kTypeMask);
  if (type < AttributeType::kString || type > AttributeType::kMap) return false;
  const uint8_t flags = tag & static_cast<uint8_t>(~kTypeMask);
  const bool wide = flags == kWideTag;
  if (is_container(type)) {
    if (flags != 0 && !wide) return false;
    if (is_set(type)) return set(type, wide, payload);
    item_bytes_ += kContainerItemBytes;
    return type == AttributeType::kList ? list(wide, payload, depth_left - 1)
                                        : map(wide, payload, depth_left - 1);
  }
  if (flags != 0 && tag != (kTrueTag | static_cast<uint8_t>(AttributeType::kBoolean))) return false;
  return scalar(type, payload);
}

bool Checker::scalar(AttributeType type, std::string_view payload) {
  switch (type) {
    case AttributeType::kString:
      item_bytes_ += payload.size();
      return is_valid_utf8(payload);
    case AttributeType::kBinary:
      item_bytes_ += payload.size();
      return true;
    case AttributeType::kNumber:
      if (payload.empty() || encoded_number_length(payload) != payload.size()) return false;
      item_bytes_ += encoded_number_item_bytes(payload);
      return true;
    default:  // Booleans and nulls say everything in the tag.
      item_bytes_ += kScalarItemBytes;
      return payload.empty();
  }
}

bool Checker::list(bool wide, std::string_view payload, int depth_left) {
  auto table = Table::open(AttributeType::kList, wide, payload);
  if (!table) return false;
  for (uint32_t i = 0; i < table->count(); ++i) {
    const auto element = table->next();
    if (!element || !tagged(*element, depth_left)) return false;
  }
  item_bytes_ += table->count() * kElementItemBytes;
  return table->consumed();
}

bool Checker::set(AttributeType type, bool wide, std::string_view payload) {
  auto table = Table::open(type, wide, payload);
  if (!table || table->count() == 0) return false;
  std::string_view previous;
  for (uint32_t i = 0; i < table->count(); ++i) {
    const auto member = table->next();
    if (!member || !scalar(set_member_type(type), *member)) return false;
    if (i > 0 && *member <= previous) return false;
    previous = *member;
  }
  return table->consumed();
}

bool Checker::map(bool wide, std::string_view payload, int depth_left) {
  auto table = Table::open(AttributeType::kMap, wide, payload);
  if (!table) return false;
  std::string_view previous;  // Below every name, since none is empty.
  for (uint32_t i = 0; i < table->count(); ++i) {
    const auto name = table->next();
    if (!name || *name <= previous || name->size() > kAttributeNameBytesMax) return false;
    if (!is_valid_utf8(*name)) return false;
    const auto member = table->next();
    if (!member || !tagged(*member, depth_left)) return false;
    item_bytes_ += name->size();
    previous = *name;
  }
  // An item is a map without the map's own overhead; validated() takes this off again.
  item_bytes_ += table->count() * kElementItemBytes;
  return table->consumed();
}

bool is_valid_item(std::string_view bytes) {
  if (bytes.size() < kItemHeaderBytes || bytes[0] != kItemVersion) return false;
  const auto tag = static_cast<uint8_t>(bytes[kItemTagOffset]);
  if ((tag & ~kWideTag) != static_cast<uint8_t>(AttributeType::kMap)) return false;
  Checker checker;
  const std::string_view payload = bytes.substr(kItemHeaderBytes);
  const bool wide = (tag & kWideTag) != 0;
  if (!checker.map(wide, payload, kNestingLevelsMax)) return false;
  const size_t overhead = MapView(wide, payload).size() * kElementItemBytes;
  return checker.item_bytes() - overhead == load_u32le(bytes.data() + 1);
}

}  // namespace

Result<ItemView> ItemView::validated(std::string_view bytes) {
  if (!is_valid_item(bytes)) return make_error(ErrorCode::kCorruption, "not a valid item");
  return trusted(bytes);
}

bool is_valid_value(std::string_view encoded, int depth_max) {
  if (encoded.empty()) return false;
  return Checker().value(static_cast<uint8_t>(encoded[0]), encoded.substr(1), depth_max);
}

}  // namespace dynolith::storage
