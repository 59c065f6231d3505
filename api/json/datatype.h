// The names of the ten attribute types on the wire, for the hot paths of reading.
#pragma once

#include <optional>
#include <string_view>

#include "storage/value/attribute_type.h"

namespace dynolith::api {

// nullopt: no such type; the service ignores such members.
[[gnu::always_inline]] inline std::optional<storage::AttributeType> datatype_of(
    std::string_view name) {
  using storage::AttributeType;
  switch (name.size()) {
    case 1:
      switch (name[0]) {
        case 'S':
          return AttributeType::kString;
        case 'N':
          return AttributeType::kNumber;
        case 'B':
          return AttributeType::kBinary;
        case 'L':
          return AttributeType::kList;
        case 'M':
          return AttributeType::kMap;
        default:
          return std::nullopt;
      }
    case 2:
      if (name[1] != 'S') return std::nullopt;
      switch (name[0]) {
        case 'S':
          return AttributeType::kStringSet;
        case 'N':
          return AttributeType::kNumberSet;
        case 'B':
          return AttributeType::kBinarySet;
        default:
          return std::nullopt;
      }
    case 4:
      if (name == "BOOL") return AttributeType::kBoolean;
      if (name == "NULL") return AttributeType::kNull;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace dynolith::api
