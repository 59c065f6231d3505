#include "storage/value/number.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/support/random_item.h"

namespace dynolith::storage {
namespace {

constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kTooPrecise =
    "Attempting to store more than 38 significant digits in a Number";

const std::string kNines(38, '9');

// The canonical text of a number, or the error's message.
std::string read(std::string_view text) {
  const auto number = Number::parse(text);
  return number.ok() ? number->to_text() : number.error().message;
}

Number number(std::string_view text) {
  auto parsed = Number::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : Number();
}

std::string zeros(size_t count) { return std::string(count, '0'); }

TEST(Number, ReadsAndPrintsCanonically) {
  const std::pair<std::string, std::string> cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"+0", "0"},
      {"0.000", "0"},
      {"00", "0"},
      {"1", "1"},
      {"-1", "-1"},
      {"+5", "5"},
      {".5", "0.5"},
      {"5.", "5"},
      {"-.5", "-0.5"},
      {"1.e5", "100000"},
      {".5e1", "5"},
      {"5.E-1", "0.5"},
      {"001000", "1000"},
      {"+1000", "1000"},
      {"1000.0", "1000"},
      {"1e3", "1000"},
      {"1E+3", "1000"},
      {"1e0000000000000000000000003", "1000"},
      {"100", "100"},
      {"10203040506070809", "10203040506070809"},
      {"12.50", "12.5"},
      {"0.0012300", "0.00123"},
      {"123.456e-2", "1.23456"},
      {"123.456e2", "12345.6"},
      {"123.456e10", "1234560000000"},
      {"9223372036854775807", "9223372036854775807"},
      {kNines, kNines},
      {"-" + kNines, "-" + kNines},
      {"1e125", "1" + zeros(125)},
      {"1e-130", "0." + zeros(129) + "1"},
      {kNines + "e88", kNines + zeros(88)},
      {kNines.substr(1) + "8e-167", "0." + zeros(129) + kNines.substr(1) + "8"},
  };
  for (const auto& [text, canonical] : cases) EXPECT_EQ(read(text), canonical) << text;
}

TEST(Number, RefusesWhatIsNotANumber) {
  for (const std::string text : {"",
                                 " ",
                                 "+",
                                 "-",
                                 ".",
                                 "-.",
                                 "e",
                                 "e5",
                                 "+e2",
                                 "1e",
                                 "1e+",
                                 "1e-",
                                 "1e.5",
                                 "1e5.0",
                                 "1 ",
                                 " 1",
                                 "1 2",
                                 "1+2",
                                 "1.2.3",
                                 "1..2",
                                 "--1",
                                 "+-1",
                                 "0x10",
                                 "1_000",
                                 "1,000",
                                 "NaN",
                                 "Infinity",
                                 "-inf",
                                 "1e5e5",
                                 "1f",
                                 "\xd9\xa1",
                                 "1e9223372036854775808",
                                 "1e-9223372036854775809",
                                 "0e99999999999999999999"}) {
    const auto parsed = Number::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().message,
              "The parameter cannot be converted to a numeric value: " + text);
    EXPECT_EQ(parsed.error().code, ErrorCode::kValidation);
    EXPECT_EQ(parsed.error().scope, ErrorScope::kRequest);
  }
  EXPECT_FALSE(Number::parse(std::string_view("1\0", 2)).ok());
}

TEST(Number, CountsSignificantDigitsOnly) {
  EXPECT_EQ(read(kNines + "9"), kTooPrecise);
  EXPECT_EQ(read("1" + zeros(37) + "1"), kTooPrecise);
  EXPECT_EQ(read("1." + zeros(37) + "1"), kTooPrecise);
  EXPECT_EQ(read("1" + zeros(36) + "1"), "1" + zeros(36) + "1");
  EXPECT_EQ(read(zeros(100) + kNines + zeros(80)), kNines + zeros(80));
  EXPECT_EQ(read(zeros(100) + "." + zeros(60) + kNines + zeros(500)), "0." + zeros(60) + kNines);
  EXPECT_EQ(read(kNines + "." + zeros(100)), kNines);
}

