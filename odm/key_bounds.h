// The arithmetic of composed texts: between which texts all keys lie whose member satisfies a
// condition. Pure functions; sort_condition.cc puts them together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "odm/result.h"
#include "storage/expression/key_condition.h"

namespace dynolith::odm {

// Both ends included; absent: none but the prefix's own.
struct TextBounds {
  std::optional<std::string> low = {}, high = {};
};

// The greatest UTF-8 text that begins with `prefix` and fits a sort key. Of a prefix too long for
// one: its beginning.
std::string greatest_text(std::string_view prefix);

// Of a member padded to `width` digits: the digits of the least and the greatest number that
// satisfy the condition. Nothing: an operand is no number.
struct DigitBounds {
  TextBounds bounds;
  bool is_empty = false;
};
std::optional<DigitBounds> digit_bounds(size_t width, storage::KeyOperator op,
                                        const EncodedValue& value,
                                        const std::optional<EncodedValue>& second);

// Where a member stands in a composed text.
struct MemberPlace {
  std::string_view prefix;     // All before it.
  std::string_view following;  // The literal text behind it.
  bool is_last = false;        // Nothing but that follows.
};
TextBounds composed_bounds(const MemberPlace& place, const TextBounds& digits);

// Of a member that is not padded.
struct TextRange {
  TextBounds bounds;
  std::optional<std::string> begins_with = {};  // Instead of bounds.
  bool is_empty = false;
  bool needs_test = false;  // The range also holds keys of other members.
};
// `op`: not kEqual. `high`: of kBetween.
TextRange text_range(const MemberPlace& place, storage::KeyOperator op, std::string_view low,
                     std::string_view high);

}  // namespace dynolith::odm
