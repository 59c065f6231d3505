#include "api/json/classic_number.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace dynolith::api {

namespace {

bool fits_int32(int64_t value) {
  return value >= std::numeric_limits<int32_t>::min() &&
         value <= std::numeric_limits<int32_t>::max();
}

// Digits from the first that is not zero on; at least one.
int64_t precision_of(std::string_view mantissa) {
  int64_t digits = 0;
  for (const char c : mantissa) {
    if (c >= '0' && c <= '9' && (digits > 0 || c != '0')) ++digits;
  }
  return std::max<int64_t>(digits, 1);
}

}  // namespace

std::optional<storage::Error> classic_number_error(std::string_view text) {
  if (text.empty()) {
    return storage::request_error("The parameter cannot be converted to a numeric value");
  }
  const size_t mark = text.find_first_of("eE");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view mantissa = text.substr(0, mark);
  std::string_view digits = text.substr(mark + 1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int64_t exponent = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;

  const size_t point = mantissa.find('.');
  const auto fraction_digits =
      point == std::string_view::npos ? 0 : static_cast<int64_t>(mantissa.size() - point - 1);
  if (!fits_int32(exponent) || !fits_int32(fraction_digits - exponent)) {
    return storage::request_error("The parameter cannot be converted to a numeric value: " +
                                  std::string(text));
  }
  // The magnitude wraps around there, so the largest exponents look like the smallest.
  if (fits_int32(precision_of(mantissa) - (fraction_digits - exponent))) return std::nullopt;
  return storage::request_error(
      "Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

}  // namespace dynolith::api
