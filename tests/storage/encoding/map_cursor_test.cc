// Going through maps in order, and finding names among each other.
#include "storage/encoding/map_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/encoding/text_rank.h"

namespace dynolith::storage {
namespace {

int sign(int number) { return (number > 0) - (number < 0); }

// Lengths around those that ranks tell apart, with bytes that a rank's filling could be taken for.
std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const char* stem : {"a", "b", "abcdefg", "abcdefgh", "abcdefghi", "abcdefgh\xc3\xa9", "z"})
    all.emplace_back(stem);
  for (size_t size = 1; size <= 10; ++size) all.emplace_back(size, '\0');
  all.push_back(std::string("a\0", 2));
  all.push_back(std::string("a\0b", 3));
  all.push_back("\xff");
  all.push_back("\x7f");
  return all;
}

TEST(RankedTextTest, OrdersAsTextsDo) {
  for (const std::string& a : names())
    for (const std::string& b : names())
      EXPECT_EQ(sign(RankedText{a}.compare(RankedText{b})), sign(a.compare(b)))
          << testing::PrintToString(a) << " and " << testing::PrintToString(b);
}

TEST(MapCursorTest, ShowsWhatTheMapHolds) {
  // The second item's table has wide entries.
  for (const size_t bytes : {size_t{3}, size_t{70'000}}) {
    Item item;
    for (const std::string& name : names()) item[name] = std::string(bytes, 'x');
    item["n"] = 42;
    item["m"] = Map{{"inner", true}};
    const EncodedItem encoded = encode_item(item);
    const MapView map = encoded.view().attributes();
    uint32_t i = 0;
    for (MapCursor at(map); !at.at_end(); at.next(), ++i) {
      EXPECT_EQ(std::pair(at.name(), at.value()), map[i]);
      EXPECT_EQ(map.find(at.name()), at.value());
    }
    EXPECT_EQ(i, item.size());
  }
}

TEST(MapCursorTest, IsAtTheEndOfNothing) {
  EXPECT_TRUE(MapCursor(ItemView().attributes()).at_end());
  const EncodedItem empty = encode_item({});
  EXPECT_TRUE(MapCursor(empty.view().attributes()).at_end());
}

}  // namespace
}  // namespace dynolith::storage
