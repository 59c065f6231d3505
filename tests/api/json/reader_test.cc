#include "api/json/reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace dynolith::api {
namespace {

bool is_json_object(JsonParser& parser, const std::string& text) {
  const auto parsed = parser.parse(text);
  if (!parsed) {
    EXPECT_EQ(parsed.error().code, ErrorCode::kSerialization);
    EXPECT_EQ(parsed.error().message, "");
  }
  return parsed.ok();
}

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// The texts of tests/support/json_texts.json: each character there stands for one byte.
std::vector<std::string> texts(std::string_view list) {
  const std::string file =
      contents(std::filesystem::path(DYNOLITH_SOURCE_DIR) / "tests/support/json_texts.json");
  JsonParser parser;
  const JsonObject lists = parser.parse(file).value();
  const JsonArray array = lists[list].get_array().value();
  std::vector<std::string> found;
  for (const JsonValue text : array) {
    const std::string_view utf8 = text.get_string().value();
    std::string& bytes = found.emplace_back();
    for (size_t i = 0; i < utf8.size(); ++i) {
      const auto lead = static_cast<uint8_t>(utf8[i]);
      bytes += lead < 0x80 ? utf8[i] : static_cast<char>(lead << 6 | (utf8[++i] & 0x3f));
    }
  }
  return found;
}

// Each is tried as a whole body and, because a body must be an object, as a member of one.
TEST(JsonParser, TellsJsonFromWhatIsNot) {
  JsonParser parser;
  const auto json = texts("json"), not_json = texts("not_json");
  EXPECT_GT(json.size(), 50u);
  EXPECT_GT(not_json.size(), 150u);
  for (const auto& text : json) {
    const size_t start = text.find_first_not_of(" \t\r\n");
    EXPECT_EQ(is_json_object(parser, text), text[start] == '{') << text;
    EXPECT_TRUE(is_json_object(parser, "{\"x\":" + text + "}")) << text;
  }
  for (const auto& text : not_json) {
    EXPECT_FALSE(is_json_object(parser, text)) << text;
    EXPECT_FALSE(is_json_object(parser, "{\"x\":" + text + "}")) << text;
  }
}

// JSONTestSuite's parsing cases, where they lie beside the checkout: y_ are JSON, n_ are not, i_
// are left to the implementation.
TEST(JsonParser, AgreesWithJsonTestSuite) {
  const std::filesystem::path directory =
      std::filesystem::path(DYNOLITH_SOURCE_DIR) / "../shared/data/json/test_parsing";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "JSONTestSuite is not in " << directory;
  JsonParser parser;
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    const std::string text = contents(entry.path());
    const bool whole = is_json_object(parser, text);
    const bool member = is_json_object(parser, "{\"x\":" + text + "}");
    if (name.starts_with("y_")) {
      EXPECT_TRUE(member) << name;
      EXPECT_EQ(whole, name.starts_with("y_object") || text.starts_with("{")) << name;
    }
    if (name.starts_with("n_")) {
      EXPECT_FALSE(whole) << name;
      EXPECT_FALSE(member) << name;
    }
    ++cases;
  }
  EXPECT_EQ(cases, 318);
}

TEST(JsonParser, RefusesEveryProperPrefixOfABody) {
  JsonParser parser;
  const std::string body =
      R"({"TableName": "t", "Item": {"a": {"L": [{"N": "1"}, {"S": "\u00e9"}]}}})";
  EXPECT_TRUE(is_json_object(parser, body));
  for (size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(is_json_object(parser, body.substr(0, length))) << length;
  }
}

TEST(JsonParser, SurvivesAnyNesting) {
  JsonParser parser;
  for (const size_t levels : {100u, 600u, 200'000u}) {
    std::string objects, arrays = "{\"a\":";
    for (size_t i = 0; i < levels; ++i) objects += "{\"a\":";
    arrays += std::string(levels, '[');
    EXPECT_FALSE(is_json_object(parser, objects));
    EXPECT_FALSE(is_json_object(parser, arrays));
    EXPECT_FALSE(is_json_object(parser, std::string(levels, '{')));
    const std::string closed = objects + "1" + std::string(levels, '}');
    EXPECT_EQ(is_json_object(parser, closed), levels < 512) << levels;
  }
  EXPECT_TRUE(is_json_object(parser, "{}"));
}

TEST(JsonParser, IsReusedAfterLargeAndAfterBrokenBodies) {
  JsonParser parser;
  const std::string large = "{\"a\":\"" + std::string(5 << 20, 'x') + "\"}";
  EXPECT_TRUE(is_json_object(parser, large));
  EXPECT_FALSE(is_json_object(parser, "{\"a\":"));
  const auto parsed = parser.parse(R"({"a":"b"})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ((*parsed)["a"].get_string().value(), "b");
}

}  // namespace
}  // namespace dynolith::api
