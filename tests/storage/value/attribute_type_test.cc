#include "storage/value/attribute_type.h"

#include <gtest/gtest.h>

#include "storage/value/attribute_value.h"

namespace dynolith::storage {
namespace {

TEST(AttributeType, HasTheWiresNames) {
  constexpr std::string_view kNames[] = {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    const auto type = static_cast<AttributeType>(i + 1);
    EXPECT_EQ(type_name(type), kNames[i]);
    EXPECT_EQ(type_from_name(kNames[i]), type);
  }
  for (const char* name : {"", "s", "STRING", "SSS", "NULLS"}) {
    EXPECT_EQ(type_from_name(name), std::nullopt) << name;
  }
}

TEST(AttributeType, HasTheWordsOfMessages) {
  EXPECT_EQ(long_type_name(AttributeType::kString), "STRING");
  EXPECT_EQ(long_type_name(AttributeType::kNull), "NULL");
  EXPECT_EQ(long_type_name(AttributeType::kNumberSet), "NUMBER_SET");
  EXPECT_EQ(long_type_name(AttributeType::kMap), "MAP");
}

TEST(AttributeType, KnowsSetsAndKeys) {
  EXPECT_EQ(set_member_type(AttributeType::kStringSet), AttributeType::kString);
  EXPECT_EQ(set_member_type(AttributeType::kNumberSet), AttributeType::kNumber);
  EXPECT_EQ(set_member_type(AttributeType::kBinarySet), AttributeType::kBinary);
  EXPECT_FALSE(is_set(AttributeType::kNull));
  EXPECT_FALSE(is_set(AttributeType::kList));
  EXPECT_TRUE(is_key_type(AttributeType::kBinary));
  EXPECT_FALSE(is_key_type(AttributeType::kBoolean));
}

TEST(AttributeValue, StandsInTheOrderOfTheTypes) {
  EXPECT_EQ(AttributeValue("a").type(), AttributeType::kString);
  EXPECT_EQ(AttributeValue(1).type(), AttributeType::kNumber);
  EXPECT_EQ(AttributeValue(Binary{}).type(), AttributeType::kBinary);
  EXPECT_EQ(AttributeValue(true).type(), AttributeType::kBoolean);
  EXPECT_EQ(AttributeValue().type(), AttributeType::kNull);
  EXPECT_EQ(AttributeValue(StringSet{}).type(), AttributeType::kStringSet);
  EXPECT_EQ(AttributeValue(NumberSet{}).type(), AttributeType::kNumberSet);
  EXPECT_EQ(AttributeValue(BinarySet{}).type(), AttributeType::kBinarySet);
  EXPECT_EQ(AttributeValue(List{}).type(), AttributeType::kList);
  EXPECT_EQ(AttributeValue(Map{}).type(), AttributeType::kMap);
}

}  // namespace
}  // namespace dynolith::storage
