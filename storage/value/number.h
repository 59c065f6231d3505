// DynamoDB's Number: up to 38 significant decimal digits, magnitude 1E-130 to 9.99...E+125, or
// zero. Exact: never through double. Facts: "Naming rules and data types", Number, in the AWS
// guide.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/result.h"

namespace dynolith::storage {

class Number {
 public:
  Number() = default;  // Zero.
  explicit Number(int64_t value);

  // Reads `[+-]?(digits[.digits?]|.digits)([eE][+-]?digits)?`.
  // Errors (scope kRequest, the service's words): cannot be converted, more than 38 significant
  // digits, overflow, underflow. Zero is range-checked by its written exponent less its fraction
  // digits; other values by magnitude.
  static Result<Number> parse(std::string_view text);

  // Reads the order-preserving bytes of encoding/number_encoding.h, where it is defined too.
  // Needs: valid bytes.
  static Number decode(std::string_view encoded);

  // Canonical text: plain decimal, no exponent, no superfluous zeros, never "-0".
  std::string to_text() const;
  void append_text(std::string& out) const;

  // The value as an int64, or nullopt if it has a fraction or does not fit.
  std::optional<int64_t> to_int64() const;

  // Exact. Errors: "Number overflow..." if the result needs more than 38 digits or is too large
  // (kTable scope), "Number underflow..." if too small.
  Result<Number> add(const Number& other) const;
  Result<Number> subtract(const Number& other) const;

  // Bytes that the number counts for in an item: of its significant digits, one for every two begun
  // before the point and every two begun behind it, and one more, and one if it is negative; zero
  // counts 1.
  size_t item_bytes() const;

  bool is_zero() const { return digit_count_ == 0; }
  bool is_negative() const { return negative_; }
  // value = 0.d1 d2 ... dn x 10^exponent(), d1 and dn not zero.
  int exponent() const { return exponent_; }
  int digit_count() const { return digit_count_; }
  uint8_t digit(int i) const { return digits_[static_cast<size_t>(i)]; }

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const { return (*this <=> other) == 0; }

 private:
  bool negative_ = false;
  uint8_t digit_count_ = 0;
  int16_t exponent_ = 0;
  std::array<uint8_t, 38> digits_{};  // Zero behind the last digit.
};

}  // namespace dynolith::storage
