// RequestItems: the map from tables to what a batch asks of each.
#pragma once

#include <string_view>
#include <vector>

#include "api/request/constraints.h"
#include "api/request/table_name.h"

namespace dynolith::api {

struct TableEntry {
  std::string_view name;  // As sent.
  JsonValue value;        // May be null.
};

// In the order sent; of a repeated name the last, as in any JSON object. Needs: slot.present().
std::vector<TableEntry> table_entries(const Slot& request_items);

// Adds what is wrong with the tables' names.
void check_table_names(Constraints& constraints, const Slot& request_items,
                       const std::vector<TableEntry>& entries, Wording wording);

// "requestItems.<table>.member<rest>" in lowerCamel, for violations that echo.
std::string entry_path(std::string_view table, std::string_view rest);

}  // namespace dynolith::api
