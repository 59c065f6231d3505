#include "api/json/attribute_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/json/input_shapes.h"
#include "api/json/shape.h"
#include "api/json/writer.h"
#include "tests/api/json/parsed.h"

namespace dynolith::api {
namespace {

using test::Parsed;

// The item as it comes back, or the error.
std::string through_bytes(const std::string& item, Wording wording = Wording::kAws2026) {
  const Parsed request("{\"Item\":" + item + "}");
  const auto members = read_request<PutItemInput>(*request);
  EXPECT_TRUE(members.ok()) << item;
  if (!members) return members.error().message;
  const DecodedItem decoded = decode_item((*members)[PutItemInput::kItem].object(), wording);
  if (decoded.error) {
    EXPECT_EQ(decoded.error->code, ErrorCode::kValidation);
    EXPECT_EQ(decoded.error->scope, storage::ErrorScope::kRequest);
    EXPECT_FALSE(decoded.item.exists());
    return decoded.error->message;
  }
  std::string out;
  append_item(out, decoded.item.view());
  return out;
}

std::string nested(int wrappers, const std::string& leaf) {
  std::string text = "{\"a\":";
  for (int i = 0; i < wrappers; ++i) text += i % 2 == 0 ? "{\"M\":{\"b\":" : "{\"L\":[";
  text += leaf;
  for (int i = wrappers; i-- > 0;) text += i % 2 == 0 ? "}}" : "]}";
  return text + "}";
}

constexpr const char* kTooDeep =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond "
    "supported limit";
constexpr const char* kEmptyValue =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr const char* kSeveral =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported "
    "datatypes";
#define P "One or more parameter values were invalid: "

TEST(AttributeValueJson, EveryTypeComesBack) {
  const struct {
    std::string in, out;
  } kCases[] = {
      {R"({})", R"({})"},
      {R"({"b":{"S":"x"},"a":{"S":""}})", R"({"a":{"S":""},"b":{"S":"x"}})"},
      {R"({"a":{"S":"\u0000\"\\\/\b\f\n\r\t\u001f\u007fé𝄞"}})",
       "{\"a\":{\"S\":\"\\u0000\\\"\\\\/\\b\\f\\n\\r\\t\\u001F\x7fé𝄞\"}}"},
      {R"({"a":{"N":"-0.0010e2"}})", R"({"a":{"N":"-0.1"}})"},
      {R"({"a":{"N":"+5"},"b":{"N":".5"},"c":{"N":"1E3"}})",
       R"({"a":{"N":"5"},"b":{"N":"0.5"},"c":{"N":"1000"}})"},
      {R"({"a":{"B":""},"b":{"B":"/w=="}})", R"({"a":{"B":""},"b":{"B":"/w=="}})"},
      {R"({"a":{"BOOL":true},"b":{"BOOL":false},"c":{"BOOL":"no"}})",
       R"({"a":{"BOOL":true},"b":{"BOOL":false},"c":{"BOOL":false}})"},
      {R"({"a":{"NULL":true},"b":{"NULL":"yes"}})", R"({"a":{"NULL":true},"b":{"NULL":true}})"},
      {R"({"a":{"SS":["b","","a"]}})", R"({"a":{"SS":["","a","b"]}})"},
      {R"({"a":{"NS":["10","2.0","-3"]}})", R"({"a":{"NS":["-3","2","10"]}})"},
      {R"({"a":{"BS":["/w==","AA==",""]}})", R"({"a":{"BS":["","AA==","/w=="]}})"},
      {R"({"a":{"L":[]},"b":{"M":{}}})", R"({"a":{"L":[]},"b":{"M":{}}})"},
      {R"({"a":{"L":[{"N":"1"},{"M":{"y":{"L":[{"NULL":true}]},"x":{"SS":["s"]}}}]}})",
       R"({"a":{"L":[{"N":"1"},{"M":{"x":{"SS":["s"]},"y":{"L":[{"NULL":true}]}}}]}})"},
      {R"({"a":{"S":"x","N":null,"dog":1}})", R"({"a":{"S":"x"}})"},
      {R"({"a":{"S":"x"},"a":{"S":"y"}})", R"({"a":{"S":"y"}})"},
      {R"({"a\n\"":{"S":"x"}})", R"({"a\n\"":{"S":"x"}})"},
  };
  for (const auto& [in, out] : kCases) EXPECT_EQ(through_bytes(in), out) << in;
}

