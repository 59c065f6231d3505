#include "storage/value/attribute_value.h"

#include <utility>

namespace dynolith::storage {

AttributeValue::AttributeValue() : value_(Null{}) {}
AttributeValue::~AttributeValue() = default;
AttributeValue::AttributeValue(const AttributeValue& other) = default;
AttributeValue::AttributeValue(AttributeValue&& other) noexcept = default;
AttributeValue& AttributeValue::operator=(const AttributeValue& other) = default;
AttributeValue& AttributeValue::operator=(AttributeValue&& other) noexcept = default;

AttributeValue::AttributeValue(std::string text) : value_(std::move(text)) {}
AttributeValue::AttributeValue(std::string_view text) : value_(std::string(text)) {}
AttributeValue::AttributeValue(const char* text) : value_(std::string(text)) {}
AttributeValue::AttributeValue(Number number) : value_(number) {}
AttributeValue::AttributeValue(int number) : value_(Number(number)) {}
AttributeValue::AttributeValue(int64_t number) : value_(Number(number)) {}
AttributeValue::AttributeValue(bool boolean) : value_(boolean) {}
AttributeValue::AttributeValue(Binary binary) : value_(std::move(binary)) {}
AttributeValue::AttributeValue(Null null) : value_(null) {}
AttributeValue::AttributeValue(StringSet set) : value_(std::move(set)) {}
AttributeValue::AttributeValue(NumberSet set) : value_(std::move(set)) {}
AttributeValue::AttributeValue(BinarySet set) : value_(std::move(set)) {}
AttributeValue::AttributeValue(List list) : value_(std::move(list)) {}
AttributeValue::AttributeValue(Map map) : value_(std::move(map)) {}

bool AttributeValue::operator==(const AttributeValue& other) const {
  return value_ == other.value_;
}

}  // namespace dynolith::storage
