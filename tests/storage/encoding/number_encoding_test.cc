#include "storage/encoding/number_encoding.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/random_item.h"

namespace dynolith::storage {
namespace {

std::string encoded(const Number& number) {
  std::string bytes;
  append_number(bytes, number);
  return bytes;
}

Number number(std::string_view text) {
  auto parsed = Number::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : Number();
}

std::vector<Number> sample() {
  const std::string nines(38, '9');
  std::vector<Number> numbers;
  for (const std::string text :
       {"0",    "1",     "10",    "100",   "1.1",    "1.01",     "1.001", "9",    "9.9",
        "99",   "99.99", "100.1", "12",    "12.5",   "123",      "0.1",   "0.01", "0.001",
        "0.12", "0.99",  "1e125", "9e125", "1e-130", "1.1e-130", "1e-129"}) {
    numbers.push_back(number(text));
    numbers.push_back(number("-" + text));
  }
  for (const std::string& text : {nines, nines + "e88", nines + "e-167", nines.substr(1)}) {
    numbers.push_back(number(text));
    numbers.push_back(number("-" + text));
  }
  std::mt19937_64 random(3);
  for (int i = 0; i < 400; ++i) numbers.push_back(test::random_number(random));
  return numbers;
}

TEST(NumberEncoding, IsReadAsAnInteger) {
  std::vector<Number> numbers = sample();
  for (const int64_t value :
       {int64_t{1}, int64_t{7}, int64_t{10}, int64_t{123}, int64_t{1700000000000},
        int64_t{99999999999999999}, int64_t{100000000000000000}, int64_t{999999999999999999},
        int64_t{1000000000000000000}, std::numeric_limits<int64_t>::max(),
        std::numeric_limits<int64_t>::min()}) {
    numbers.emplace_back(value);
    if (value > 0) numbers.emplace_back(-value);
  }
  numbers.push_back(number("9223372036854775808"));
  numbers.push_back(number("-9223372036854775809"));
  numbers.push_back(number("1e18"));
  numbers.push_back(number("1e19"));
  for (const Number& each : numbers)
    EXPECT_EQ(encoded_number_to_int64(encoded(each)), each.to_int64()) << each.to_text();
}

TEST(NumberEncoding, IsWrittenAsDocumented) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"0", std::string_view("\x02")},
      {"12.5", std::string_view("\x03\x83\x0d\x33\x00", 5)},
      {"-12.5", std::string_view("\x01\x7c\x58\x32\x66")},
      {"1", std::string_view("\x03\x82\x0b\x00", 4)},
      {"1e-130", std::string_view("\x03\x00\x0b\x00", 4)},
      {"1e125", std::string_view("\x03\xff\x0b\x00", 4)},
      {"-9.9e125", std::string_view("\x01\x00\x01\x66", 4)},
  };
  for (const auto& [text, bytes] : cases) EXPECT_EQ(encoded(number(text)), bytes) << text;
  EXPECT_EQ(encoded(number("-" + std::string(38, '1'))).size(), kEncodedNumberBytesMax);
}

TEST(NumberEncoding, SortsAsNumbersDoAndIsPrefixFree) {
  const std::vector<Number> numbers = sample();
  for (const Number& a : numbers) {
    const std::string bytes_a = encoded(a);
    for (const Number& b : numbers) {
      const std::string bytes_b = encoded(b);
      EXPECT_EQ(bytes_a <=> bytes_b, a <=> b) << a.to_text() << " " << b.to_text();
      EXPECT_EQ(bytes_a.starts_with(bytes_b), a == b) << a.to_text() << " " << b.to_text();
    }
  }
}

TEST(NumberEncoding, IsReadBack) {
  for (const Number& original : sample()) {
    const std::string bytes = encoded(original);
    EXPECT_EQ(Number::decode(bytes).to_text(), original.to_text());
    std::string text = "n=";
    append_number_text(text, bytes);
    EXPECT_EQ(text, "n=" + original.to_text());
    EXPECT_EQ(encoded_number_item_bytes(bytes), original.item_bytes()) << original.to_text();
    EXPECT_EQ(encoded_number_length(bytes), bytes.size());
    EXPECT_EQ(encoded_number_length(bytes + "\x07more"), bytes.size());
  }
}

TEST(NumberEncoding, RefusesEverythingElse) {
  for (const Number& original : sample()) {
    const std::string bytes = encoded(original);
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(encoded_number_length(std::string_view(bytes).substr(0, size)), 0u);
    }
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int flip = 1; flip < 256; ++flip) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ flip);
        const size_t length = encoded_number_length(changed);
        if (length == 0) continue;
        changed.resize(length);
        EXPECT_EQ(encoded(Number::decode(changed)), changed);
      }
    }
  }
  const std::string pairs(20, '\x0b');
  for (const std::string& bytes : {
           std::string("\x00", 1), std::string("\x04\x80\x0b\x00", 4),
           std::string("\x03\x80\x00", 3),          // No digits.
           std::string("\x03\x80\x05\x00", 4),      // A leading zero.
           std::string("\x03\x80\x0b\x01\x00", 5),  // A pair of zeros at the end.
           std::string("\x03\x80\x65\x00", 4),      // 100 in one pair.
           std::string("\x01\x80\x5b\x00", 4),      // The wrong end.
           std::string("\x03\x80" + pairs + '\0'),  // 40 digits.
       }) {
    EXPECT_EQ(encoded_number_length(bytes), 0u);
  }
}

}  // namespace
}  // namespace dynolith::storage
