// Items of the side-by-side test as JSON: {"S": "..."} and its like, and {"DATE": milliseconds} for
// moments, whatever form their attribute stores them in.
#pragma once

#include <string>
#include <string_view>

#include "api/json/reader.h"
#include "odm/dynamic/dynamic_schema.h"

namespace dynolith::odm::interop {

// Throw std::runtime_error for what is no item.
Map read_map(const api::JsonObject& object, const Schema* schema);
Value read_value(const api::JsonValue& value, const ValueCodec* codec);

// Moments of the schema's attributes as DATE.
void write_map(std::string& out, const Map& map, const Schema* schema);

}  // namespace dynolith::odm::interop
