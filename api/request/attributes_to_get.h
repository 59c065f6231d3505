// AttributesToGet: the projection from before there were expressions; top-level names only.
#pragma once

#include <optional>

#include "api/request/constraints.h"
#include "storage/expression/projection.h"

namespace dynolith::api {

// One name at least, and no null.
void check_attributes_to_get(Constraints& constraints, const Slot& slot, std::string_view path);

// nullopt: absent. Errors (kValidation, kRequest): an empty, too long or repeated name.
Result<std::optional<storage::Projection>> attributes_to_get(const Slot& slot);

}  // namespace dynolith::api
