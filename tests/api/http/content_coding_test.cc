#include "api/http/content_coding.h"

#include <gtest/gtest.h>

namespace dynolith::api {
namespace {

using enum ContentCoding;

TEST(ContentCoding, ChoosesAsTheServiceDoes) {
  struct Case {
    std::string_view accept_encoding;
    ContentCoding chosen;
  };
  constexpr Case kCases[] = {
      {"", kIdentity},
      {"gzip", kGzip},
      {"GZip", kGzip},
      {"deflate", kDeflate},
      {"gzip, deflate", kGzip},
      {"deflate, gzip", kDeflate},
      {"br, identity, deflate, gzip", kDeflate},
      {"br", kIdentity},
      {"x-gzip, zstd, compress", kIdentity},
      {"gzip;q=0.2, deflate;q=0.8", kDeflate},
      {",, gzip ,", kGzip},
      {"*", kGzip},
      {"*, gzip;q=0.5", kDeflate},
      {"*, deflate", kDeflate},
      {"*, deflate;q=0.5", kGzip},
      {"*;q=0.5,identity", kGzip},
      {"*;q=0", kIdentity},
      {"gzip;q=0, *", kDeflate},
      {"gzip;q=0.5,identity;q=0.8", kGzip},
      {"identity;q=0", kIdentity},
      {"gzip;q=0", kIdentity},
      {"gzip;q=0.", kIdentity},
      {"gzip;q=0.000", kIdentity},
      {"gzip;q=0;q=1", kIdentity},
      {"gzip;q= 0", kIdentity},
      {"gzip;q =0;q=1", kGzip},
      {"gzip;nq=0", kIdentity},
      {"gzip;q=0, gzip;q=1", kGzip},
      {"gzip;q=0.5, deflate;q=2", kDeflate},
      {"gzip;q=1, deflate;q=2", kGzip},
      {"gzip;q=0.5, deflate;q=0.x", kDeflate},
      {"gzip;q=0.5, deflate;q=0. x", kDeflate},
      {"gzip;q=-1, deflate;q=0.2", kDeflate},
      {"\"gzip\"", kIdentity},
      {"gzip br", kIdentity},
      {"gzip:q=1", kIdentity},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(chosen_coding(test.accept_encoding), test.chosen) << test.accept_encoding;
  }
}

std::string compressed(ContentCoding coding, std::string_view body) {
  std::string out;
  compress(coding, body, out);
  return out;
}

std::string some_text(size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size() * 2654435761u);
  text.resize(size);
  return text;
}

TEST(ContentCoding, ExpandsWhatItCompressed) {
  for (const auto coding : {kGzip, kDeflate}) {
    for (const size_t size : {0, 1, 100, 5000, 300'000}) {
      const auto text = some_text(size);
      std::string out;
      ASSERT_TRUE(expand(coding, compressed(coding, text), 1 << 20, out));
      EXPECT_EQ(out, text);
    }
  }
}

TEST(ContentCoding, StopsAtTheLimit) {
  for (const auto coding : {kGzip, kDeflate}) {
    const auto bomb = compressed(coding, std::string(1 << 20, 'a'));
    std::string out;
    EXPECT_TRUE(expand(coding, bomb, 1 << 20, out));
    EXPECT_EQ(out.size(), size_t{1} << 20);
    EXPECT_FALSE(expand(coding, bomb, (1 << 20) - 1, out));
    EXPECT_LE(out.capacity(), size_t{2} << 20);
  }
}

TEST(ContentCoding, JoinsGzipMembersAndIgnoresWhatFollows) {
  const auto one = compressed(kGzip, "one "), two = compressed(kGzip, "two");
  std::string out;
  ASSERT_TRUE(expand(kGzip, one + two, 100, out));
  EXPECT_EQ(out, "one two");
  ASSERT_TRUE(expand(kGzip, one + "junk", 100, out));
  EXPECT_EQ(out, "one ");
  EXPECT_FALSE(expand(kGzip, one + two.substr(0, two.size() - 1), 100, out));
  EXPECT_FALSE(expand(kDeflate, compressed(kDeflate, "a") + compressed(kDeflate, "b"), 100, out));
}

TEST(ContentCoding, RefusesWhatIsBrokenOrCutOff) {
  for (const auto coding : {kGzip, kDeflate}) {
    const auto whole = compressed(coding, some_text(1000));
    std::string out;
    for (size_t size = 0; size < whole.size(); ++size) {
      ASSERT_FALSE(expand(coding, whole.substr(0, size), 1 << 20, out)) << size;
    }
    auto flipped = whole;
    flipped[flipped.size() - 6] ^= 1;  // In the checksum.
    flipped[flipped.size() - 2] ^= 1;
    EXPECT_FALSE(expand(coding, flipped, 1 << 20, out));
    EXPECT_FALSE(expand(coding, "{\"plain\":1}", 1 << 20, out));
  }
  std::string out;
  EXPECT_FALSE(expand(kDeflate, compressed(kGzip, "a"), 100, out));
}

TEST(ContentCoding, KnowsTheNames) {
  EXPECT_EQ(named_coding(""), kIdentity);
  EXPECT_EQ(named_coding("identity"), kIdentity);
  EXPECT_EQ(named_coding(" GZIP "), kGzip);
  EXPECT_EQ(named_coding("deflate"), kDeflate);
  for (const std::string_view other : {"br", "gzip, gzip", "x-gzip", "gzip;q=1", "aws-chunked"}) {
    EXPECT_EQ(named_coding(other), kUnknown) << other;
  }
}

}  // namespace
}  // namespace dynolith::api
