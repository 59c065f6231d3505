// A stream record as bytes: what one change did to one item.
//
//   record := version:u8(=01) event:u8 origin:u8 images:u8 created:i64le
//             (key_bytes:u32le key)? (old_bytes:u32le old)? (new_bytes:u32le new)?
//   event  := 00 insert | 01 modify | 02 remove
//   origin := 00 a client | 01 time to live
//   images := 01 the key | 02 the old image | 04 the new image, in this order
//   key, old, new := items (item_view.h); key: of the key attributes alone
//
// A record has the key only if it has no image to read the key attributes from. PERSISTED.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/encoding/item_view.h"

namespace dynolith::storage {

enum class StreamEvent : uint8_t { kInsert, kModify, kRemove };
enum class StreamOrigin : uint8_t { kClient, kTimeToLive };

// Borrows its bytes. Views of what the record does not have are absent items.
struct StreamRecordView {
  StreamEvent event = StreamEvent::kInsert;
  StreamOrigin origin = StreamOrigin::kClient;
  int64_t created_ms = 0;  // Since 1970; when the write was decided, shortly before its commit.
  ItemView key;            // An item that has the key attributes, and perhaps others.
  ItemView old_image;
  ItemView new_image;
};

// The bytes of a record in pieces, so that images need not be copied to be put together. Borrows
// the items; not copied, because the pieces refer to what is inside.
class StreamRecordPieces {
 public:
  // `key` is left out if there is an image.
  explicit StreamRecordPieces(const StreamRecordView& record);
  StreamRecordPieces(const StreamRecordPieces&) = delete;
  StreamRecordPieces& operator=(const StreamRecordPieces&) = delete;

  std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }

 private:
  void add(const ItemView& item, char* length);

  std::array<char, 12> head_;
  std::array<char, 12> lengths_;
  std::array<std::string_view, 7> pieces_;
  size_t count_ = 0;
};

// Errors: kCorruption (not what this version writes), kDirectoryTooNew (a newer version's record).
Result<StreamRecordView> decode_stream_record(std::string_view bytes);

}  // namespace dynolith::storage
