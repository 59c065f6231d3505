#include <gtest/gtest.h>

#include "storage/encoding/item_encoding.h"
#include "tests/support/random_item.h"

namespace dynolith::storage {
namespace {

bool is_valid(std::string_view bytes) { return ItemView::validated(bytes).ok(); }

// If damaged bytes pass, they are another item in its only form.
void expect_refused_or_canonical(const std::string& bytes) {
  const auto view = ItemView::validated(bytes);
  if (!view.ok()) {
    EXPECT_EQ(view.error().code, ErrorCode::kCorruption);
    return;
  }
  EXPECT_EQ(encode_item(to_item(*view)).bytes, bytes);
}

TEST(ItemValidation, RefusesEveryTruncationAndExtension) {
  std::mt19937_64 random(21);
  for (int i = 0; i < 32; ++i) {
    const EncodedItem item = encode_item(test::random_item(random, {.depth = 1 + i}));
    for (size_t size = 0; size < item.bytes.size(); ++size) {
      // A copy of its own, so that a read beyond it is noticed.
      const std::string shorter = item.bytes.substr(0, size);
      EXPECT_FALSE(is_valid(shorter)) << size << " of " << item.bytes.size();
    }
    EXPECT_FALSE(is_valid(item.bytes + '\0'));
    EXPECT_FALSE(is_valid(item.bytes + 'x'));
  }
}

TEST(ItemValidation, RefusesFlipsOrReadsAnotherItem) {
  std::mt19937_64 random(22);
  for (int i = 0; i < 8; ++i) {
    const EncodedItem item = encode_item(test::random_item(random, {.depth = 1 + i}));
    for (size_t at = 0; at < item.bytes.size(); ++at) {
      std::string changed = item.bytes;
      for (int bit = 0; bit < 8; ++bit) {
        changed[at] = static_cast<char>(item.bytes[at] ^ 1 << bit);
        expect_refused_or_canonical(changed);
      }
      for (const char byte : {'\x00', '\x01', '\x7f', '\x80', '\xff'}) {
        changed[at] = byte;
        expect_refused_or_canonical(changed);
      }
    }
  }
}

// Containers with four-byte offsets, damaged where their tables and tags are.
TEST(ItemValidation, RefusesFlipsInWideContainersOrReadsAnotherItem) {
  const std::string text(66'000, 'x');
  const EncodedItem item = encode_item(
      {{"l", List{1, Map{{"a", text}, {"b", 2}}}}, {"s", StringSet{{"", "a", text}}}, {"t", true}});
  std::vector<size_t> places;
  for (size_t at = 0; at < item.bytes.size(); ++at) {
    if (item.bytes[at] != 'x') places.push_back(at);
  }
  ASSERT_LT(places.size(), 150u);
  for (const size_t at : places) {
    std::string changed = item.bytes;
    for (int bit = 0; bit < 8; ++bit) {
      changed[at] = static_cast<char>(item.bytes[at] ^ 1 << bit);
      expect_refused_or_canonical(changed);
    }
    EXPECT_FALSE(is_valid(item.bytes.substr(0, at)));
  }
}

TEST(ItemValidation, SurvivesRandomDamage) {
  std::mt19937_64 random(23);
  for (int i = 0; i < 4000; ++i) {
    std::string bytes = encode_item(test::random_item(random, {.depth = 6, .bytes = 100})).bytes;
    for (size_t k = random() % 6; k-- > 0;)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 3 == 0) bytes.erase(random() % bytes.size(), random() % 8);
    expect_refused_or_canonical(bytes);
  }
  for (int i = 0; i < 20'000; ++i) expect_refused_or_canonical(test::random_bytes(random, 60));
}

std::string hex(std::string_view text) {
  std::string bytes;
  std::string digits;
  for (const char c : text) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    digits.clear();
  }
  return bytes;
}

TEST(ItemValidation, AcceptsOnlyTheOneFormOfAValue) {
  struct Case {
    std::string_view bytes;
    bool valid;
    std::string_view what;
  };
  const Case cases[] = {
      {"", false, "nothing"},
      {"01", true, "an empty string"},
      {"01 61", true, "a"},
      {"81 61", false, "a wide string"},
      {"41 61", false, "a true string"},
      {"11 61", false, "an unknown flag"},
      {"01 80", false, "not UTF-8"},
      {"03 80", true, "any bytes"},
      {"00", false, "type 0"},
      {"0b", false, "type 11"},
      {"0f", false, "type 15"},
      {"02 02", true, "zero"},
      {"02", false, "an empty number"},
      {"02 02 02", false, "two numbers"},
      {"04", true, "false"},
      {"44", true, "true"},
      {"84", false, "a wide boolean"},
      {"c4", false, "a wide true"},
      {"04 00", false, "a boolean with content"},
      {"05", true, "null"},
      {"45", false, "a true null"},
      {"05 00", false, "null with content"},
      {"09 0000", true, "an empty list"},
      {"49 0000", false, "a true list"},
      {"09 00", false, "half a count"},
      {"89 00000000", false, "a wide empty list"},
      {"09 0000 05", false, "an uncounted element"},
      {"09 0100 0100 05", true, "one element"},
      {"89 01000000 01000000 05", false, "one element, wide"},
      {"09 0100 0000", false, "an element without a tag"},
      {"09 0100 0200 05", false, "an end behind the data"},
      {"09 0100 0100 05 05", false, "data behind the last end"},
      {"09 0200 0100 0200 05 05", true, "two elements"},
      {"09 0200 0200 0100 05 05", false, "ends not ascending"},
      {"09 ffff 0100 05", false, "a count beyond the bytes"},
      {"06 0000", false, "an empty set"},
      {"06 0100 0000", true, "a set of the empty string"},
      {"06 0200 0100 0200 61 62", true, "a, b"},
      {"06 0200 0100 0200 62 61", false, "b, a"},
      {"06 0200 0100 0200 61 61", false, "a, a"},
      {"06 0100 0100 80", false, "a member that is not UTF-8"},
      {"08 0100 0100 80", true, "a binary member"},
      {"07 0100 0100 02", true, "a number member"},
      {"07 0100 0100 03", false, "a broken number member"},
      {"07 0100 0000", false, "an empty number member"},
      {"0a 0000", true, "an empty map"},
      {"0a 0100 0100 0200 61 05", true, "a member"},
      {"0a 0100 0000 0100 05", false, "a member without a name"},
      {"0a 0100 0100 0100 61", false, "a member without a value"},
      {"0a 0100 0200 0100 61 05", false, "a name that ends behind its value"},
      {"0a 0100 0100 0200 80 05", false, "a name that is not UTF-8"},
      {"0a 0200 0100 0200 0300 0400 61 05 62 05", true, "two members"},
      {"0a 0200 0100 0200 0300 0400 62 05 61 05", false, "names not ascending"},
      {"0a 0200 0100 0200 0300 0400 61 05 61 05", false, "a name twice"},
  };
  for (const Case& c : cases) EXPECT_EQ(is_valid_value(hex(c.bytes), 32), c.valid) << c.what;
}

TEST(ItemValidation, AcceptsOnlyTheOneFormOfAnItem) {
  EXPECT_TRUE(is_valid(hex("01 00000000 0a 0000")));
  EXPECT_TRUE(is_valid(hex("01 02000000 0a 0100 0100 0200 61 05")));
  EXPECT_FALSE(is_valid(hex("00 02000000 0a 0100 0100 0200 61 05"))) << "version 0";
  EXPECT_FALSE(is_valid(hex("02 02000000 0a 0100 0100 0200 61 05"))) << "version 2";
  EXPECT_FALSE(is_valid(hex("01 01000000 0a 0100 0100 0200 61 05"))) << "too small a size";
  EXPECT_FALSE(is_valid(hex("01 06000000 0a 0100 0100 0200 61 05"))) << "too large a size";
  EXPECT_FALSE(is_valid(hex("01 02000000 09 0100 0100 0200 61 05"))) << "not a map";
  EXPECT_FALSE(is_valid(hex("01 02000000 4a 0100 0100 0200 61 05"))) << "a flag";
  EXPECT_FALSE(is_valid(hex("01 00000000 0a")));
  EXPECT_FALSE(is_valid(hex("01 00000000")));
  EXPECT_FALSE(is_valid(""));
}

std::string nested(int levels, bool lists) {
  ItemEncoder encoder;
  encoder.begin_value();
  for (int i = 1; i < levels; ++i) {
    if (lists) {
      encoder.begin_list();
    } else {
      encoder.begin_map();
      encoder.name("m");
    }
  }
  encoder.null();
  for (int i = 1; i < levels; ++i) encoder.end();
  return encoder.finish_value().bytes;
}

TEST(ItemValidation, AcceptsThirtyTwoLevels) {
  for (const bool lists : {true, false}) {
    EXPECT_TRUE(is_valid_value(nested(1, lists), 1));
    EXPECT_FALSE(is_valid_value(nested(1, lists), 0));
    EXPECT_TRUE(is_valid_value(nested(32, lists), 32));
    EXPECT_FALSE(is_valid_value(nested(33, lists), 32));
    // Far deeper than any stack would bear.
    EXPECT_FALSE(is_valid_value(nested(20'000, lists), 32));
  }
  const auto item_of = [](int levels) {
    ItemEncoder encoder;
    const std::string value = nested(levels, true);
    encoder.begin_item();
    encoder.name("a");
    encoder.value(ValueView::of(value));
    return encoder.finish_item().bytes;
  };
  EXPECT_TRUE(is_valid(item_of(32)));
  EXPECT_FALSE(is_valid(item_of(33)));
}

TEST(ItemValidation, AcceptsNamesUpToTheLimit) {
  EXPECT_TRUE(is_valid(encode_item({{std::string(65'535, 'n'), 1}}).bytes));
  EXPECT_FALSE(is_valid(encode_item({{std::string(65'536, 'n'), 1}}).bytes));
  EXPECT_FALSE(is_valid(encode_item({{"", 1}}).bytes));
  EXPECT_FALSE(is_valid(encode_item({{"m", Map{{"", 1}}}}).bytes));
}

}  // namespace
}  // namespace dynolith::storage
