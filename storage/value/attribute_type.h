// The ten attribute types and their wire names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dynolith::storage {

// PERSISTED: the numbers are the type tags of the item encoding. Never renumber.
enum class AttributeType : uint8_t {
  kString = 1,
  kNumber = 2,
  kBinary = 3,
  kBoolean = 4,
  kNull = 5,
  kStringSet = 6,
  kNumberSet = 7,
  kBinarySet = 8,
  kList = 9,
  kMap = 10,
};

// "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M".
std::string_view type_name(AttributeType type);
std::optional<AttributeType> type_from_name(std::string_view name);

// "STRING", "NUMBER", ..., "STRING_SET", ..., "MAP": as the messages about ADD and DELETE say.
std::string_view long_type_name(AttributeType type);

// The type of a set's members; needs a set type.
constexpr AttributeType set_member_type(AttributeType set) {
  return static_cast<AttributeType>(static_cast<uint8_t>(set) - 5);
}
constexpr bool is_set(AttributeType type) {
  return type >= AttributeType::kStringSet && type <= AttributeType::kBinarySet;
}
constexpr bool is_key_type(AttributeType type) { return type <= AttributeType::kBinary; }

}  // namespace dynolith::storage
