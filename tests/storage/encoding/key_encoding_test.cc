#include "storage/encoding/key_encoding.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/random_item.h"

namespace dynolith::storage {
namespace {

constexpr TableId kTable = 7;

const KeySchema kStringBinary{{{"p", AttributeType::kString}}, {{"s", AttributeType::kBinary}}};

// Texts made to break escapes and terminators.
std::vector<std::string> adversarial() {
  std::vector<std::string> texts = {"", "a", "b", "ab", "aa", "\xff", "\xff\xff", "\x01", "\x02"};
  const std::string_view kPieces[] = {std::string_view("\0", 1),
                                      std::string_view("\0\0", 2),
                                      std::string_view("\0\1", 2),
                                      std::string_view("\0\xff", 2),
                                      "\1",
                                      "\xff",
                                      "a"};
  for (const auto& a : kPieces) {
    for (const auto& b : kPieces) {
      for (const auto& c : kPieces) {
        texts.push_back(std::string(a) += b);
        (texts.emplace_back(a) += b) += c;
      }
    }
  }
  std::mt19937_64 random(31);
  for (int i = 0; i < 60; ++i) texts.push_back(test::random_bytes(random, 6));
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

std::vector<Number> numbers() {
  std::vector<Number> all;
  for (const char* text : {"0", "1", "-1", "10", "0.1", "-0.1", "1e125", "-1e125", "1e-130", "11",
                           "-11", "99", "100", "101"}) {
    all.push_back(*Number::parse(text));
  }
  std::mt19937_64 random(32);
  for (int i = 0; i < 100; ++i) all.push_back(test::random_number(random));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string part(const AttributeValue& value) {
  std::string out;
  append_key_part(out, encode_value(value).view());
  return out;
}

std::string table_key(const KeySchema& schema, const Item& item) {
  return encode_table_key(kTable, schema, encode_item(item).view()).bytes;
}

uint64_t hash_of(const AttributeValue& value) {
  const EncodedValue encoded = encode_value(value);
  const ValueView view = encoded.view();
  return partition_hash({&view, 1});
}

std::string prefix_of(const AttributeValue& partition) {
  const EncodedValue encoded = encode_value(partition);
  const ValueView view = encoded.view();
  return collection_prefix(kTable, 0, {&view, 1});
}

TEST(KeyEncoding, IsWrittenAsDocumented) {
  const KeySchema schema{{{"p", AttributeType::kString}}, {{"s", AttributeType::kString}}};
  // The hash is the beginning of the MD5 digest of "Outliersa".
  EXPECT_EQ(table_key(schema, {{"p", "a"}, {"s", ""}}),
            std::string_view("\x00\x00\x00\x07\x00\x00"
                             "\xf6\x55\x8e\x51\x62\x75\xde\xe2"
                             "a\x00\x00\x00\x00",
                             19));
  EXPECT_EQ(key_space_prefix(0x01020304, 0x0506), "\x01\x02\x03\x04\x05\x06");
}

TEST(KeyEncoding, PartsSortAsValuesAndArePrefixFree) {
  const auto expect_ordered = [](const auto& values, const auto& encode) {
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string a = encode(values[i]);
      for (size_t j = 0; j < values.size(); ++j) {
        const std::string b = encode(values[j]);
        ASSERT_EQ(a <=> b, i <=> j) << i << " " << j;
        ASSERT_EQ(a.starts_with(b), i == j) << i << " " << j;
      }
    }
  };
  expect_ordered(adversarial(), [](const std::string& bytes) { return part(Binary{bytes}); });
  expect_ordered(adversarial(), [](const std::string& bytes) { return part(bytes); });
  expect_ordered(numbers(), [](const Number& n) { return part(n); });
  // By bytes, not by UTF-16 units.
  EXPECT_LT(part("\xef\xbd\xa1"), part("\xf0\x9d\x84\x9e"));
}

TEST(KeyEncoding, KeysSortBySortAttributeBelowAPartition) {
  const std::vector<std::string> sorts = adversarial();
  for (const std::string& partition : {std::string(), std::string("a"), std::string("\0", 1)}) {
    std::string previous;
    for (const std::string& sort : sorts) {
      const std::string key = table_key(kStringBinary, {{"p", partition}, {"s", Binary{sort}}});
      EXPECT_LT(previous, key);
      previous = key;
    }
  }
  const KeySchema by_number{{{"p", AttributeType::kNumber}}, {{"s", AttributeType::kNumber}}};
  std::string previous;
  for (const Number& sort : numbers()) {
    const std::string key = table_key(by_number, {{"p", 1}, {"s", sort}});
    EXPECT_LT(previous, key);
    previous = key;
  }
  EXPECT_EQ(table_key(by_number, {{"p", *Number::parse("1e3")}, {"s", 1}}),
            table_key(by_number, {{"p", *Number::parse("01000.0")}, {"s", 1}}));
}

TEST(KeyEncoding, ACollectionPrefixBeginsItsOwnKeysOnly) {
  const std::vector<std::string> texts = adversarial();
  std::vector<std::pair<std::string, std::string>> keys;  // Partition, key.
  for (const std::string& partition : texts) {
    for (const std::string& sort : {std::string(), std::string("\0", 1), std::string("\0\0", 2),
                                    std::string("\xff"), std::string("a")}) {
      keys.emplace_back(partition,
                        table_key(kStringBinary, {{"p", partition}, {"s", Binary{sort}}}));
    }
  }
  for (const std::string& partition : texts) {
    const KeyRange range = prefix_range(prefix_of(partition));
    for (const auto& [owner, key] : keys) {
      ASSERT_EQ(key.starts_with(range.begin), owner == partition);
      ASSERT_EQ(range.begin <= key && key < range.end, owner == partition);
    }
  }
}

// The hashes are equal for values whose key bytes, put together, are: parts must tell them apart.
TEST(KeyEncoding, SeveralPartitionAttributesStayApart) {
  std::vector<std::string> texts = adversarial();
  texts.resize(60);
  std::set<std::string> prefixes;
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      const EncodedValue values[] = {encode_value(a), encode_value(Binary{b})};
      const ValueView views[] = {values[0].view(), values[1].view()};
      const EncodedValue joined = encode_value(a + b);
      const ValueView joined_view = joined.view();
      EXPECT_EQ(partition_hash(views), partition_hash({&joined_view, 1}));
      const std::string prefix = collection_prefix(kTable, 1, views);
      const auto next = prefixes.lower_bound(prefix);
      EXPECT_TRUE(next == prefixes.end() || !next->starts_with(prefix));
      EXPECT_TRUE(next == prefixes.begin() || !prefix.starts_with(*std::prev(next)));
      prefixes.insert(prefix);
    }
  }
  EXPECT_EQ(prefixes.size(), texts.size() * texts.size());
}

// Beginnings of MD5 digests, from md5sum.
TEST(KeyEncoding, HashesAsTheServiceDoes) {
  EXPECT_EQ(hash_of("A"), 0x0cb5bbe48b872698u);
  EXPECT_EQ(hash_of("B"), 0x2a5fbc3cb26c0b3eu);
  EXPECT_EQ(hash_of("item"), 0x83f9f57f7827ff86u);
  EXPECT_EQ(hash_of(Binary{"item"}), hash_of("item"));
}

TEST(KeyEncoding, HashesNumbersInTheirBase100Form) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"0", "\x80"},
      {"5", "\xc1\x06"},
      {"12", "\xc1\x0d"},
      {"12.5", "\xc1\x0d\x33"},
      {"-12.5", "\x3e\x59\x33\x66"},
      {"-5", "\x3e\x60\x66"},
      {"100", "\xc2\x02"},
      {"123", "\xc2\x02\x18"},
      {"0.1", "\xc0\x0b"},
      {"0.01", "\xc0\x02"},
      {"0.001", "\xbf\x0b"},
      {"1e125", "\xff\x0b"},
      {"1e-130", std::string_view("\x80\x02")},
      {"-1e125", std::string_view("\x00\x5b\x66", 3)},
  };
  for (const auto& [text, bytes] : cases) {
    EXPECT_EQ(hash_of(*Number::parse(text)), hash_of(Binary{std::string(bytes)})) << text;
  }
  // 38 digits from an odd place take 20 pairs, which leave no room for the negative end.
  const std::string ones(38, '1');
  const std::string even = "-" + ones;
  const std::string odd = "-" + ones + "e1";
  EXPECT_EQ(hash_of(*Number::parse(even)),
            hash_of(Binary{"\x2c" + std::string(19, '\x5a') + "\x66"}));
  EXPECT_EQ(hash_of(*Number::parse(odd)),
            hash_of(Binary{"\x2b\x64" + std::string(18, '\x5a') + "\x5b"}));
}

