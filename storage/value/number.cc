// Decimal digits are kept one a byte, zero-filled behind the last one: comparing is a memcmp, and
// numbers of a few digits, which is most of them, cost a few bytes' work each.
#include "storage/value/number.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kTooPrecise =
    "Attempting to store more than 38 significant digits in a Number";

// Of Number::exponent(), which is one more than that of the scientific notation.
constexpr int kExponentMax = kNumberExponentMax + 1;
constexpr int kExponentMin = kNumberExponentMin + 1;
// Longest: a sign, "0.", 129 zeros, 38 digits.
constexpr size_t kTextBytesMax = 1 + 2 + 129 + 38;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error inconvertible(std::string_view text) {
  return request_error("The parameter cannot be converted to a numeric value: " +
                       std::string(text));
}

// The parts of a number's text, before any limit is applied.
struct Scanned {
  bool negative = false;
  bool too_precise = false;
  int digit_count = 0;          // Of `digits`, up to the last one that is not zero.
  int64_t point = 0;            // value = 0.digits x 10^(point + exponent)
  int64_t fraction_digits = 0;  // Written behind the point, zeros too.
  int64_t exponent = 0;         // As written.
  std::array<uint8_t, kNumberDigitsMax> digits{};
};

// Reads digits and point from `text[at]` on; returns where it stopped, or 0 if there was no digit.
size_t scan_mantissa(std::string_view text, size_t at, Scanned& out) {
  bool any = false;
  bool point_seen = false;
  int64_t zeros = 0;  // Since the last digit that is not zero.
  int64_t count = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point_seen) {
      point_seen = true;
      continue;
    }
    if (!is_digit(c)) break;
    any = true;
    if (point_seen) ++out.fraction_digits;
    if (c == '0') {
      if (count > 0) {
        ++zeros;
        if (!point_seen) ++out.point;
      } else if (point_seen) {
        --out.point;
      }
      continue;
    }
    if (!point_seen) ++out.point;
    count += zeros + 1;
    zeros = 0;
    if (count > kNumberDigitsMax) {
      out.too_precise = true;
    } else {
      out.digits[static_cast<size_t>(count - 1)] = static_cast<uint8_t>(c - '0');
      out.digit_count = static_cast<int>(count);
    }
  }
  return any ? at : 0;
}

// Reads "[+-]?digits" from `text[at]` to the end. False if it is malformed or exceeds 64 bits.
bool scan_exponent(std::string_view text, size_t at, int64_t& out) {
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
  if (at == text.size()) return false;
  for (; at < text.size(); ++at) {
    if (!is_digit(text[at])) return false;
    const int64_t digit = text[at] - '0';
    if (__builtin_mul_overflow(out, int64_t{10}, &out)) return false;
    if (__builtin_add_overflow(out, negative ? -digit : digit, &out)) return false;
  }
  return true;
}

bool scan(std::string_view text, Scanned& out) {
  size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) out.negative = text[at++] == '-';
  at = scan_mantissa(text, at, out);
  if (at == 0) return false;
  if (at == text.size()) return true;
  return (text[at] == 'e' || text[at] == 'E') && scan_exponent(text, at + 1, out.exponent);
}

int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

// Compares the magnitudes of numbers that are not zero.
int compare_magnitude(int exponent_a, const uint8_t* digits_a, int exponent_b,
                      const uint8_t* digits_b) {
  if (exponent_a != exponent_b) return exponent_a < exponent_b ? -1 : 1;
  return std::memcmp(digits_a, digits_b, kNumberDigitsMax);
}

}  // namespace

Number::Number(int64_t value) : negative_(value < 0) {
  uint64_t magnitude = negative_ ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::array<uint8_t, 20> reversed;
  int count = 0;
  while (magnitude != 0) {
    reversed[static_cast<size_t>(count++)] = static_cast<uint8_t>(magnitude % 10);
    magnitude /= 10;
  }
  exponent_ = static_cast<int16_t>(count);
  for (int i = 0; i < count; ++i) {
    digits_[static_cast<size_t>(i)] = reversed[static_cast<size_t>(count - 1 - i)];
    if (digits_[static_cast<size_t>(i)] != 0) digit_count_ = static_cast<uint8_t>(i + 1);
  }
}

Result<Number> Number::parse(std::string_view text) {
  // Short plain integers, the usual case. A leading zero goes the long way.
  const bool minus = !text.empty() && text[0] == '-';
  const std::string_view plain = text.substr(minus ? 1 : 0);
  if (!plain.empty() && plain.size() <= kNumberDigitsMax && plain[0] >= '1' && plain[0] <= '9') {
    Number number;
    size_t i = 0;
    size_t last = 0;
    for (; i < plain.size() && is_digit(plain[i]); ++i) {
      const auto digit = static_cast<uint8_t>(plain[i] - '0');
      number.digits_[i] = digit;
      if (digit != 0) last = i;
    }
    if (i == plain.size()) {
      number.negative_ = minus;
      number.exponent_ = static_cast<int16_t>(i);
      number.digit_count_ = static_cast<uint8_t>(last + 1);
      return number;
    }
  }

  Scanned scanned;
  if (!scan(text, scanned)) return inconvertible(text);
  if (scanned.digit_count == 0) {
    const int64_t exponent = saturating_add(scanned.exponent, -scanned.fraction_digits);
    if (exponent > kNumberExponentMax) return request_error(std::string(kOverflow));
    if (exponent < kNumberExponentMin) return request_error(std::string(kUnderflow));
    return Number();
  }
  const int64_t exponent = saturating_add(scanned.exponent, scanned.point);
  if (exponent > kExponentMax) return request_error(std::string(kOverflow));
  if (exponent < kExponentMin) return request_error(std::string(kUnderflow));
  if (scanned.too_precise) return request_error(std::string(kTooPrecise));
  Number number;
  number.negative_ = scanned.negative;
  number.digit_count_ = static_cast<uint8_t>(scanned.digit_count);
  number.exponent_ = static_cast<int16_t>(exponent);
  number.digits_ = scanned.digits;
  return number;
}

