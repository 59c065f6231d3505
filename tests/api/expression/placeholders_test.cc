#include <gtest/gtest.h>

#include "tests/api/expression/tree_text.h"
#include "tests/support/value_text.h"

namespace dynolith::api {
namespace {

std::string error_of(const storage::Result<void>& result) {
  return result.ok() ? "" : result.error().message;
}
std::string name_error(std::string_view key, std::string_view target) {
  Placeholders placeholders;
  placeholders.add_name(key, target);
  return error_of(placeholders.check());
}
std::string value_error(std::string_view key) {
  Placeholders placeholders;
  placeholders.add_value(key, test::encoded_from("1"));
  return error_of(placeholders.check());
}

TEST(Placeholders, KeysAreASignAndLettersDigitsOrUnderscores) {
  for (const std::string_view key : {"#a", "#_", "#1", "#A_9z"}) {
    EXPECT_EQ(name_error(key, "a"), "") << key;
  }
  for (const std::string_view key : {"", "#", "a", ":a", "#a-b", "#a.b", "# a", "#é"}) {
    EXPECT_EQ(name_error(key, "a"),
              "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                  std::string(key) + "\"");
  }
  for (const std::string_view key : {":a", ":_", ":1"}) EXPECT_EQ(value_error(key), "") << key;
  for (const std::string_view key : {"", ":", "loc", "#a", ":a b"}) {
    EXPECT_EQ(value_error(key),
              "ExpressionAttributeValues contains invalid key: Syntax error; key: \"" +
                  std::string(key) + "\"");
  }
}

TEST(Placeholders, LimitsKeysAndTargets) {
  EXPECT_EQ(name_error("#" + std::string(254, 'a'), "a"), "");
  EXPECT_NE(name_error("#" + std::string(255, 'a'), "a"), "");
  EXPECT_EQ(value_error(":" + std::string(254, 'a')), "");
  EXPECT_NE(value_error(":" + std::string(255, 'a')), "");
  EXPECT_EQ(name_error("#a", ""), "Empty attribute name");
  EXPECT_EQ(name_error("#a", std::string(65535, 'a')), "");
  EXPECT_NE(name_error("#a", std::string(65536, 'a')).find("65535"), std::string::npos);
}

TEST(Placeholders, AreAtMost2MegabytesTogether) {
  const auto check = [](size_t bytes) {
    Placeholders placeholders;
    placeholders.add_name("#a", "bc");  // 4 bytes.
    storage::ItemEncoder encoder;
    encoder.begin_value();
    encoder.string(std::string(bytes - 6, 'x'));
    placeholders.add_value(":v", encoder.finish_value());  // 2 bytes and the text.
    return placeholders.check().ok();
  };
  EXPECT_TRUE(check(2 * 1024 * 1024));
  EXPECT_FALSE(check(2 * 1024 * 1024 + 1));
}

TEST(Placeholders, KnowWhatWasUsedByAnyExpression) {
  auto placeholders = test::sample_placeholders();
  EXPECT_EQ(error_of(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#1, #_, #a, "
            "#b, #dot, #size}");
  ASSERT_TRUE(bind_projection("#1, #_, #a, #dot, #size", placeholders).ok());
  EXPECT_EQ(error_of(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}");
  ASSERT_TRUE(bind_condition("#b IN (:S, :_, :1a, :b, :bool, :bs, :c, :l, :m, :map, :n)",
                             "ConditionExpression", placeholders)
                  .ok());
  EXPECT_EQ(error_of(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:ns, :null, "
            ":s, :ss, :t}");
  // Used although it never decides.
  ASSERT_TRUE(bind_condition(":n = :n OR a IN (:ns, :null, :s, :ss, :t)", "ConditionExpression",
                             placeholders)
                  .ok());
  EXPECT_EQ(error_of(placeholders.check_all_used()), "");
}

TEST(Placeholders, ManyAreFoundAsFew) {
  Placeholders placeholders;
  for (int i = 0; i < 1000; ++i) {
    placeholders.add_name("#n" + std::to_string(i), "a" + std::to_string(i));
    placeholders.add_value(":v" + std::to_string(i), test::encoded_from(std::to_string(i)));
  }
  placeholders.add_name("#n7", "again");  // A repeated key replaces.
  for (const int i : {0, 15, 16, 17, 999}) {
    EXPECT_EQ(*placeholders.use_name("#n" + std::to_string(i)), "a" + std::to_string(i));
    EXPECT_EQ(test::text_of(placeholders.use_value(":v" + std::to_string(i))->view()),
              std::to_string(i));
  }
  EXPECT_EQ(*placeholders.use_name("#n7"), "again");
  EXPECT_EQ(placeholders.use_name("#n1000"), nullptr);
  EXPECT_EQ(placeholders.use_value("#n1"), nullptr);
}

}  // namespace
}  // namespace dynolith::api
