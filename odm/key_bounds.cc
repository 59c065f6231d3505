#include "odm/key_bounds.h"

#include <algorithm>

#include "storage/limits.h"

namespace dynolith::odm {
namespace {

using storage::AttributeType;
using storage::KeyOperator;

constexpr size_t kTextMax = storage::kSortKeyBytesMax;

bool begins_character(char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }

// At most kTextMax bytes of it, whole characters.
std::string_view fitting(std::string_view text) {
  if (text.size() <= kTextMax) return text;
  size_t size = kTextMax;
  while (size > 0 && !begins_character(text[size])) --size;
  return text.substr(0, size);
}

std::string joined(std::string_view a, std::string_view b, std::string_view c = {}) {
  std::string text;
  text.reserve(a.size() + b.size() + c.size());
  return text.append(a).append(b).append(c);
}

// A number that is not negative, cut into what is before the point and whether anything is behind.
struct WholePart {
  bool is_negative = false;
  bool has_fraction = false;
  std::string digits;  // Without zeros in front: "0" is "".
};

std::optional<WholePart> whole_part(const storage::ValueView& value) {
  if (value.type() != AttributeType::kNumber) return std::nullopt;
  std::string text = value.number().to_text();
  WholePart part;
  part.is_negative = text.starts_with('-');
  if (part.is_negative) text.erase(0, 1);
  const size_t point = text.find('.');
  part.has_fraction = point != std::string::npos;
  part.digits = text.substr(0, point);
  if (!std::all_of(part.digits.begin(), part.digits.end(),
                   [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  part.digits.erase(0, std::min(part.digits.find_first_not_of('0'), part.digits.size()));
  return part;
}

std::string padded(const std::string& digits, size_t width) {
  return std::string(width - digits.size(), '0') + digits;
}

// False: it was all nines.
bool increment(std::string& digits) {
  for (size_t i = digits.size(); i-- > 0;) {
    if (digits[i] != '9') {
      ++digits[i];
      return true;
    }
    digits[i] = '0';
  }
  return false;
}

// False: it was zero.
bool decrement(std::string& digits) {
  for (size_t i = digits.size(); i-- > 0;) {
    if (digits[i] != '0') {
      --digits[i];
      return true;
    }
    digits[i] = '9';
  }
  return false;
}

// The least whole number that is at least (`beyond`: above) the operand. False: there is none of
// that width.
bool lower_digits(const WholePart& part, size_t width, bool beyond, TextBounds& bounds) {
  if (part.is_negative) return true;
  if (part.digits.size() > width) return false;
  std::string digits = padded(part.digits, width);
  if ((beyond || part.has_fraction) && !increment(digits)) return false;
  bounds.low = std::move(digits);
  return true;
}

bool upper_digits(const WholePart& part, size_t width, bool below, TextBounds& bounds) {
  if (part.is_negative) return false;
  if (part.digits.size() > width) return true;
  std::string digits = padded(part.digits, width);
  if (below && !part.has_fraction && !decrement(digits)) return false;
  bounds.high = std::move(digits);
  return true;
}

bool has_lower(KeyOperator op) {
  return op == KeyOperator::kGreater || op == KeyOperator::kGreaterOrEqual ||
         op == KeyOperator::kBetween;
}
bool has_upper(KeyOperator op) {
  return op == KeyOperator::kLess || op == KeyOperator::kLessOrEqual || op == KeyOperator::kBetween;
}

// Whether all keys that go on with the separator stand before one that goes on with `rest`.
bool stands_before(std::string_view following, std::string_view rest) {
  return following.empty() || (following < rest && !rest.starts_with(following));
}

// The greatest key of a member that is at most `operand`. A member that is a beginning of the
// operand may stand behind it: "x#" > "x!#".
std::string upper_bound(const MemberPlace& place, std::string_view operand, bool is_below) {
  std::string greatest(fitting(joined(place.prefix, operand)));
  for (size_t n = 1; n <= operand.size(); ++n) {
    if (n < operand.size() && !begins_character(operand[n])) continue;
    if (n == operand.size() && is_below) continue;
    if (n < operand.size() && stands_before(place.following, operand.substr(n))) continue;
    const std::string key = joined(place.prefix, operand.substr(0, n), place.following);
    greatest = std::max(greatest, place.is_last ? std::string(fitting(key)) : greatest_text(key));
  }
  return greatest;
}

// Whether text that begins with `prefix` may begin so only because of the separator behind a
// shorter member.
bool may_reach_separator(std::string_view prefix, std::string_view following) {
  for (size_t n = 1; n <= std::min(prefix.size(), following.size()); ++n)
    if (prefix.ends_with(following.substr(0, n))) return true;
  return false;
}

TextRange prefix_range(const MemberPlace& place, std::string_view low) {
  TextRange range;
  if (low.empty()) return range;
  if (!place.following.empty() && low.find(place.following) != std::string_view::npos) {
    range.is_empty = true;  // No member holds its separator.
    return range;
  }
  range.needs_test = may_reach_separator(low, place.following);
  range.begins_with = joined(place.prefix, low);
  range.is_empty = range.begins_with->size() > kTextMax;
  return range;
}

}  // namespace

std::string greatest_text(std::string_view prefix) {
  // Of as many bytes as are left, the greatest characters of four, three, two bytes and one.
  std::string text(fitting(prefix));
  while (text.size() + 4 <= kTextMax) text.append("\xF4\x8F\xBF\xBF");
  switch (kTextMax - text.size()) {
    case 3:
      return text.append("\xEF\xBF\xBF");
    case 2:
      return text.append("\xDF\xBF");
    case 1:
      return text.append("\x7F");
    default:
      return text;
  }
}

std::optional<DigitBounds> digit_bounds(size_t width, KeyOperator op, const EncodedValue& value,
                                        const std::optional<EncodedValue>& second) {
  const std::optional<WholePart> first = whole_part(value.view());
  const std::optional<WholePart> last = second ? whole_part(second->view()) : first;
  if (!first || !last) return std::nullopt;
  DigitBounds result;
  if (has_lower(op) && !lower_digits(*first, width, op == KeyOperator::kGreater, result.bounds))
    result.is_empty = true;
  if (has_upper(op) && !upper_digits(*last, width, op == KeyOperator::kLess, result.bounds))
    result.is_empty = true;
  if (result.bounds.low && result.bounds.high && *result.bounds.low > *result.bounds.high)
    result.is_empty = true;
  return result;
}

TextBounds composed_bounds(const MemberPlace& place, const TextBounds& digits) {
  TextBounds bounds;
  if (digits.low) bounds.low = joined(place.prefix, *digits.low);
  if (digits.high) {
    bounds.high = joined(place.prefix, *digits.high, place.following);
    if (!place.is_last) bounds.high = greatest_text(*bounds.high);
  }
  return bounds;
}

TextRange text_range(const MemberPlace& place, KeyOperator op, std::string_view low,
                     std::string_view high) {
  if (op == KeyOperator::kBeginsWith) return prefix_range(place, low);
  TextRange range;
  // Members are never empty, so that an empty operand is below all of them.
  const std::string_view upper = op == KeyOperator::kBetween ? high : low;
  if (has_upper(op) && upper.empty()) {
    range.is_empty = true;
    return range;
  }
  if (has_lower(op) && !low.empty())
    range.bounds.low = std::string(fitting(joined(place.prefix, low)));
  if (has_upper(op)) range.bounds.high = upper_bound(place, upper, op == KeyOperator::kLess);
  const bool is_strict = op == KeyOperator::kGreater || op == KeyOperator::kLess;
  const bool is_exact = place.is_last && place.following.empty() && !is_strict &&
                        place.prefix.size() + std::max(low.size(), high.size()) <= kTextMax;
  range.needs_test = !is_exact && (range.bounds.low || range.bounds.high);
  return range;
}

}  // namespace dynolith::odm
