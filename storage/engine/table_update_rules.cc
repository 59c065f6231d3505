#include "storage/engine/table_update_rules.h"

#include <algorithm>
#include <memory>
#include <set>

#include "storage/engine/index_build.h"
#include "storage/engine/item_keys.h"
#include "storage/engine/table_rules.h"

namespace dynolith::storage {
namespace {

Error invalid(const std::string& what) {
  return validation_error("One or more parameter values were invalid: " + what);
}

Error one_at_a_time() {
  return make_error(ErrorCode::kLimitExceeded,
                    "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                    "simultaneously per table");
}

const std::string& name_of(const IndexChange& change) {
  if (const auto* created = std::get_if<CreateIndex>(&change)) return created->definition.name;
  if (const auto* updated = std::get_if<UpdateIndex>(&change)) return updated->name;
  return std::get<DeleteIndex>(change).name;
}

bool changes_nothing(const TableUpdate& update) {
  return !update.billing_mode && !update.throughput && !update.on_demand_limits &&
         !update.warm_throughput && update.index_changes.empty() && !update.stream &&
         !update.encryption && !update.table_class && !update.deletion_protection;
}

Result<void> check_index_changes(const TableUpdate& update) {
  std::set<std::string_view> names;
  size_t online = 0;
  for (const IndexChange& change : update.index_changes) {
    if (!names.insert(name_of(change)).second)
      return invalid(
          "Only one global secondary index update per index is allowed simultaneously. Index: " +
          name_of(change));
    const auto* updated = std::get_if<UpdateIndex>(&change);
    if (updated == nullptr) ++online;
    if (updated != nullptr && !updated->throughput && !updated->on_demand_limits &&
        !updated->warm_throughput)
      return invalid(
          "At least one of ProvisionedThroughput, OnDemandThroughput or WarmThroughput is required "
          "to update index: " +
          updated->name);
  }
  if (online > 1) return one_at_a_time();
  return {};
}

Result<void> check_no_repeated_definition(const TableUpdate& update) {
  std::set<std::string_view> names;
  for (const KeyAttribute& attribute : update.attribute_definitions)
    if (!names.insert(attribute.name).second)
      return invalid("Duplicate attribute name in AttributeDefinitions: " + attribute.name);
  return {};
}

// "Schema:[SchemaElement: key{a:S:HASH}, SchemaElement: key{b:N:RANGE}]".
std::string schema_text(const KeySchema& schema) {
  std::string text;
  const auto add = [&](const std::vector<KeyAttribute>& attributes, std::string_view role) {
    for (const KeyAttribute& attribute : attributes) {
      text += text.empty() ? "SchemaElement: key{" : ", SchemaElement: key{";
      text += attribute.name + ":" + std::string(type_name(attribute.type)) + ":";
      text += std::string(role) + "}";
    }
  };
  add(schema.partition, "HASH");
  add(schema.sort, "RANGE");
  return "Schema:[" + text + "]";
}

// A key of the table or an index that `attribute` is part of; null: none.
const KeySchema* key_with(const Table& table, const std::string& attribute) {
  const auto lacks = [&](const KeyAttribute& other) { return other.name != attribute; };
  if (!all_key_attributes(table.key(), lacks)) return &table.definition.key;
  for (const Index& index : table.indexes)
    if (!all_key_attributes(index.definition.key, lacks)) return &index.definition.key;
  return nullptr;
}

Result<void> check_redeclared(const TableUpdate& update, const KeySchema& key) {
  const auto& given = update.attribute_definitions;
  std::string names, definitions;
  bool all = true;
  all_key_attributes(key, [&](const KeyAttribute& attribute) {
    all = all && std::find(given.begin(), given.end(), attribute) != given.end();
    names += (names.empty() ? "" : ", ") + attribute.name;
    return true;
  });
  if (all) return {};
  for (const KeyAttribute& attribute : given)
    definitions += (definitions.empty() ? "" : ", ") + attribute.name;
  return invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: [" +
                 names + "], AttributeDefinitions: [" + definitions + "]");
}

Result<void> define_key_attributes(const KeySchema& key, Table& table) {
  auto& definitions = table.definition.attribute_definitions;
  std::optional<Error> failure;
  all_key_attributes(key, [&](const KeyAttribute& attribute) {
    const auto known =
        std::find_if(definitions.begin(), definitions.end(),
                     [&](const KeyAttribute& other) { return other.name == attribute.name; });
    if (known == definitions.end()) {
      definitions.push_back(attribute);
    } else if (known->type != attribute.type) {
      const KeySchema* existing = key_with(table, attribute.name);
      failure = invalid(
          "Attributes cannot be redefined. Please check that your attribute has the same type as "
          "previously defined. Existing schema: " +
          schema_text(existing != nullptr ? *existing : table.key()) +
          " New schema: " + schema_text(key));
    }
    return !failure;
  });
  if (failure) return *std::move(failure);
  return {};
}

}  // namespace

Result<void> check_table_update(const TableUpdate& update) {
  if (changes_nothing(update))
    return validation_error(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
  if (update.billing_mode == BillingMode::kPayPerRequest) TRY(check_no_throughput(update));
  if (update.billing_mode == BillingMode::kProvisioned && !update.throughput)
    return invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  TRY(check_no_repeated_definition(update));
  return check_index_changes(update);
}

Result<void> check_no_throughput(const TableUpdate& update) {
  if (update.throughput)
    return invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  for (const IndexChange& change : update.index_changes) {
    const auto* created = std::get_if<CreateIndex>(&change);
    const auto* updated = std::get_if<UpdateIndex>(&change);
    if ((created != nullptr && created->definition.throughput) ||
        (updated != nullptr && updated->throughput))
      return invalid("ProvisionedThroughput should not be specified for index: " + name_of(change) +
                     " when BillingMode is PAY_PER_REQUEST");
  }
  return {};
}

Result<void> add_index(const TableUpdate& update, const IndexDefinition& definition, Table& table) {
  if (table.find_index(definition.name) != nullptr)
    return invalid("Attempting to create an index which already exists: " + definition.name);
  if (table.has_index_work()) return one_at_a_time();
  TRY(check_redeclared(update, definition.key));
  TRY(define_key_attributes(definition.key, table));
  table.indexes.push_back({.id = table.next_index_id++,
                           .definition = definition,
                           .status = IndexStatus::kCreating,
                           .build = std::make_shared<IndexBuild>(key_space_prefix(table.id, 0))});
  return {};
}

Result<void> mark_index_deleted(const std::string& name, Table& table) {
  for (Index& index : table.indexes) {
    if (index.definition.name != name || index.status == IndexStatus::kDeleting) continue;
    if (index.definition.kind == IndexKind::kLocal)
      return invalid("Index: " + name +
                     " is a local secondary index; only global secondary indexes can be deleted");
    // A build may be given up, but not while another index is going.
    if (index.status == IndexStatus::kActive && table.has_index_work()) return one_at_a_time();
    index.status = IndexStatus::kDeleting;
    index.build = nullptr;
    return {};
  }
  return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
}

Result<Index*> index_to_update(const std::string& name, Table& table) {
  for (Index& index : table.indexes) {
    if (index.definition.name != name || index.status == IndexStatus::kDeleting) continue;
    if (index.definition.kind == IndexKind::kLocal)
      return invalid("Index: " + name +
                     " is a local secondary index; only global secondary indexes can be updated");
    if (index.status == IndexStatus::kCreating)
      return make_error(
          ErrorCode::kResourceInUse,
          "Attempt to change a resource which is still in use: Index is being created: " + name);
    return &index;
  }
  return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
}

void drop_unused_definitions(Table& table) {
  std::erase_if(table.definition.attribute_definitions, [&](const KeyAttribute& attribute) {
    return key_with(table, attribute.name) == nullptr;
  });
}

}  // namespace dynolith::storage
