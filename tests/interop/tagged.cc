#include "tests/interop/tagged.h"

#include <stdexcept>

#include "api/json/attribute_value.h"
#include "api/json/shape.h"
#include "api/json/writer.h"

namespace dynolith::odm::interop {
namespace {

const ValueCodec* element_of(const ValueCodec* codec) {
  return codec == nullptr ? nullptr : codec->element();
}

void write_value(std::string& out, const Value& value, const ValueCodec* codec) {
  if (codec != nullptr) {
    if (const auto ms = codec->time_of(&value)) {
      out.append("{\"DATE\":").append(std::to_string(*ms)).append("}");
      return;
    }
  }
  if (const Map* map = value.get_if<Map>()) {
    out.append("{\"M\":");
    if (codec != nullptr && codec->schema() != nullptr) {
      write_map(out, *map, codec->schema());
    } else {
      char separator = '{';
      for (const auto& [name, member] : *map) {
        out.push_back(separator);
        separator = ',';
        api::append_json_string(out, name);
        out.push_back(':');
        write_value(out, member, element_of(codec));
      }
      out.append(map->empty() ? "{}" : "}");
    }
    out.push_back('}');
    return;
  }
  if (const List* list = value.get_if<List>()) {
    out.append("{\"L\":[");
    for (size_t i = 0; i < list->size(); ++i) {
      if (i > 0) out.push_back(',');
      write_value(out, (*list)[i], element_of(codec));
    }
    out.append("]}");
    return;
  }
  api::append_value(out, storage::encode_value(value).view());
}

}  // namespace

Value read_value(const api::JsonValue& value, const ValueCodec* codec) {
  api::JsonObject object;
  if (value.get_object().get(object) || object.size() != 1)
    throw std::runtime_error("a value is an object of one member");
  const auto [tag, inside] = *object.begin();
  if (tag == "DATE") {
    Value time;
    int64_t ms = 0;
    if (inside.get_int64().get(ms)) throw std::runtime_error("DATE is a count of milliseconds");
    if (codec == nullptr || !codec->set_time(&time, ms)) time = Value(ms);
    return time;
  }
  if (tag == "M")
    return Value(read_map(inside.get_object(), codec == nullptr ? nullptr : codec->schema()));
  if (tag == "L") {
    List list;
    for (const api::JsonValue element : api::array_of(inside))
      list.push_back(read_value(element, element_of(codec)));
    return Value(std::move(list));
  }
  // Sets that the service has no room for.
  if (tag == "SS" && inside.get_array().value().size() == 0) return Value(StringSet{});
  const api::DecodedValue decoded = api::decode_value(value, api::Wording::kAws2026);
  if (decoded.error) throw std::runtime_error(decoded.error->message);
  return storage::to_attribute_value(decoded.value.view());
}

Map read_map(const api::JsonObject& object, const Schema* schema) {
  Map map;
  for (const auto& [name, value] : object) {
    const Attribute* attribute = schema == nullptr ? nullptr : schema->find(name);
    map.insert_or_assign(std::string(name),
                         read_value(value, attribute == nullptr ? nullptr : attribute->codec));
  }
  return map;
}

void write_map(std::string& out, const Map& map, const Schema* schema) {
  char separator = '{';
  for (const auto& [name, value] : map) {
    const Attribute* attribute = schema == nullptr ? nullptr : schema->find(name);
    out.push_back(separator);
    separator = ',';
    api::append_json_string(out, name);
    out.push_back(':');
    write_value(out, value, attribute == nullptr ? nullptr : attribute->codec);
  }
  out.append(map.empty() ? "{}" : "}");
}

}  // namespace dynolith::odm::interop
