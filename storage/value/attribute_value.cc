#include "storage/value/attribute_value.h"

#include <memory>
#include <utility>

namespace dynolith::storage {

AttributeValue::AttributeValue() : type_(AttributeType::kNull), null_() {}
AttributeValue::AttributeValue(std::string text)
    : type_(AttributeType::kString), text_(std::move(text)) {}
AttributeValue::AttributeValue(std::string_view text)
    : type_(AttributeType::kString), text_(text) {}
AttributeValue::AttributeValue(const char* text) : type_(AttributeType::kString), text_(text) {}
AttributeValue::AttributeValue(Number number) : type_(AttributeType::kNumber), number_(number) {}
AttributeValue::AttributeValue(int number) : AttributeValue(Number(number)) {}
AttributeValue::AttributeValue(int64_t number) : AttributeValue(Number(number)) {}
AttributeValue::AttributeValue(bool boolean) : type_(AttributeType::kBoolean), boolean_(boolean) {}
AttributeValue::AttributeValue(Binary binary)
    : type_(AttributeType::kBinary), binary_(std::move(binary)) {}
AttributeValue::AttributeValue(Null null) : type_(AttributeType::kNull), null_(null) {}
AttributeValue::AttributeValue(StringSet set)
    : type_(AttributeType::kStringSet), string_set_(std::move(set)) {}
AttributeValue::AttributeValue(NumberSet set)
    : type_(AttributeType::kNumberSet), number_set_(std::move(set)) {}
AttributeValue::AttributeValue(BinarySet set)
    : type_(AttributeType::kBinarySet), binary_set_(std::move(set)) {}
AttributeValue::AttributeValue(List list) : type_(AttributeType::kList), list_(std::move(list)) {}
AttributeValue::AttributeValue(Map map) : type_(AttributeType::kMap), map_(std::move(map)) {}

AttributeValue::AttributeValue(const AttributeValue& other) : type_(other.type_), null_() {
  other.visit([this]<class T>(const T& held) {
    std::construct_at(const_cast<T*>(static_cast<const T*>(this->held())), held);
  });
}

AttributeValue::AttributeValue(AttributeValue&& other) noexcept : type_(other.type_), null_() {
  other.visit([this]<class T>(const T& held) {
    std::construct_at(const_cast<T*>(static_cast<const T*>(this->held())),
                      std::move(const_cast<T&>(held)));
  });
}

AttributeValue& AttributeValue::operator=(const AttributeValue& other) {
  return *this = AttributeValue(other);
}

// `other` may be a part of what this holds, so that it is moved away before that is destroyed.
AttributeValue& AttributeValue::operator=(AttributeValue&& other) noexcept {
  AttributeValue moved(std::move(other));
  destroy();
  std::construct_at(this, std::move(moved));
  return *this;
}

AttributeValue::~AttributeValue() { destroy(); }

void AttributeValue::destroy() {
  visit([]<class T>(const T& held) { std::destroy_at(const_cast<T*>(&held)); });
}

bool AttributeValue::operator==(const AttributeValue& other) const {
  return type_ == other.type_ &&
         visit([&other]<class T>(const T& held) { return held == *other.get_if<T>(); });
}

}  // namespace dynolith::storage
