// Values are written to scratch_ as they come. When a container ends, its children are sorted if
// they did not come in order, and its table is put before their bytes; the item's own goes straight
// into the result.
#include "storage/encoding/item_encoding.h"

#include <algorithm>
#include <cassert>

#include "storage/encoding/item_layout.h"
#include "storage/encoding/little_endian.h"
#include "storage/encoding/number_encoding.h"
#include "storage/encoding/text_rank.h"

namespace dynolith::storage {
namespace {

// Buffers that one huge item has grown beyond this are given back.
constexpr size_t kKeptBytesMax = 1024 * 1024;

constexpr uint8_t tag_of(AttributeType type) { return static_cast<uint8_t>(type); }

}  // namespace

void ItemEncoder::begin_item() { begin_outermost(AttributeType::kMap); }
void ItemEncoder::begin_value() { begin_outermost(AttributeType::kList); }

void ItemEncoder::begin_outermost(AttributeType type) {
  if (scratch_.capacity() + assembled_.capacity() > kKeptBytesMax) {
    scratch_ = std::string();
    assembled_ = std::string();
  }
  scratch_.clear();
  children_.clear();
  frames_.clear();
  outermost_bytes_ = 0;
  last_set_had_duplicates_ = false;
  frames_.push_back({type, true, 0, 0});
}

EncodedItem ItemEncoder::finish_item() {
  assert(frames_.size() == 1 && frames_.back().type == AttributeType::kMap);
  const Frame frame = frames_.back();
  frames_.pop_back();
  const bool sorted = sort_children(frame);
  const size_t data_bytes = sorted ? scratch_.size() : gather(frame);
  const size_t count = children_.size();
  const bool wide = needs_wide(count, data_bytes);
  outermost_bytes_ = children_item_bytes(frame);

  EncodedItem item;
  const size_t table = table_bytes(frame.type, count, wide);
  item.bytes.reserve(kItemHeaderBytes + table + data_bytes);
  item.bytes.resize(kItemHeaderBytes + table);
  write_table(store_item_header(item.bytes.data(), outermost_bytes_, wide), frame, wide);
  item.bytes.append(sorted ? scratch_ : assembled_, 0, data_bytes);
  return item;
}

EncodedValue ItemEncoder::finish_value() {
  assert(frames_.size() == 1 && frames_.back().type == AttributeType::kList);
  assert(children_.size() == 1);
  frames_.pop_back();
  return {scratch_};
}

void ItemEncoder::name(std::string_view name) {
  assert(!frames_.empty() && frames_.back().type == AttributeType::kMap);
  const auto begin = static_cast<uint32_t>(scratch_.size());
  const auto end = static_cast<uint32_t>(begin + name.size());
  children_.push_back({rank_of(name), begin, end, end, static_cast<uint32_t>(name.size())});
  scratch_.append(name);
}

// Starts the value of the next child; a set's member has no tag, a map's child began with its name.
void ItemEncoder::open_value(uint8_t tag) {
  assert(!frames_.empty());
  const AttributeType container = frames_.back().type;
  if (container != AttributeType::kMap) {
    const auto begin = static_cast<uint32_t>(scratch_.size());
    children_.push_back({0, begin, begin, begin, 0});
    if (container != AttributeType::kList) return;
  }
  scratch_ += static_cast<char>(tag);
}

void ItemEncoder::close_value(size_t item_bytes) {
  Child& child = children_.back();
  child.end = static_cast<uint32_t>(scratch_.size());
  child.item_bytes += static_cast<uint32_t>(item_bytes);
  if (frames_.back().is_outermost) outermost_bytes_ += child.item_bytes;
}

void ItemEncoder::scalar(uint8_t tag, std::string_view payload, size_t item_bytes) {
  open_value(tag);
  scratch_.append(payload);
  close_value(item_bytes);
  if (is_set(frames_.back().type)) children_.back().rank = rank_of(payload);
}

void ItemEncoder::string(std::string_view utf8) {
  scalar(tag_of(AttributeType::kString), utf8, utf8.size());
}

void ItemEncoder::binary(std::string_view bytes) {
  scalar(tag_of(AttributeType::kBinary), bytes, bytes.size());
}

void ItemEncoder::number(const Number& number) {
  open_value(tag_of(AttributeType::kNumber));
  const size_t begin = scratch_.size();
  append_number(scratch_, number);
  close_value(number.item_bytes());
  if (is_set(frames_.back().type)) {
    const std::string_view encoded = scratch_;
    children_.back().rank = rank_of(encoded.substr(begin));
  }
}

void ItemEncoder::encoded_number(std::string_view encoded) {
  scalar(tag_of(AttributeType::kNumber), encoded, encoded_number_item_bytes(encoded));
}

void ItemEncoder::boolean(bool value) {
  const uint8_t tag = tag_of(AttributeType::kBoolean);
  scalar(value ? tag | kTrueTag : tag, {}, kScalarItemBytes);
}

void ItemEncoder::null() { scalar(tag_of(AttributeType::kNull), {}, kScalarItemBytes); }

void ItemEncoder::value(const ValueView& value) {
  scalar(value.tag(), value.payload(), value_item_bytes(value));
}

void ItemEncoder::begin_list() { begin_container(AttributeType::kList); }
void ItemEncoder::begin_map() { begin_container(AttributeType::kMap); }
void ItemEncoder::begin_set(AttributeType set) {
  assert(is_set(set));
  begin_container(set);
}

void ItemEncoder::begin_container(AttributeType type) {
  open_value(tag_of(type));
  frames_.push_back({type, false, static_cast<uint32_t>(scratch_.size()),
                     static_cast<uint32_t>(children_.size())});
}

void ItemEncoder::end() {
  assert(frames_.size() > 1);
  const Frame frame = frames_.back();
  frames_.pop_back();
  const bool sorted = sort_children(frame);
  if (!sorted) {
    const size_t data_bytes = gather(frame);
    scratch_.replace(frame.begin, std::string::npos, assembled_, 0, data_bytes);
  }
  const size_t data_bytes = scratch_.size() - frame.begin;
  const size_t count = children_.size() - frame.first_child;
  const bool wide = needs_wide(count, data_bytes);
  const size_t table = table_bytes(frame.type, count, wide);
  scratch_.resize(scratch_.size() + table);
  char* payload = scratch_.data() + frame.begin;
  std::memmove(payload + table, payload, data_bytes);
  write_table(payload, frame, wide);
  if (wide) payload[-1] = static_cast<char>(tag_of(frame.type) | kWideTag);

  size_t item_bytes = children_item_bytes(frame);
  if (!is_set(frame.type)) item_bytes += kContainerItemBytes + count * kElementItemBytes;
  children_.resize(frame.first_child);
  close_value(item_bytes);
}

// What a map's or set's children are sorted by.
std::string_view ItemEncoder::sort_text(const Child& child, AttributeType type) const {
  const uint32_t end = type == AttributeType::kMap ? child.name_end : child.end;
  return {scratch_.data() + child.begin, end - child.begin};
}

// Sorts the children of a map or set and drops repeated ones: of members of a map all but the last,
// of a set's all but one. True if their bytes already stand in that order, without gaps.
bool ItemEncoder::sort_children(const Frame& frame) {
  const AttributeType type = frame.type;
  if (type == AttributeType::kList) return true;
  const auto first = children_.begin() + frame.first_child;
  const auto compare = [&](const Child& a, const Child& b) {
    if (a.rank != b.rank) return a.rank < b.rank ? -1 : 1;
    return sort_text(a, type).compare(sort_text(b, type));
  };
  const auto not_ascending = [&](const Child& a, const Child& b) { return compare(a, b) >= 0; };
  if (is_set(type)) last_set_had_duplicates_ = false;
  if (std::adjacent_find(first, children_.end(), not_ascending) == children_.end()) return true;

  // Of equal names the later comes first, so that std::unique keeps it.
  std::sort(first, children_.end(), [&](const Child& a, const Child& b) {
    const int order = compare(a, b);
    return order != 0 ? order < 0 : a.begin > b.begin;
  });
  const auto last = std::unique(first, children_.end(),
                                [&](const Child& a, const Child& b) { return compare(a, b) == 0; });
  if (is_set(type)) last_set_had_duplicates_ = last != children_.end();
  children_.erase(last, children_.end());
  return false;
}

// Copies the children's bytes to assembled_ in the children's order, and notes where they went,
// counted from the frame's begin. Returns how many bytes there are.
size_t ItemEncoder::gather(const Frame& frame) {
  if (assembled_.size() < scratch_.size() - frame.begin) assembled_.resize(scratch_.size());
  char* const begin = assembled_.data();
  char* at = begin;
  for (size_t i = frame.first_child; i < children_.size(); ++i) {
    Child& child = children_[i];
    const uint32_t size = child.end - child.begin;
    std::memcpy(at, scratch_.data() + child.begin, size);
    const auto moved = static_cast<uint32_t>(at - begin) + frame.begin;
    child.name_end = child.name_end - child.begin + moved;
    child.begin = moved;
    child.end = moved + size;
    at += size;
  }
  return static_cast<size_t>(at - begin);
}

size_t ItemEncoder::children_item_bytes(const Frame& frame) const {
  size_t bytes = 0;
  for (size_t i = frame.first_child; i < children_.size(); ++i) bytes += children_[i].item_bytes;
  return bytes;
}

void ItemEncoder::write_table(char* at, const Frame& frame, bool wide) const {
  at = store_entry(at, children_.size() - frame.first_child, wide);
  for (size_t i = frame.first_child; i < children_.size(); ++i) {
    const Child& child = children_[i];
    if (frame.type == AttributeType::kMap) {
      at = store_entry(at, child.name_end - frame.begin, wide);
    }
    at = store_entry(at, child.end - frame.begin, wide);
  }
}

}  // namespace dynolith::storage
