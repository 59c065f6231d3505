#include "api/json/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace dynolith::api {
namespace {

std::string decoded(std::string_view text) {
  std::string bytes;
  decode_base64(text, bytes);
  return bytes;
}

TEST(Base64, WritesAndReads) {
  const struct {
    std::string bytes, text;
  } kCases[] = {{"", ""},         {"f", "Zg=="},           {"fo", "Zm8="},
                {"foo", "Zm9v"},  {"foobar", "Zm9vYmFy"},  {std::string(1, '\0'), "AA=="},
                {"\xff", "/w=="}, {"\xfb\xff\xbf", "+/+/"}};
  for (const auto& [bytes, text] : kCases) {
    std::string out = "before";
    append_base64(out, bytes);
    EXPECT_EQ(out, "before" + text);
    EXPECT_EQ(base64_error(text), std::nullopt) << text;
    EXPECT_EQ(decoded(text), bytes);
  }
}

TEST(Base64, RoundTripsAnyBytes) {
  std::mt19937 random(7);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string text;
    append_base64(text, bytes);
    ASSERT_EQ(base64_error(text), std::nullopt);
    ASSERT_EQ(decoded(text), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotExactlyWritten) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zm9vY"}) {
    EXPECT_EQ(base64_error(text),
              "Base64 encoded length is expected a multiple of 4 bytes but found: " +
                  std::to_string(text.size()));
  }
  for (const std::string_view text : {"Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Z-_A", "Zm 9",
                                      "Zm=v", "\xff\xff\xff\xff", "Zm9\n"}) {
    EXPECT_EQ(base64_error(text), "Invalid last non-pad Base64 character dectected") << text;
  }
}

}  // namespace
}  // namespace dynolith::api
