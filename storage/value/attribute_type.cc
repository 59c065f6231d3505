#include "storage/value/attribute_type.h"

#include <array>
#include <cassert>

namespace dynolith::storage {
namespace {

constexpr std::array<std::string_view, 10> kTypeNames = {"S",  "N",  "B",  "BOOL", "NULL",
                                                         "SS", "NS", "BS", "L",    "M"};

constexpr std::array<std::string_view, 10> kLongTypeNames = {
    "STRING",     "NUMBER",     "BINARY",     "BOOLEAN", "NULL",
    "STRING_SET", "NUMBER_SET", "BINARY_SET", "LIST",    "MAP"};

size_t index_of(AttributeType type) {
  const size_t index = static_cast<size_t>(type) - 1;
  assert(index < kTypeNames.size());
  return index;
}

}  // namespace

std::string_view type_name(AttributeType type) { return kTypeNames[index_of(type)]; }

std::string_view long_type_name(AttributeType type) { return kLongTypeNames[index_of(type)]; }

std::optional<AttributeType> type_from_name(std::string_view name) {
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<AttributeType>(i + 1);
  }
  return std::nullopt;
}

}  // namespace dynolith::storage
