#include "odm/dynamic/dynamic_entity.h"

namespace dynolith::odm {
namespace {

std::shared_ptr<void> make_map() { return std::make_shared<Map>(); }

Error wrong_count(const Schema& schema, size_t given, size_t needed) {
  return make_error(ErrorCode::kBadKey, schema.model + ": " + std::to_string(given) +
                                            " members of a key are given, not " +
                                            std::to_string(needed));
}

// Through the setter, as members of items go.
Value set_by(const Attribute& attribute, Value value) {
  if (attribute.on_set && !attribute.codec->is_absent(&value)) attribute.on_set(&value);
  return value;
}

Result<Map> written(Result<void> outcome, Map& item) {
  if (!outcome) return std::move(outcome).error();
  return std::move(item);
}

// Numbers and sets are added to what takes them; anything else is said to be wrong.
const ValueCodec& operand_codec(const FieldCore& field) {
  return field.codec != nullptr ? *field.codec : codec_of<Value>();
}

Result<std::optional<Map>> get_one(const EntityCore& core, const DynamicKey& key,
                                   const ReadOptions& options) {
  Result<EncodedItem> encoded_key = key.encode(core.schema());
  if (!encoded_key) return std::move(encoded_key).error();
  Map item;
  const Result<bool> found = core.get(std::move(encoded_key).value(), &item, options);
  if (!found) return found.error();
  return *found ? std::optional<Map>(std::move(item)) : std::nullopt;
}

Result<Map> needed(const EntityCore& core, Result<std::optional<Map>> item) {
  if (!item) return std::move(item).error();
  if (!item->has_value()) return core.not_found_error();
  return *std::move(*item);
}

Result<std::vector<std::optional<Map>>> get_all(const EntityCore& core,
                                                const std::vector<DynamicKey>& keys,
                                                const ReadOptions& options) {
  Result<std::vector<EncodedItem>> all = DynamicKey::encode_all(core.schema(), keys);
  if (!all) return std::move(all).error();
  std::vector<std::optional<Map>> items(keys.size());
  const auto found = [&items](size_t i) -> void* { return &items[i].emplace(); };
  Result<void> read = core.get_many(*all, found, options);
  if (!read) return std::move(read).error();
  return items;
}

}  // namespace

// --- Keys.

DynamicKey DynamicKey::of(const Map& names) {
  DynamicKey key{std::vector<Value>()};
  key.names_ = names;
  return key;
}

Result<std::vector<Value>> DynamicKey::in_order(const Schema& schema,
                                                const std::vector<size_t>& members) const {
  if (schema.error) return *schema.error;
  std::vector<Value> values;
  if (!names_) {
    if (members_.size() > members.size())
      return wrong_count(schema, members_.size(), members.size());
    for (size_t i = 0; i < members_.size(); ++i)
      values.push_back(set_by(schema.attributes[members[i]], members_[i]));
    return values;
  }
  const Attribute* left_out = nullptr;
  for (const size_t member : members) {
    const Attribute& attribute = schema.attributes[member];
    const void* value = schema.member(attribute, &*names_);
    if (value == nullptr) {
      if (left_out == nullptr) left_out = &attribute;
      continue;
    }
    if (left_out != nullptr)
      return make_error(ErrorCode::kBadKey, schema.model + ": \"" + attribute.name +
                                                "\" stands behind \"" + left_out->name +
                                                "\" in the key, which is not given");
    values.push_back(set_by(attribute, *static_cast<const Value*>(value)));
  }
  std::vector<const Attribute*> given;
  for (const auto& [name, value] : *names_) {
    const Attribute* found = schema.find(name);
    const bool is_member = found != nullptr && std::find(members.begin(), members.end(),
                                                         schema.position(*found)) != members.end();
    if (!is_member)
      return make_error(ErrorCode::kBadKey,
                        schema.model + ": \"" + name + "\" does not belong to the key");
    if (std::find(given.begin(), given.end(), found) != given.end())
      return make_error(ErrorCode::kBadKey, schema.model + ": \"" + found->name +
                                                "\" is given twice, as \"" + name + "\" too");
    given.push_back(found);
  }
  return values;
}

Result<EncodedItem> DynamicKey::encode(const Schema& schema) const {
  Result<std::vector<Value>> values = in_order(schema, schema.key_members);
  if (!values) return std::move(values).error();
  if (values->size() != schema.key_members.size())
    return wrong_count(schema, values->size(), schema.key_members.size());
  std::vector<const void*> addresses;
  for (const Value& value : *values) addresses.push_back(&value);
  return make_key(schema, addresses);
}

Result<std::vector<EncodedItem>> DynamicKey::encode_all(const Schema& schema,
                                                        const std::vector<DynamicKey>& keys) {
  std::vector<EncodedItem> all;
  all.reserve(keys.size());
  for (const DynamicKey& key : keys) all.push_back(TRY(key.encode(schema)));
  return all;
}

Result<std::vector<MemberValue>> DynamicKey::values(const Schema& schema,
                                                    const IndexSchema* index) const {
  const std::vector<size_t>& members = index == nullptr ? schema.key_members : index->members;
  Result<std::vector<Value>> values = in_order(schema, members);
  if (!values) return std::move(values).error();
  std::vector<MemberValue> given;
  for (size_t i = 0; i < values->size(); ++i) {
    Result<MemberValue> value = member_value(schema, members[i], &(*values)[i]);
    if (!value) return std::move(value).error();
    given.push_back(std::move(value).value());
  }
  return given;
}

// --- Conditions.

namespace internal {

Condition<Map> contains_value(const DynamicField& field, Value value) {
  // An element, a member of a set, or a part of a text.
  const ValueCodec* element =
      field.core().codec == nullptr ? nullptr : field.core().codec->element();
  FieldCore plain;
  return Condition<Map>(contains_at(
      field.core(), operand_of(plain, element == nullptr ? codec_of<Value>() : *element, &value)));
}

Condition<Map> begins_with_value(const DynamicField& field, Value prefix) {
  FieldCore plain;
  return Condition<Map>(begins_at(field.core(), operand_of(plain, codec_of<Value>(), &prefix)));
}

}  // namespace internal

// --- Updates.

DynamicUpdate::DynamicUpdate(EntityCore entity, const DynamicKey& key, UpdateMode mode)
    : core_(entity, key.encode(entity.schema()), key.values(entity.schema(), nullptr), mode,
            &make_map) {}

FieldCore DynamicUpdate::field(std::string_view path) const {
  return field_core(core_.entity().schema(), path);
}

DynamicUpdate& DynamicUpdate::set(std::string_view path, Value value) {
  core_.set(field(path), &value);
  return *this;
}

DynamicUpdate& DynamicUpdate::set_if_absent(std::string_view path, Value value) {
  core_.set_if_absent(field(path), &value);
  return *this;
}

DynamicUpdate& DynamicUpdate::copy(std::string_view path, std::string_view from) {
  core_.copy(field(path), field(from));
  return *this;
}

DynamicUpdate& DynamicUpdate::add(std::string_view path, const Value& operand) {
  const FieldCore place = field(path);
  core_.add(place, operand_codec(place), &operand);
  return *this;
}

DynamicUpdate& DynamicUpdate::subtract(std::string_view path, const Value& operand) {
  const FieldCore place = field(path);
  core_.subtract(place, operand_codec(place), &operand);
  return *this;
}

DynamicUpdate& DynamicUpdate::erase(std::string_view path, const Value& members) {
  const FieldCore place = field(path);
  core_.erase(place, operand_codec(place), &members);
  return *this;
}

DynamicUpdate& DynamicUpdate::append(std::string_view path, List elements) {
  const FieldCore place = field(path);
  Value list(std::move(elements));
  core_.append(place, operand_codec(place), &list);
  return *this;
}

DynamicUpdate& DynamicUpdate::prepend(std::string_view path, List elements) {
  const FieldCore place = field(path);
  Value list(std::move(elements));
  core_.prepend(place, operand_codec(place), &list);
  return *this;
}

DynamicUpdate& DynamicUpdate::remove(std::string_view path) {
  core_.remove(field(path));
  return *this;
}

DynamicUpdate& DynamicUpdate::when(const Condition<Map>& condition) {
  core_.when(condition.core());
  return *this;
}

DynamicUpdate& DynamicUpdate::expect_version(int64_t version) {
  core_.expect_version(version);
  return *this;
}

DynamicUpdate& DynamicUpdate::touch_expiry() {
  core_.touch_expiry();
  return *this;
}

Result<Map> DynamicUpdate::exec() const {
  Map item;
  return written(core_.exec(&item), item);
}

Result<std::optional<Map>> DynamicUpdate::exec_old() const {
  Map item;
  const Result<bool> found = core_.exec_old(&item);
  if (!found) return found.error();
  return *found ? std::optional<Map>(std::move(item)) : std::nullopt;
}

// --- Operations.

Result<Map> DynamicEntity::create(Map item, const Condition<Map>& condition) const {
  return written(core_.create(&item, condition.core()), item);
}

Result<Map> DynamicEntity::put(Map item, const Condition<Map>& condition) const {
  return written(core_.put(&item, condition.core()), item);
}

Result<Map> DynamicEntity::save(const Map& original, Map changed,
                                const Condition<Map>& condition) const {
  return written(core_.save(&original, &changed, condition.core()), changed);
}

Result<Map> DynamicEntity::modify(const DynamicKey& key,
                                  FunctionRef<Result<void>(Map& item)> change) const {
  Result<EncodedItem> encoded_key = key.encode(schema());
  if (!encoded_key) return std::move(encoded_key).error();
  Map changed;
  return written(internal::run_modify(change, changed,
                                      [&](const ModifiedObjects& objects) {
                                        return core_.modify(*encoded_key, objects);
                                      }),
                 changed);
}

Result<std::optional<Map>> DynamicEntity::get(const DynamicKey& key,
                                              const ReadOptions& options) const {
  return get_one(core_, key, options);
}

Result<Map> DynamicEntity::must_get(const DynamicKey& key) const { return needed(core_, get(key)); }

Result<bool> DynamicEntity::remove(const DynamicKey& key, const Condition<Map>& condition) const {
  Result<EncodedItem> encoded_key = key.encode(schema());
  if (!encoded_key) return std::move(encoded_key).error();
  return core_.remove(*encoded_key, condition.core());
}

Result<bool> DynamicEntity::remove_item(const Map& item, const Condition<Map>& condition) const {
  return core_.remove_object(&item, condition.core());
}

Query<Map> DynamicEntity::query(const DynamicKey& members) const {
  return Query<Map>(core_, nullptr, members.values(schema(), nullptr));
}

Query<Map> DynamicEntity::query(std::string_view index, const DynamicKey& members) const {
  const IndexSchema* found = schema().find_index(index);
  if (found == nullptr)
    return Query<Map>(core_, nullptr, internal::unknown_index_error(schema(), index));
  return Query<Map>(core_, found, members.values(schema(), found));
}

Result<std::vector<std::optional<Map>>> DynamicEntity::get_many(const std::vector<DynamicKey>& keys,
                                                                const ReadOptions& options) const {
  return get_all(core_, keys, options);
}

Result<std::vector<Map>> DynamicEntity::put_many(std::vector<Map> items) const {
  Result<void> put = core_.put_many(internal::addresses_of(items));
  if (!put) return std::move(put).error();
  return items;
}

Result<void> DynamicEntity::remove_many(const std::vector<DynamicKey>& keys) const {
  Result<std::vector<EncodedItem>> all = DynamicKey::encode_all(schema(), keys);
  if (!all) return std::move(all).error();
  return core_.remove_many(*all);
}

// --- Reads of parts.

Result<std::optional<Map>> DynamicPartialEntity::get(const DynamicKey& key,
                                                     const ReadOptions& options) const {
  if (!parts_) return parts_.error();
  return get_one(core_, key, {options.consistent, *parts_});
}

Result<Map> DynamicPartialEntity::must_get(const DynamicKey& key) const {
  return needed(core_, get(key));
}

Result<std::vector<std::optional<Map>>> DynamicPartialEntity::get_many(
    const std::vector<DynamicKey>& keys, const ReadOptions& options) const {
  if (!parts_) return parts_.error();
  return get_all(core_, keys, {options.consistent, *parts_});
}

Result<GetRequest> DynamicPartialEntity::request(const DynamicKey& key) const {
  if (!parts_) return parts_.error();
  Result<EncodedItem> encoded_key = key.encode(core_.schema());
  if (!encoded_key) return std::move(encoded_key).error();
  return core_.get_request(std::move(encoded_key).value(), {false, *parts_});
}

}  // namespace dynolith::odm
