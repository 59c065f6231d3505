#include "storage/engine/table_rules.h"

#include <algorithm>
#include <set>

#include "storage/engine/item_keys.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr int64_t kThroughputMax = 1'000'000'000'000;

Error invalid(const std::string& what) {
  return validation_error("One or more parameter values were invalid: " + what);
}

Error invalid_schema(const std::string& what) {
  return validation_error("Invalid KeySchema: " + what);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) {
    if (text.size() > 1) text += ", ";
    text += name;
  }
  return text + "]";
}

std::vector<std::string> names_of(const KeySchema& schema) {
  std::vector<std::string> names;
  all_key_attributes(schema, [&](const KeyAttribute& attribute) {
    names.push_back(attribute.name);
    return true;
  });
  return names;
}

std::vector<std::string> names_of(const std::vector<KeyAttribute>& attributes) {
  std::vector<std::string> names;
  for (const KeyAttribute& attribute : attributes) names.push_back(attribute.name);
  return names;
}

Result<void> check_units(const Throughput& throughput) {
  if (throughput.read_units > kThroughputMax)
    return validation_error("Given value " + std::to_string(throughput.read_units) +
                            " for ReadCapacityUnits is out of bounds");
  if (throughput.write_units > kThroughputMax)
    return validation_error("Given value " + std::to_string(throughput.write_units) +
                            " for WriteCapacityUnits is out of bounds");
  return {};
}

Result<void> check_no_on_demand_limits(const std::optional<ThroughputLimits>& limits) {
  if (!limits) return {};
  const std::string_view member =
      limits->read_units ? "MaxReadRequestUnits" : "MaxWriteRequestUnits";
  return invalid(std::string(member) +
                 " for OnDemandThroughput cannot be specified when table BillingMode is "
                 "PROVISIONED.");
}

