#include "odm/reference.h"

#include <map>

namespace dynolith::odm::internal {
namespace {

const Attribute& key_member(const Schema& schema, size_t i) {
  return schema.attributes[schema.key_members[i]];
}

EncodedValue copy_of(const ValueView& value) {
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  encoder.value(value);
  return encoder.finish_value();
}

bool decode_member(const Attribute& attribute, const ValueView& value, RefCore& ref,
                   DecodeContext& context) {
  if (value.type() != attribute.codec->type())
    return context.fail("refers by \"" + attribute.name + "\", which has another type");
  ref.key.push_back(copy_of(value));
  return true;
}

Result<EncodedItem> key_item(const Schema& schema, const RefCore& ref) {
  if (ref.error) return *ref.error;
  if (!schema.partition || ref.key.size() != schema.key_members.size())
    return make_error(ErrorCode::kBadKey, schema.model + ": a reference does not hold its key");
  const auto lookup = [&](size_t attribute) -> std::optional<EncodedValue> {
    for (size_t i = 0; i < schema.key_members.size(); ++i)
      if (schema.key_members[i] == attribute) return ref.key[i];
    return std::nullopt;
  };
  std::vector<std::pair<std::string_view, EncodedValue>> attributes;
  const auto add = [&](const KeyPart& part) -> Result<void> {
    std::optional<EncodedValue> value = TRY(key_value(schema, part, lookup));
    if (!value)
      return make_error(ErrorCode::kBadKey,
                        schema.model + ": a reference does not hold a member of its key");
    attributes.emplace_back(part.attribute, std::move(*value));
    return {};
  };
  TRY(add(*schema.partition));
  if (schema.sort) TRY(add(*schema.sort));
  thread_local ItemEncoder encoder;
  encoder.begin_item();
  for (const auto& [name, value] : attributes) {
    encoder.name(name);
    encoder.value(value.view());
  }
  return encoder.finish_item();
}

// The keys that references name, each once.
struct RefKeys {
  std::vector<EncodedItem> keys = {};
  std::vector<std::optional<size_t>> place_of = {};  // Of each reference; nothing: it is empty.
};

Result<RefKeys> keys_of(const Schema& schema, std::span<RefCore* const> refs) {
  RefKeys found;
  std::map<std::string, size_t> places;  // By key.
  for (const RefCore* ref : refs) {
    found.place_of.emplace_back();
    if (ref->key.empty() && !ref->error) continue;
    EncodedItem key = TRY(key_item(schema, *ref));
    const auto [place, is_new] = places.emplace(key.bytes, found.keys.size());
    if (is_new) found.keys.push_back(std::move(key));
    found.place_of.back() = place->second;
  }
  return found;
}

}  // namespace

RefCore ref_to(const Schema& schema, const void* object) {
  RefCore ref;
  if (schema.error) {
    ref.error = schema.error;
    return ref;
  }
  std::vector<MemberValue> members;
  for (const size_t attribute : schema.key_members) {
    Result<MemberValue> value =
        member_value(schema, attribute, schema.member(schema.attributes[attribute], object));
    if (!value) return ref_to(std::move(value).error());
    members.push_back(std::move(value).value());
  }
  return ref_to(std::move(members));
}

RefCore ref_to(Result<std::vector<MemberValue>> members) {
  RefCore ref;
  if (!members)
    ref.error = std::move(members).error();
  else
    for (MemberValue& member : *members) ref.key.push_back(std::move(member.value));
  return ref;
}

bool encode_ref(const Schema& schema, const RefCore& ref, EncodeContext& context) {
  if (ref.error) return context.fail("refers to no key: " + ref.error->message);
  if (ref.key.size() != schema.key_members.size())
    return context.fail("does not hold the key of " + schema.model);
  if (ref.key.size() == 1) {
    context.out.value(ref.key[0].view());
    return true;
  }
  if (!enter_document(context)) return false;
  context.out.begin_map();
  for (size_t i = 0; i < ref.key.size(); ++i) {
    context.out.name(key_member(schema, i).name);
    context.out.value(ref.key[i].view());
  }
  context.out.end();
  return true;
}

bool decode_ref(const Schema& schema, const ValueView& value, RefCore& ref,
                DecodeContext& context) {
  ref = {};
  if (schema.key_members.size() == 1)
    return decode_member(key_member(schema, 0), value, ref, context);
  if (value.type() != AttributeType::kMap) return context.wrong_type(value, "a reference");
  const storage::MapView members = value.members();
  for (size_t i = 0; i < schema.key_members.size(); ++i) {
    const Attribute& attribute = key_member(schema, i);
    const auto stored = members.find(attribute.name);
    if (!stored) return context.fail("refers to a key without \"" + attribute.name + "\"");
    if (!decode_member(attribute, *stored, ref, context)) return false;
  }
  return true;
}

Result<size_t> populate_refs(const EntityCore& entity, std::span<RefCore* const> refs,
                             FunctionRef<std::shared_ptr<void>()> make,
                             const ReadOptions& options) {
  for (RefCore* ref : refs) ref->object = nullptr;
  const auto [keys, place_of] = TRY(keys_of(entity.schema(), refs));
  if (keys.empty()) return size_t{0};
  std::vector<std::shared_ptr<void>> objects(keys.size());
  size_t found = 0;
  TRY(entity.get_many(
      keys,
      [&](size_t i) {
        objects[i] = make();
        ++found;
        return objects[i].get();
      },
      options));
  for (size_t i = 0; i < refs.size(); ++i)
    if (place_of[i]) refs[i]->object = objects[*place_of[i]];
  return found;
}

Result<std::vector<Request>> populate_requests(const EntityCore& entity,
                                               std::span<RefCore* const> refs,
                                               const ReadOptions& options) {
  return entity.dry_get_many(TRY(keys_of(entity.schema(), refs)).keys, options);
}

}  // namespace dynolith::odm::internal
