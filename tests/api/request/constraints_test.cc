#include "api/request/constraints.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace dynolith::api {
namespace {

TEST(Constraints, SaysNothingWhenNothingIsWrong) { EXPECT_TRUE(Constraints().check().ok()); }

TEST(Constraints, CountsWhatItReports) {
  Constraints constraints;
  constraints.null("key");
  EXPECT_EQ(constraints.check().error().message,
            "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member "
            "must not be null");
  constraints.echo("x", "select", "Member must be y");
  constraints.quiet("Limit", at_least("value", 1));
  constraints.nameless(at_most("length", 3));
  EXPECT_EQ(
      constraints.check().error().message,
      "4 validation errors detected: Value null at 'key' failed to satisfy constraint: Member "
      "must not be null; Value 'x' at 'select' failed to satisfy constraint: Member must be y; "
      "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or "
      "equal to 1; Failed to satisfy constraint: Member must have length less than or equal "
      "to 3");
}

TEST(Constraints, AreWordedInFull) {
  Constraints constraints;
  constraints.null("key");
  EXPECT_EQ(constraints.check().error().scope, storage::ErrorScope::kTable);
}

TEST(Constraints, ReportsTenAndNoMore) {
  Constraints constraints;
  for (int i = 0; i < 12; ++i) constraints.null("member" + std::to_string(i));
  const std::string message = constraints.check().error().message;
  EXPECT_TRUE(message.starts_with("10 validation errors detected: ")) << message;
  EXPECT_NE(message.find("'member9'"), std::string::npos);
  EXPECT_EQ(message.find("'member10'"), std::string::npos);
}

TEST(Constraints, PrintEnumerationsInTheGivenOrder) {
  constexpr std::array<std::string_view, 3> kValues{"b", "a", "c"};
  EXPECT_EQ(enum_constraint(kValues), "Member must satisfy enum value set: [b, a, c]");
  EXPECT_TRUE(contains(kValues, "a"));
  EXPECT_FALSE(contains(kValues, "A"));
}

TEST(Constraints, KnowWhatANameMayBeMadeOf) {
  EXPECT_TRUE(is_name_text("aZ09_.-"));
  for (const char* text : {"", "a b", "a!", "\xc3\xa9", "a/b", "a:b"}) {
    EXPECT_FALSE(is_name_text(text)) << text;
  }
}

TEST(Constraints, CutLongEchoesBetweenCharacters) {
  JsonParser parser;
  for (size_t length : {1000u, 2000u, 2001u, 2002u}) {
    std::string text = "{\"v\":\"";
    for (size_t i = 0; i < length; ++i) text += i % 3 == 0 ? "\xe2\x82\xac" : "x";
    const auto object = parser.parse(text + "\"}");
    ASSERT_TRUE(object.ok());
    const std::string echo = echo_of((*object)["v"].value());
    EXPECT_LE(echo.size(), 1100u);
    EXPECT_TRUE(echo.ends_with("..."));
    EXPECT_TRUE(simdjson::validate_utf8(echo));
  }
}

}  // namespace
}  // namespace dynolith::api
