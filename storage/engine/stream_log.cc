#include "storage/engine/stream_log.h"

#include <array>
#include <optional>

#include "storage/engine/item_keys.h"

namespace dynolith::storage {
namespace {

constexpr size_t kLogNameBytes = 9;

void store_big_endian(char* to, uint64_t value, size_t bytes) {
  for (size_t i = bytes; i-- > 0; value >>= 8) to[i] = static_cast<char>(value & 0xff);
}

uint64_t load_position(kv::Bytes bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

std::array<char, kLogNameBytes> log_name(TableId table, uint32_t stream_number) {
  std::array<char, kLogNameBytes> name{'s'};
  store_big_endian(&name[1], table, 4);
  store_big_endian(&name[5], stream_number, 4);
  return name;
}

EncodedItem key_attributes_of(const KeySchema& schema, const ItemView& item) {
  thread_local ItemEncoder encoder;
  encoder.begin_item();
  all_key_attributes(schema, [&](const KeyAttribute& attribute) {
    encoder.name(attribute.name);
    encoder.value(*item.find(attribute.name));
    return true;
  });
  return encoder.finish_item();
}

StreamEvent event_of(const ItemView& before, const ItemView& after) {
  if (!before.exists()) return StreamEvent::kInsert;
  return after.exists() ? StreamEvent::kModify : StreamEvent::kRemove;
}

}  // namespace

std::string stream_log_name(TableId table, uint32_t stream_number) {
  const auto name = log_name(table, stream_number);
  return {name.data(), name.size()};
}

std::string stream_log_position(uint64_t position) {
  std::string bytes(8, '\0');
  store_big_endian(bytes.data(), position, bytes.size());
  return bytes;
}

void append_stream_record(const Table& table, WriteOrigin origin, const ItemView& before,
                          const ItemView& after, int64_t now_ms, kv::Writes& writes) {
  const StreamViewType view = *table.definition.stream_view_type;
  StreamRecordView record;
  record.event = event_of(before, after);
  record.origin =
      origin == WriteOrigin::kTimeToLive ? StreamOrigin::kTimeToLive : StreamOrigin::kClient;
  record.created_ms = now_ms;
  if (view == StreamViewType::kOldImage || view == StreamViewType::kNewAndOldImages)
    record.old_image = before;
  if (view == StreamViewType::kNewImage || view == StreamViewType::kNewAndOldImages)
    record.new_image = after;
  EncodedItem key;
  if (!record.old_image.exists() && !record.new_image.exists()) {
    key = key_attributes_of(table.key(), after.exists() ? after : before);
    record.key = key.view();
  }
  const auto log = log_name(table.id, table.stream_number);
  const StreamRecordPieces pieces(record);
  writes.append({log.data(), log.size()}, pieces.pieces());
}

Result<StreamPage> read_stream_log(kv::Store& store, const Stream& stream, const StreamRead& read,
                                   FunctionRef<void(uint64_t, const StreamRecordView&)> sink) {
  StreamPage page{read.first};
  if (read.first > read.last || read.first == 0) return page;
  size_t bytes = 0;
  std::optional<Error> failure;
  const auto take = [&](kv::Bytes position_bytes, kv::Bytes record_bytes) {
    const uint64_t position = load_position(position_bytes);
    if (position > read.last) return false;
    if (bytes > 0 && bytes + record_bytes.size() > read.bytes_max) return false;
    bytes += record_bytes.size();
    const auto record = decode_stream_record(record_bytes);
    if (!record) {
      failure = record.error();
      return false;
    }
    sink(position, *record);
    page.next = position + 1;
    return true;
  };
  const auto status = store.read_log(stream_log_name(stream.table, stream.number),
                                     stream_log_position(read.first - 1), read.records_max, take);
  if (failure) return *std::move(failure);
  if (status != kv::Status::kOk) return kv::to_error(status);
  return page;
}

}  // namespace dynolith::storage
