#include "odm/check.h"

#include <re2/re2.h>

#include <algorithm>

#include "odm/check_rule.h"

namespace dynolith::odm {

using storage::AttributeType;
using storage::Number;
using storage::ValueView;

class Pattern {
 public:
  explicit Pattern(const std::string& text) : expression(text, options()) {}
  const re2::RE2 expression;

 private:
  static re2::RE2::Options options() {
    re2::RE2::Options chosen;
    chosen.set_log_errors(false);
    chosen.set_max_mem(1 << 20);
    return chosen;
  }
};

namespace {

size_t code_points(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::optional<size_t> length_of(const ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return code_points(value.text());
    case AttributeType::kBinary:
      return value.text().size();
    case AttributeType::kMap:
      return value.members().size();
    case AttributeType::kList:
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return value.elements().size();
    default:
      return std::nullopt;
  }
}

struct Holds {
  const ValueView& value;

  bool operator()(const RangeCheck& range) const {
    if (value.type() != AttributeType::kNumber) return false;
    const Number number = value.number();
    return (!range.low || *range.low <= number) && (!range.high || number <= *range.high);
  }
  bool operator()(const LengthCheck& length) const {
    const auto actual = length_of(value);
    return actual && *actual >= length.low && (!length.high || *actual <= *length.high);
  }
  bool operator()(const PatternCheck& check) const {
    return value.type() == AttributeType::kString &&
           re2::RE2::PartialMatch({value.text().data(), value.text().size()},
                                  check.pattern->expression);
  }
  bool operator()(const OneOfCheck& check) const {
    return std::any_of(check.values.begin(), check.values.end(),
                       [this](const EncodedValue& one) { return one.view() == value; });
  }
  bool operator()(const CustomCheck& check) const { return check.holds(value); }
};

template <class Rule>
Check make_check(Rule rule, std::string message) {
  return {std::make_shared<const CheckRule>(CheckRule{std::move(rule)}), std::move(message)};
}

std::string to_text(const ValueView& value) {
  if (value.type() == AttributeType::kString) return "\"" + std::string(value.text()) + "\"";
  if (value.type() == AttributeType::kNumber) return value.number().to_text();
  if (value.type() == AttributeType::kBoolean) return value.boolean() ? "true" : "false";
  return "a value";
}

}  // namespace

Check range_check(std::optional<Number> low, std::optional<Number> high) {
  std::string message = "must be ";
  if (low && high)
    message += "between " + low->to_text() + " and " + high->to_text();
  else if (low)
    message += "at least " + low->to_text();
  else if (high)
    message += "at most " + high->to_text();
  return make_check(RangeCheck{low, high}, std::move(message));
}

Check length_check(size_t low, std::optional<size_t> high) {
  std::string message = "must have ";
  if (high && *high == low)
    message += "length " + std::to_string(low);
  else if (high)
    message += "a length between " + std::to_string(low) + " and " + std::to_string(*high);
  else
    message += "a length of at least " + std::to_string(low);
  return make_check(LengthCheck{low, high}, std::move(message));
}

Result<Check> pattern_check(std::string text) {
  auto pattern = std::make_shared<const Pattern>(text);
  if (!pattern->expression.ok())
    return make_error(ErrorCode::kBadModel,
                      "the pattern \"" + text + "\" is not one: " + pattern->expression.error());
  std::string message = "must match \"" + text + "\"";
  return make_check(PatternCheck{std::move(text), std::move(pattern)}, std::move(message));
}

Check one_of_check(std::vector<EncodedValue> values) {
  std::string message = "must be one of ";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) message += ", ";
    if (!values[i].bytes.empty()) message += to_text(values[i].view());
  }
  return make_check(OneOfCheck{std::move(values)}, std::move(message));
}

Check custom_check(storage::Function<bool(const ValueView& value)> holds, std::string message) {
  return make_check(CustomCheck{std::move(holds)}, std::move(message));
}

bool is_range_check(const Check& check) {
  return std::holds_alternative<RangeCheck>(check.rule->node);
}

bool holds(const Check& check, const ValueView& value) {
  return std::visit(Holds{value}, check.rule->node);
}

}  // namespace dynolith::odm
