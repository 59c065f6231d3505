// Schemas to JSON.
#include <algorithm>
#include <array>

#include "api/json/writer.h"
#include "odm/check_rule.h"
#include "odm/dynamic/dynamic_schema.h"
#include "odm/dynamic/schema_words.h"

namespace dynolith::odm {
namespace {

using Kind = DynamicType::Kind;

constexpr std::string_view kCustom = "custom";

class SchemaWriter {
 public:
  std::string write(const Schema& schema) {
    json_.begin_object();
    write_body(schema);
    write_documents();
    json_.end_object();
    return std::move(out_);
  }

 private:
  void flag(std::string_view name, bool value) {
    if (value) json_.name(name).boolean(true);
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    json_.name(name).begin_array();
    for (const std::string& value : values) json_.string(value);
    json_.end_array();
  }
  // Attributes by their names.
  void members(std::string_view name, const Schema& schema, const std::vector<size_t>& positions) {
    json_.name(name).begin_array();
    for (const size_t position : positions) json_.string(schema.attributes[position].name);
    json_.end_array();
  }

  void write_body(const Schema& schema);
  void write_keys(const Schema& schema);
  void write_part(const Schema& schema, const KeyPart& part);
  void write_index(const Schema& schema, const IndexSchema& index);
  void write_attribute(const Attribute& attribute);
  void write_role(const Attribute& attribute);
  void write_source(std::string_view name, const Source& source);
  void write_checks(const Attribute& attribute);
  void write_check(const Check& check);
  void write_functions(const Schema& schema);
  void write_type(const DynamicType& type);
  void write_documents();
  std::string document_name(const Schema& schema);

