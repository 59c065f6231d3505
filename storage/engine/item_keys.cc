// Keys of items and key parameters, held against a table, in the service's words.
#include "storage/engine/item_keys.h"

#include <algorithm>

#include "storage/database.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";
constexpr std::string_view kNotValid = "One or more parameter values are not valid. ";

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

bool is_empty(const ValueView& value) {
  return value.type() != AttributeType::kNumber && value.text().empty();
}

// "cannot contain an empty string value": numbers are never empty.
std::string_view empty_kind(const ValueView& value) {
  return value.type() == AttributeType::kString ? "string" : "binary";
}

// Bytes of the key attributes of one role that `item` has.
size_t role_bytes(const std::vector<KeyAttribute>& attributes, const ItemView& item) {
  size_t bytes = 0;
  for (const KeyAttribute& attribute : attributes)
    if (const auto value = item.find(attribute.name)) bytes += value_item_bytes(*value);
  return bytes;
}

Result<void> check_key_sizes(const KeySchema& schema, const ItemView& item) {
  if (role_bytes(schema.partition, item) > kPartitionKeyBytesMax)
    return validation_error(joined(
        {kInvalid, "Size of hashkey has exceeded the maximum size limit of2048 bytes"}));  // Sic.
  if (role_bytes(schema.sort, item) > kSortKeyBytesMax)
    return validation_error(joined(
        {kInvalid, "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"}));
  return {};
}

Error index_key_type_error(const Index& index, const KeyAttribute& attribute,
                           const ValueView& value) {
  return validation_error(joined({kInvalid, "Type mismatch for Index Key ", attribute.name,
                                  " Expected: ", type_name(attribute.type), " Actual: ",
                                  type_name(value.type()), " IndexName: ", index.definition.name}));
}

Error empty_index_key_error(const Index& index, const KeyAttribute& attribute,
                            const ValueView& value, bool from_update) {
  if (from_update)
    return validation_error(joined(
        {kNotValid,
         "The update expression attempted to update a secondary index key to a value that is "
         "not supported. The AttributeValue for a key attribute cannot contain an empty ",
         empty_kind(value), " value."}));
  return validation_error(joined(
      {kNotValid,
       ("A value specified for a secondary index key is not supported. The AttributeValue for "
        "a key attribute cannot contain an empty "),
       empty_kind(value), " value. IndexName: ", index.definition.name,
       ", IndexKey: ", attribute.name}));
}

Result<void> check_one_index(const Index& index, const ItemView& item, bool from_update) {
  std::optional<Error> failure;
  all_key_attributes(index.definition.key, [&](const KeyAttribute& attribute) {
    const auto value = item.find(attribute.name);
    if (!value) return true;
    if (value->type() != attribute.type)
      failure = index_key_type_error(index, attribute, *value);
    else if (is_empty(*value))
      failure = empty_index_key_error(index, attribute, *value, from_update);
    return !failure;
  });
  if (failure) return *std::move(failure);
  return check_key_sizes(index.definition.key, item);
}

}  // namespace

bool has_key(const KeySchema& schema, const ItemView& item) {
  return all_key_attributes(schema, [&](const KeyAttribute& attribute) {
    const auto value = item.find(attribute.name);
    return value && value->type() == attribute.type;
  });
}

bool can_be_key(const KeySchema& schema, const ItemView& item) {
  size_t bytes = 0;  // At least what the values count for.
  const auto fits = [&](const KeyAttribute& attribute) {
    const auto value = item.find(attribute.name);
    if (value) bytes += value->payload().size();
    return value && value->type() == attribute.type && !is_empty(*value);
  };
  if (!all_key_attributes(schema, fits)) return false;
  return bytes <= kSortKeyBytesMax || check_key_sizes(schema, item).ok();
}

Result<void> check_key_values(const KeySchema& schema, const ItemView& item) {
  std::optional<Error> failure;
  all_key_attributes(schema, [&](const KeyAttribute& attribute) {
    const ValueView value = *item.find(attribute.name);
    if (is_empty(value))
      failure = validation_error(
          joined({kNotValid, "The AttributeValue for a key attribute cannot contain an empty ",
                  empty_kind(value), " value. Key: ", attribute.name}));
    return !failure;
  });
  if (failure) return *std::move(failure);
  return check_key_sizes(schema, item);
}

std::vector<std::string> position_attributes(const Table& table, const Index* index) {
  std::vector<std::string> names;
  const auto add = [&](const KeyAttribute& attribute) {
    names.push_back(attribute.name);
    return true;
  };
  all_key_attributes(table.key(), add);
  if (index != nullptr) all_key_attributes(index->definition.key, add);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<EncodedKey> key_of_item(const Table& table, const ItemView& item) {
  std::optional<Error> failure;
  all_key_attributes(table.key(), [&](const KeyAttribute& attribute) {
    const auto value = item.find(attribute.name);
    if (!value)
      failure =
          validation_error(joined({kInvalid, "Missing the key ", attribute.name, " in the item"}));
    else if (value->type() != attribute.type)
      failure = validation_error(joined({kInvalid, "Type mismatch for key ", attribute.name,
                                         " expected: ", type_name(attribute.type),
                                         " actual: ", type_name(value->type())}));
    return !failure;
  });
  if (failure) return *std::move(failure);
  TRY(check_key_values(table.key(), item));
  return encode_table_key(table.id, table.key(), item);
}

Result<EncodedKey> key_of_key_parameter(const Table& table, const ItemView& key) {
  if (key.attributes().size() != key_attribute_count(table.key()) || !has_key(table.key(), key))
    return validation_error(kKeyMismatch);
  TRY(check_key_values(table.key(), key));
  return encode_table_key(table.id, table.key(), key);
}

Result<void> check_index_keys(const Table& table, const ItemView& item, bool from_update) {
  for (const Index& index : table.indexes)
    if (index.status != IndexStatus::kDeleting) TRY(check_one_index(index, item, from_update));
  return {};
}

Result<void> check_updated_index_keys(const Table& table, const ItemView& before,
                                      const ItemView& after) {
  const auto same = [&](const KeyAttribute& attribute) {
    return before.find(attribute.name) == after.find(attribute.name);
  };
  for (const Index& index : table.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    if (!all_key_attributes(index.definition.key, same)) TRY(check_one_index(index, after, true));
  }
  return {};
}

}  // namespace dynolith::storage
