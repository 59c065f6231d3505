// Attribute values and items as trees, for embedding programs, the mapper and document updates.
// The server's hot paths do not build these: they read the stored bytes (encoding/item_view.h).
#pragma once

#include <map>
#include <string>
#include <variant>
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

// The alternatives stand in the order of AttributeType.
class AttributeValue {
 public:
  using Storage = std::variant<std::string, Number, Binary, bool, Null, StringSet, NumberSet,
                               BinarySet, List, Map>;

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

  AttributeType type() const { return static_cast<AttributeType>(value_.index() + 1); }
  const Storage& storage() const { return value_; }
  Storage& storage() { return value_; }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&value_);
  }
  template <class T>
  T* get_if() {
    return std::get_if<T>(&value_);
  }
  // Deep; sets regardless of the order they were given in, numbers by value.
  bool operator==(const AttributeValue& other) const;

 private:
  Storage value_;
};

using Item = Map;

}  // namespace dynolith::storage
