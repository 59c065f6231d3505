#include "storage/engine/item_keys.h"

#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr char kP[] = "One or more parameter values were invalid: ";
constexpr char kMismatch[] = "The provided key element does not match the schema";
constexpr char kEmpty[] =
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
    "contain an empty ";

TablePtr table_with(const KeySchema& key, std::vector<IndexDefinition> indexes = {}) {
  static TestDatabase database;
  static int count = 0;
  return database.create(definition("Table" + std::to_string(++count), key, std::move(indexes)));
}

struct KeyCase {
  Item item;
  std::string message;
};

TEST(ItemKeys, OfAnItemPutAreCheckedInTheServicesWords) {
  const TablePtr table = table_with(key_schema({"p"}, {"s:B"}));
  const AttributeValue sort = Binary{"s"};
  const KeyCase kCases[] = {
      {{{"p", "a"}, {"s", sort}, {"more", 1}}, "no error"},
      {{{"s", sort}}, kP + std::string("Missing the key p in the item")},
      {{{"p", "a"}}, kP + std::string("Missing the key s in the item")},
      {{{"p", 1}, {"s", sort}}, kP + std::string("Type mismatch for key p expected: S actual: N")},
      {{{"p", "a"}, {"s", "s"}}, kP + std::string("Type mismatch for key s expected: B actual: S")},
      {{{"p", Null{}}, {"s", sort}},
       kP + std::string("Type mismatch for key p expected: S actual: NULL")},
      {{{"p", ""}, {"s", sort}}, kEmpty + std::string("string value. Key: p")},
      {{{"p", "a"}, {"s", Binary{""}}}, kEmpty + std::string("binary value. Key: s")},
      {{{"p", std::string(2048, 'a')}, {"s", sort}}, "no error"},
      {{{"p", std::string(2049, 'a')}, {"s", sort}},
       kP + std::string("Size of hashkey has exceeded the maximum size limit of2048 bytes")},
      {{{"p", "a"}, {"s", Binary{std::string(1024, '\0')}}}, "no error"},
      {{{"p", "a"}, {"s", Binary{std::string(1025, '\0')}}},
       kP + std::string("Aggregated size of all range keys has exceeded the size limit of 1024 "
                        "bytes")},
      // The schema comes before the values, and the partition key before the sort key.
      {{{"p", ""}}, kP + std::string("Missing the key s in the item")},
      {{{"p", ""}, {"s", Binary{""}}}, kEmpty + std::string("string value. Key: p")},
  };
  for (const auto& [item, message] : kCases)
    EXPECT_EQ(message_of(key_of_item(*table, encode_item(item).view())), message);
}

TEST(ItemKeys, OfAKeyParameterMustFitExactly) {
  const TablePtr table = table_with(key_schema({"p"}, {"s:N"}));
  const KeyCase kCases[] = {
      {{{"p", "a"}, {"s", 1}}, "no error"},
      {{}, kMismatch},
      {{{"p", "a"}}, kMismatch},
      {{{"p", "a"}, {"x", 1}}, kMismatch},
      {{{"p", "a"}, {"s", 1}, {"x", 1}}, kMismatch},
      {{{"p", "a"}, {"s", "1"}}, kMismatch},
      {{{"p", true}, {"s", 1}}, kMismatch},
      {{{"p", ""}, {"s", 1}}, kEmpty + std::string("string value. Key: p")},
      {{{"p", std::string(2049, 'a')}, {"s", 1}},
       kP + std::string("Size of hashkey has exceeded the maximum size limit of2048 bytes")},
  };
  for (const auto& [item, message] : kCases)
    EXPECT_EQ(message_of(key_of_key_parameter(*table, encode_item(item).view())), message);
}

TEST(ItemKeys, NumbersAreKeysByValue) {
  const TablePtr table = table_with(key_schema({"p:N"}));
  const auto key = [&](std::string_view text) {
    return must(key_of_item(*table, encode_item({{"p", number(text)}}).view()));
  };
  EXPECT_EQ(key("100"), key("1e2"));
  EXPECT_EQ(key("100"), key("100.0"));
  EXPECT_NE(key("100"), key("100.1"));
}

constexpr char kUnsupported[] =
    "One or more parameter values are not valid. A value specified for a secondary index key is "
    "not "
    "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
    "IndexName: Gsi, IndexKey: g";
constexpr char kUpdateUnsupported[] =
    "One or more parameter values are not valid. The update expression attempted to update a "
    "secondary index key to a value that is not supported. The AttributeValue for a key attribute "
    "cannot contain an empty string value.";

struct IndexKeyCase {
  Item item;
  std::string from_put, from_update;
};

TEST(ItemKeys, OfIndexesAreCheckedWhereTheyArePresent) {
  const TablePtr table =
      table_with(key_schema({"p"}), {global_index("Gsi", key_schema({"g"}, {"r:N", "t:B"}))});
  const std::string kGlobalType =
      kP + std::string("Type mismatch for Index Key g Expected: S Actual: N IndexName: Gsi");
  const std::string kNullType =
      kP + std::string("Type mismatch for Index Key t Expected: B Actual: NULL IndexName: Gsi");
  const std::string kLong =
      kP + std::string("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  const std::string kSortLong =
      kP +
      std::string("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  const IndexKeyCase kCases[] = {
      {{}, "no error", "no error"},
      {{{"g", "x"}, {"r", 1}, {"t", Binary{"b"}}}, "no error", "no error"},
      {{{"g", 1}}, kGlobalType, kGlobalType},
      {{{"g", "x"}, {"t", Null{}}}, kNullType, kNullType},
      {{{"g", ""}}, kUnsupported, kUpdateUnsupported},
      {{{"g", std::string(2048, 'g')}}, "no error", "no error"},
      {{{"g", std::string(2049, 'g')}}, kLong, kLong},
      {{{"t", Binary{std::string(1024, 't')}}}, "no error", "no error"},
      {{{"t", Binary{std::string(1025, 't')}}}, kSortLong, kSortLong},
  };
  for (const auto& [attributes, from_put, from_update] : kCases) {
    Item item = attributes;
    item["p"] = "a";
    const EncodedItem encoded = encode_item(item);
    EXPECT_EQ(message_of(check_index_keys(*table, encoded.view(), false)), from_put);
    EXPECT_EQ(message_of(check_index_keys(*table, encoded.view(), true)), from_update);
  }
}

TEST(ItemKeys, ATablesLongSortKeyDoesNotCountAgainstItsLocalIndex) {
  const TablePtr table =
      table_with(key_schema({"p"}, {"s"}), {local_index("Lsi", key_schema({"p"}, {"l"}))});
  const EncodedItem item =
      encode_item({{"p", "a"}, {"s", std::string(1024, 's')}, {"l", std::string(1024, 'l')}});
  EXPECT_TRUE(key_of_item(*table, item.view()));
  EXPECT_TRUE(check_index_keys(*table, item.view(), false));
}

}  // namespace
}  // namespace dynolith::test
