// ReturnValues and ReturnValuesOnConditionCheckFailure of the single-item writes.
#pragma once

#include <cstdint>

#include "api/request/constraints.h"

namespace dynolith::api {

enum class ReturnValues : uint8_t { kNone, kAllOld, kUpdatedOld, kAllNew, kUpdatedNew };

// How the violation is put when ReturnValues names no value of the enumeration.
enum class EnumForm : uint8_t { kEcho, kNameless };
void check_return_values(Constraints& constraints, const Slot& slot, EnumForm form);
void check_return_values_on_failure(Constraints& constraints, const Slot& slot,
                                    std::string_view path = "returnValuesOnConditionCheckFailure");

// Need: it has passed the check.
ReturnValues return_values(const Slot& slot);
bool returns_item_on_failure(const Slot& slot);

// PutItem and DeleteItem know no other. Errors: kValidation, scope kRequest.
Result<void> check_all_old_or_none(ReturnValues values);

}  // namespace dynolith::api
