// AttributeUpdates: updates from before there were expressions, as the same tree.
#pragma once

#include "api/request/constraints.h"
#include "storage/expression/update.h"

namespace dynolith::api {

// Actions that are none; absent is fine.
void check_attribute_updates(Constraints& constraints, const Slot& attribute_updates);

// Absent or empty: the update that does nothing. Errors: kValidation, kRequest.
Result<storage::Update> legacy_update(const Slot& attribute_updates, Wording wording);

}  // namespace dynolith::api