std::string Number::to_text() const {
  std::string text;
  append_text(text);
  return text;
}

void Number::append_text(std::string& out) const {
  if (is_zero()) {
    out += '0';
    return;
  }
  std::array<char, kTextBytesMax> text;
  char* end = text.data();
  const auto put_digits = [&](int first, int last) {
    for (int i = first; i < last; ++i) *end++ = static_cast<char>('0' + digit(i));
  };
  const auto put_zeros = [&](int count) {
    std::memset(end, '0', static_cast<size_t>(count));
    end += count;
  };
  if (negative_) *end++ = '-';
  const int count = digit_count_;
  if (exponent_ >= count) {
    put_digits(0, count);
    put_zeros(exponent_ - count);
  } else if (exponent_ > 0) {
    put_digits(0, exponent_);
    *end++ = '.';
    put_digits(exponent_, count);
  } else {
    *end++ = '0';
    *end++ = '.';
    put_zeros(-exponent_);
    put_digits(0, count);
  }
  out.append(text.data(), static_cast<size_t>(end - text.data()));
}

std::optional<int64_t> Number::to_int64() const {
  if (digit_count_ > exponent_) return is_zero() ? std::optional<int64_t>(0) : std::nullopt;
  if (exponent_ > 19) return std::nullopt;
  int64_t value = 0;
  for (int i = 0; i < exponent_; ++i) {
    // Built on the negative side, which reaches one further.
    if (__builtin_mul_overflow(value, int64_t{10}, &value)) return std::nullopt;
    if (__builtin_sub_overflow(value, int64_t{digit(i)}, &value)) return std::nullopt;
  }
  if (negative_) return value;
  if (value == std::numeric_limits<int64_t>::min()) return std::nullopt;
  return -value;
}

Result<Number> Number::add(const Number& other) const {
  if (other.is_zero()) return *this;
  if (is_zero()) return other;

  const Number* larger = this;
  const Number* smaller = &other;
  if (compare_magnitude(exponent_, digits_.data(), other.exponent_, other.digits_.data()) < 0) {
    std::swap(larger, smaller);
  }
  const bool subtracting = larger->negative_ != smaller->negative_;

  // The sum stands in sum[0..span], sum[0] taking the carry, sum[1] at the larger one's first
  // digit. If more than 39 places lie between the first digit and the last one, then the last comes
  // from one operand alone, is not zero, and at most one leading place can cancel: over 38 digits.
  constexpr int kSpanMax = kNumberDigitsMax + 1;
  const int last_place = std::min(larger->exponent_ - larger->digit_count_,
                                  smaller->exponent_ - smaller->digit_count_);
  const int span = larger->exponent_ - last_place;
  if (span > kSpanMax) return validation_error(std::string(kOverflow));
  std::array<int, kSpanMax + 1> sum{};
  for (int i = 0; i < larger->digit_count_; ++i) sum[static_cast<size_t>(i + 1)] = larger->digit(i);
  const int shift = larger->exponent_ - smaller->exponent_ + 1;
  for (int i = 0; i < smaller->digit_count_; ++i) {
    sum[static_cast<size_t>(i + shift)] +=
        subtracting ? -int{smaller->digit(i)} : smaller->digit(i);
  }
  for (size_t i = static_cast<size_t>(span); i > 0; --i) {
    const int carry = sum[i] > 9 ? 1 : sum[i] < 0 ? -1 : 0;
    sum[i] -= 10 * carry;
    sum[i - 1] += carry;
  }

  int first = 0;
  while (first <= span && sum[static_cast<size_t>(first)] == 0) ++first;
  if (first > span) return Number();
  int last = span;
  while (sum[static_cast<size_t>(last)] == 0) --last;
  const int count = last - first + 1;
  const int exponent = larger->exponent_ + 1 - first;
  if (exponent > kExponentMax || count > kNumberDigitsMax) {
    return validation_error(std::string(kOverflow));
  }
  if (exponent < kExponentMin) return validation_error(std::string(kUnderflow));
  Number result;
  result.negative_ = larger->negative_;
  result.digit_count_ = static_cast<uint8_t>(count);
  result.exponent_ = static_cast<int16_t>(exponent);
  for (int i = 0; i < count; ++i) {
    result.digits_[static_cast<size_t>(i)] =
        static_cast<uint8_t>(sum[static_cast<size_t>(first + i)]);
  }
  return result;
}

Result<Number> Number::subtract(const Number& other) const {
  Number negated = other;
  negated.negative_ = !other.negative_ && !other.is_zero();
  return add(negated);
}

size_t Number::item_bytes() const {
  if (is_zero()) return 1;
  const int integer_digits = std::clamp<int>(exponent_, 0, digit_count_);
  const int fraction_digits = digit_count_ - integer_digits;
  return static_cast<size_t>(1 + (integer_digits + 1) / 2 + (fraction_digits + 1) / 2 +
                             (negative_ ? 1 : 0));
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  const auto sign = [](const Number& n) { return n.is_zero() ? 0 : n.negative_ ? -1 : 1; };
  const int this_sign = sign(*this);
  if (const auto order = this_sign <=> sign(other); order != 0 || this_sign == 0) return order;
  const int magnitude =
      compare_magnitude(exponent_, digits_.data(), other.exponent_, other.digits_.data());
  return (this_sign > 0 ? magnitude : -magnitude) <=> 0;
}

}  // namespace dynolith::storage
