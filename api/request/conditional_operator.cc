#include "api/request/conditional_operator.h"

#include <array>

namespace dynolith::api {

namespace {
constexpr std::array<std::string_view, 2> kValues{"OR", "AND"};
constexpr std::array<std::string_view, 2> kPrintedValues{"ALL", "OR"};
}  // namespace

void check_conditional_operator(Constraints& constraints, const Slot& slot, Wording wording) {
  const auto text = slot.text();
  if (!text || contains(kValues, *text)) return;
  if (wording == Wording::kAws2026) {
    constraints.nameless(enum_constraint(kPrintedValues));
  } else {
    constraints.echo(*text, "conditionalOperator", enum_constraint(kValues));
  }
}

ConditionalOperator conditional_operator(const Slot& slot) {
  return slot.text() == "OR" ? ConditionalOperator::kOr : ConditionalOperator::kAnd;
}

}  // namespace dynolith::api
