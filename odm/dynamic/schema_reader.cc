// Schemas from the JSON that schema_writer.cc writes.
#include <algorithm>

#include "odm/dynamic/dynamic_schema.h"
#include "odm/dynamic/json_access.h"
#include "odm/dynamic/schema_words.h"

namespace dynolith::odm {
namespace {

using api::JsonObject;
using api::JsonValue;
using internal::bad_json;
using Kind = DynamicType::Kind;

constexpr std::string_view kCustom = "custom";

// A schema and those of the documents inside; these may name one another.
struct Family {
  Schema root;
  std::map<std::string, std::unique_ptr<Schema>, std::less<>> documents;
};

Result<void> only(const JsonObject& object, std::string_view where,
                  std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : object)
    if (std::find(names.begin(), names.end(), name) == names.end())
      return bad_json(where, "\"" + std::string(name) + "\" is not known here");
  return {};
}

bool is_custom(const JsonValue& value) {
  std::string_view text;
  return !value.get_string().get(text) && text == kCustom;
}

}  // namespace

// Reads one schema; of documents there is only the name until all are read.
class SchemaReader {
 public:
  static Result<DynamicSchema> read(std::string_view json);

 private:
  SchemaReader(Family& family, Schema& schema) : family_(family), schema_(schema) {}

  Result<void> read_body(const JsonObject& body);
  Result<void> read_rest(const JsonObject& body);
  Result<void> read_attribute(const JsonValue& value);
  Result<void> read_options(const JsonObject& given, Attribute& attribute);
  Result<void> read_role(const JsonObject& given, Attribute& attribute);
  Result<void> read_check(const JsonValue& given, Attribute& attribute);
  Result<void> read_source(const JsonValue& given, Source& source);
  Result<void> read_index(const JsonValue& given);
  Result<void> read_derived(const JsonValue& given);
  Result<DynamicType> read_type(const JsonValue& given);
  Result<DynamicType> read_type_object(const JsonObject& given);
  Result<std::optional<KeyPart>> read_part(const JsonValue& given);
  Result<std::vector<KeyPart>> read_parts(const JsonValue& given);
  Result<std::vector<size_t>> read_members(const JsonValue& given);
  Result<size_t> read_member(std::string_view name);

  std::string where() const {
    return where_.empty() ? schema_.model : schema_.model + "." + where_;
  }

  Family& family_;
  Schema& schema_;
  std::string where_;
};

Result<DynamicSchema> SchemaReader::read(std::string_view json) {
  api::JsonParser parser;
  const auto parsed = parser.parse(json);
  if (!parsed.ok()) return bad_json("schema", "is not a JSON object");
  const JsonObject& body = *parsed;
  auto family = std::make_shared<Family>();
  std::optional<JsonObject> documents;
  if (const auto given = internal::json_find(body, "documents")) {
    documents = TRY(internal::json_object(*given, "documents"));
    for (const auto& [name, document] : *documents)
      family->documents.emplace(std::string(name), std::make_unique<Schema>());
  }
  TRY(SchemaReader(*family, family->root).read_body(body));
  if (documents) {
    for (const auto& [name, document] : *documents) {
      Schema& schema = *family->documents.find(name)->second;
      const JsonObject inside = TRY(internal::json_object(document, name));
      if (internal::json_find(inside, "documents")) return bad_json(name, "holds documents itself");
      TRY(SchemaReader(*family, schema).read_body(inside));
    }
  }
  return DynamicSchema(std::shared_ptr<const Schema>(family, &family->root));
}

Result<void> SchemaReader::read_body(const JsonObject& body) {
  schema_.is_dynamic = true;
  TRY(only(body, "schema",
           {"model", "entity", "tagAttribute", "partitionKey", "sortKey", "key", "attributes",
            "indexes", "unknown", "unique", "version", "versionAttribute", "views", "checks",
            "derived", "upgrades", "hooks", "documents"}));
  if (const auto model = internal::json_find(body, "model"))
    schema_.model = TRY(internal::json_text(*model, "model"));
  if (const auto entity = internal::json_find(body, "entity")) {
    schema_.entity = TRY(internal::json_text(*entity, where()));
    schema_.tag_attribute = "_et";
  }
  if (const auto tag = internal::json_find(body, "tagAttribute"))
    schema_.tag_attribute = TRY(internal::json_text(*tag, where()));
  const auto attributes = internal::json_find(body, "attributes");
  if (!attributes) return bad_json(where(), "has no attributes");
  for (const JsonValue given : TRY(internal::json_array(*attributes, where())))
    TRY(read_attribute(given));
  where_.clear();
  TRY(read_rest(body));
  schema_.finish();
  if (schema_.error) return *schema_.error;
  return {};
}

