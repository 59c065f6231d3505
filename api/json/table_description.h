// What the service shows of a table: the "Table" of DescribeTable, the "TableDescription" of
// others.
#pragma once

#include <string>
#include <string_view>

#include "storage/engine/table.h"

namespace dynolith::api {

// Appends the description as a JSON object. `region` stands in the ARNs.
void append_table_description(std::string& out, const storage::TableDescription& description,
                              std::string_view region);

// The few members that DeleteTable answers with.
void append_deleted_table_description(std::string& out,
                                      const storage::TableDescription& description,
                                      std::string_view region);

}  // namespace dynolith::api
