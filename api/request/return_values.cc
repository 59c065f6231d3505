#include "api/request/return_values.h"

#include <array>

namespace dynolith::api {

namespace {
constexpr std::array<std::string_view, 5> kReturnValues{"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE",
                                                        "UPDATED_NEW"};
// As the newer layer prints them, its slip of the pen included.
constexpr std::array<std::string_view, 5> kPrintedReturnValues{"ALL_OLD", "UPDATED_OLD", "ALL_NEW",
                                                               "UPDATE_NEW", "NONE"};
constexpr std::array<std::string_view, 2> kOnFailure{"ALL_OLD", "NONE"};
}  // namespace

void check_return_values(Constraints& constraints, const Slot& slot, EnumForm form) {
  const auto text = slot.text();
  if (!text || contains(kReturnValues, *text)) return;
  if (form == EnumForm::kNameless) {
    constraints.nameless(enum_constraint(kPrintedReturnValues));
  } else {
    constraints.echo(*text, "returnValues", enum_constraint(kReturnValues));
  }
}

void check_return_values_on_failure(Constraints& constraints, const Slot& slot,
                                    std::string_view path) {
  constraints.one_of(slot, path, kOnFailure);
}

ReturnValues return_values(const Slot& slot) {
  const auto text = slot.text();
  if (!text) return ReturnValues::kNone;
  if (*text == "ALL_OLD") return ReturnValues::kAllOld;
  if (*text == "ALL_NEW") return ReturnValues::kAllNew;
  if (*text == "UPDATED_OLD") return ReturnValues::kUpdatedOld;
  if (*text == "UPDATED_NEW") return ReturnValues::kUpdatedNew;
  return ReturnValues::kNone;
}

bool returns_item_on_failure(const Slot& slot) { return slot.text() == "ALL_OLD"; }

Result<void> check_all_old_or_none(ReturnValues values) {
  if (values == ReturnValues::kNone || values == ReturnValues::kAllOld) return {};
  return storage::request_error("ReturnValues can only be ALL_OLD or NONE");
}

}  // namespace dynolith::api
