// Goes through the members of a map in order, without looking each up in the map's table as
// MapView's operator[] does.
//
//   for (MapCursor at(item.attributes()); !at.at_end(); at.next()) use(at.name(), at.value());
#pragma once

#include <string_view>

#include "storage/encoding/item_view.h"
#include "storage/encoding/little_endian.h"

namespace dynolith::storage {

// Borrows the map's bytes.
class MapCursor {
 public:
  explicit MapCursor(const MapView& map)
      : entry_(map.table_), data_(map.data_), begin_(map.data_), wide_(map.wide_) {
    if (!at_end()) load();
  }
  bool at_end() const { return entry_ == data_; }
  // All below need: !at_end().
  std::string_view name() const { return {begin_, static_cast<size_t>(name_end_ - begin_)}; }
  ValueView value() const {
    return {static_cast<uint8_t>(*name_end_),
            {name_end_ + 1, static_cast<size_t>(end_ - name_end_ - 1)}};
  }
  void next() {
    begin_ = end_;
    entry_ += wide_ ? 8 : 4;
    if (!at_end()) load();
  }

 private:
  // The ends of the member's name and value, from the table.
  void load() {
    name_end_ = data_ + (wide_ ? load_u32le(entry_) : load_u16le(entry_));
    end_ = data_ + (wide_ ? load_u32le(entry_ + 4) : load_u16le(entry_ + 2));
  }

  const char* entry_;  // The member's, in the table.
  const char* data_;   // Behind the table.
  const char* begin_;
  const char* name_end_ = nullptr;
  const char* end_ = nullptr;
  bool wide_;
};

}  // namespace dynolith::storage
