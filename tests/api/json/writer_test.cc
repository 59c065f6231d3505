#include "api/json/writer.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/api/json/parsed.h"

namespace dynolith::api {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, EscapesEveryByteThatNeedsItAtEveryPlace) {
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("a/b\x7f"), "\"a/b\x7f\"");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f", 3)), R"("\u0000\u0001\u001F")");
  EXPECT_EQ(json_string("\b\f\n\r\t\"\\"), R"("\b\f\n\r\t\"\\")");
  for (int c = 0; c < 0x80; ++c) {
    for (size_t before = 0; before < 20; ++before) {
      const std::string text =
          std::string(before, 'x') + static_cast<char>(c) + std::string(20 - before, 'y');
      const test::Parsed back("{\"s\":" + json_string(text) + "}");
      ASSERT_EQ(back["s"].get_string().value(), text) << c << " after " << before;
    }
  }
}

TEST(JsonWriter, WritesDoublesAsTheServiceDoes) {
  const struct {
    double value;
    std::string text;
  } kCases[] = {{0, "0.0"},     {0.5, "0.5"},       {1, "1.0"},    {22.5, "22.5"},
                {100, "100.0"}, {40000, "40000.0"}, {1.25, "1.25"}};
  for (const auto& [value, text] : kCases) {
    std::string out;
    append_double(out, value);
    EXPECT_EQ(out, text);
  }
}

TEST(JsonWriter, WritesTimestampsInSeconds) {
  const struct {
    int64_t milliseconds;
    std::string text;
  } kCases[] = {{1795257249230, "1795257249.23"},  {1795257249203, "1795257249.203"},
                {1795257249003, "1795257249.003"}, {1795257249900, "1795257249.9"},
                {1795257249000, "1795257249"},     {0, "0"}};
  for (const auto& [milliseconds, text] : kCases) {
    std::string out;
    append_timestamp(out, milliseconds);
    EXPECT_EQ(out, text);
  }
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out = "kept";
  JsonWriter json(out);
  json.begin_object().name("a").begin_array().end_array();
  json.name("b").begin_array().integer(-1).string("[").string("{").boolean(true).real(0.5);
  json.begin_object().end_object().begin_object().name("x").string(":").name("y").timestamp(1500);
  json.end_object().begin_array().integer(1).end_array().end_array();
  json.any_name("q\"").raw("{}").end_object();
  EXPECT_EQ(out, R"(kept{"a":[],"b":[-1,"[","{",true,0.5,{},{"x":":","y":1.5},[1]],"q\"":{}})");
}

TEST(JsonWriter, WritesTheAbsentItemAsAnEmptyObject) {
  std::string out;
  append_item(out, storage::ItemView());
  EXPECT_EQ(out, "{}");
}

}  // namespace
}  // namespace dynolith::api
