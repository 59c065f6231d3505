#include "storage/encoding/item_encoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "storage/encoding/number_encoding.h"
#include "tests/support/random_item.h"

namespace dynolith::storage {
namespace {

using test::random_item;

Number number(std::string_view text) {
  auto parsed = Number::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : Number();
}

// The size of a value by the guide's rules, worked out on the tree.
size_t tree_bytes(const AttributeValue& value) {
  if (const auto* text = value.get_if<std::string>()) return text->size();
  if (const auto* n = value.get_if<Number>()) return n->item_bytes();
  if (const auto* binary = value.get_if<Binary>()) return binary->bytes.size();
  size_t bytes = 0;
  if (const auto* set = value.get_if<StringSet>()) {
    for (const auto& member : set->members) bytes += member.size();
  } else if (const auto* binary_set = value.get_if<BinarySet>()) {
    for (const auto& member : binary_set->members) bytes += member.size();
  } else if (const auto* number_set = value.get_if<NumberSet>()) {
    for (const auto& member : number_set->members) bytes += member.item_bytes();
  } else if (const auto* list = value.get_if<List>()) {
    bytes = 3;
    for (const auto& element : *list) bytes += 1 + tree_bytes(element);
  } else if (const auto* map = value.get_if<Map>()) {
    bytes = 3;
    for (const auto& [name, member] : *map) bytes += 1 + name.size() + tree_bytes(member);
  } else {
    bytes = 1;
  }
  return bytes;
}

size_t tree_bytes(const Item& item) {
  size_t bytes = 0;
  for (const auto& [name, value] : item) bytes += name.size() + tree_bytes(value);
  return bytes;
}

void expect_agrees(const ValueView& view, const AttributeValue& value);

template <class Members>
void expect_set(const ListView& view, const Members& members, AttributeType type) {
  ASSERT_EQ(view.size(), members.size());
  for (uint32_t i = 0; i < view.size(); ++i) {
    EXPECT_EQ(view[i].type(), type);
    EXPECT_TRUE(view.contains(view[i]));
    if constexpr (std::is_same_v<Members, std::vector<Number>>) {
      EXPECT_EQ(view[i].number(), members[i]);
    } else {
      EXPECT_EQ(view[i].text(), members[i]);
    }
  }
}

void expect_map(const MapView& view, const Map& map) {
  ASSERT_EQ(view.size(), map.size());
  uint32_t i = 0;
  for (const auto& [name, member] : map) {
    const auto [view_name, view_member] = view[i++];
    EXPECT_EQ(view_name, name);
    expect_agrees(view_member, member);
    const auto found = view.find(name);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, view_member);
    for (const uint32_t likely : {0u, i - 1, i, view.size(), 99'999u})
      EXPECT_EQ(view.find(name, likely), found);
    EXPECT_FALSE(view.find(name + "?no", i - 1));
    EXPECT_EQ(view.find(name + '\0').has_value(), map.contains(name + '\0'));
    const std::string shorter = name.substr(0, name.size() - 1);
    EXPECT_EQ(view.find(shorter).has_value(), map.contains(shorter));
  }
}

// The view reads what the tree holds.
void expect_agrees(const ValueView& view, const AttributeValue& value) {
  ASSERT_EQ(view.type(), value.type());
  EXPECT_EQ(value_item_bytes(view), tree_bytes(value));
  switch (value.type()) {
    case AttributeType::kString:
      EXPECT_EQ(view.text(), *value.get_if<std::string>());
      break;
    case AttributeType::kNumber:
      EXPECT_EQ(view.number(), *value.get_if<Number>());
      break;
    case AttributeType::kBinary:
      EXPECT_EQ(view.text(), value.get_if<Binary>()->bytes);
      break;
    case AttributeType::kBoolean:
      EXPECT_EQ(view.boolean(), *value.get_if<bool>());
      break;
    case AttributeType::kNull:
      break;
    case AttributeType::kStringSet:
      expect_set(view.elements(), value.get_if<StringSet>()->members, AttributeType::kString);
      break;
    case AttributeType::kNumberSet:
      expect_set(view.elements(), value.get_if<NumberSet>()->members, AttributeType::kNumber);
      break;
    case AttributeType::kBinarySet:
      expect_set(view.elements(), value.get_if<BinarySet>()->members, AttributeType::kBinary);
      break;
    case AttributeType::kList: {
      const List& list = *value.get_if<List>();
      ASSERT_EQ(view.elements().size(), list.size());
      for (uint32_t i = 0; i < list.size(); ++i) {
        expect_agrees(view.elements()[i], list[i]);
        EXPECT_TRUE(view.elements().contains(view.elements()[i]));
      }
      break;
    }
    case AttributeType::kMap:
      expect_map(view.members(), *value.get_if<Map>());
  }
}

void expect_survives(const Item& item) {
  const EncodedItem encoded = encode_item(item);
  const auto view = ItemView::validated(encoded.bytes);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->item_bytes(), tree_bytes(item));
  expect_map(view->attributes(), item);
  EXPECT_EQ(to_item(*view), item);
  EXPECT_EQ(encode_item(to_item(*view)), encoded);
  for (const auto& [name, value] : item) {
    const EncodedValue lone = encode_value(value);
    EXPECT_TRUE(is_valid_value(lone.bytes, 32));
    EXPECT_EQ(lone.view(), *view->find(name));
  }
}

TEST(MapView, TellsNamesApartThatBeginAndEndAlike) {
  Item item;
  const std::string begin = "12345678", end = "abcdefgh";
  for (const std::string& name :
       {begin, begin + "h", begin + "gh", begin + end, begin + end.substr(1), begin + "-" + end,
        begin + "+" + end, begin + end + end, end, "h" + end})
    item[name] = AttributeValue(name);
  expect_map(encode_item(item).view().attributes(), item);
}

TEST(EncodeAttributes, WritesWhatTheEncoderDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 50; ++i) {
    const EncodedItem item = encode_item(random_item(random));
    const MapView members = item.view().attributes();
    std::vector<NamedValue> attributes;
    for (uint32_t k = 0; k < members.size(); ++k)
      attributes.push_back({members[k].first, members[k].second});
    EXPECT_EQ(encode_attributes(attributes), item);
  }
  const std::string large(70'000, 'x');
  const ValueView text(static_cast<uint8_t>(AttributeType::kString), large);
  EXPECT_EQ(encode_attributes(std::vector<NamedValue>{{"a", text}}),
            encode_item({{"a", AttributeValue(large)}}));
}

TEST(ItemEncoding, RandomItemsSurvive) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 400; ++i) expect_survives(random_item(random));
  for (int depth = 1; depth <= 32; ++depth) {
    expect_survives(random_item(random, {.depth = depth, .bytes = 2000}));
  }
  for (const size_t bytes : {60'000, 70'000, 140'000, 400'000}) {
    for (int i = 0; i < 3; ++i) expect_survives(random_item(random, {.depth = 5, .bytes = bytes}));
  }
  expect_survives({});
  expect_survives({{"a", List{}}, {"b", Map{}}, {"c", ""}, {"d", Binary{}}});
  expect_survives({{"s", std::string(400 * 1024 - 1, 'x')}});
}

