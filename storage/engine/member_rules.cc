// Constraints on single members of a table definition, in the words of the service's request layer:
// "Value '<v>' at '<path>' failed to satisfy constraint: Member must ...".
#include <algorithm>
#include <optional>

#include "storage/engine/table_rules.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr size_t kNameBytesMin = 3;
constexpr size_t kNameBytesMax = 255;
constexpr size_t kNonKeyAttributesMax = 20;  // Of one index.

Error constraint(std::string_view value, const std::string& path, const std::string& rule) {
  return request_error("Value '" + std::string(value) + "' at '" + path +
                       "' failed to satisfy constraint: Member must " + rule);
}

Result<void> check_length(std::string_view value, const std::string& path, size_t least,
                          size_t most) {
  if (value.size() < least)
    return constraint(value, path, "have length greater than or equal to " + std::to_string(least));
  if (value.size() > most)
    return constraint(value, path, "have length less than or equal to " + std::to_string(most));
  return {};
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// Of a table or an index.
Result<void> check_name(std::string_view name, const std::string& path) {
  if (!std::all_of(name.begin(), name.end(), is_name_character))
    return constraint(name, path, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  return check_length(name, path, kNameBytesMin, kNameBytesMax);
}

Result<void> check_key_attributes(const KeySchema& schema, const std::string& path) {
  size_t position = 1;
  for (const auto* attributes : {&schema.partition, &schema.sort}) {
    for (const KeyAttribute& attribute : *attributes)
      TRY(check_length(attribute.name,
                       path + "." + std::to_string(position++) + ".member.attributeName", 1,
                       kKeyAttributeNameBytesMax));
  }
  return {};
}

Result<void> check_attribute_definitions(const TableDefinition& definition) {
  size_t position = 1;
  for (const KeyAttribute& attribute : definition.attribute_definitions) {
    const std::string path = "attributeDefinitions." + std::to_string(position++) + ".member.";
    TRY(check_length(attribute.name, path + "attributeName", 1, kKeyAttributeNameBytesMax));
    if (!is_key_type(attribute.type))
      return constraint(type_name(attribute.type), path + "attributeType",
                        "satisfy enum value set: [B, N, S]");
  }
  return {};
}

Result<void> check_non_key_attributes(const IndexProjection& projection, const std::string& path) {
  const auto& names = projection.non_key_attributes;
  if (names.size() > kNonKeyAttributesMax) {
    std::string shown = "[";
    for (const std::string& name : names) shown += (shown.size() > 1 ? ", " : "") + name;
    return constraint(shown + "]", path, "have length less than or equal to 20");
  }
  for (size_t i = 0; i < names.size(); ++i)
    TRY(check_length(names[i], path + "." + std::to_string(i + 1) + ".member", 1,
                     kKeyAttributeNameBytesMax));
  return {};
}

Result<void> check_index_members(const TableDefinition& definition, IndexKind kind) {
  size_t position = 1;
  for (const IndexDefinition& index : definition.indexes) {
    if (index.kind != kind) continue;
    const std::string path =
        (kind == IndexKind::kLocal ? "localSecondaryIndexes." : "globalSecondaryIndexes.") +
        std::to_string(position++) + ".member.";
    TRY(check_name(index.name, path + "indexName"));
    TRY(check_key_attributes(index.key, path + "keySchema"));
    TRY(check_non_key_attributes(index.projection, path + "projection.nonKeyAttributes"));
  }
  return {};
}

}  // namespace

Result<void> check_definition_members(const TableDefinition& definition) {
  TRY(check_name(definition.name, "tableName"));
  TRY(check_attribute_definitions(definition));
  TRY(check_key_attributes(definition.key, "keySchema"));
  // The service reports global indexes before local ones, whatever the order of the request.
  TRY(check_index_members(definition, IndexKind::kGlobal));
  return check_index_members(definition, IndexKind::kLocal);
}

}  // namespace dynolith::storage
