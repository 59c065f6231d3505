#include "odm/dynamic/dynamic_schema.h"

#include <algorithm>

#include "odm/check_rule.h"

namespace dynolith::odm {
namespace {

// Strings, numbers and booleans have a text.
std::optional<std::string> text_of(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return *text;
  if (const auto* number = value.get_if<Number>()) return number->to_text();
  if (const auto* boolean = value.get_if<bool>()) return *boolean ? "true" : "false";
  return std::nullopt;
}

// A document of Maps cannot be a structure's: its schema points into structures.
bool has_structure(const DynamicType& type) {
  if (type.document != nullptr && type.document->is_typed()) return true;
  return std::any_of(type.of.begin(), type.of.end(), has_structure);
}

}  // namespace

Result<DynamicSchema> DynamicSchema::of(Schema schema) {
  if (schema.error) return *schema.error;
  return DynamicSchema(std::make_shared<const Schema>(std::move(schema)));
}

namespace internal {

bool value_to(const ValueCodec& codec, const Value& value, void* held) {
  if (value.type() == AttributeType::kNull) return true;  // As it begins.
  ItemEncoder encoder;
  Problems problems;
  encoder.begin_value();
  EncodeContext context{encoder, problems};
  if (!encode_any(value, context)) return false;
  const EncodedValue encoded = encoder.finish_value();
  DecodeContext decoding{problems};
  return codec.decode(encoded.view(), held, decoding) && problems.empty();
}

void value_from(const ValueCodec& codec, const void* held, Value& value) {
  if (codec.is_absent(held)) {
    value = Value();
    return;
  }
  ItemEncoder encoder;
  Problems problems;
  encoder.begin_value();
  EncodeContext context{encoder, problems};
  codec.encode(held, context);
  value = storage::to_attribute_value(encoder.finish_value().view());
}

void make_dynamic(Schema& schema, Attribute& attribute) {
  const DynamicType type = type_of(*attribute.codec);
  if (has_structure(type))
    bad_model(schema,
              attribute.name + " has the type of a structure: say DynamicType::document_of(...)");
  // A check of the program's own decodes with the codec that is replaced here.
  if (attribute.own_codec)
    for (Check& check : attribute.checks)
      if (const auto* custom = std::get_if<CustomCheck>(&check.rule->node))
        check = custom_check([holds = custom->holds, keep = attribute.own_codec](
                                 const ValueView& value) { return holds(value); },
                             check.message);
  attribute.own_codec = dynamic_codec(type);
  attribute.codec = attribute.declared_codec = attribute.own_codec.get();
}

Attribute& add_dynamic(Schema& schema, std::string_view name, const DynamicType& type) {
  if (has_structure(type))
    bad_model(schema, std::string(name) +
                          " has the type of a structure: say DynamicType::document_of(...)");
  if (type.kind == DynamicType::Kind::kUnion && type.of.empty())
    bad_model(schema, std::string(name) + " is a union of no types");
  if (type.kind == DynamicType::Kind::kDocument && type.document == nullptr)
    bad_model(schema, std::string(name) + " is a document without a schema");
  const std::shared_ptr<const ValueCodec> codec = dynamic_codec(type);
  Attribute& added = add_attribute(schema, name, Attribute::kDynamic, *codec);
  added.own_codec = codec;
  return added;
}

const Attribute* find_named(Schema& schema, std::string_view name) {
  const Attribute* found = schema.find(name);
  if (found == nullptr)
    bad_model(schema, "no attribute is called \"" + std::string(name) + "\" (yet)");
  return found;
}

void add_joined(Schema& schema, size_t target, const std::vector<std::string>& inputs,
                std::string separator) {
  Derived rule;
  rule.target = target;
  rule.separator = separator;
  std::vector<std::vector<std::string>> names;  // Each input's, its aliases too.
  for (const std::string& input : inputs) {
    const Attribute* found = find_named(schema, input);
    if (found == nullptr) continue;
    rule.inputs.push_back(schema.position(*found));
    std::vector<std::string>& all = names.emplace_back(found->aliases);
    all.insert(all.begin(), found->name);
  }
  schema.attributes[target].read_only = true;
  rule.compute = [names = std::move(names), separator = std::move(separator),
                  target_name = schema.attributes[target].name](void* object) {
    Map& item = *static_cast<Map*>(object);
    std::optional<std::string> joined;
    for (const std::vector<std::string>& input : names) {
      const auto named = std::find_if(input.begin(), input.end(), [&item](const std::string& name) {
        return item.count(name) > 0;
      });
      const auto text = named == input.end() ? std::nullopt : text_of(item.at(*named));
      if (text) joined = joined ? *joined + separator + *text : *text;
    }
    if (joined)
      item.insert_or_assign(target_name, Value(*std::move(joined)));
    else
      item.erase(target_name);
  };
  schema.derived.push_back(std::move(rule));
}

}  // namespace internal

DynamicDefinition::DynamicDefinition(std::string model) {
  schema_.model = std::move(model);
  schema_.is_dynamic = true;
}

DynamicDefinition& DynamicDefinition::entity(std::string name, std::string tag_attribute) {
  schema_.entity = std::move(name);
  schema_.tag_attribute = std::move(tag_attribute);
  return *this;
}

DynamicDefinition& DynamicDefinition::partition_key(std::string_view attribute,
                                                    std::string_view pattern) {
  internal::set_key_part(schema_, schema_.partition, attribute, pattern);
  return *this;
}

DynamicDefinition& DynamicDefinition::sort_key(std::string_view attribute,
                                               std::string_view pattern) {
  internal::set_key_part(schema_, schema_.sort, attribute, pattern);
  return *this;
}

DynamicDefinition& DynamicDefinition::key(std::initializer_list<std::string_view> names) {
  schema_.key_members.clear();
  for (const std::string_view name : names)
    if (const Attribute* found = internal::find_named(schema_, name))
      schema_.key_members.push_back(schema_.position(*found));
  return *this;
}

DynamicDefinition& DynamicDefinition::time_role(AttributeRole role, std::string_view name,
                                                TimeForm form) {
  internal::add_dynamic(schema_, name, DynamicType::date(form)).role = role;
  return *this;
}

DynamicDefinition& DynamicDefinition::created_at(std::string_view name, TimeForm form) {
  return time_role(AttributeRole::kCreatedAt, name, form);
}

DynamicDefinition& DynamicDefinition::updated_at(std::string_view name, TimeForm form) {
  return time_role(AttributeRole::kUpdatedAt, name, form);
}

DynamicDefinition& DynamicDefinition::expires_at(std::string_view name,
                                                 std::chrono::milliseconds lifetime) {
  time_role(AttributeRole::kExpiresAt, name, TimeForm::kSeconds);
  schema_.attributes.back().lifetime_ms = lifetime.count();
  return *this;
}

DynamicDefinition& DynamicDefinition::version(std::string_view name) {
  internal::add_dynamic(schema_, name, DynamicType::integer()).role = AttributeRole::kVersion;
  return *this;
}

DynamicDefinition& DynamicDefinition::derived(std::string_view name, const DynamicType& type,
                                              storage::Function<Value(const Map& item)> compute,
                                              std::initializer_list<std::string_view> inputs) {
  internal::add_dynamic(schema_, name, type).read_only = true;
  Derived rule;
  rule.target = schema_.attributes.size() - 1;
  for (const std::string_view input : inputs)
    if (const Attribute* found = internal::find_named(schema_, input))
      rule.inputs.push_back(schema_.position(*found));
  rule.compute = [name = std::string(name), compute = std::move(compute)](void* object) {
    Map& item = *static_cast<Map*>(object);
    Value value = compute(item);
    item.insert_or_assign(name, std::move(value));
  };
  schema_.derived.push_back(std::move(rule));
  return *this;
}

DynamicDefinition& DynamicDefinition::joined(std::string_view name, std::vector<std::string> inputs,
                                             std::string separator) {
  internal::add_dynamic(schema_, name, DynamicType::string());
  internal::add_joined(schema_, schema_.attributes.size() - 1, inputs, std::move(separator));
  return *this;
}

DynamicDefinition& DynamicDefinition::unique(std::string_view name) {
  if (const Attribute* found = internal::find_named(schema_, name))
    schema_.unique.push_back({schema_.position(*found)});
  return *this;
}

DynamicDefinition& DynamicDefinition::keep_unknown() {
  schema_.unknown = Unknown::kKeep;
  return *this;
}

DynamicDefinition& DynamicDefinition::strict() {
  schema_.unknown = Unknown::kRefuse;
  return *this;
}

DynamicDefinition& DynamicDefinition::check(storage::Function<bool(const Map& item)> holds,
                                            std::string message) {
  schema_.checks.push_back({[holds = std::move(holds)](const void* object) {
                              return holds(*static_cast<const Map*>(object));
                            },
                            std::move(message)});
  return *this;
}

DynamicDefinition& DynamicDefinition::schema_version(int64_t version, std::string attribute) {
  schema_.version = version;
  schema_.version_attribute = std::move(attribute);
  return *this;
}

DynamicDefinition& DynamicDefinition::upgrade(int64_t from,
                                              storage::Function<Result<void>(Map& item)> change) {
  schema_.upgrades.push_back({from, std::move(change)});
  return *this;
}

DynamicDefinition& DynamicDefinition::view(std::string name,
                                           std::initializer_list<std::string_view> members) {
  std::vector<size_t>& chosen = schema_.views[std::move(name)];
  for (const std::string_view member : members)
    if (const Attribute* found = internal::find_named(schema_, member))
      chosen.push_back(schema_.position(*found));
  return *this;
}

DynamicDefinition& DynamicDefinition::before_write(
    storage::Function<Result<void>(std::string_view operation, Map& item)> hook) {
  schema_.hooks.before_write.push_back(
      [hook = std::move(hook)](std::string_view operation, void* object) {
        return hook(operation, *static_cast<Map*>(object));
      });
  return *this;
}

DynamicDefinition& DynamicDefinition::after_write(
    storage::Function<void(std::string_view operation, const Map& item)> hook) {
  schema_.hooks.after_write.push_back(
      [hook = std::move(hook)](std::string_view operation, const void* object) {
        hook(operation, *static_cast<const Map*>(object));
      });
  return *this;
}

DynamicDefinition& DynamicDefinition::after_read(storage::Function<void(Map& item)> hook) {
  schema_.hooks.after_read.push_back(
      [hook = std::move(hook)](void* object) { hook(*static_cast<Map*>(object)); });
  return *this;
}

Result<DynamicSchema> DynamicDefinition::build() const {
  Schema schema = schema_;
  schema.finish();
  return DynamicSchema::of(std::move(schema));
}

}  // namespace dynolith::odm
