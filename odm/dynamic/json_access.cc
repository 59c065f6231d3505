#include "odm/dynamic/json_access.h"

#include <charconv>

#include "api/json/attribute_value.h"

namespace dynolith::odm::internal {

Result<std::string> json_text(const api::JsonValue& value, std::string_view where) {
  std::string_view text;
  if (value.get_string().get(text)) return bad_json(where, "must be a text");
  return std::string(text);
}

Result<int64_t> json_integer(const api::JsonValue& value, std::string_view where) {
  int64_t number = 0;
  if (value.get_int64().get(number)) return bad_json(where, "must be an integer");
  return number;
}

Result<bool> json_flag(const api::JsonValue& value, std::string_view where) {
  bool flag = false;
  if (value.get_bool().get(flag)) return bad_json(where, "must be true or false");
  return flag;
}

Result<api::JsonObject> json_object(const api::JsonValue& value, std::string_view where) {
  api::JsonObject object;
  if (value.get_object().get(object)) return bad_json(where, "must be an object");
  return object;
}

Result<api::JsonArray> json_array(const api::JsonValue& value, std::string_view where) {
  api::JsonArray array;
  if (value.get_array().get(array)) return bad_json(where, "must be an array");
  return array;
}

Result<std::vector<std::string>> json_texts(const api::JsonValue& value, std::string_view where) {
  std::vector<std::string> texts;
  for (const api::JsonValue text : TRY(json_array(value, where)))
    texts.push_back(TRY(json_text(text, where)));
  return texts;
}

Result<EncodedValue> json_tagged(const api::JsonValue& value, std::string_view where) {
  TRY(json_object(value, where));
  api::DecodedValue decoded = api::decode_value(value, api::Wording::kAws2026);
  if (decoded.error || decoded.value.bytes.empty())
    return bad_json(where, "must be a value like {\"S\": \"text\"}");
  return std::move(decoded.value);
}

namespace {

Value number_of(double number) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), number).ptr;
  const auto parsed = Number::parse({text, static_cast<size_t>(end - text)});
  return parsed ? Value(*parsed) : Value();
}

}  // namespace

Result<Value> json_plain(const api::JsonValue& value, std::string_view where) {
  using Type = simdjson::dom::element_type;
  switch (value.type()) {
    case Type::STRING:
      return Value(TRY(json_text(value, where)));
    case Type::BOOL:
      return Value(TRY(json_flag(value, where)));
    case Type::NULL_VALUE:
      return Value();
    case Type::INT64:
      return Value(TRY(json_integer(value, where)));
    case Type::UINT64:
      return Value(*Number::parse(std::to_string(value.get_uint64().value_unsafe())));
    case Type::DOUBLE: {
      Value number = number_of(value.get_double().value_unsafe());
      if (number.type() == AttributeType::kNull) return bad_json(where, "is out of range");
      return number;
    }
    case Type::ARRAY: {
      List list;
      for (const api::JsonValue element : TRY(json_array(value, where)))
        list.push_back(TRY(json_plain(element, where)));
      return Value(std::move(list));
    }
    case Type::OBJECT: {
      Map map;
      for (const auto& [name, member] : TRY(json_object(value, where)))
        map.insert_or_assign(std::string(name), TRY(json_plain(member, where)));
      return Value(std::move(map));
    }
    default:
      return bad_json(where, "is too large a number");
  }
}

std::optional<api::JsonValue> json_find(const api::JsonObject& object, std::string_view name) {
  api::JsonValue found;
  if (object.at_key(name).get(found)) return std::nullopt;
  return found;
}

}  // namespace dynolith::odm::internal
