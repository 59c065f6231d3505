#include "storage/encoding/stream_encoding.h"

#include <gtest/gtest.h>

#include <vector>

#include "storage/encoding/item_encoding.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

std::string bytes_of(const StreamRecordView& record) {
  const StreamRecordPieces pieces(record);
  std::string bytes;
  for (const std::string_view piece : pieces.pieces()) bytes += piece;
  return bytes;
}

TEST(StreamEncoding, RecordsAreReadAsTheyWereWritten) {
  const EncodedItem key = encode_item({{"p", "a"}});
  const EncodedItem before = encode_item({{"p", "a"}, {"x", 1}});
  const EncodedItem after = encode_item({{"p", "a"}, {"x", std::string(70'000, 'y')}});
  const ItemView none;
  const struct {
    StreamEvent event;
    ItemView old_image, new_image;
  } cases[] = {
      {StreamEvent::kInsert, none, after.view()},
      {StreamEvent::kModify, before.view(), after.view()},
      {StreamEvent::kRemove, before.view(), none},
      {StreamEvent::kModify, none, none},
  };
  for (const auto& [event, old_image, new_image] : cases) {
    for (const int64_t created_ms : {int64_t{0}, int64_t{1'795'257'249'123}, int64_t{-1}}) {
      const std::string bytes = bytes_of(
          {event, StreamOrigin::kTimeToLive, created_ms, key.view(), old_image, new_image});
      const auto read = decode_stream_record(bytes);
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(read->event, event);
      EXPECT_EQ(read->origin, StreamOrigin::kTimeToLive);
      EXPECT_EQ(read->created_ms, created_ms);
      EXPECT_EQ(read->old_image.bytes(), old_image.bytes());
      EXPECT_EQ(read->new_image.bytes(), new_image.bytes());
      EXPECT_EQ(read->key.find("p"), key.view().find("p"));
    }
  }
}

// As storage/FORMAT.md shows it.
TEST(StreamEncoding, AKeysOnlyRecordHasTheseBytes) {
  const EncodedItem key = encode_item({{"p", "a"}});
  const std::string bytes =
      bytes_of({StreamEvent::kModify, StreamOrigin::kClient, 1, key.view(), {}, {}});
  EXPECT_EQ(bytes, std::string("\1\1\0\1\1\0\0\0\0\0\0\0\x0f\0\0\0", 16) + key.bytes);
  EXPECT_EQ(key.bytes.size(), 0x0fu);
}

TEST(StreamEncoding, DamagedRecordsAreRefused) {
  const EncodedItem item = encode_item({{"p", "a"}});
  const std::string sound = bytes_of(
      {StreamEvent::kModify, StreamOrigin::kClient, 5, item.view(), item.view(), item.view()});
  ASSERT_TRUE(decode_stream_record(sound));
  for (size_t size = 0; size < sound.size(); ++size)
    EXPECT_FALSE(decode_stream_record(sound.substr(0, size))) << size;
  EXPECT_FALSE(decode_stream_record(sound + '\0'));
  for (const size_t field : {size_t{1}, size_t{2}, size_t{3}}) {
    std::string damaged = sound;
    damaged[field] = '\x7f';
    EXPECT_FALSE(decode_stream_record(damaged)) << field;
  }
  std::string newer = sound;
  newer[0] = 2;
  EXPECT_EQ(decode_stream_record(newer).error().code, ErrorCode::kDirectoryTooNew);
}

}  // namespace
}  // namespace dynolith::test
