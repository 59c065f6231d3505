// What UpdateTable is asked for, from the request to storage::TableUpdate. What can be seen in that
// alone is checked by the engine.
#pragma once

#include <string_view>

#include "api/json/input_shapes.h"
#include "api/request/constraints.h"
#include "storage/engine/table_update.h"

namespace dynolith::api {

// Adds what is wrong with single members, but for the table's name.
void check_table_update_members(Constraints& constraints, const Members<UpdateTableInput>& request);

// Needs: members that check_table_update_members() found nothing wrong with; `name` is the table's,
// bare. Errors: kValidation.
Result<storage::TableUpdate> decode_table_update(const Members<UpdateTableInput>& request,
                                                 std::string_view name, std::string_view region);

}  // namespace dynolith::api