TEST(KeyEncoding, SegmentsShareTheHashSpaceWithoutGapOrOverlap) {
  const KeyRange all = prefix_range(key_space_prefix(kTable, 3));
  for (const uint32_t total : {1u, 2u, 3u, 7u, 10u, 255u, 256u, 257u, 4096u, 65'537u, 1'000'000u}) {
    std::string end = all.begin;
    bool contiguous = true;
    for (uint32_t segment = 0; segment < total; ++segment) {
      const KeyRange range = segment_range(kTable, 3, segment, total);
      contiguous &= range.begin == end && range.begin < range.end;
      end = range.end;
    }
    EXPECT_TRUE(contiguous) << total;
    EXPECT_EQ(end, all.end) << total;
  }
}

TEST(KeyEncoding, EachKeyIsInTheSegmentOfItsHash) {
  const KeySchema schema{{{"p", AttributeType::kString}}, {}};
  for (int i = 0; i < 200; ++i) {
    const std::string partition = std::to_string(i);
    const std::string key = table_key(schema, {{"p", partition}});
    for (const uint32_t total : {1u, 3u, 8u, 1000u, 1'000'000u}) {
      __extension__ using Wide = unsigned __int128;
      const auto segment = static_cast<uint32_t>((Wide{hash_of(partition)} * total) >> 64);
      const KeyRange range = segment_range(kTable, 0, segment, total);
      EXPECT_TRUE(range.begin <= key && key < range.end) << partition << " of " << total;
    }
  }
  const std::string key = table_key(schema, {{"p", "item"}});
  const KeyRange second = segment_range(kTable, 0, 1, 3);
  EXPECT_TRUE(second.begin <= key && key < second.end);
}

TEST(KeyEncoding, PrefixEndIsTheFirstStringBehind) {
  EXPECT_EQ(prefix_end("a"), "b");
  EXPECT_EQ(prefix_end("a\xff"), "b");
  EXPECT_EQ(prefix_end("a\xff\xff"), "b");
  EXPECT_EQ(prefix_end("a\xfe"), "a\xff");
  EXPECT_EQ(prefix_end(std::string("a\0", 2)), "a\x01");
  EXPECT_EQ(prefix_end("\x7f"), "\x80");
  EXPECT_EQ(prefix_end("\xff\xff"), "");
}

class IndexKeys : public testing::Test {
 protected:
  std::optional<EncodedKey> index_key(const KeySchema& index, const Item& item) const {
    return encode_index_key(kTable, 2, index, kTableKey, encode_item(item).view());
  }

  const KeySchema kTableKey{{{"p", AttributeType::kString}}, {{"s", AttributeType::kNumber}}};
  const KeySchema kWide{{{"g1", AttributeType::kString}, {"g2", AttributeType::kNumber}},
                        {{"r1", AttributeType::kBinary}, {"r2", AttributeType::kString}}};
};

TEST_F(IndexKeys, AreAbsentWithoutOneOfTheirAttributes) {
  const Item whole{{"p", "a"},          {"s", 1},   {"g1", "g"}, {"g2", 2},
                   {"r1", Binary{"r"}}, {"r2", ""}, {"x", "y"}};
  ASSERT_TRUE(index_key(kWide, whole));
  for (const char* name : {"g1", "g2", "r1", "r2"}) {
    Item sparse = whole;
    sparse.erase(name);
    EXPECT_FALSE(index_key(kWide, sparse)) << name;
  }
  Item other = whole;
  other["x"] = "z";
  EXPECT_EQ(index_key(kWide, other), index_key(kWide, whole));
}

TEST_F(IndexKeys, ConsistOfIndexKeyItemHashAndTableKey) {
  const KeySchema index{{{"g1", AttributeType::kString}}, {{"r2", AttributeType::kString}}};
  const auto key = index_key(index, {{"p", "a"}, {"s", 1}, {"g1", "g"}, {"r2", "r"}});
  ASSERT_TRUE(key);
  const EncodedValue values[] = {encode_value("g"), encode_value("r"), encode_value("a"),
                                 encode_value(1)};
  const ValueView views[] = {values[0].view(), values[1].view(), values[2].view(),
                             values[3].view()};
  const std::span<const ValueView> all(views);
  std::string expected = collection_prefix(kTable, 2, all.subspan(0, 1), all.subspan(1, 1));
  const uint64_t item_hash = partition_hash(all.subspan(2));
  for (int shift = 56; shift >= 0; shift -= 8) expected += static_cast<char>(item_hash >> shift);
  append_key_part(expected, views[2]);
  append_key_part(expected, views[3]);
  EXPECT_EQ(key->bytes, expected);
}

TEST_F(IndexKeys, DifferForDifferentItemsAndSortByTheirSortAttributes) {
  const std::vector<std::string> texts = adversarial();
  std::set<std::string> seen;
  size_t count = 0;
  for (size_t i = 0; i < texts.size(); i += 7) {
    std::string previous;
    for (const std::string& sort : texts) {
      const Item item{{"p", texts[i]},      {"s", 1},        {"g1", "g"}, {"g2", 1},
                      {"r1", Binary{sort}}, {"r2", texts[i]}};
      const auto key = index_key(kWide, item);
      ASSERT_TRUE(key);
      EXPECT_LT(previous, key->bytes);
      previous = key->bytes;
      seen.insert(key->bytes);
      ++count;
    }
  }
  EXPECT_EQ(seen.size(), count);
}

}  // namespace
}  // namespace dynolith::storage
