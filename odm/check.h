// What an attribute's value must satisfy. Checks look at the stored form, so that a struct, a
// dynamic item, one operand of an update and a list's element are all held to the same rule.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "odm/result.h"
#include "storage/encoding/item_encoding.h"
#include "storage/function.h"
#include "storage/value/number.h"

namespace dynolith::odm {

struct CheckRule;  // check_rule.h.

// A value: copies share the rule.
struct Check {
  std::shared_ptr<const CheckRule> rule;
  std::string message;  // "must be between 0 and 150"
};

// Checks with the usual message, and their rules:
// Of numbers, and times as they are stored.
Check range_check(std::optional<storage::Number> low, std::optional<storage::Number> high);
// Of strings (code points), binary (bytes), lists, maps and sets (elements).
Check length_check(size_t low, std::optional<size_t> high);
// Found anywhere in a string, as JavaScript's test() does. RE2's syntax; time linear in the text.
// kBadModel if `text` is not a pattern.
Result<Check> pattern_check(std::string text);
Check one_of_check(std::vector<EncodedValue> values);
Check custom_check(storage::Function<bool(const storage::ValueView& value)> holds,
                   std::string message);

bool is_range_check(const Check& check);
bool holds(const Check& check, const storage::ValueView& value);

}  // namespace dynolith::odm
