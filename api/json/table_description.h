// What the service shows of a table: the "Table" of DescribeTable, the "TableDescription" of
// others.
#pragma once

#include <string>
#include <string_view>

#include "api/json/writer.h"
#include "storage/engine/table.h"

namespace dynolith::api {

// Appends the description as a JSON object. `region` stands in the ARNs.
void append_table_description(std::string& out, const storage::TableDescription& description,
                              std::string_view region);

// The member "KeySchema".
void write_key_schema(JsonWriter& json, const storage::KeySchema& key);

// The few members that DeleteTable answers with.
void append_deleted_table_description(std::string& out,
                                      const storage::TableDescription& description,
                                      std::string_view region);

// "ALL", "KEYS_ONLY", "INCLUDE".
std::string_view projection_text(storage::ProjectionType type);

// "ACTIVE", "CREATING" and so on.
std::string_view table_status_text(storage::TableStatus status);

}  // namespace dynolith::api
