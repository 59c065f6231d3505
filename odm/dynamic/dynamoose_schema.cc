// Schemas in the words of Dynamoose, as JSON.
#include <algorithm>

#include "odm/dynamic/dynamic_schema.h"
#include "odm/dynamic/json_access.h"
#include "odm/dynamic/schema_words.h"

namespace dynolith::odm {
namespace {

using api::JsonObject;
using api::JsonValue;
using internal::bad_json;
using internal::json_find;
using Kind = DynamicType::Kind;

// One attribute as it is given: its name alone is its type, or an object of settings.
struct Given {
  std::string name;
  JsonValue type;
  std::optional<JsonObject> settings;

  std::optional<JsonValue> setting(std::string_view setting_name) const {
    return settings ? json_find(*settings, setting_name) : std::nullopt;
  }
};

// An attribute that is the joined texts of others, once these are known.
struct Combined {
  size_t target;
  std::vector<std::string> attributes;
  std::string separator;
};

class DynamooseReader {
 public:
  static Result<DynamicSchema> read(std::string_view json);

 private:
  enum class Place : uint8_t { kRoot, kInside };

  DynamooseReader(std::string model, Place place, bool keeps_unknown)
      : place_(place), keeps_unknown_(keeps_unknown) {
    schema_.model = std::move(model);
    schema_.is_dynamic = true;
    if (keeps_unknown) schema_.unknown = Unknown::kKeep;
  }

  Result<void> read_attributes(const JsonObject& attributes);
  Result<void> read_attribute(const Given& given);
  Result<void> read_names(const Given& given, Attribute& attribute);
  Result<void> read_default(const Given& given, Attribute& attribute);
  Result<void> read_checks(const Given& given, Attribute& attribute);
  Result<void> read_validate(const JsonValue& validate, Attribute& attribute);
  Result<void> read_key(const Given& given);
  Result<void> read_indexes(const JsonObject& attributes);
  Result<void> read_index(const std::string& attribute, const JsonValue& given);
  Result<void> read_settings(const JsonObject& settings);
  Result<void> read_timestamps(const JsonValue& timestamps);
  Result<void> read_timestamp(const JsonValue& given, AttributeRole role,
                              std::string_view usual_name);
  Result<void> read_save_unknown(const JsonValue& given);
  Result<void> read_expires(const JsonValue& expires);
  Result<DynamicSchema> finish();

  Result<DynamicType> read_type(const Given& given);
  Result<DynamicType> read_word(const std::string& word, const Given& given);
  Result<DynamicType> read_type_with_settings(const JsonObject& object, const Given& given);
  Result<DynamicType> read_list(const Given& given);
  Result<DynamicType> read_set(const Given& given);
  Result<DynamicType> read_document(const Given& given, const std::optional<JsonValue>& schema);
  Result<Given> given_of(std::string_view name, const JsonValue& value);

  std::string at(const std::string& name) const { return schema_.model + "." + name; }

