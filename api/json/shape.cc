#include "api/json/shape.h"

#include <cmath>
#include <limits>
#include <string>

#include "api/json/base64.h"
#include "api/json/datatype.h"

namespace dynolith::api {

namespace {

using simdjson::dom::element_type;
using storage::AttributeType;

// Where a value stands decides what the service says of a scalar in a structure's place.
enum class Place : uint8_t { kMember, kElement };

Error serialization_error(std::string message) {
  return storage::make_error(ErrorCode::kSerialization, std::move(message));
}

bool is_boolean_word(std::string_view text) {
  for (const std::string_view word : {"true", "false", "1", "0", "yes", "no"}) {
    if (text.size() != word.size()) continue;
    size_t i = 0;
    while (i < word.size() &&
           (static_cast<uint8_t>(text[i]) | 0x20) == static_cast<uint8_t>(word[i]))
      ++i;
    if (i == word.size()) return true;
  }
  return false;
}

// What the service's parser calls a JSON scalar.
std::string_view token_name(const JsonValue& value) {
  switch (value.type()) {
    case element_type::BOOL:
      return value.get_bool().value_unsafe() ? "TRUE_VALUE" : "FALSE_VALUE";
    case element_type::INT64:
    case element_type::UINT64:
      return "NUMBER_VALUE";
    case element_type::DOUBLE:
      return "DECIMAL_VALUE";
    default:
      return "STRING_VALUE";
  }
}

Error refused_array(const Shape& shape) {
  return serialization_error("Unrecognized collection type " +
                             std::string(shape.kind == Kind::kMap ? "" : "class ") +
                             std::string(shape.java_name));
}

Error refused_object() {
  return serialization_error("Start of structure or map found where not expected");
}

// The type error of a value that is no `shape`.
Error mismatch(const JsonValue& value, const Shape& shape, Place place) {
  const bool composite = shape.kind == Kind::kStructure || shape.kind == Kind::kMap ||
                         shape.kind == Kind::kAttributeValue;
  if (value.type() == element_type::ARRAY) return refused_array(shape);
  if (value.type() == element_type::OBJECT) return refused_object();
  if (composite || shape.kind == Kind::kList) {
    if (shape.parameterized) {
      return serialization_error(
          "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to "
          "class "
          "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
          "java.lang.Class are in module java.base of loader 'bootstrap')");
    }
    const bool structure = shape.kind == Kind::kStructure || shape.kind == Kind::kAttributeValue;
    return serialization_error(structure && place == Place::kElement
                                   ? "Unexpected value type in payload"
                                   : "Unexpected field type");
  }
  if (shape.kind == Kind::kBlob) {
    return serialization_error("only base-64-encoded strings are convertible to bytes");
  }
  if (shape.kind == Kind::kBoolean && value.type() == element_type::STRING) {
    return serialization_error("Unexpected token received from parser");
  }
  return serialization_error(std::string(token_name(value)) + " cannot be converted to " +
                             std::string(shape.java_name.substr(shape.java_name.rfind('.') + 1)));
}

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kFlag{Kind::kBoolean, "java.lang.Boolean"};
constexpr Shape kBytes{Kind::kBlob, "java.nio.ByteBuffer"};
constexpr Shape kAnyValue{Kind::kAttributeValue, "com.amazonaws.dynamodb.v20120810.AttributeValue"};
constexpr Shape kTextList{Kind::kList, "java.util.List<java.lang.String>", &kText};
constexpr Shape kBytesList{Kind::kList, "java.util.List<java.nio.ByteBuffer>", &kBytes};
constexpr Shape kValueList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.AttributeValue>", &kAnyValue};
constexpr Shape kValueMap{
    Kind::kMap, "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    &kAnyValue};

const Shape& shape_of(AttributeType type) {
  switch (type) {
    case AttributeType::kString:
    case AttributeType::kNumber:
      return kText;
    case AttributeType::kBinary:
      return kBytes;
    case AttributeType::kBoolean:
    case AttributeType::kNull:
      return kFlag;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
      return kTextList;
    case AttributeType::kBinarySet:
      return kBytesList;
    case AttributeType::kList:
      return kValueList;
    case AttributeType::kMap:
      return kValueMap;
  }
  return kText;
}

bool is_number(element_type type) {
  return type == element_type::INT64 || type == element_type::UINT64 ||
         type == element_type::DOUBLE;
}

// Walks a value of any shape to the bottom; the first error in document order ends it. The
// functions return whether there was none: this is on the path of every request. Recursion is
// bounded by the parser's limit on nesting.
class TypeChecker {
 public:
  bool check(const JsonValue& value, const Shape& shape, Place place);
  bool check_members(const JsonObject& object, std::span<const MemberShape> members,
                     std::span<Slot> slots);
  Error take_error() { return std::move(*error_); }

 private:
  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }
  bool check_blob(std::string_view text) {
    auto error = base64_error(text);
    return !error || fail(serialization_error(std::move(*error)));
  }
  bool check_array(const JsonArray& array, const Shape& element) {
    for (const JsonValue value : array) {
      if (!check(value, element, Place::kElement)) return false;
    }
    return true;
  }
  bool check_object(const JsonObject& object, const Shape& shape);

  std::optional<Error> error_;
};

bool TypeChecker::check(const JsonValue& value, const Shape& shape, Place place) {
  const element_type type = value.type();
  if (type == element_type::NULL_VALUE) return true;
  switch (shape.kind) {
    case Kind::kString:
      if (type == element_type::STRING) return true;
      break;
    case Kind::kBoolean:
      if (type == element_type::BOOL) return true;
      if (type == element_type::STRING && is_boolean_word(text_of(value))) return true;
      break;
    case Kind::kInteger:
    case Kind::kLong:
    case Kind::kDouble:
      if (is_number(type)) return true;
      break;
    case Kind::kBlob:
      if (type == element_type::STRING) return check_blob(text_of(value));
      break;
    case Kind::kList:
      if (type == element_type::ARRAY) return check_array(array_of(value), *shape.element);
      break;
    case Kind::kStructure:
    case Kind::kMap:
    case Kind::kAttributeValue:
      if (type == element_type::OBJECT) return check_object(object_of(value), shape);
      break;
  }
  return fail(mismatch(value, shape, place));
}

// Members mostly come in the model's order, so the search goes on from the one found last.
const MemberShape* find_member(std::span<const MemberShape> members, std::string_view name,
                               size_t& from) {
  for (size_t i = 0; i < members.size(); ++i) {
    if (from == members.size()) from = 0;
    const MemberShape& member = members[from++];
    if (member.name == name) return &member;
  }
  return nullptr;
}

bool TypeChecker::check_object(const JsonObject& object, const Shape& shape) {
  if (shape.kind == Kind::kStructure) return check_members(object, shape.members, {});
  if (shape.kind == Kind::kMap) {
    for (const auto field : object) {
      if (!check(field.value, *shape.element, Place::kElement)) return false;
    }
    return true;
  }
  for (const auto field : object) {
    const auto type = datatype_of(field.key);
    if (type && !check(field.value, shape_of(*type), Place::kMember)) return false;
  }
  return true;
}

bool TypeChecker::check_members(const JsonObject& object, std::span<const MemberShape> members,
                                std::span<Slot> slots) {
  size_t from = 0;
  for (const auto field : object) {
    const MemberShape* member = find_member(members, field.key, from);
    if (member == nullptr) continue;
    if (!check(field.value, *member->shape, Place::kMember)) return false;
    if (!slots.empty()) slots[member->slot] = field.value.is_null() ? Slot() : Slot(field.value);
  }
  return true;
}

}  // namespace

Result<void> check_types(const JsonObject& request, std::span<const MemberShape> members,
                         std::span<Slot> slots) {
  TypeChecker checker;
  if (checker.check_members(request, members, slots)) [[likely]] {
    return {};
  }
  return checker.take_error();
}

void fill_slots(const JsonObject& structure, std::span<const MemberShape> members,
                std::span<Slot> slots) {
  size_t from = 0;
  for (const auto field : structure) {
    const MemberShape* member = find_member(members, field.key, from);
    if (member == nullptr) continue;
    slots[member->slot] = field.value.is_null() ? Slot() : Slot(field.value);
  }
}

JsonObject object_of(const JsonValue& value) { return value.get_object().value_unsafe(); }

JsonArray array_of(const JsonValue& value) { return value.get_array().value_unsafe(); }

std::string_view text_of(const JsonValue& value) { return value.get_string().value_unsafe(); }

bool boolean_of(const JsonValue& value) {
  if (value.is_bool()) return value.get_bool().value_unsafe();
  const char first = text_of(value).front();
  return first == 't' || first == 'T' || first == '1' || first == 'y' || first == 'Y';
}

int64_t integer_of(const JsonValue& value) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  if (value.type() == element_type::INT64) return value.get_int64().value_unsafe();
  if (value.type() == element_type::UINT64) return kMax;
  const double floored = std::floor(value.get_double().value_unsafe());
  if (floored >= 9.2233720368547758e18) return kMax;
  if (floored <= -9.2233720368547758e18) return kMin;
  return static_cast<int64_t>(floored);
}

std::optional<std::string_view> Slot::text() const {
  if (!present_) return std::nullopt;
  return text_of(value_);
}

std::optional<bool> Slot::boolean() const {
  if (!present_) return std::nullopt;
  return boolean_of(value_);
}

std::optional<int64_t> Slot::integer() const {
  if (!present_) return std::nullopt;
  return integer_of(value_);
}

JsonObject Slot::object() const { return object_of(value_); }
JsonArray Slot::array() const { return array_of(value_); }

}  // namespace dynolith::api