Result<void> SchemaReader::read_rest(const JsonObject& body) {
  for (const auto& [name, value] : body) {
    if (name == "partitionKey") {
      schema_.partition = TRY(read_part(value));
    } else if (name == "sortKey") {
      schema_.sort = TRY(read_part(value));
    } else if (name == "key") {
      schema_.key_members = TRY(read_members(value));
    } else if (name == "indexes") {
      for (const JsonValue index : TRY(internal::json_array(value, where())))
        TRY(read_index(index));
    } else if (name == "unknown") {
      const std::string word = TRY(internal::json_text(value, where()));
      if (word != "keep" && word != "refuse" && word != "ignore")
        return bad_json(where(), "\"unknown\" is keep, refuse or ignore");
      schema_.unknown = word == "keep"     ? Unknown::kKeep
                        : word == "refuse" ? Unknown::kRefuse
                                           : Unknown::kIgnore;
    } else if (name == "unique") {
      for (const size_t member : TRY(read_members(value))) schema_.unique.push_back({member});
    } else if (name == "version") {
      schema_.version = TRY(internal::json_integer(value, where()));
      if (schema_.version < 0) return bad_json(where(), "\"version\" is negative");
      if (schema_.version_attribute.empty()) schema_.version_attribute = "_v";
    } else if (name == "versionAttribute") {
      schema_.version_attribute = TRY(internal::json_text(value, where()));
    } else if (name == "views") {
      for (const auto& [view, members] : TRY(internal::json_object(value, where())))
        schema_.views[std::string(view)] = TRY(read_members(members));
    } else if (name == "derived") {
      for (const JsonValue rule : TRY(internal::json_array(value, where())))
        TRY(read_derived(rule));
    } else if (name == "upgrades") {
      return bad_json(where(), "upgrades are functions, which JSON cannot hold");
    }
  }
  return {};
}

Result<void> SchemaReader::read_attribute(const JsonValue& value) {
  where_ = "attributes";
  const JsonObject given = TRY(internal::json_object(value, where()));
  TRY(only(given, where(),
           {"name", "storedName", "aliases", "type", "role", "required", "readOnly", "hidden",
            "nullable", "masked", "default", "generated", "checks", "lifetimeMs", "counterStart",
            "counterStep", "onSet", "onGet"}));
  const auto name = internal::json_find(given, "name");
  if (!name) return bad_json(where(), "one has no name");
  where_ = TRY(internal::json_text(*name, where()));
  const std::string attribute_name = where_;
  const auto type_given = internal::json_find(given, "type");
  const DynamicType type = type_given ? TRY(read_type(*type_given)) : DynamicType::any();
  Attribute& attribute = internal::add_dynamic(schema_, attribute_name, type);
  if (const auto stored = internal::json_find(given, "storedName"))
    attribute.stored_name = TRY(internal::json_text(*stored, where()));
  if (const auto aliases = internal::json_find(given, "aliases"))
    attribute.aliases = TRY(internal::json_texts(*aliases, where()));
  TRY(read_role(given, attribute));
  return read_options(given, attribute);
}

Result<void> SchemaReader::read_options(const JsonObject& given, Attribute& attribute) {
  const auto flag = [&](std::string_view name, bool& target) -> Result<void> {
    if (const auto value = internal::json_find(given, name))
      target = TRY(internal::json_flag(*value, where()));
    return {};
  };
  TRY(flag("required", attribute.required));
  TRY(flag("readOnly", attribute.read_only));
  TRY(flag("hidden", attribute.hidden));
  TRY(flag("nullable", attribute.nullable));
  TRY(flag("masked", attribute.masked));
  if (const auto value = internal::json_find(given, "generated"))
    TRY(read_source(*value, attribute.generated));
  if (const auto value = internal::json_find(given, "default"))
    TRY(read_source(*value, attribute.default_value));
  if (const auto checks = internal::json_find(given, "checks"))
    for (const JsonValue check : TRY(internal::json_array(*checks, where())))
      TRY(read_check(check, attribute));
  return {};
}

Result<void> SchemaReader::read_role(const JsonObject& given, Attribute& attribute) {
  const auto word = internal::json_find(given, "role");
  if (!word) return {};
  const auto role = role_of_name(TRY(internal::json_text(*word, where())));
  if (!role) return bad_json(where(), "has a role that is not known");
  const bool needs_time = *role == AttributeRole::kCreatedAt ||
                          *role == AttributeRole::kUpdatedAt || *role == AttributeRole::kExpiresAt;
  if (attribute.codec->meaning() != (needs_time ? Meaning::kTime : Meaning::kInteger))
    return bad_json(where(), "its type does not fit its role");
  attribute.role = *role;
  if (*role == AttributeRole::kCounter) attribute.read_only = true;
  const auto number = [&](std::string_view name, int64_t& target) -> Result<void> {
    if (const auto value = internal::json_find(given, name))
      target = TRY(internal::json_integer(*value, where()));
    return {};
  };
  TRY(number("lifetimeMs", attribute.lifetime_ms));
  TRY(number("counterStart", attribute.counter_start));
  return number("counterStep", attribute.counter_step);
}