TEST(ItemEncoding, IsWrittenAsDocumented) {
  const Item item{{"a", "x"}, {"b", true}, {"n", StringSet{{"", "y"}}}};
  const std::string_view expected(
      "\x01\x06\x00\x00\x00\x0a"                                  // Version, 6 bytes, a narrow map
      "\x03\x00\x01\x00\x03\x00\x04\x00\x05\x00\x06\x00\x0e\x00"  // of three: ends of names,
                                                                  // values.
      "a\x01x"
      "b\x44"
      "n\x06\x02\x00\x00\x00\x01\x00y",
      34);
  EXPECT_EQ(encode_item(item).bytes, expected);
  EXPECT_EQ(encode_value(false).bytes, "\x04");
  EXPECT_EQ(encode_value(Null{}).bytes, "\x05");
  EXPECT_EQ(encode_value(List{}).bytes, std::string_view("\x09\x00\x00", 3));
  EXPECT_EQ(encode_value(List{"a", Null{}}).bytes,
            std::string_view("\x09\x02\x00\x02\x00\x03\x00\x01"
                             "a\x05",
                             10));
}

TEST(ItemEncoding, TakesFourByteOffsetsBeyond65535Bytes) {
  // One element: tag and text.
  const auto list = [](size_t text) { return encode_value(List{std::string(text, 'x')}); };
  EXPECT_EQ(list(65534).bytes[0], '\x09');
  EXPECT_EQ(list(65534).bytes.size(), 1 + 4 + 65535u);
  EXPECT_EQ(list(65535).bytes[0], '\x89');
  EXPECT_EQ(list(65535).bytes.size(), 1 + 8 + 65536u);
  for (const size_t size : {65534, 65535}) {
    const EncodedValue value = list(size);
    EXPECT_TRUE(is_valid_value(value.bytes, 2));
    EXPECT_EQ(value.view().elements()[0].text().size(), size);
  }
  // Name, tag and text.
  const auto item = [](size_t text) { return encode_item({{"n", std::string(text, 'x')}}); };
  EXPECT_FALSE(item(65533).bytes[5] & 0x80);
  EXPECT_TRUE(item(65534).bytes[5] & 0x80);
  EXPECT_EQ(item(65534).view().find("n")->text().size(), 65534u);
  const EncodedValue nulls = encode_value(List(70'000));
  EXPECT_TRUE(is_valid_value(nulls.bytes, 2));
  EXPECT_EQ(nulls.view().elements().size(), 70'000u);
}

TEST(ItemEncoding, CountsItemBytes) {
  const std::pair<AttributeValue, size_t> cases[] = {
      {"", 0},
      {"abc", 3},
      {"\xe2\x82\xac", 3},
      {Binary{std::string("\x00\xff", 2)}, 2},
      {number("3.14159"), 5},
      {number("-3.14159"), 6},
      {0, 1},
      {true, 1},
      {false, 1},
      {Null{}, 1},
      {StringSet{{"a", "bcd"}}, 4},
      {NumberSet{{Number(0), number("3.14159")}}, 6},
      {BinarySet{{"", "ab"}}, 2},
      {List{}, 3},
      {List{"a", 1}, 3 + (1 + 1) + (1 + 2)},
      {Map{}, 3},
      {Map{{"key", "value"}}, 3 + 1 + 3 + 5},
      {List{Map{{"k", List{}}}}, 3 + 1 + (3 + 1 + 1 + 3)},
  };
  for (const auto& [value, bytes] : cases) {
    EXPECT_EQ(value_item_bytes(encode_value(value).view()), bytes);
    const EncodedItem item = encode_item({{"name", value}, {"id", "x"}});
    EXPECT_EQ(item.view().item_bytes(), 4 + bytes + 2 + 1);
  }
  EXPECT_EQ(encode_item({}).view().item_bytes(), 0u);
  EXPECT_EQ(ItemView().item_bytes(), 0u);
  EXPECT_EQ(ItemView().attributes().size(), 0u);
  EXPECT_FALSE(ItemView().find("a"));
  EXPECT_FALSE(EncodedItem().exists());
}

TEST(ItemEncoder, SortsMembersAndKeepsTheLastOfARepeatedName) {
  ItemEncoder encoder;
  encoder.begin_item();
  encoder.name("zebra_long_name_2");
  encoder.number(Number(7));
  encoder.name("zebra_long_name_1");
  encoder.begin_map();
  encoder.name("b");
  encoder.string("first");
  encoder.name("a");
  encoder.begin_list();
  encoder.null();
  encoder.boolean(true);
  encoder.end();
  encoder.name("b");
  encoder.binary("second");
  encoder.end();
  encoder.name("a");
  encoder.string("dropped");
  encoder.name("a");
  encoder.begin_list();
  encoder.end();
  const EncodedItem item = encoder.finish_item();
  const Item expected{
      {"a", List{}},
      {"zebra_long_name_1", Map{{"a", List{Null{}, true}}, {"b", Binary{"second"}}}},
      {"zebra_long_name_2", 7}};
  EXPECT_EQ(item, encode_item(expected));
  EXPECT_EQ(encoder.item_bytes(), tree_bytes(expected));
  EXPECT_TRUE(ItemView::validated(item.bytes).ok());
}

TEST(ItemEncoder, SortsSetsAndTellsOfRepeatedMembers) {
  ItemEncoder encoder;
  const auto set_of = [&](AttributeType type, const std::vector<std::string>& members) {
    encoder.begin_value();
    encoder.begin_set(type);
    for (const std::string& member : members) {
      if (type == AttributeType::kStringSet) encoder.string(member);
      if (type == AttributeType::kBinarySet) encoder.binary(member);
      if (type == AttributeType::kNumberSet) encoder.number(number(member));
    }
    encoder.end();
    return to_attribute_value(encoder.finish_value().view());
  };
  EXPECT_EQ(set_of(AttributeType::kStringSet, {"b", "", "a", "ab"}),
            AttributeValue(StringSet{{"", "a", "ab", "b"}}));
  EXPECT_FALSE(encoder.last_set_had_duplicates());
  EXPECT_EQ(set_of(AttributeType::kStringSet, {"b", "a", "b"}),
            AttributeValue(StringSet{{"a", "b"}}));
  EXPECT_TRUE(encoder.last_set_had_duplicates());
  EXPECT_EQ(set_of(AttributeType::kBinarySet, {"\xff", std::string("\0", 1), "\x7f"}),
            AttributeValue(BinarySet{{std::string("\0", 1), "\x7f", "\xff"}}));
  EXPECT_FALSE(encoder.last_set_had_duplicates());
  EXPECT_EQ(set_of(AttributeType::kNumberSet, {"10", "-1", "1.0", "9", "1", "0"}),
            AttributeValue(NumberSet{{Number(-1), Number(0), Number(1), Number(9), Number(10)}}));
  EXPECT_TRUE(encoder.last_set_had_duplicates());
  // The same first eight bytes and more.
  EXPECT_EQ(set_of(AttributeType::kStringSet, {"prefix__b", "prefix__", "prefix__a", "prefix_"}),
            AttributeValue(StringSet{{"prefix_", "prefix__", "prefix__a", "prefix__b"}}));
  EXPECT_EQ(
      set_of(AttributeType::kStringSet, {std::string("a\0", 2), "a", std::string("a\0\0", 3)}),
      AttributeValue(StringSet{{"a", std::string("a\0", 2), std::string("a\0\0", 3)}}));
  EXPECT_FALSE(encoder.last_set_had_duplicates());
}

TEST(ItemEncoder, CopiesEncodedValuesAndMembers) {
  std::mt19937_64 random(12);
  ItemEncoder encoder;
  for (int i = 0; i < 100; ++i) {
    const EncodedItem original = encode_item(random_item(random));
    const MapView& attributes = original.view().attributes();
    encoder.begin_item();
    for (uint32_t k = attributes.size(); k-- > 0;) {
      const auto [name, value] = attributes[k];
      encoder.name(name);
      if (!is_set(value.type())) {
        encoder.value(value);
        continue;
      }
      encoder.begin_set(value.type());
      const ListView members = value.elements();
      for (uint32_t m = members.size(); m-- > 0;) encoder.value(members[m]);
      encoder.end();
    }
    EXPECT_EQ(encoder.finish_item(), original);
    EXPECT_EQ(encoder.item_bytes(), original.view().item_bytes());
  }
}

TEST(ItemEncoder, CountsOutermostBytesAsTheyCome) {
  ItemEncoder encoder;
  encoder.begin_item();
  EXPECT_EQ(encoder.item_bytes(), 0u);
  encoder.name("ab");
  encoder.string("xyz");
  EXPECT_EQ(encoder.item_bytes(), 5u);
  encoder.name("m");
  encoder.begin_map();
  encoder.name("k");
  encoder.encoded_number(std::string_view("\x02"));
  encoder.end();
  EXPECT_EQ(encoder.item_bytes(), 5u + 1 + 3 + 1 + 1 + 1);
  EXPECT_EQ(encoder.finish_item().view().item_bytes(), encoder.item_bytes());
}

TEST(ItemEncoding, ListsAndSetsKnowWhatTheyContain) {
  const EncodedValue list = encode_value(List{"a", 1, List{2}});
  const EncodedValue set = encode_value(NumberSet{{Number(1), Number(5)}});
  const auto in = [](const EncodedValue& container, const AttributeValue& value) {
    return container.view().elements().contains(encode_value(value).view());
  };
  EXPECT_TRUE(in(list, "a"));
  EXPECT_TRUE(in(list, number("1.0")));
  EXPECT_TRUE(in(list, List{2}));
  EXPECT_FALSE(in(list, 2));
  EXPECT_FALSE(in(list, Binary{"a"}));
  EXPECT_TRUE(in(set, number("5.0")));
  EXPECT_FALSE(in(set, 4));
  EXPECT_FALSE(in(set, 6));
  EXPECT_FALSE(in(set, "5"));
  EXPECT_FALSE(in(set, NumberSet{{Number(1)}}));
}

TEST(ItemBuilding, ChangesAgreeWithTheTree) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 400; ++i) {
    const Item before = random_item(random);
    // New names and values come from other items, so that some names are shared.
    const Item other = random_item(random);
    const EncodedItem encoded_before = encode_item(before);
    const EncodedItem encoded_other = encode_item(other);
    const EncodedItem absent;
    for (const bool exists : {true, false}) {
      Item after = exists ? before : Item();
      std::map<std::string, std::optional<ValueView>> wanted;
      for (const auto& [name, value] : other) {
        wanted[name] = encoded_other.view().find(name);
        after.insert_or_assign(name, value);
      }
      for (const auto& [name, value] : before) {
        if (random() % 3 != 0) continue;
        wanted[name] = std::nullopt;
        after.erase(name);
      }
      std::vector<AttributeChange> changes;
      for (const auto& [name, value] : wanted) changes.push_back({name, value});
      const ItemView view = exists ? encoded_before.view() : absent.view();
      EXPECT_EQ(with_changes(view, changes), encode_item(after));
    }
    EXPECT_EQ(with_changes(encoded_before.view(), {}), encoded_before);
  }
}

TEST(ItemBuilding, OnlyTheNamedAttributesStay) {
  std::mt19937_64 random(14);
  for (int i = 0; i < 200; ++i) {
    const Item item = random_item(random);
    const EncodedItem encoded = encode_item(item);
    std::vector<std::string> names{"", "absent"};
    Item expected;
    for (const auto& [name, value] : item) {
      if (random() % 2 == 0) continue;
      names.push_back(name);
      expected[name] = value;
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(with_only(encoded.view(), names), encode_item(expected));
    EXPECT_EQ(with_only(ItemView(), names), encode_item({}));
  }
}

}  // namespace
}  // namespace dynolith::storage
