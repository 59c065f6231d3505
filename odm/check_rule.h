// The rules of checks, for what runs them and for what writes a schema down.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "odm/check.h"

namespace dynolith::odm {

struct RangeCheck {
  std::optional<storage::Number> low, high;
};
struct LengthCheck {
  size_t low = 0;
  std::optional<size_t> high;
};
class Pattern;  // A compiled regular expression.
struct PatternCheck {
  std::string text;
  std::shared_ptr<const Pattern> pattern;
};
struct OneOfCheck {
  std::vector<EncodedValue> values;
};
struct CustomCheck {
  std::function<bool(const storage::ValueView& value)> holds;
};

struct CheckRule {
  std::variant<RangeCheck, LengthCheck, PatternCheck, OneOfCheck, CustomCheck> node;
};

}  // namespace dynolith::odm