TEST(AttributeValueJson, RefusesWhatMakesNoSense) {
  const struct {
    std::string item, message;
  } kCases[] = {
      {R"({"a":{}})", kEmptyValue},
      {R"({"a":null})", kEmptyValue},
      {R"({"a":{"dog":"cat"}})", kEmptyValue},
      {R"({"a":{"S":null}})", kEmptyValue},
      {R"({"a":{"L":[{}]}})", kEmptyValue},
      {R"({"a":{"L":[null]}})", kEmptyValue},
      {R"({"a":{"M":{"dog":{}}}})", kEmptyValue},
      {R"({"a":{"SS":[null]}})", kEmptyValue},
      {R"({"a":{"S":"x","N":"1"}})", kSeveral},
      {R"({"a":{"M":{"b":{"BOOL":true,"NULL":true}}}})", kSeveral},
      {R"({"a":{"NULL":false}})", P "Null attribute value types must have the value of true"},
      {R"({"a":{"NULL":"no"}})", P "Null attribute value types must have the value of true"},
      {R"({"a":{"SS":[]}})", P "An string set  may not be empty"},
      {R"({"a":{"NS":[]}})", P "An number set  may not be empty"},
      {R"({"a":{"BS":[]}})", P "Binary sets should not be empty"},
      {R"({"a":{"M":{"b":{"SS":[]}}}})", P "An string set  may not be empty"},
      {R"({"":{"S":"x"}})", "Empty attribute name"},
      {R"({"a":{"M":{"":{"S":"x"}}}})", "Empty attribute name"},
      {R"({"a":{"N":"x"}})", "The parameter cannot be converted to a numeric value: x"},
      {R"({"a":{"N":""}})", "The parameter cannot be converted to a numeric value: "},
      {R"({"a":{"NS":["1","y"]}})", "The parameter cannot be converted to a numeric value: y"},
      {R"({"a":{"N":"123456789012345678901234567890123456789"}})",
       "Attempting to store more than 38 significant digits in a Number"},
      {R"({"a":{"N":"1e126"}})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {R"({"a":{"N":"1e-131"}})",
       "Number underflow. Attempting to store a number with magnitude smaller than supported "
       "range"},
  };
  for (const auto& [item, message] : kCases) EXPECT_EQ(through_bytes(item), message) << item;
}

TEST(AttributeValueJson, DuplicatesAreEchoedAsEachWordingDoes) {
  const struct {
    std::string item, now, before;
  } kCases[] = {
      {R"({"a":{"SS":["b","a","b"]}})",
       P R"(Input collection ["a", "b", "b"] contains duplicates.)",
       P "Input collection [b, a, b] contains duplicates."},
      {R"({"a":{"SS":["c","b","b","a","c"]}})",
       P R"(Input collection ["b", "c", "b", "a", "c"] contains duplicates.)",
       P "Input collection [c, b, b, a, c] contains duplicates."},
      {R"({"a":{"BS":["/w==","AA==","AA=="]}})",
       P R"(Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)",
       P "Input collection [/w==, AA==, AA==]of type BS contains duplicates."},
      {R"({"a":{"NS":["1","1.0"]}})", P "Input collection contains duplicates.",
       "Input collection contains duplicates"},
  };
  for (const auto& [item, now, before] : kCases) {
    EXPECT_EQ(through_bytes(item), now) << item;
    EXPECT_EQ(through_bytes(item, Wording::kClassic), before) << item;
  }
  EXPECT_EQ(through_bytes(R"({"a":{"N":""}})", Wording::kClassic),
            "The parameter cannot be converted to a numeric value");
}

TEST(AttributeValueJson, NestsThirtyTwoLevelsAndNoMore) {
  const std::string leaf = R"({"S":"x"})";
  EXPECT_EQ(through_bytes(nested(31, leaf)), nested(31, leaf));
  EXPECT_EQ(through_bytes(nested(30, R"({"L":[]})")), nested(30, R"({"L":[]})"));
  for (const int wrappers : {32, 33, 100, 240})
    EXPECT_EQ(through_bytes(nested(wrappers, leaf)), kTooDeep);
}

TEST(AttributeValueJson, TopLevelNamesThenNestingThenTheRest) {
  const std::string deep = nested(32, R"({"S":"x"})");
  const std::string deep_member = deep.substr(1, deep.size() - 2);
  EXPECT_EQ(through_bytes("{" + deep_member + R"(,"":{"S":"x"}})"), "Empty attribute name");
  EXPECT_EQ(through_bytes(R"({"b":{"M":{"":{"S":"x"}}},)" + deep_member + "}"), kTooDeep);
  EXPECT_EQ(through_bytes(R"({"b":{"N":"x"},)" + deep_member + "}"), kTooDeep);
  EXPECT_EQ(through_bytes(R"({"b":{"N":"x"},"c":{"SS":[]}})"),
            "The parameter cannot be converted to a numeric value: x");
}

TEST(AttributeValueJson, NamesMayHave65535Bytes) {
  const std::string longest(65'535, 'n');
  const std::string item = "{\"" + longest + R"(":{"S":"x"}})";
  EXPECT_EQ(through_bytes(item), item);
  EXPECT_THAT(through_bytes("{\"n" + longest + R"(":{"S":"x"}})"), testing::HasSubstr("65535"));
}

TEST(AttributeValueJson, ValuesDecodeAlone) {
  const Parsed request(R"({"good":{"L":[{"N":"1.50"}]},"none":null,"bad":{"N":"1","S":""}})");
  const DecodedValue good = decode_value(request["good"], Wording::kAws2026);
  ASSERT_FALSE(good.error.has_value());
  std::string out;
  append_value(out, good.value.view());
  EXPECT_EQ(out, R"({"L":[{"N":"1.5"}]})");
  EXPECT_EQ(decode_value(request["none"], Wording::kAws2026).error->message, kEmptyValue);
  EXPECT_EQ(decode_value(request["bad"], Wording::kAws2026).error->message, kSeveral);
}

}  // namespace
}  // namespace dynolith::api
