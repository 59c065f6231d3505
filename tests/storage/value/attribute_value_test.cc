#include "storage/value/attribute_value.h"

#include <gtest/gtest.h>

namespace dynolith::storage {
namespace {

std::vector<AttributeValue> one_of_each_type() {
  return {"text",
          Number(7),
          Binary{"bytes"},
          true,
          Null{},
          StringSet{{"a", "b"}},
          NumberSet{{Number(1), Number(2)}},
          BinarySet{{"x"}},
          List{1, "two", List{3}},
          Map{{"a", 1}, {"b", Map{{"c", "a text too long for the string itself"}}}}};
}

TEST(AttributeValue, IsOfTheTypeItWasMadeOf) {
  const std::vector<AttributeValue> values = one_of_each_type();
  for (size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i].type(), static_cast<AttributeType>(i + 1));
  EXPECT_EQ(AttributeValue().type(), AttributeType::kNull);
  EXPECT_EQ(*values[0].get_if<std::string>(), "text");
  EXPECT_EQ(values[0].get_if<Binary>(), nullptr);
  EXPECT_TRUE(*values[3].get_if<bool>());
  EXPECT_EQ(values[9].get_if<Map>()->size(), 2u);
}

TEST(AttributeValue, IsCopiedMovedAndReplacedWhole) {
  for (const AttributeValue& from : one_of_each_type()) {
    for (AttributeValue to : one_of_each_type()) {
      AttributeValue copy(from);
      EXPECT_EQ(copy, from);
      to = from;
      EXPECT_EQ(to, from);
      to = std::move(copy);
      EXPECT_EQ(to, from);
    }
  }
}

TEST(AttributeValue, BecomesAPartOfItself) {
  AttributeValue value(Map{{"a", List{"kept", 2}}});
  value = AttributeValue((*value.get_if<Map>())["a"]);
  EXPECT_EQ(value, AttributeValue(List{"kept", 2}));
  value = std::move((*value.get_if<List>())[0]);
  EXPECT_EQ(value, AttributeValue("kept"));
  AttributeValue& same = value;
  value = same;
  EXPECT_EQ(value, AttributeValue("kept"));
}

TEST(AttributeValue, EqualsWhatHoldsTheSame) {
  const std::vector<AttributeValue> values = one_of_each_type();
  for (size_t i = 0; i < values.size(); ++i)
    for (size_t j = 0; j < values.size(); ++j) EXPECT_EQ(values[i] == values[j], i == j);
  EXPECT_NE(AttributeValue("text"), AttributeValue(Binary{"text"}));
  EXPECT_NE(AttributeValue(1), AttributeValue(2));
}

}  // namespace
}  // namespace dynolith::storage
