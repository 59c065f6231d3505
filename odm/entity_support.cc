#include "odm/entity_support.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "storage/expression/condition.h"

namespace dynolith::odm::internal {

storage::DocumentPath path_of(std::string_view attribute) {
  storage::DocumentPath path;
  path.steps.emplace_back(std::string(attribute));
  return path;
}

ConditionCore share(storage::Condition tree) {
  return {std::make_shared<const storage::Condition>(std::move(tree)), {}};
}

ConditionCore exists(std::string_view attribute) {
  return share({storage::AttributeExists{path_of(attribute)}});
}

ConditionCore absent(std::string_view attribute) {
  return share({storage::AttributeNotExists{path_of(attribute)}});
}

ConditionCore holds(std::string_view attribute, const std::optional<storage::ValueView>& value) {
  return holds(path_of(attribute), value);
}

ConditionCore holds(storage::DocumentPath path, const std::optional<storage::ValueView>& value) {
  if (!value) return share({storage::AttributeNotExists{std::move(path)}});
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.value(*value);
  return share(
      {storage::Comparison{std::move(path), storage::Comparator::kEqual, encoder.finish_value()}});
}

EncodedValue number_value(const Number& number) {
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  encoder.number(number);
  return encoder.finish_value();
}

ConditionCore is_there(const Schema& schema) {
  if (schema.has_tag != nullptr) return {schema.has_tag, {}};
  return exists(schema.partition->attribute);
}

ConditionCore is_own_or_absent(const Schema& schema) { return {schema.has_tag_or_is_absent, {}}; }

bool is_other_entitys(const Schema& schema, const ItemView& item) {
  return item.exists() && !schema.entity.empty() && !is_of(schema, item);
}

Error other_entity_error(const Schema& schema, EncodedItem item) {
  Error error =
      make_error(ErrorCode::kOtherEntity, "the key holds an item that is no " + schema.model);
  error.item = std::move(item);
  return error;
}

Error no_table_key(const Schema& schema) {
  if (schema.error) return *schema.error;
  return make_error(ErrorCode::kBadModel,
                    schema.model + " has no key: it can only be a part of other models");
}

std::string_view shown_name(const Schema& schema, std::string_view stored_name) {
  const Attribute* const attribute = schema.find_stored(stored_name);
  return attribute != nullptr ? std::string_view(attribute->name) : stored_name;
}

std::optional<int64_t> version_of(const Schema& schema, const void* object) {
  if (!schema.lock_version) return std::nullopt;
  const Attribute& attribute = schema.attributes[*schema.lock_version];
  if (schema.is_absent(attribute, object)) return 0;
  Problems ignored;
  const EncodedValue value =
      encode_alone(*attribute.codec, schema.member(attribute, object), ignored);
  if (value.bytes.empty() || value.view().type() != AttributeType::kNumber) return 0;
  return value.view().number().to_int64().value_or(0);
}

std::optional<int64_t> stored_version(const Schema& schema, const ItemView& item) {
  if (!schema.lock_version) return std::nullopt;
  const auto stored = item.find(schema.attributes[*schema.lock_version].stored_name);
  if (!stored || stored->type() != AttributeType::kNumber) return 0;
  return stored->number().to_int64().value_or(0);
}

ConditionCore version_condition(const Schema& schema, std::optional<int64_t> expected) {
  if (!schema.lock_version || !expected) return {};
  const std::string& attribute = schema.attributes[*schema.lock_version].stored_name;
  ConditionCore holds_it = holds(attribute, number_value(Number(*expected)).view());
  return *expected == 0 ? either(absent(attribute), std::move(holds_it)) : holds_it;
}

void reset_object(const Schema& schema, void* object) {
  if (!schema.is_typed()) return static_cast<Map*>(object)->clear();
  for (const Attribute& attribute : schema.attributes)
    attribute.codec->reset(schema.member(attribute, object));
}

void wait_before_retry(Connection& connection, int attempt, int64_t base_ms) {
  constexpr int64_t kLongestMs = 5000;
  int64_t wait = std::clamp<int64_t>(base_ms, 1, kLongestMs);
  for (int i = 1; i < attempt && wait < kLongestMs; ++i) wait *= 2;
  wait = std::min(wait, kLongestMs);
  std::array<std::byte, 4> bytes{};
  connection.ids().fill(bytes);
  uint32_t random = 0;
  std::memcpy(&random, bytes.data(), sizeof(random));
  connection.wait_ms(wait - static_cast<int64_t>(random % static_cast<uint64_t>(wait / 2 + 1)));
}

}  // namespace dynolith::odm::internal
