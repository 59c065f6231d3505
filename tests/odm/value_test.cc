// Moments as ISO 8601 text.
#include "odm/value.h"

#include <gtest/gtest.h>

namespace dynolith::odm {
namespace {

TEST(IsoText, IsWrittenAndReadBack) {
  const std::pair<int64_t, std::string_view> cases[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {1, "1970-01-01T00:00:00.001Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {-86'400'000, "1969-12-31T00:00:00.000Z"},
      {951'782'400'000, "2000-02-29T00:00:00.000Z"},
      {1'795'258'177'209, "2026-11-21T10:49:37.209Z"},
      {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
      {-62'167'219'200'000, "0000-01-01T00:00:00.000Z"},
  };
  for (const auto& [ms, text] : cases) {
    EXPECT_EQ(to_iso_text(timestamp_of_ms(ms)), text);
    EXPECT_EQ(parse_iso_text(text), timestamp_of_ms(ms)) << text;
  }
}

TEST(IsoText, IsReadInItsOtherForms) {
  const std::pair<std::string_view, int64_t> cases[] = {
      {"1970-01-01T00:00:01Z", 1000},     {"1970-01-01t00:00:01z", 1000},
      {"1970-01-01 00:00:01Z", 1000},     {"1970-01-01T00:00:00.5Z", 500},
      {"1970-01-01T00:00:00.05Z", 50},    {"1970-01-01T00:00:00.123456789Z", 123},
      {"1970-01-01T00:00:00.1239Z", 123}, {"1970-01-01T01:00:00+01:00", 0},
      {"1970-01-01T01:00:00+0100", 0},    {"1969-12-31T18:30:00.000-05:30", 0},
      {"1970-01-01T00:00:00-00:00", 0},
  };
  for (const auto& [text, ms] : cases) EXPECT_EQ(parse_iso_text(text), timestamp_of_ms(ms)) << text;
}

TEST(IsoText, WhatIsNoMomentIsRefused) {
  for (const std::string_view text : {"",
                                      "now",
                                      "1970",
                                      "1970-01-01",
                                      "1970-01-01T00:00",
                                      "1970-01-01T00:00:00",
                                      "1970-13-01T00:00:00Z",
                                      "1970-00-01T00:00:00Z",
                                      "1970-02-30T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "1970-01-01T24:00:00Z",
                                      "1970-01-01T00:60:00Z",
                                      "1970-01-01T00:00:60Z",
                                      "1970-01-01T00:00:00.Z",
                                      "1970-01-01T00:00:00.1234567890Z",
                                      "1970-01-01T00:00:00Zx",
                                      "1970-01-01T00:00:00+24:00",
                                      "1970-01-01T00:00:00+01",
                                      "1970-01-01T00:00:00+01:60",
                                      "-1970-01-01T00:00:00Z",
                                      "1970-1-1T00:00:00Z",
                                      "10000-01-01T00:00:00Z",
                                      " 1970-01-01T00:00:00Z",
                                      "1970-01-01T0a:00:00Z"})
    EXPECT_EQ(parse_iso_text(text), std::nullopt) << text;
}

}  // namespace
}  // namespace dynolith::odm