Result<void> SchemaReader::read_source(const JsonValue& given, Source& source) {
  if (is_custom(given)) return {};
  std::string_view word;
  if (!given.get_string().get(word)) {
    if (word != "uuid" && word != "ulid") return bad_json(where(), "has no such source");
    source.kind = word == "uuid" ? Source::Kind::kUuid : Source::Kind::kUlid;
    return {};
  }
  source.literal = TRY(internal::json_tagged(given, where()));
  source.kind = Source::Kind::kLiteral;
  return {};
}

Result<void> SchemaReader::read_check(const JsonValue& given, Attribute& attribute) {
  const JsonObject check = TRY(internal::json_object(given, where()));
  TRY(only(check, where(), {"range", "length", "matches", "oneOf", "custom", "message"}));
  std::optional<Check> made;
  if (const auto range = internal::json_find(check, "range")) {
    std::optional<Number> bounds[2];
    const char* const names[2] = {"low", "high"};
    const JsonObject object = TRY(internal::json_object(*range, where()));
    for (int i = 0; i < 2; ++i) {
      const auto bound = internal::json_find(object, names[i]);
      if (!bound) continue;
      const auto number = Number::parse(TRY(internal::json_text(*bound, where())));
      if (!number.ok()) return bad_json(where(), "a bound is no number");
      bounds[i] = *number;
    }
    made = range_check(bounds[0], bounds[1]);
  } else if (const auto length = internal::json_find(check, "length")) {
    const JsonObject object = TRY(internal::json_object(*length, where()));
    const auto low = internal::json_find(object, "low");
    const auto high = internal::json_find(object, "high");
    const int64_t least = low ? TRY(internal::json_integer(*low, where())) : 0;
    const int64_t most = high ? TRY(internal::json_integer(*high, where())) : 0;
    if (least < 0 || most < 0) return bad_json(where(), "a length is negative");
    made = length_check(static_cast<size_t>(least),
                        high ? std::optional(static_cast<size_t>(most)) : std::nullopt);
  } else if (const auto pattern = internal::json_find(check, "matches")) {
    std::string text = TRY(internal::json_text(*pattern, where()));
    made = TRY(pattern_check(std::move(text)));
  } else if (const auto one_of = internal::json_find(check, "oneOf")) {
    std::vector<EncodedValue> values;
    for (const JsonValue value : TRY(internal::json_array(*one_of, where())))
      values.push_back(TRY(internal::json_tagged(value, where())));
    made = one_of_check(std::move(values));
  }
  if (!made) return {};
  if (const auto message = internal::json_find(check, "message"))
    made->message = TRY(internal::json_text(*message, where()));
  attribute.checks.push_back(std::move(*made));
  return {};
}

Result<void> SchemaReader::read_index(const JsonValue& given) {
  const JsonObject object = TRY(internal::json_object(given, where()));
  TRY(only(object, where(),
           {"name", "kind", "partition", "sort", "members", "projection", "include"}));
  IndexSchema index;
  for (const auto& [name, value] : object) {
    if (name == "name") {
      index.name = TRY(internal::json_text(value, where()));
    } else if (name == "kind") {
      const std::string kind = TRY(internal::json_text(value, where()));
      if (kind != "local" && kind != "global")
        return bad_json(where(), "an index is local or global");
      index.kind = kind == "local" ? storage::IndexKind::kLocal : storage::IndexKind::kGlobal;
    } else if (name == "partition") {
      index.partition = TRY(read_parts(value));
    } else if (name == "sort") {
      index.sort = TRY(read_parts(value));
    } else if (name == "members") {
      index.members = TRY(read_members(value));
    } else if (name == "projection") {
      if (TRY(internal::json_text(value, where())) != "keysOnly")
        return bad_json(where(), "a projection is keysOnly");
      index.projection.type = storage::ProjectionType::kKeysOnly;
    } else if (name == "include") {
      index.projection.type = storage::ProjectionType::kInclude;
      index.projection.non_key_attributes = TRY(internal::json_texts(value, where()));
    }
  }
  schema_.indexes.push_back(std::move(index));
  return {};
}

