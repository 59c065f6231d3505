#include "storage/value/attribute_value.h"

#include <utility>

namespace dynolith::storage {

AttributeValue::AttributeValue() : value_(Null{}) {}
AttributeValue::~AttributeValue() = default;
AttributeValue::AttributeValue(const AttributeValue& other) = default;
AttributeValue::AttributeValue(AttributeValue&& other) noexcept = default;
AttributeValue& AttributeValue::operator=(const AttributeValue& other) = default;
AttributeValue& AttributeValue::operator=(AttributeValue&& other) noexcept = default;

AttributeValue::AttributeValue(StringSet set) : value_(std::move(set)) {}
AttributeValue::AttributeValue(NumberSet set) : value_(std::move(set)) {}
AttributeValue::AttributeValue(BinarySet set) : value_(std::move(set)) {}
AttributeValue::AttributeValue(List list) : value_(std::move(list)) {}
AttributeValue::AttributeValue(Map map) : value_(std::move(map)) {}

bool AttributeValue::operator==(const AttributeValue& other) const {
  return value_ == other.value_;
}

}  // namespace dynolith::storage
