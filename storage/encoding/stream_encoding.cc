#include "storage/encoding/stream_encoding.h"

#include <string>

#include "storage/encoding/item_layout.h"

namespace dynolith::storage {
namespace {

constexpr char kVersion = 1;
constexpr uint8_t kHasKey = 1, kHasOld = 2, kHasNew = 4, kHasAll = 7;
constexpr size_t kHeadBytes = 12, kLengthBytes = 4;

// These numbers are in the records.
static_assert(static_cast<int>(StreamEvent::kInsert) == 0 &&
              static_cast<int>(StreamEvent::kModify) == 1 &&
              static_cast<int>(StreamEvent::kRemove) == 2);
static_assert(static_cast<int>(StreamOrigin::kClient) == 0 &&
              static_cast<int>(StreamOrigin::kTimeToLive) == 1);

Error damaged_record() {
  return make_error(ErrorCode::kCorruption, "a stream record cannot be read");
}

// Cuts the next item off `bytes`; false if there is none.
bool take_item(std::string_view& bytes, ItemView& item) {
  if (bytes.size() < kLengthBytes) return false;
  const size_t size = load_u32le(bytes.data());
  bytes.remove_prefix(kLengthBytes);
  if (size <= kItemHeaderBytes || size > bytes.size() || bytes[0] != kItemVersion) return false;
  item = ItemView::trusted(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return true;
}

}  // namespace

StreamRecordPieces::StreamRecordPieces(const StreamRecordView& record) {
  const bool has_image = record.old_image.exists() || record.new_image.exists();
  uint8_t images = has_image ? 0 : kHasKey;
  if (record.old_image.exists()) images |= kHasOld;
  if (record.new_image.exists()) images |= kHasNew;
  head_ = {kVersion, static_cast<char>(record.event), static_cast<char>(record.origin),
           static_cast<char>(images)};
  store_u32le(&head_[4], static_cast<uint32_t>(record.created_ms));
  store_u32le(&head_[8], static_cast<uint32_t>(static_cast<uint64_t>(record.created_ms) >> 32));
  pieces_[count_++] = {head_.data(), head_.size()};
  if (!has_image) add(record.key, &lengths_[0]);
  if (record.old_image.exists()) add(record.old_image, &lengths_[4]);
  if (record.new_image.exists()) add(record.new_image, &lengths_[8]);
}

void StreamRecordPieces::add(const ItemView& item, char* length) {
  store_u32le(length, static_cast<uint32_t>(item.bytes().size()));
  pieces_[count_++] = {length, kLengthBytes};
  pieces_[count_++] = item.bytes();
}

Result<StreamRecordView> decode_stream_record(std::string_view bytes) {
  if (bytes.empty() || bytes[0] == 0) return damaged_record();
  if (static_cast<uint8_t>(bytes[0]) > kVersion)
    return make_error(ErrorCode::kDirectoryTooNew,
                      "a stream record was written by a newer version of dynolith; use that one");
  if (bytes.size() < kHeadBytes) return damaged_record();
  const auto event = static_cast<uint8_t>(bytes[1]), origin = static_cast<uint8_t>(bytes[2]);
  const auto images = static_cast<uint8_t>(bytes[3]);
  StreamRecordView record;
  record.event = static_cast<StreamEvent>(event);
  record.origin = static_cast<StreamOrigin>(origin);
  record.created_ms = static_cast<int64_t>(
      load_u32le(bytes.data() + 4) | static_cast<uint64_t>(load_u32le(bytes.data() + 8)) << 32);
  std::string_view rest = bytes.substr(kHeadBytes);
  bool sound = event <= 2 && origin <= 1 && images != 0 && images <= kHasAll;
  if (sound && (images & kHasKey) != 0) sound = take_item(rest, record.key);
  if (sound && (images & kHasOld) != 0) sound = take_item(rest, record.old_image);
  if (sound && (images & kHasNew) != 0) sound = take_item(rest, record.new_image);
  if (!sound || !rest.empty()) return damaged_record();
  if (!record.key.exists())
    record.key = record.new_image.exists() ? record.new_image : record.old_image;
  return record;
}

}  // namespace dynolith::storage