TEST(Number, ChecksTheRangeFromBothSides) {
  const std::pair<std::string, std::string_view> refused[] = {
      {"1e126", kOverflow},
      {"-1e126", kOverflow},
      {"11e125", kOverflow},
      {"1" + zeros(126), kOverflow},
      {"1e2147483648", kOverflow},
      {"1e99999999999", kOverflow},
      {"1.0e100000000", kOverflow},
      {"1e9223372036854775807", kOverflow},
      {"10e9223372036854775807", kOverflow},
      {"1e-131", kUnderflow},
      {"-1e-131", kUnderflow},
      {"0.9e-130", kUnderflow},
      {"0." + zeros(130) + "1", kUnderflow},
      {"1e-9223372036854775808", kUnderflow},
      {"0.01e-9223372036854775808", kUnderflow},
      {"0e126", kOverflow},
      {"0e-131", kUnderflow},
      {"0.0e127", kOverflow},
      {"0.0e-130", kUnderflow},
      {"0." + zeros(131), kUnderflow},
      {"0.0e-9223372036854775808", kUnderflow},
      // The range is complained of before the precision.
      {kNines + "9e100", kOverflow},
      {kNines + "9e-200", kUnderflow},
  };
  for (const auto& [text, message] : refused) {
    const auto parsed = Number::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().message, message) << text;
    EXPECT_EQ(parsed.error().scope, ErrorScope::kRequest);
  }
  for (const char* text : {"1e125", "9.9e125", "0.1e126", "99e124", "-9.9e125", "1e-130",
                           "0.1e-129", "10e-131", "0e125", "0.0e126", "0e-130", "0.0e-129"}) {
    EXPECT_TRUE(Number::parse(text).ok()) << text;
  }
  EXPECT_EQ(read("0." + zeros(130)), "0");
}

TEST(Number, ConvertsToAndFromInt64) {
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{10}, int64_t{-100}, int64_t{1020},
        std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
    EXPECT_EQ(Number(value).to_text(), std::to_string(value));
    EXPECT_EQ(Number(value), number(std::to_string(value)));
    EXPECT_EQ(Number(value).to_int64(), value);
  }
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "1e19", "1e125", "0.5",
                           "-1.5", "1e-130", "99999999999999999999"}) {
    EXPECT_EQ(number(text).to_int64(), std::nullopt) << text;
  }
}

TEST(Number, CountsItsBytesInAnItem) {
  const std::pair<std::string, size_t> cases[] = {
      {"0", 1},       {"1", 2},        {"-1", 3},    {"10", 2},
      {"100", 2},     {"12", 2},       {"123", 3},   {"123456", 4},
      {"3.14159", 5}, {"-3.14159", 6}, {"1e125", 2}, {"0.001", 2},
      {"0.0012", 2},  {"0.00123", 3},  {"100.5", 4}, {"1e-130", 2},
      {"-0.5", 3},    {"1020", 3},     {kNines, 20}, {"-" + kNines, 21},
      {"1.0000", 2},  {"1000.0", 2},   {"9.9", 3},   {kNines.substr(0, 37) + "." + "9", 21},
  };
  for (const auto& [text, bytes] : cases) EXPECT_EQ(number(text).item_bytes(), bytes) << text;
}

TEST(Number, ComparesByValue) {
  const std::string ascending[] = {"-9e125", "-1e125", "-11",   "-10.5",   "-10",  "-9.99",
                                   "-1",     "-0.1",   "-0.09", "-1e-130", "0",    "1e-130",
                                   "0.09",   "0.1",    "1",     "1.00001", "9.99", "10",
                                   "10.5",   "11",     "100",   "1e125",   "9e125"};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(number(ascending[i]) <=> number(ascending[j]), i <=> j)
          << ascending[i] << " " << ascending[j];
    }
  }
  EXPECT_EQ(number("1"), number("1.000"));
  EXPECT_EQ(number("1e3"), number("1000"));
  EXPECT_NE(number("900719925474099301"), number("900719925474099302"));
}

// An independent arithmetic: signed decimals as 300 digits behind one another, lowest first, from
// 10^-170 on. Subtraction adds the complement.
class Reference {
 public:
  explicit Reference(std::string_view text) {
    const bool negative = text[0] == '-';
    if (negative) text.remove_prefix(1);
    const size_t point = std::min(text.find('.'), text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      if (i == point) continue;
      const size_t place = i < point ? kPoint + point - 1 - i : kPoint + point - i;
      digits_[place] = text[i] - '0';
    }
    if (negative) negate();
  }