  Schema schema_;
  const Place place_;
  bool keeps_unknown_;
  std::vector<std::string> keeps_inside_;  // Attributes whose documents keep what is unknown.
  std::vector<std::string> kept_;          // Attributes that are kept without being described.
  std::vector<Combined> combined_;
};

Result<DynamicSchema> DynamooseReader::read(std::string_view json) {
  api::JsonParser parser;
  const auto parsed = parser.parse(json);
  if (!parsed.ok()) return bad_json("schema", "is not a JSON object");
  const JsonObject& body = *parsed;
  for (const auto& [name, value] : body)
    if (name != "name" && name != "attributes" && name != "settings" && name != "expires")
      return bad_json("schema", "\"" + std::string(name) + "\" is not known here");
  std::string model = "Model";
  if (const auto name = json_find(body, "name"))
    model = TRY(internal::json_text(*name, "schema.name"));
  DynamooseReader reader(std::move(model), Place::kRoot, false);
  // First what attributes depend on.
  if (const auto settings = json_find(body, "settings")) {
    const JsonObject object = TRY(internal::json_object(*settings, "schema.settings"));
    TRY(reader.read_settings(object));
  }
  const auto attributes = json_find(body, "attributes");
  if (!attributes) return bad_json("schema", "has no attributes");
  const JsonObject object = TRY(internal::json_object(*attributes, "schema.attributes"));
  TRY(reader.read_attributes(object));
  if (const auto settings = json_find(body, "settings"))
    if (const auto timestamps = json_find(settings->get_object().value_unsafe(), "timestamps"))
      TRY(reader.read_timestamps(*timestamps));
  if (const auto expires = json_find(body, "expires")) TRY(reader.read_expires(*expires));
  return reader.finish();
}

Result<Given> DynamooseReader::given_of(std::string_view name, const JsonValue& value) {
  Given given{std::string(name), value, std::nullopt};
  if (!value.is_object()) return given;
  const JsonObject object = value.get_object().value_unsafe();
  // {"value": "Date", "settings": ...} and {"schema": ...} are types themselves.
  if (const auto type = json_find(object, "type")) {
    given.type = *type;
    given.settings = object;
  } else if (!json_find(object, "value") && !json_find(object, "schema")) {
    return bad_json(at(given.name), "has no type");
  }
  return given;
}

Result<void> DynamooseReader::read_attributes(const JsonObject& attributes) {
  for (const auto& [name, value] : attributes) {
    if (name.find('.') != std::string_view::npos)
      return bad_json(at(std::string(name)), "a name must not hold a point");
    const Given given = TRY(given_of(name, value));
    TRY(read_attribute(given));
  }
  for (const std::string& name : kept_) internal::add_dynamic(schema_, name, DynamicType::any());
  for (Combined& combined : combined_)
    internal::add_joined(schema_, combined.target, combined.attributes,
                         std::move(combined.separator));
  if (schema_.error) return *schema_.error;
  if (place_ == Place::kInside) return {};
  if (schema_.attributes.empty()) return bad_json(schema_.model, "has no attributes");
  // Without a word about it the first attribute is the partition key.
  if (!schema_.partition)
    internal::set_member_key(schema_, schema_.partition, schema_.attributes.front());
  return read_indexes(attributes);
}

Result<void> DynamooseReader::read_attribute(const Given& given) {
  static constexpr std::array<std::string_view, 20> kSettings{
      "type",     "schema", "default", "forceDefault", "validate",
      "required", "enum",   "hashKey", "rangeKey",     "index",
      "map",      "alias",  "aliases", "defaultMap",   "defaultAlias"};
  if (given.settings)
    for (const auto& [name, value] : *given.settings) {
      if (name == "get" || name == "set")
        return bad_json(at(given.name), "functions cannot be written in JSON");
      if (std::find(kSettings.begin(), kSettings.end(), name) == kSettings.end())
        return bad_json(at(given.name), "\"" + std::string(name) + "\" is not known here");
    }
  const DynamicType type = TRY(read_type(given));
  Attribute& attribute = internal::add_dynamic(schema_, given.name, type);
  TRY(read_names(given, attribute));
  TRY(read_default(given, attribute));
  TRY(read_checks(given, attribute));
  return read_key(given);
}

// Items show the first of the other names, or the one that is said; storage has the attribute's.
Result<void> DynamooseReader::read_names(const Given& given, Attribute& attribute) {
  for (const char* const setting : {"map", "alias", "aliases"}) {
    const auto value = given.setting(setting);
    if (!value) continue;
    if (!attribute.aliases.empty())
      return bad_json(at(given.name), "only one of map, alias and aliases");
    if (value->is_string())
      attribute.aliases.push_back(TRY(internal::json_text(*value, at(given.name))));
    else
      attribute.aliases = TRY(internal::json_texts(*value, at(given.name)));
  }
  if (attribute.aliases.empty()) return {};
  std::string shown = attribute.aliases.front();
  for (const char* const setting : {"defaultMap", "defaultAlias"})
    if (const auto value = given.setting(setting))
      shown = TRY(internal::json_text(*value, at(given.name)));
  attribute.aliases.push_back(attribute.name);
  const auto found = std::find(attribute.aliases.begin(), attribute.aliases.end(), shown);
  if (found == attribute.aliases.end())
    return bad_json(at(given.name), "its default name is none of its names");
  attribute.aliases.erase(found);
  attribute.name = shown;
  return {};
}

// JSON has no sets: a set's value is written as an array.
Value as_type(Value value, const ValueCodec& codec) {
  const List* list = value.get_if<List>();
  if (list == nullptr || !storage::is_set(codec.type())) return value;
  StringSet texts;
  NumberSet numbers;
  for (const Value& element : *list) {
    if (const auto* text = element.get_if<std::string>()) texts.members.push_back(*text);
    if (const auto* number = element.get_if<Number>()) numbers.members.push_back(*number);
  }
  if (codec.type() == AttributeType::kStringSet) return Value(std::move(texts));
  return codec.type() == AttributeType::kNumberSet ? Value(std::move(numbers)) : value;
}

Result<EncodedValue> literal_of(const JsonValue& given, const Attribute& attribute,
                                const std::string& where) {
  const Value plain = TRY(internal::json_plain(given, where));
  const Value value = as_type(plain, *attribute.codec);
  Problems problems;
  EncodedValue encoded = encode_alone(*attribute.codec, &value, problems);
  if (!problems.empty())
    return bad_json(where, "a value of its settings " + problems.list().front().message);
  return encoded;
}

Result<void> DynamooseReader::read_default(const Given& given, Attribute& attribute) {
  const auto value = given.setting("default");
  if (!value) return {};
  attribute.default_value.kind = Source::Kind::kLiteral;
  attribute.default_value.literal = TRY(literal_of(*value, attribute, at(given.name)));
  const auto forced = given.setting("forceDefault");
  if (!forced || !TRY(internal::json_flag(*forced, at(given.name)))) return {};
  attribute.on_set = [always = storage::to_attribute_value(attribute.default_value.literal.view())](
                         void* member) { *static_cast<Value*>(member) = always; };
  return {};
}

Result<void> DynamooseReader::read_checks(const Given& given, Attribute& attribute) {
  if (const auto required = given.setting("required"))
    attribute.required = TRY(internal::json_flag(*required, at(given.name)));
  if (const auto values = given.setting("enum")) {
    std::vector<EncodedValue> encoded;
    for (const JsonValue value : TRY(internal::json_array(*values, at(given.name))))
      encoded.push_back(TRY(literal_of(value, attribute, at(given.name))));
    attribute.checks.push_back(one_of_check(std::move(encoded)));
  }
  const auto validate = given.setting("validate");
  return validate ? read_validate(*validate, attribute) : Result<void>();
}

Result<void> DynamooseReader::read_validate(const JsonValue& validate, Attribute& attribute) {
  if (!validate.is_object()) {
    std::vector<EncodedValue> only;
    only.push_back(TRY(literal_of(validate, attribute, at(attribute.name))));
    attribute.checks.push_back(one_of_check(std::move(only)));
    return {};
  }
  const auto pattern = json_find(validate.get_object().value_unsafe(), "regex");
  if (!pattern) return bad_json(at(attribute.name), "validate is a value or {\"regex\": \"...\"}");
  std::string text = TRY(internal::json_text(*pattern, at(attribute.name)));
  attribute.checks.push_back(TRY(pattern_check(std::move(text))));
  return {};
}

Result<void> DynamooseReader::read_key(const Given& given) {
  const auto is_set = [&](const char* setting) -> Result<bool> {
    const auto value = given.setting(setting);
    return value ? internal::json_flag(*value, at(given.name)) : Result<bool>(false);
  };
  const bool is_hash = TRY(is_set("hashKey"));
  const bool is_range = TRY(is_set("rangeKey"));
  if (!is_hash && !is_range) return {};
  if (place_ == Place::kInside) return bad_json(at(given.name), "a key cannot be in a document");
  if (is_hash && is_range) return bad_json(at(given.name), "is both hashKey and rangeKey");
  internal::set_member_key(schema_, is_hash ? schema_.partition : schema_.sort,
                           schema_.attributes.back());
  return {};
}

Result<void> DynamooseReader::read_indexes(const JsonObject& attributes) {
  for (const auto& [name, value] : attributes) {
    const Given given = TRY(given_of(name, value));
    const auto index = given.setting("index");
    if (!index) continue;
    if (!index->is_array()) {
      TRY(read_index(given.name, *index));
      continue;
    }
    // Named: a range-for over the accessor would keep a view of what is gone.
    const api::JsonArray all = index->get_array().value_unsafe();
    for (const JsonValue one : all) TRY(read_index(given.name, one));
  }
  return {};
}

Result<void> DynamooseReader::read_index(const std::string& attribute, const JsonValue& given) {
  const auto member = [&](const std::string& name) -> Result<size_t> {
    const Attribute* found = schema_.find(name);
    if (found == nullptr) return bad_json(at(attribute), "there is no attribute \"" + name + "\"");
    return schema_.position(*found);
  };
  IndexSchema index;
  std::optional<std::string> range;
  if (given.is_bool()) {
    if (!given.get_bool().value_unsafe()) return {};
  } else {
    for (const auto& [name, value] : TRY(internal::json_object(given, at(attribute)))) {
      if (name == "name") {
        index.name = TRY(internal::json_text(value, at(attribute)));
      } else if (name == "type") {
        const std::string kind = TRY(internal::json_text(value, at(attribute)));
        if (kind != "global" && kind != "local")
          return bad_json(at(attribute), "an index is global or local");
        index.kind = kind == "local" ? storage::IndexKind::kLocal : storage::IndexKind::kGlobal;
      } else if (name == "rangeKey") {
        range = TRY(internal::json_text(value, at(attribute)));
      } else if (name == "project" && value.is_array()) {
        index.projection.type = storage::ProjectionType::kInclude;
        index.projection.non_key_attributes = TRY(internal::json_texts(value, at(attribute)));
      } else if (name == "project") {
        if (!TRY(internal::json_flag(value, at(attribute))))
          index.projection.type = storage::ProjectionType::kKeysOnly;
      } else if (name != "throughput") {
        return bad_json(at(attribute), "\"" + std::string(name) + "\" is not known here");
      }
    }
  }
  const bool is_local = index.kind == storage::IndexKind::kLocal;
  if (index.name.empty()) index.name = attribute + (is_local ? "LocalIndex" : "GlobalIndex");
  const auto part_of = [](size_t position) {
    KeyPart part;
    part.member = position;
    return part;
  };
  const size_t own = TRY(member(attribute));
  if (is_local) {
    index.members = {schema_.partition->member, own};
    index.sort.push_back(part_of(own));
  } else {
    index.members = {own};
    index.partition.push_back(part_of(own));
    if (range) {
      const size_t other = TRY(member(*range));
      index.members.push_back(other);
      index.sort.push_back(part_of(other));
    }
  }
  schema_.indexes.push_back(std::move(index));
  return {};
}

Result<void> DynamooseReader::read_settings(const JsonObject& settings) {
  for (const auto& [name, value] : settings) {
    if (name == "saveUnknown")
      TRY(read_save_unknown(value));
    else if (name == "get" || name == "set" || name == "validate")
      return bad_json(schema_.model, "functions cannot be written in JSON");
    else if (name != "timestamps")
      return bad_json(schema_.model, "\"" + std::string(name) + "\" is not known here");
  }
  return {};
}

// All of them, or single attributes, or those of a document ("place.**", also "place.*": how deep
// is not held apart).
Result<void> DynamooseReader::read_save_unknown(const JsonValue& given) {
  if (given.is_bool()) {
    keeps_unknown_ = given.get_bool().value_unsafe();
    if (keeps_unknown_) schema_.unknown = Unknown::kKeep;
    return {};
  }
  for (const std::string& name : TRY(internal::json_texts(given, schema_.model))) {
    const size_t point = name.find('.');
    const std::string rest = point == std::string::npos ? std::string() : name.substr(point + 1);
    if (name == "*" || name == "**") {
      schema_.unknown = Unknown::kKeep;
      keeps_unknown_ = keeps_unknown_ || name == "**";
    } else if (point == std::string::npos) {
      kept_.push_back(name);
    } else if (rest == "*" || rest == "**") {
      keeps_inside_.push_back(name.substr(0, point));
    } else {
      return bad_json(schema_.model, "saveUnknown: \"" + name + "\" is not supported");
    }
  }
  return {};
}

Result<void> DynamooseReader::read_timestamps(const JsonValue& timestamps) {
  if (timestamps.is_bool()) {
    if (!timestamps.get_bool().value_unsafe()) return {};
    internal::add_dynamic(schema_, "createdAt", DynamicType::date()).role =
        AttributeRole::kCreatedAt;
    internal::add_dynamic(schema_, "updatedAt", DynamicType::date()).role =
        AttributeRole::kUpdatedAt;
    return {};
  }
  const JsonObject object = TRY(internal::json_object(timestamps, schema_.model));
  if (const auto created = json_find(object, "createdAt"))
    TRY(read_timestamp(*created, AttributeRole::kCreatedAt, "createdAt"));
  if (const auto updated = json_find(object, "updatedAt"))
    TRY(read_timestamp(*updated, AttributeRole::kUpdatedAt, "updatedAt"));
  return {};
}

// A name, or {"schema": {name: type}}, or null.
Result<void> DynamooseReader::read_timestamp(const JsonValue& given, AttributeRole role,
                                             std::string_view usual_name) {
  if (given.is_null()) return {};
  std::string name(usual_name);
  DynamicType type = DynamicType::date();
  if (given.is_string()) {
    name = TRY(internal::json_text(given, schema_.model));
  } else if (given.is_object()) {
    const auto inside = json_find(given.get_object().value_unsafe(), "schema");
    if (!inside) return bad_json(schema_.model, "timestamps: a name or a schema is needed");
    const JsonObject schema = TRY(internal::json_object(*inside, schema_.model));
    if (schema.size() != 1)
      return bad_json(schema_.model, "timestamps: there is one attribute for each");
    for (const auto& [own_name, value] : schema) {
      name = own_name;
      const Given attribute = TRY(given_of(own_name, value));
      type = TRY(read_type(attribute));
    }
  } else {
    return bad_json(schema_.model, "timestamps: there is one attribute for each");
  }
  if (type.kind != Kind::kDate)
    return bad_json(schema_.model, "timestamps: " + name + " is no Date");
  internal::add_dynamic(schema_, name, type).role = role;
  return {};
}

// Milliseconds, or {"ttl": milliseconds, "attribute": "ttl"}.
Result<void> DynamooseReader::read_expires(const JsonValue& expires) {
  std::string name = "ttl";
  int64_t lifetime_ms = 0;
  if (expires.is_object()) {
    const JsonObject object = expires.get_object().value_unsafe();
    if (const auto lifetime = json_find(object, "ttl"))
      lifetime_ms = TRY(internal::json_integer(*lifetime, "expires.ttl"));
    if (const auto attribute = json_find(object, "attribute"))
      name = TRY(internal::json_text(*attribute, "expires.attribute"));
  } else {
    lifetime_ms = TRY(internal::json_integer(expires, "expires"));
  }
  if (lifetime_ms < 0) return bad_json("expires", "a lifetime is negative");
  Attribute& attribute =
      internal::add_dynamic(schema_, name, DynamicType::date(TimeForm::kSeconds));
  attribute.role = AttributeRole::kExpiresAt;
  attribute.lifetime_ms = lifetime_ms;
  return {};
}

Result<DynamicSchema> DynamooseReader::finish() {
  schema_.finish();
  return DynamicSchema::of(std::move(schema_));
}

// --- Types.

Result<DynamicType> DynamooseReader::read_type(const Given& given) {
  if (given.type.is_string()) {
    const std::string word = TRY(internal::json_text(given.type, at(given.name)));
    return read_word(word, given);
  }
  if (given.type.is_object())
    return read_type_with_settings(given.type.get_object().value_unsafe(), given);
  DynamicType type{Kind::kUnion};
  for (const JsonValue one : TRY(internal::json_array(given.type, at(given.name)))) {
    const Given alternative{given.name, one, given.settings};
    type.of.push_back(TRY(read_type(alternative)));
  }
  return type;
}

Result<DynamicType> DynamooseReader::read_word(const std::string& word, const Given& given) {
  if (word == "String") return DynamicType::string();
  if (word == "Number") return DynamicType::number();
  if (word == "Boolean") return DynamicType::boolean();
  if (word == "Buffer") return DynamicType::binary();
  if (word == "Date") return DynamicType::date();
  if (word == "NULL") return DynamicType::null();
  if (word == "ANY") return DynamicType::any();
  if (word == "Array") return read_list(given);
  if (word == "Set") return read_set(given);
  if (word == "Object") return read_document(given, given.setting("schema"));
  return bad_json(at(given.name), "has no type \"" + word + "\"");
}

Result<DynamicType> DynamooseReader::read_type_with_settings(const JsonObject& object,
                                                             const Given& given) {
  if (const auto schema = json_find(object, "schema")) return read_document(given, *schema);
  const auto value = json_find(object, "value");
  if (!value) return bad_json(at(given.name), "its type has no value");
  const std::string word = TRY(internal::json_text(*value, at(given.name)));
  const auto settings = json_find(object, "settings");
  if (!settings) return read_word(word, given);
  const JsonObject inside = TRY(internal::json_object(*settings, at(given.name)));
  if (word == "Date") {
    const auto storage = json_find(inside, "storage");
    const auto form =
        form_of_word(storage ? TRY(internal::json_text(*storage, at(given.name))) : "milliseconds");
    if (!form) return bad_json(at(given.name), "a Date is stored as milliseconds, seconds or iso");
    return DynamicType::date(*form);
  }
  if (word == "Constant") {
    const auto constant = json_find(inside, "value");
    if (!constant) return bad_json(at(given.name), "a Constant has a value");
    Value held = TRY(internal::json_plain(*constant, at(given.name)));
    return DynamicType::constant_of(std::move(held));
  }
  if (word == "Combine") {
    const auto attributes = json_find(inside, "attributes");
    const auto separator = json_find(inside, "separator");
    if (!attributes) return bad_json(at(given.name), "a Combine has attributes");
    Combined combined{schema_.attributes.size(), {}, ","};
    combined.attributes = TRY(internal::json_texts(*attributes, at(given.name)));
    if (separator) combined.separator = TRY(internal::json_text(*separator, at(given.name)));
    combined_.push_back(std::move(combined));
    return DynamicType::string();
  }
  return read_word(word, given);
}

Result<DynamicType> DynamooseReader::read_list(const Given& given) {
  const auto schema = given.setting("schema");
  if (!schema) return DynamicType::list();
  Given element{given.name, *schema, std::nullopt};
  if (schema->is_array()) {
    const api::JsonArray elements = schema->get_array().value_unsafe();
    if (elements.size() != 1) return bad_json(at(given.name), "an Array has one type of elements");
    element = TRY(given_of(given.name, elements.at(0).value_unsafe()));
  }
  DynamicType type = TRY(read_type(element));
  return DynamicType::list(std::move(type));
}

Result<DynamicType> DynamooseReader::read_set(const Given& given) {
  const auto schema = given.setting("schema");
  if (!schema || !schema->is_array() || schema->get_array().value_unsafe().size() != 1)
    return bad_json(at(given.name), "a Set has one type of members");
  const Given member =
      TRY(given_of(given.name, schema->get_array().value_unsafe().at(0).value_unsafe()));
  const DynamicType type = TRY(read_type(member));
  switch (dynamic_codec(type)->type()) {
    case AttributeType::kString:
      return DynamicType::string_set();
    case AttributeType::kNumber:
      return DynamicType::number_set();
    case AttributeType::kBinary:
      return DynamicType::binary_set();
    default:
      return bad_json(at(given.name), "a Set holds strings, numbers or binary values");
  }
}

Result<DynamicType> DynamooseReader::read_document(const Given& given,
                                                   const std::optional<JsonValue>& schema) {
  const bool keeps = keeps_unknown_ || std::find(keeps_inside_.begin(), keeps_inside_.end(),
                                                 given.name) != keeps_inside_.end();
  // Anything, by any names.
  if (schema && schema->is_string() && schema->get_string().value_unsafe() == "ANY")
    return DynamicType::map();
  DynamooseReader inside(at(given.name), Place::kInside, keeps);
  if (schema) {
    // A schema of its own, {"attributes": ...}, or its attributes at once.
    JsonObject attributes = TRY(internal::json_object(*schema, at(given.name)));
    if (const auto own = json_find(attributes, "attributes"); own && own->is_object())
      attributes = own->get_object().value_unsafe();
    TRY(inside.read_attributes(attributes));
  }
  const DynamicSchema document = TRY(inside.finish());
  return DynamicType::document_of(document);
}

}  // namespace

Result<DynamicSchema> DynamicSchema::from_dynamoose(std::string_view json) {
  return DynamooseReader::read(json);
}

}  // namespace dynolith::odm
