#include "api/request/table_definition.h"

#include <string>
#include <vector>

#include "api/request/table_settings.h"
#include "storage/engine/table_rules.h"

namespace dynolith::api {

namespace {

using storage::BillingMode;
using storage::IndexDefinition;
using storage::IndexKind;
using storage::KeyAttribute;
using storage::KeyElement;
using storage::KeyRole;
using storage::KeySchema;
using storage::SchemaOf;
using storage::TableDefinition;
using storage::validation_error;

Error invalid(std::string_view sentence) {
  return validation_error("One or more parameter values were invalid: " + std::string(sentence));
}

// A name without a definition gets some type; the engine finds out that it has none.
KeyAttribute defined_attribute(const std::vector<KeyAttribute>& definitions,
                               std::string_view name) {
  for (const KeyAttribute& definition : definitions) {
    if (definition.name == name) return definition;
  }
  return {std::string(name), storage::AttributeType::kString};
}

Result<KeySchema> decode_key(const Slot& slot, const std::vector<KeyAttribute>& definitions,
                             SchemaOf of, std::string_view index_name) {
  using Given = KeySchemaElementShape;
  std::vector<KeyElement> elements;
  for (const JsonValue element : slot.array()) {
    const auto members = structure_of<Given>(element);
    const bool hash = *members[Given::kKeyType].text() == "HASH";
    elements.push_back(
        {*members[Given::kAttributeName].text(), hash ? KeyRole::kPartition : KeyRole::kSort});
  }
  TRY(storage::check_elements_defined(elements, definitions));
  TRY(storage::check_key_elements(of, elements, index_name));
  KeySchema schema;
  for (const KeyElement& element : elements) {
    auto& part = element.role == KeyRole::kPartition ? schema.partition : schema.sort;
    part.push_back(defined_attribute(definitions, element.name));
  }
  return schema;
}

Result<storage::IndexProjection> decode_projection(const Slot& slot) {
  const auto members = structure_in<ProjectionShape>(slot);
  const auto type = members[ProjectionShape::kProjectionType].text();
  const Slot& names = members[ProjectionShape::kNonKeyAttributes];
  if (!type) return invalid("Unknown ProjectionType: null");
  storage::IndexProjection projection;
  projection.type = *type == "ALL"         ? storage::ProjectionType::kAll
                    : *type == "KEYS_ONLY" ? storage::ProjectionType::kKeysOnly
                                           : storage::ProjectionType::kInclude;
  if (!names.present()) return projection;
  for (const JsonValue name : names.array()) {
    projection.non_key_attributes.emplace_back(text_of(name));
  }
  return projection;
}

// Billing comes first in the service's order; a table without it is PROVISIONED.
Result<void> decode_billing(const Members<CreateTableInput>& request, TableDefinition& table) {
  const Slot& throughput = request[CreateTableInput::kProvisionedThroughput];
  const bool on_demand = request[CreateTableInput::kBillingMode].text() == "PAY_PER_REQUEST";
  table.billing_mode = on_demand ? BillingMode::kPayPerRequest : BillingMode::kProvisioned;
  if (on_demand && throughput.present()) {
    return invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (!on_demand && !throughput.present()) {
    return invalid(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  table.throughput = decode_throughput(throughput).value_or(storage::Throughput{});
  table.on_demand_limits =
      TRY(decode_on_demand_limits(request[CreateTableInput::kOnDemandThroughput]));
  table.warm_throughput = TRY(decode_warm_throughput(request[CreateTableInput::kWarmThroughput]));
  return {};
}

Result<void> decode_local_indexes(const Slot& slot, TableDefinition& table) {
  using Given = LocalSecondaryIndexShape;
  if (!slot.present()) return {};
  if (slot.array().size() == 0) return invalid("List of LocalSecondaryIndexes is empty");
  if (table.key.sort.empty()) {
    return invalid(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  }
  for (const JsonValue element : slot.array()) {
    const auto members = structure_of<Given>(element);
    IndexDefinition index{.name = std::string(*members[Given::kIndexName].text()),
                          .kind = IndexKind::kLocal};
    index.key = TRY(decode_key(members[Given::kKeySchema], table.attribute_definitions,
                               SchemaOf::kLocalIndex, index.name));
    TRY(storage::check_index_key(table, index));
    index.projection = TRY(decode_projection(members[Given::kProjection]));
    table.indexes.push_back(std::move(index));
    TRY(storage::check_last_index(table));
  }
  return storage::check_index_count(table, IndexKind::kLocal);
}

Result<void> decode_global_indexes(const Slot& slot, TableDefinition& table) {
  using Given = GlobalSecondaryIndexShape;
  if (!slot.present()) return {};
  if (slot.array().size() == 0) return invalid("List of GlobalSecondaryIndexes is empty");
  for (const JsonValue element : slot.array()) {
    const auto members = structure_of<Given>(element);
    table.indexes.push_back(TRY(decode_global_index(members, table.attribute_definitions)));
    TRY(storage::check_last_index(table));
  }
  return storage::check_index_count(table, IndexKind::kGlobal);
}

}  // namespace

std::vector<KeyAttribute> decode_attribute_definitions(const Slot& slot) {
  std::vector<KeyAttribute> definitions;
  if (!slot.present()) return definitions;
  for (const JsonValue element : slot.array()) {
    const auto members = structure_of<AttributeDefinitionShape>(element);
    const std::string_view name = *members[AttributeDefinitionShape::kAttributeName].text();
    const std::string_view type = *members[AttributeDefinitionShape::kAttributeType].text();
    definitions.push_back({std::string(name), *storage::type_from_name(type)});
  }
  return definitions;
}

std::optional<storage::Throughput> decode_throughput(const Slot& slot) {
  using Given = ProvisionedThroughputShape;
  if (!slot.present()) return std::nullopt;
  const auto members = structure_in<Given>(slot);
  return storage::Throughput{*members[Given::kReadCapacityUnits].integer(),
                             *members[Given::kWriteCapacityUnits].integer()};
}

Result<IndexDefinition> decode_global_index(const Members<GlobalSecondaryIndexShape>& members,
                                            const std::vector<KeyAttribute>& definitions) {
  using Given = GlobalSecondaryIndexShape;
  IndexDefinition index{.name = std::string(*members[Given::kIndexName].text()),
                        .kind = IndexKind::kGlobal};
  index.key =
      TRY(decode_key(members[Given::kKeySchema], definitions, SchemaOf::kGlobalIndex, index.name));
  index.projection = TRY(decode_projection(members[Given::kProjection]));
  index.throughput = decode_throughput(members[Given::kProvisionedThroughput]);
  index.on_demand_limits = TRY(decode_on_demand_limits(members[Given::kOnDemandThroughput]));
  index.warm_throughput = TRY(decode_warm_throughput(members[Given::kWarmThroughput]));
  return index;
}

Result<TableDefinition> decode_table_definition(const Members<CreateTableInput>& request,
                                                std::string_view name, std::string_view region) {
  using Input = CreateTableInput;
  TableDefinition table{.name = std::string(name)};
  TRY(decode_billing(request, table));
  table.attribute_definitions = decode_attribute_definitions(request[Input::kAttributeDefinitions]);
  table.key = TRY(
      decode_key(request[Input::kKeySchema], table.attribute_definitions, SchemaOf::kTable, {}));
  const Slot& local = request[Input::kLocalSecondaryIndexes];
  const Slot& global = request[Input::kGlobalSecondaryIndexes];
  TRY(storage::check_table_key(table, local.present() || global.present()));
  TRY(decode_local_indexes(local, table));
  TRY(decode_global_indexes(global, table));
  table.stream_view_type = TRY(decode_stream(request[Input::kStreamSpecification]));
  table.encryption = TRY(decode_encryption(request[Input::kSSESpecification], region));
  table.tags = TRY(decode_tags(request[Input::kTags]));
  if (const auto table_class = request[Input::kTableClass].text()) {
    table.table_class = *table_class == "STANDARD" ? storage::TableClass::kStandard
                                                   : storage::TableClass::kStandardInfrequentAccess;
  }
  table.deletion_protection = request[Input::kDeletionProtectionEnabled].boolean_or(false);
  return table;
}

}  // namespace dynolith::api
