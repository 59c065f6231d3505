#include "api/json/reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

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

// JSONTestSuite's parsing cases: y_ are JSON, n_ are not, i_ are left to the implementation. Each
// is tried as a whole body and, because a body must be an object, as a member of one.
TEST(JsonParser, TellsJsonFromWhatIsNot) {
  const std::filesystem::path directory =
      std::filesystem::path(DYNOLITH_SOURCE_DIR) / "../shared/data/json/test_parsing";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "no cases in " << directory;
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