Result<void> check_billing(const TableDefinition& definition) {
  const Throughput& throughput = definition.throughput;
  if (definition.billing_mode == BillingMode::kPayPerRequest) {
    if (throughput != Throughput{})
      return invalid(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    return {};
  }
  if (throughput.read_units <= 0 || throughput.write_units <= 0)
    return invalid(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  TRY(check_units(throughput));
  return check_no_on_demand_limits(definition.on_demand_limits);
}

Result<void> check_duplicate_definitions(const TableDefinition& definition) {
  std::set<std::string_view> seen;
  for (const KeyAttribute& attribute : definition.attribute_definitions)
    if (!seen.insert(attribute.name).second)
      return invalid("Duplicate attribute name in AttributeDefinitions: " + attribute.name);
  return {};
}

bool is_defined(const TableDefinition& definition, const KeyAttribute& attribute) {
  const auto& all = definition.attribute_definitions;
  return std::find(all.begin(), all.end(), attribute) != all.end();
}

Error not_defined(const std::vector<std::string>& keys,
                  const std::vector<KeyAttribute>& definitions) {
  return invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                 listed(keys) + ", AttributeDefinitions: " + listed(names_of(definitions)));
}

Result<void> check_defined(const TableDefinition& definition, const KeySchema& schema) {
  const bool all_defined = all_key_attributes(
      schema, [&](const KeyAttribute& attribute) { return is_defined(definition, attribute); });
  if (all_defined) return {};
  return not_defined(names_of(schema), definition.attribute_definitions);
}

Result<void> check_shape(SchemaOf of, const KeySchema& schema, std::string_view index_name) {
  std::vector<KeyElement> elements;
  for (const auto& attribute : schema.partition)
    elements.push_back({attribute.name, KeyRole::kPartition});
  for (const auto& attribute : schema.sort) elements.push_back({attribute.name, KeyRole::kSort});
  return check_key_elements(of, elements, index_name);
}

Result<void> check_two_elements(std::span<const KeyElement> elements) {
  if (elements.size() > 1 && elements[1].role != KeyRole::kSort)
    return invalid_schema("The second KeySchemaElement is not a RANGE key type");
  if (elements.size() > 2)
    return invalid_schema("Too many KeySchemaElements: a key has at most 2, not " +
                          std::to_string(elements.size()));
  return {};
}

Result<void> check_many_elements(std::span<const KeyElement> elements,
                                 std::string_view index_name) {
  const std::string of_index = " for index: " + std::string(index_name);
  size_t counts[2] = {0, 0};
  for (const KeyElement& element : elements) {
    if (element.role == KeyRole::kPartition && counts[1] > 0)
      return invalid_schema("HASH must precede RANGE: a HASH key element follows a RANGE one" +
                            of_index);
    ++counts[static_cast<size_t>(element.role)];
  }
  for (const KeyRole role : {KeyRole::kPartition, KeyRole::kSort})
    if (counts[static_cast<size_t>(role)] > kIndexKeyAttributesMax)
      return invalid_schema("The number of " +
                            std::string(role == KeyRole::kPartition ? "HASH" : "RANGE") +
                            " key elements exceeds the limit of 4" + of_index);
  return {};
}

Result<void> check_same_names(std::span<const KeyElement> elements) {
  for (size_t i = 0; i < elements.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (elements[i].name != elements[j].name) continue;
      if (elements[i].role != elements[j].role)
        return invalid_schema(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
      return invalid_schema("Two elements in the KeySchema have the same name: " +
                            std::string(elements[i].name));
    }
  }
  return {};
}

Result<void> check_projection(const IndexProjection& projection) {
  const auto& names = projection.non_key_attributes;
  if (projection.type == ProjectionType::kInclude) {
    if (names.empty())
      return invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  } else if (!names.empty()) {
    return invalid(std::string("ProjectionType is ") +
                   (projection.type == ProjectionType::kAll ? "ALL" : "KEYS_ONLY") +
                   ", but NonKeyAttributes is specified");
  }
  std::set<std::string_view> seen;
  for (const std::string& name : names)
    if (!seen.insert(name).second)
      return invalid("Duplicate attribute name in NonKeyAttributes: " + name);
  return {};
}

Result<void> check_index_throughput(const TableDefinition& definition,
                                    const IndexDefinition& index) {
  if (definition.billing_mode == BillingMode::kPayPerRequest) {
    if (index.throughput)
      return invalid("ProvisionedThroughput should not be specified for index: " + index.name +
                     " when BillingMode is PAY_PER_REQUEST");
    return {};
  }
  if (!index.throughput || index.throughput->read_units <= 0 || index.throughput->write_units <= 0)
    return invalid("ProvisionedThroughput must be specified for index: " + index.name);
  TRY(check_units(*index.throughput));
  return check_no_on_demand_limits(index.on_demand_limits);
}

Result<void> check_local_index_key(const TableDefinition& definition,
                                   const IndexDefinition& index) {
  if (definition.key.sort.empty())
    return invalid(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  TRY(check_defined(definition, index.key));
  TRY(check_shape(SchemaOf::kLocalIndex, index.key, index.name));
  if (index.key.sort.empty())
    return invalid("Index KeySchema does not have a range key for index: " + index.name);
  const std::string& own = index.key.partition.front().name;
  const std::string& tables = definition.key.partition.front().name;
  if (own == tables) return {};
  return invalid(
      "Index KeySchema does not have the same leading hash key as table KeySchema "
      "for index: " +
      index.name + ". index hash key: " + own + ", table hash key: " + tables);
}

// Both kinds share one namespace of names.
Result<void> check_index(const TableDefinition& definition, size_t position) {
  const IndexDefinition& index = definition.indexes[position];
  TRY(check_index_key(definition, index));
  TRY(check_projection(index.projection));
  if (index.kind == IndexKind::kGlobal) TRY(check_index_throughput(definition, index));
  for (size_t i = 0; i < position; ++i)
    if (definition.indexes[i].name == index.name)
      return invalid("Duplicate index name: " + index.name);
  return {};
}

Result<void> check_indexes(const TableDefinition& definition, IndexKind kind) {
  for (size_t i = 0; i < definition.indexes.size(); ++i)
    if (definition.indexes[i].kind == kind) TRY(check_index(definition, i));
  return check_index_count(definition, kind);
}

Result<void> check_projected_total(const TableDefinition& definition) {
  size_t total = 0;
  for (const IndexDefinition& index : definition.indexes)
    total += index.projection.non_key_attributes.size();
  if (total > kProjectedAttributesMax)
    return invalid("Number of projected non-key attributes over all indexes (" +
                   std::to_string(total) + ") exceeds the per-table limit of 100");
  return {};
}

Result<void> check_all_used(const TableDefinition& definition) {
  const auto used = names_of(attribute_definitions_of(definition));
  const auto defined = names_of(definition.attribute_definitions);
  if (used.size() == defined.size()) return {};
  if (definition.indexes.empty())
    return invalid(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  return invalid("Some AttributeDefinitions are not used. AttributeDefinitions: " +
                 listed(defined) + ", keys used: " + listed(used));
}

}  // namespace

Result<void> check_elements_defined(std::span<const KeyElement> elements,
                                    const std::vector<KeyAttribute>& definitions) {
  const auto is_defined = [&](const KeyElement& element) {
    return std::any_of(definitions.begin(), definitions.end(),
                       [&](const KeyAttribute& known) { return known.name == element.name; });
  };
  if (std::all_of(elements.begin(), elements.end(), is_defined)) return {};
  std::vector<std::string> names;
  for (const KeyElement& element : elements) names.emplace_back(element.name);
  return not_defined(names, definitions);
}

Result<void> check_table_key(const TableDefinition& definition, bool has_indexes) {
  TRY(check_billing(definition));
  TRY(check_duplicate_definitions(definition));
  TRY(check_defined(definition, definition.key));
  TRY(check_shape(SchemaOf::kTable, definition.key, {}));
  if (!has_indexes) TRY(check_all_used(definition));
  return {};
}

Result<void> check_index_key(const TableDefinition& definition, const IndexDefinition& index) {
  if (index.kind == IndexKind::kLocal) return check_local_index_key(definition, index);
  TRY(check_defined(definition, index.key));
  return check_shape(SchemaOf::kGlobalIndex, index.key, index.name);
}

Result<void> check_last_index(const TableDefinition& definition) {
  return check_index(definition, definition.indexes.size() - 1);
}

Result<void> check_index_count(const TableDefinition& definition, IndexKind kind) {
  const auto count = static_cast<size_t>(
      std::count_if(definition.indexes.begin(), definition.indexes.end(),
                    [&](const IndexDefinition& index) { return index.kind == kind; }));
  if (kind == IndexKind::kLocal && count > kLocalIndexesMax)
    return invalid("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  if (kind == IndexKind::kGlobal && count > kGlobalIndexesMax)
    return invalid("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  return {};
}

Result<void> check_key_elements(SchemaOf of, std::span<const KeyElement> elements,
                                std::string_view index_name) {
  if (elements.empty() || elements.front().role != KeyRole::kPartition)
    return invalid_schema("The first KeySchemaElement is not a HASH key type");
  if (of == SchemaOf::kGlobalIndex) {
    TRY(check_many_elements(elements, index_name));
  } else {
    TRY(check_two_elements(elements));
  }
  return check_same_names(elements);
}

std::vector<KeyAttribute> attribute_definitions_of(const TableDefinition& definition) {
  std::vector<KeyAttribute> attributes;
  const auto add = [&](const KeyAttribute& attribute) {
    const bool known = std::any_of(attributes.begin(), attributes.end(),
                                   [&](const auto& other) { return other.name == attribute.name; });
    if (!known) attributes.push_back(attribute);
    return true;
  };
  all_key_attributes(definition.key, add);
  for (const IndexDefinition& index : definition.indexes) all_key_attributes(index.key, add);
  return attributes;
}

Result<void> check_definition_rules(const TableDefinition& definition) {
  TRY(check_table_key(definition, !definition.indexes.empty()));
  TRY(check_indexes(definition, IndexKind::kLocal));
  TRY(check_indexes(definition, IndexKind::kGlobal));
  TRY(check_projected_total(definition));
  TRY(check_all_used(definition));
  if (definition.tags.size() > kTagsMax)
    return invalid("Too many tags: a table has at most " + std::to_string(kTagsMax));
  return {};
}

Result<void> check_table_definition(const TableDefinition& definition) {
  TRY(check_definition_members(definition));
  return check_definition_rules(definition);
}

}  // namespace dynolith::storage
