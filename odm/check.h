// What an attribute's value must satisfy. Checks look at the stored form, so that a struct, a
// dynamic item, one operand of an update and a list's element are all held to the same rule.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "odm/result.h"
#include "storage/encoding/item_encoding.h"
#include "storage/value/number.h"

namespace dynolith::odm {

struct RangeCheck {  // Of numbers, and times as they are stored.
  std::optional<storage::Number> low, high;
};
struct LengthCheck {  // Of strings (code points), binary (bytes), lists, maps and sets (elements).
  size_t low = 0;
  std::optional<size_t> high;
};
class Pattern;         // A compiled regular expression (RE2's syntax; time linear in the text).
struct PatternCheck {  // Found anywhere in a string, as JavaScript's test() does.
  std::string text;
  std::shared_ptr<const Pattern> pattern;
};
struct OneOfCheck {
  std::vector<EncodedValue> values;
};
struct CustomCheck {
  std::function<bool(const storage::ValueView& value)> holds;
};

struct Check {
  std::variant<RangeCheck, LengthCheck, PatternCheck, OneOfCheck, CustomCheck> rule;
  std::string message;  // "must be between 0 and 150"
};

// Checks with the usual message. pattern_check: kBadModel if `text` is not a pattern.
Check range_check(std::optional<storage::Number> low, std::optional<storage::Number> high);
Check length_check(size_t low, std::optional<size_t> high);
Result<Check> pattern_check(std::string text);
Check one_of_check(std::vector<EncodedValue> values);

bool holds(const Check& check, const storage::ValueView& value);

}  // namespace dynolith::odm