  std::string out_;
  api::JsonWriter json_{out_};
  std::vector<const Schema*> documents_;  // In the order in which they are met.
  std::vector<std::string> document_names_;
};

void SchemaWriter::write_body(const Schema& schema) {
  json_.name("model").string(schema.model);
  if (!schema.entity.empty())
    json_.name("entity").string(schema.entity).name("tagAttribute").string(schema.tag_attribute);
  write_keys(schema);
  json_.name("attributes").begin_array();
  for (const Attribute& attribute : schema.attributes)
    if (attribute.role != AttributeRole::kExtra) write_attribute(attribute);
  json_.end_array();
  if (!schema.indexes.empty()) {
    json_.name("indexes").begin_array();
    for (const IndexSchema& index : schema.indexes) write_index(schema, index);
    json_.end_array();
  }
  if (schema.unknown != Unknown::kIgnore)
    json_.name("unknown").string(schema.unknown == Unknown::kKeep ? "keep" : "refuse");
  if (!schema.unique.empty()) {
    std::vector<size_t> unique;
    for (const Unique& one : schema.unique) unique.push_back(one.attribute);
    members("unique", schema, unique);
  }
  if (schema.version > 0)
    json_.name("version")
        .integer(schema.version)
        .name("versionAttribute")
        .string(schema.version_attribute);
  if (!schema.views.empty()) {
    json_.name("views").begin_object();
    for (const auto& [name, chosen] : schema.views) {
      json_.any_name(name).begin_array();
      for (const size_t position : chosen) json_.string(schema.attributes[position].name);
      json_.end_array();
    }
    json_.end_object();
  }
  write_functions(schema);
}

void SchemaWriter::write_keys(const Schema& schema) {
  if (schema.partition) {
    json_.name("partitionKey");
    write_part(schema, *schema.partition);
  }
  if (schema.sort) {
    json_.name("sortKey");
    write_part(schema, *schema.sort);
  }
  if (!schema.key_members.empty()) members("key", schema, schema.key_members);
}

void SchemaWriter::write_part(const Schema& schema, const KeyPart& part) {
  json_.begin_object();
  if (part.pattern)
    json_.name("attribute").string(part.attribute).name("pattern").string(part.pattern->text);
  else
    json_.name("member").string(schema.attributes[part.member].name);
  json_.end_object();
}

void SchemaWriter::write_index(const Schema& schema, const IndexSchema& index) {
  const bool is_local = index.kind == storage::IndexKind::kLocal;
  json_.begin_object().name("name").string(index.name);
  json_.name("kind").string(is_local ? "local" : "global");
  if (!is_local) {
    json_.name("partition").begin_array();
    for (const KeyPart& part : index.partition) write_part(schema, part);
    json_.end_array();
  }
  if (!index.sort.empty()) {
    json_.name("sort").begin_array();
    for (const KeyPart& part : index.sort) write_part(schema, part);
    json_.end_array();
  }
  members("members", schema, index.members);
  if (index.projection.type == storage::ProjectionType::kKeysOnly)
    json_.name("projection").string("keysOnly");
  if (index.projection.type == storage::ProjectionType::kInclude)
    texts("include", index.projection.non_key_attributes);
  json_.end_object();
}

void SchemaWriter::write_attribute(const Attribute& attribute) {
  json_.begin_object().name("name").string(attribute.name);
  if (attribute.stored_name != attribute.name)
    json_.name("storedName").string(attribute.stored_name);
  texts("aliases", attribute.aliases);
  json_.name("type");
  write_type(type_of(*attribute.codec));
  write_role(attribute);
  flag("required", attribute.required);
  flag("readOnly", attribute.read_only);
  flag("hidden", attribute.hidden);
  flag("nullable", attribute.nullable);
  flag("masked", attribute.masked);
  write_source("generated", attribute.generated);
  write_source("default", attribute.default_value);
  write_checks(attribute);
  if (attribute.on_set) json_.name("onSet").string(kCustom);
  if (attribute.on_get) json_.name("onGet").string(kCustom);
  json_.end_object();
}

void SchemaWriter::write_role(const Attribute& attribute) {
  if (const std::string_view role = role_name(attribute.role); !role.empty())
    json_.name("role").string(role);
  if (attribute.role == AttributeRole::kExpiresAt && attribute.lifetime_ms != 0)
    json_.name("lifetimeMs").integer(attribute.lifetime_ms);
  if (attribute.role == AttributeRole::kCounter)
    json_.name("counterStart")
        .integer(attribute.counter_start)
        .name("counterStep")
        .integer(attribute.counter_step);
}

void SchemaWriter::write_source(std::string_view name, const Source& source) {
  switch (source.kind) {
    case Source::Kind::kNone:
      return;
    case Source::Kind::kLiteral:
      if (!source.literal.bytes.empty()) json_.name(name).value(source.literal.view());
      return;
    case Source::Kind::kUuid:
      json_.name(name).string("uuid");
      return;
    case Source::Kind::kUlid:
      json_.name(name).string("ulid");
      return;
    case Source::Kind::kCall:
      json_.name(name).string(kCustom);
      return;
  }
}

void SchemaWriter::write_checks(const Attribute& attribute) {
  // A required text of a struct must not be empty; of an item it must only be there.
  const bool no_empty_text = attribute.required && attribute.offset != Attribute::kDynamic &&
                             attribute.codec->type() == AttributeType::kString;
  if (attribute.checks.empty() && !no_empty_text) return;
  json_.name("checks").begin_array();
  for (const Check& check : attribute.checks) write_check(check);
  if (no_empty_text) write_check({length_check(1, std::nullopt).rule, "is required"});
  json_.end_array();
}

void SchemaWriter::write_check(const Check& check) {
  json_.begin_object();
  if (const auto* range = std::get_if<RangeCheck>(&check.rule->node)) {
    json_.name("range").begin_object();
    if (range->low) json_.name("low").string(range->low->to_text());
    if (range->high) json_.name("high").string(range->high->to_text());
    json_.end_object();
  } else if (const auto* length = std::get_if<LengthCheck>(&check.rule->node)) {
    json_.name("length").begin_object();
    json_.name("low").integer(static_cast<int64_t>(length->low));
    if (length->high) json_.name("high").integer(static_cast<int64_t>(*length->high));
    json_.end_object();
  } else if (const auto* pattern = std::get_if<PatternCheck>(&check.rule->node)) {
    json_.name("matches").string(pattern->text);
  } else if (const auto* one_of = std::get_if<OneOfCheck>(&check.rule->node)) {
    json_.name("oneOf").begin_array();
    for (const EncodedValue& value : one_of->values)
      if (!value.bytes.empty()) json_.value(value.view());
    json_.end_array();
  } else {
    json_.name(kCustom).boolean(true);
  }
  json_.name("message").string(check.message).end_object();
}

// What JSON cannot hold is named, so that a reader of it knows.
void SchemaWriter::write_functions(const Schema& schema) {
  if (!schema.checks.empty()) {
    json_.name("checks").begin_array();
    for (const ObjectCheck& check : schema.checks)
      json_.begin_object()
          .name(kCustom)
          .boolean(true)
          .name("message")
          .string(check.message)
          .end_object();
    json_.end_array();
  }
  if (!schema.derived.empty()) {
    json_.name("derived").begin_array();
    for (const Derived& rule : schema.derived) {
      json_.begin_object().name("attribute").string(schema.attributes[rule.target].name);
      members("inputs", schema, rule.inputs);
      if (rule.separator)
        json_.name("separator").string(*rule.separator);
      else
        json_.name(kCustom).boolean(true);
      json_.end_object();
    }
    json_.end_array();
  }
  if (!schema.upgrades.empty()) {
    json_.name("upgrades").begin_array();
    for (const Upgrade& upgrade : schema.upgrades)
      json_.begin_object()
          .name("from")
          .integer(upgrade.from)
          .name(kCustom)
          .boolean(true)
          .end_object();
    json_.end_array();
  }
  const Hooks& hooks = schema.hooks;
  if (hooks.before_write.empty() && hooks.after_write.empty() && hooks.after_read.empty()) return;
  json_.name("hooks").begin_array();
  if (!hooks.before_write.empty()) json_.string("beforeWrite");
  if (!hooks.after_write.empty()) json_.string("afterWrite");
  if (!hooks.after_read.empty()) json_.string("afterRead");
  json_.end_array();
}

void SchemaWriter::write_type(const DynamicType& type) {
  const std::string_view word = type_word(type);
  if (!word.empty() && !type.is_optional) {
    json_.string(word);
    return;
  }
  json_.begin_object();
  if (type.is_optional) json_.name("optional").boolean(true);
  switch (type.kind) {
    case Kind::kDate:
      json_.name("date").string(form_word(type.form));
      break;
    case Kind::kConstant: {
      json_.name("constant").value(storage::encode_value(type.constant).view());
      break;
    }
    case Kind::kEnumeration:
      texts("enumeration", type.names);
      break;
    case Kind::kList:
    case Kind::kMap:
      json_.name(type.kind == Kind::kList ? "list" : "map");
      write_type(type.of.empty() ? DynamicType::any() : type.of.front());
      break;
    case Kind::kDocument:
      json_.name("document").string(document_name(*type.document));
      break;
    case Kind::kUnion:
      json_.name("union").begin_array();
      for (const DynamicType& one : type.of) write_type(one);
      json_.end_array();
      break;
    default:
      json_.name("type").string(word);
      break;
  }
  json_.end_object();
}

std::string SchemaWriter::document_name(const Schema& schema) {
  for (size_t i = 0; i < documents_.size(); ++i)
    if (documents_[i] == &schema) return document_names_[i];
  std::string name = schema.model.empty() ? "Document" : schema.model;
  const std::string stem = name;
  for (int i = 2;
       std::find(document_names_.begin(), document_names_.end(), name) != document_names_.end();
       ++i)
    name = stem + "_" + std::to_string(i);
  documents_.push_back(&schema);
  document_names_.push_back(name);
  return name;
}

// Writing one may meet more of them.
void SchemaWriter::write_documents() {
  if (documents_.empty()) return;
  json_.name("documents").begin_object();
  for (size_t i = 0; i < documents_.size(); ++i) {
    json_.any_name(document_names_[i]).begin_object();
    write_body(*documents_[i]);
    json_.end_object();
  }
  json_.end_object();
}

}  // namespace

std::string to_json(const Schema& schema) { return SchemaWriter().write(schema); }

}  // namespace dynolith::odm