Result<void> SchemaReader::read_derived(const JsonValue& given) {
  const JsonObject object = TRY(internal::json_object(given, where()));
  const auto separator = internal::json_find(object, "separator");
  const auto target = internal::json_find(object, "attribute");
  const auto inputs = internal::json_find(object, "inputs");
  if (!separator || !target || !inputs)
    return bad_json(where(), "a derived attribute is a function, which JSON cannot hold");
  const std::string name = TRY(internal::json_text(*target, where()));
  const size_t position = TRY(read_member(name));
  internal::add_joined(schema_, position, TRY(internal::json_texts(*inputs, where())),
                       TRY(internal::json_text(*separator, where())));
  return {};
}

Result<DynamicType> SchemaReader::read_type(const JsonValue& given) {
  std::string_view word;
  if (given.get_string().get(word))
    return read_type_object(TRY(internal::json_object(given, where())));
  const auto type = type_of_word(word);
  if (!type) return bad_json(where(), "has no type \"" + std::string(word) + "\"");
  return *type;
}

Result<DynamicType> SchemaReader::read_type_object(const JsonObject& given) {
  DynamicType type;
  int kinds = 0;
  bool is_optional = false;
  for (const auto& [name, value] : given) {
    if (name == "optional") {
      is_optional = TRY(internal::json_flag(value, where()));
      continue;
    }
    ++kinds;
    if (name == "type") {
      type = TRY(read_type(value));
    } else if (name == "date") {
      const auto form = form_of_word(TRY(internal::json_text(value, where())));
      if (!form) return bad_json(where(), "a date is milliseconds, seconds or iso");
      type = DynamicType::date(*form);
    } else if (name == "constant") {
      type = DynamicType::constant_of(
          storage::to_attribute_value(TRY(internal::json_tagged(value, where())).view()));
    } else if (name == "enumeration") {
      type = DynamicType::enumeration(TRY(internal::json_texts(value, where())));
    } else if (name == "list") {
      type = DynamicType::list(TRY(read_type(value)));
    } else if (name == "map") {
      type = DynamicType::map(TRY(read_type(value)));
    } else if (name == "document") {
      const std::string document = TRY(internal::json_text(value, where()));
      const auto found = family_.documents.find(document);
      if (found == family_.documents.end())
        return bad_json(where(), "there is no document \"" + document + "\"");
      // Of the same family, which outlives it.
      found->second->is_dynamic = true;
      type.kind = Kind::kDocument;
      type.document = std::shared_ptr<const Schema>(std::shared_ptr<void>(), found->second.get());
    } else if (name == "union") {
      type.kind = Kind::kUnion;
      for (const JsonValue one : TRY(internal::json_array(value, where())))
        type.of.push_back(TRY(read_type(one)));
    } else {
      return bad_json(where(), "has no type \"" + std::string(name) + "\"");
    }
  }
  if (kinds != 1) return bad_json(where(), "needs one type");
  type.is_optional = is_optional;
  return type;
}

Result<std::optional<KeyPart>> SchemaReader::read_part(const JsonValue& given) {
  const JsonObject object = TRY(internal::json_object(given, where()));
  TRY(only(object, where(), {"attribute", "pattern", "member"}));
  std::optional<KeyPart> part;
  if (const auto member = internal::json_find(object, "member")) {
    const std::string name = TRY(internal::json_text(*member, where()));
    part.emplace().member = TRY(read_member(name));
    return part;
  }
  const auto attribute = internal::json_find(object, "attribute");
  const auto pattern = internal::json_find(object, "pattern");
  if (!attribute || !pattern) return bad_json(where(), "a key needs an attribute and a pattern");
  internal::set_key_part(schema_, part, TRY(internal::json_text(*attribute, where())),
                         TRY(internal::json_text(*pattern, where())));
  if (schema_.error) return *schema_.error;
  return part;
}

Result<std::vector<KeyPart>> SchemaReader::read_parts(const JsonValue& given) {
  std::vector<KeyPart> parts;
  for (const JsonValue one : TRY(internal::json_array(given, where())))
    parts.push_back(*TRY(read_part(one)));
  return parts;
}

Result<std::vector<size_t>> SchemaReader::read_members(const JsonValue& given) {
  std::vector<size_t> members;
  for (const std::string& name : TRY(internal::json_texts(given, where())))
    members.push_back(TRY(read_member(name)));
  return members;
}

Result<size_t> SchemaReader::read_member(std::string_view name) {
  const Attribute* found = schema_.find(name);
  if (found == nullptr)
    return bad_json(schema_.model, "no attribute is called \"" + std::string(name) + "\"");
  return schema_.position(*found);
}

Result<DynamicSchema> DynamicSchema::parse(std::string_view json) {
  return SchemaReader::read(json);
}

}  // namespace dynolith::odm
