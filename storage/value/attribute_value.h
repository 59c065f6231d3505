// Attribute values and items as trees, for embedding programs, the mapper and document updates.
// The server's hot paths do not build these: they read the stored bytes (encoding/item_view.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/value/attribute_type.h"
#include "storage/value/number.h"

namespace dynolith::storage {

class AttributeValue;

struct Binary {
  std::string bytes;
  auto operator<=>(const Binary&) const = default;
};
struct Null {
  auto operator<=>(const Null&) const = default;
};
// Sets hold each member once, in ascending order (bytes, or value for numbers).
struct StringSet {
  std::vector<std::string> members;
  bool operator==(const StringSet&) const = default;
};
struct NumberSet {
  std::vector<Number> members;
  bool operator==(const NumberSet&) const = default;
};
struct BinarySet {
  std::vector<std::string> members;
  bool operator==(const BinarySet&) const = default;
};
using List = std::vector<AttributeValue>;
using Map = std::map<std::string, AttributeValue, std::less<>>;

// One value of any of the ten types.
class AttributeValue {
 public:
  // Defined elsewhere: what makes and copies trees is compiled once, not wherever this is included.
  AttributeValue();
  ~AttributeValue();
  AttributeValue(const AttributeValue& other);
  AttributeValue(AttributeValue&& other) noexcept;
  AttributeValue& operator=(const AttributeValue& other);
  AttributeValue& operator=(AttributeValue&& other) noexcept;
  AttributeValue(std::string text);       // NOLINT
  AttributeValue(std::string_view text);  // NOLINT
  AttributeValue(const char* text);       // NOLINT
  AttributeValue(Number number);          // NOLINT
  AttributeValue(int number);             // NOLINT
  AttributeValue(int64_t number);         // NOLINT
  AttributeValue(bool boolean);           // NOLINT
  AttributeValue(Binary binary);          // NOLINT
  AttributeValue(Null null);              // NOLINT
  AttributeValue(StringSet set);          // NOLINT
  AttributeValue(NumberSet set);          // NOLINT
  AttributeValue(BinarySet set);          // NOLINT
  AttributeValue(List list);              // NOLINT
  AttributeValue(Map map);                // NOLINT

  AttributeType type() const { return type_; }
  // The value if it is held as a T (std::string, Number, Binary, bool, Null, StringSet, NumberSet,
  // BinarySet, List or Map), else null.
  template <class T>
  const T* get_if() const {
    return type_ == type_of(static_cast<T*>(nullptr)) ? static_cast<const T*>(held()) : nullptr;
  }
  template <class T>
  T* get_if() {
    return const_cast<T*>(static_cast<const AttributeValue*>(this)->get_if<T>());
  }
  // Calls `fn` with what is held, as const T&.
  template <class F>
  decltype(auto) visit(F&& fn) const {
    switch (type_) {
      case AttributeType::kString:
        return fn(text_);
      case AttributeType::kNumber:
        return fn(number_);
      case AttributeType::kBinary:
        return fn(binary_);
      case AttributeType::kBoolean:
        return fn(boolean_);
      case AttributeType::kStringSet:
        return fn(string_set_);
      case AttributeType::kNumberSet:
        return fn(number_set_);
      case AttributeType::kBinarySet:
        return fn(binary_set_);
      case AttributeType::kList:
        return fn(list_);
      case AttributeType::kMap:
        return fn(map_);
      case AttributeType::kNull:
        break;
    }
    return fn(null_);
  }
  // Deep; sets regardless of the order they were given in, numbers by value.
  bool operator==(const AttributeValue& other) const;

 private:
  static constexpr AttributeType type_of(const std::string*) { return AttributeType::kString; }
  static constexpr AttributeType type_of(const Number*) { return AttributeType::kNumber; }
  static constexpr AttributeType type_of(const Binary*) { return AttributeType::kBinary; }
  static constexpr AttributeType type_of(const bool*) { return AttributeType::kBoolean; }
  static constexpr AttributeType type_of(const Null*) { return AttributeType::kNull; }
  static constexpr AttributeType type_of(const StringSet*) { return AttributeType::kStringSet; }
  static constexpr AttributeType type_of(const NumberSet*) { return AttributeType::kNumberSet; }
  static constexpr AttributeType type_of(const BinarySet*) { return AttributeType::kBinarySet; }
  static constexpr AttributeType type_of(const List*) { return AttributeType::kList; }
  static constexpr AttributeType type_of(const Map*) { return AttributeType::kMap; }

  const void* held() const { return &null_; }  // All members begin at one place.
  void destroy();

  // Written out rather than as std::variant, which costs who includes this the most.
  AttributeType type_;
  union {
    Null null_;
    std::string text_;
    Number number_;
    Binary binary_;
    bool boolean_;
    StringSet string_set_;
    NumberSet number_set_;
    BinarySet binary_set_;
    List list_;
    Map map_;
  };
};

using Item = Map;

}  // namespace dynolith::storage
