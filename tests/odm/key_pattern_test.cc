// Key attributes composed of members: what patterns mean, and what they refuse.
#include "odm/key_pattern.h"

#include <gtest/gtest.h>

#include "storage/value/attribute_value.h"

namespace dynolith::odm {
namespace {

using storage::AttributeValue;
using storage::Number;

// A pattern of one or two members a and b, rendered; an error as its message.
std::string rendered(std::string_view text, const std::vector<AttributeValue>& values) {
  const Result<KeyPattern> pattern = parse_key_pattern(text);
  if (!pattern) return pattern.error().message;
  std::string out = pattern->leading;
  for (size_t i = 0; i < pattern->members.size(); ++i) {
    const EncodedValue value = storage::encode_value(values.at(i));
    const Result<void> appended = append_member_text(pattern->members[i], value.view(), out);
    if (!appended) {
      EXPECT_EQ(appended.error().code, ErrorCode::kBadKey);
      EXPECT_EQ(appended.error().problems.size(), 1u);
      return appended.error().message;
    }
    out += pattern->members[i].following;
  }
  return out;
}

AttributeValue number(std::string_view text) { return Number::parse(text).value(); }

TEST(KeyPattern, Renders) {
  struct Case {
    std::string_view pattern;
    std::vector<AttributeValue> values;
    std::string_view text;
  };
  const Case cases[] = {
      {"ALL", {}, "ALL"},
      {"{a}", {"x"}, "x"},
      {"ORG#{a}", {"acme"}, "ORG#acme"},
      {"{a}#{b}", {"x", "y"}, "x#y"},
      {"{a}#{b}#", {"x", "y"}, "x#y#"},
      {"{{{a}}}", {"x"}, "{x}"},
      {"{{}}", {}, "{}"},
      {"{a:08}", {42}, "00000042"},
      {"{a:03}", {0}, "000"},
      {"{a:03}", {999}, "999"},
      {"{a:038}", {1}, "00000000000000000000000000000000000001"},
      {"{a:02}{b:02}", {1, 2}, "0102"},
      {"{a:lower}", {"Ann@X.org"}, "ann@x.org"},
      {"{a:upper}", {"zürich"}, "ZüRICH"},  // ASCII only.
      {"{a}", {-5}, "-5"},
      {"{a}", {number("1.5")}, "1.5"},
      {"{a}", {true}, "true"},
      {"{a}", {false}, "false"},
      {"{a}#{b}", {"x", "y#z"}, "x#y#z"},  // Nothing follows the last one.
      {"TAG#{a}", {"#"}, "TAG##"},
  };
  for (const Case& each : cases) EXPECT_EQ(rendered(each.pattern, each.values), each.text);
}

TEST(KeyPattern, RefusesValuesThatWouldMakeAnotherKey) {
  struct Case {
    std::string_view pattern;
    std::vector<AttributeValue> values;
    std::string_view why;
  };
  const Case cases[] = {
      {"{a}#{b}", {"x#y", "z"}, "a contains \"#\", which ends it in the key"},
      {"{a}#{b}", {"x#", "z"}, "a contains \"#\", which ends it in the key"},
      {"{a}#{b}", {"#", "z"}, "a contains \"#\", which ends it in the key"},
      {"{a}::{b}", {"x::y", "z"}, "a contains \"::\", which ends it in the key"},
      {"{a}::{b}", {"x:", "z"}, "a ends like \"::\" begins, which ends it in the key"},
      {"{a}aba{b}", {"xab", "z"}, "a ends like \"aba\" begins, which ends it in the key"},
      {"{a:lower}x{b}", {"AXB", "z"}, "a contains \"x\", which ends it in the key"},
      {"{a}.{b}", {number("1.5"), "z"}, "a contains \".\", which ends it in the key"},
      {"{a}#", {"x#"}, "a contains \"#\", which ends it in the key"},
      {"{a:03}", {1000}, "a has more than 3 digits"},
      {"{a:03}", {-1}, "a must be a whole number that is not negative"},
      {"{a:03}", {number("0.5")}, "a must be a whole number that is not negative"},
      {"{a:03}", {"x"}, "a is text, and only numbers are padded"},
      {"{a:03}", {"7"}, "a is text, and only numbers are padded"},  // "007" would be the same key.
      {"{a}", {""}, "a is empty"},
      {"{a}", {storage::Null{}}, "a is neither text nor a number"},
      {"{a}", {AttributeValue(storage::List{})}, "a is neither text nor a number"},
      {"{a}", {storage::Binary{"x"}}, "a is neither text nor a number"},
  };
  for (const Case& each : cases)
    EXPECT_EQ(rendered(each.pattern, each.values), "a key cannot be made: " + std::string(each.why))
        << each.pattern;
}

TEST(KeyPattern, RefusesWhatIsNotOne) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"{", "a brace is unbalanced"},
      {"}", "a brace is unbalanced"},
      {"a}b", "a brace is unbalanced"},
      {"{a", "a brace is unbalanced"},
      {"{a{b}", "a brace is unbalanced"},
      {"{}", "a name is empty"},
      {"{:08}", "a name is empty"},
      {"{a}{b}", "two members need text between them"},
      {"{a:lower}{b}", "two members need text between them"},
      {"{a:00}", "a width is 01 to 038"},
      {"{a:039}", "a width is 01 to 038"},
      {"{a:0x}", "a width is 01 to 038"},
      {"{a:099999999999999999999}", "a width is 01 to 038"},
      {"{a:8}", "after ':' stands lower, upper or a width like 08"},
      {"{a:}", "after ':' stands lower, upper or a width like 08"},
      {"{a:Lower}", "after ':' stands lower, upper or a width like 08"},
  };
  for (const auto& [text, why] : cases) {
    const Result<KeyPattern> pattern = parse_key_pattern(text);
    ASSERT_FALSE(pattern.ok()) << text;
    EXPECT_EQ(pattern.error().code, ErrorCode::kBadModel);
    EXPECT_EQ(pattern.error().message,
              "key pattern \"" + std::string(text) + "\": " + std::string(why));
  }
}

}  // namespace
}  // namespace dynolith::odm