  void add(const Reference& other) {
    int carry = 0;
    for (size_t i = 0; i < kPlaces; ++i) {
      const int sum = digits_[i] + other.digits_[i] + carry;
      digits_[i] = sum % 10;
      carry = sum / 10;
    }
  }
  void negate() {
    int carry = 1;
    for (int& digit : digits_) {
      const int complement = 9 - digit + carry;
      digit = complement % 10;
      carry = complement / 10;
    }
  }

  // What Number should answer: the text or the message.
  std::string outcome() const {
    Reference magnitude = *this;
    const bool negative = digits_.back() == 9;
    if (negative) magnitude.negate();
    const auto& digits = magnitude.digits_;
    size_t low = 0;
    while (low < kPlaces && digits[low] == 0) ++low;
    if (low == kPlaces) return "0";
    size_t high = kPlaces - 1;
    while (digits[high] == 0) --high;
    if (high > kPoint + 125 || high - low + 1 > 38) return std::string(kOverflow);
    if (high < kPoint - 130) return std::string(kUnderflow);
    std::string text = negative ? "-" : "";
    for (size_t i = std::max(high, kPoint) + 1; i-- > std::min(low, kPoint);) {
      text += static_cast<char>('0' + digits[i]);
      if (i == kPoint && low < kPoint) text += '.';
    }
    return text;
  }

 private:
  static constexpr size_t kPlaces = 300;
  static constexpr size_t kPoint = 170;  // The place of the ones.
  std::array<int, kPlaces> digits_{};
};

void expect_exact_arithmetic(const Number& a, const Number& b) {
  const std::string text_a = a.to_text();
  const std::string text_b = b.to_text();
  const auto outcome = [](const Result<Number>& result) {
    return result.ok() ? result->to_text() : result.error().message;
  };
  Reference sum(text_a);
  sum.add(Reference(text_b));
  EXPECT_EQ(outcome(a.add(b)), sum.outcome()) << text_a << " + " << text_b;
  Reference negated(text_b);
  negated.negate();
  Reference difference(text_a);
  difference.add(negated);
  EXPECT_EQ(outcome(a.subtract(b)), difference.outcome()) << text_a << " - " << text_b;
}

TEST(Number, AddsAndSubtractsExactly) {
  const std::string operands[] = {"0",
                                  "1",
                                  "-1",
                                  "5",
                                  "0.5",
                                  "10",
                                  "1e37",
                                  "1e38",
                                  "1e39",
                                  "1e50",
                                  "1e125",
                                  "9e125",
                                  "9e124",
                                  "1e-130",
                                  "1.1e-130",
                                  "-1e-130",
                                  "1e-40",
                                  "1e-37",
                                  "1e-38",
                                  kNines,
                                  "-" + kNines,
                                  kNines + "e88",
                                  kNines + "e-167",
                                  "0." + kNines,
                                  "5e37",
                                  "1e-92",
                                  "1" + zeros(36) + "1"};
  for (const std::string& a : operands) {
    for (const std::string& b : operands) expect_exact_arithmetic(number(a), number(b));
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 3000; ++i) {
    const Number a = test::random_number(random);
    expect_exact_arithmetic(a, test::random_number(random));
    // Near the first one, where digits cancel.
    if (const auto near = a.add(Number(static_cast<int64_t>(random() % 1000)))) {
      expect_exact_arithmetic(a, *near);
    }
  }
}

TEST(Number, WordsArithmeticErrorsAsTheTableAndNotTheRequestWould) {
  const auto too_large = number("1e50").add(number("1"));
  ASSERT_FALSE(too_large.ok());
  EXPECT_EQ(too_large.error().message, kOverflow);
  EXPECT_EQ(too_large.error().scope, ErrorScope::kTable);
  const auto too_small = number("1.1e-130").subtract(number("1e-130"));
  ASSERT_FALSE(too_small.ok());
  EXPECT_EQ(too_small.error().message, kUnderflow);
  EXPECT_EQ(too_small.error().scope, ErrorScope::kTable);
}

TEST(Number, SurvivesItsText) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 5000; ++i) {
    const Number original = test::random_number(random);
    const Number again = number(original.to_text());
    EXPECT_EQ(again, original);
    EXPECT_EQ(again.to_text(), original.to_text());
  }
}

}  // namespace
}  // namespace dynolith::storage
