#include "api/json/table_description.h"

#include "api/json/arn.h"
#include "api/json/stream_names.h"
#include "api/json/writer.h"
#include "storage/engine/table_update.h"

namespace dynolith::api {

namespace {

using storage::BillingMode;
using storage::IndexDefinition;
using storage::IndexKind;
using storage::IndexStatus;
using storage::TableDefinition;
using storage::TableDescription;
using storage::TableStatus;
using storage::Throughput;
using storage::ThroughputLimits;

std::string_view status_text(TableStatus status) {
  switch (status) {
    case TableStatus::kCreating:
      return "CREATING";
    case TableStatus::kActive:
      return "ACTIVE";
    case TableStatus::kUpdating:
      return "UPDATING";
    case TableStatus::kDeleting:
      return "DELETING";
  }
  return "ACTIVE";
}

// An index that was created with its table is ready when the table is.
TableStatus index_status(const storage::Index& index, TableStatus table) {
  if (table == TableStatus::kDeleting || index.status == IndexStatus::kDeleting)
    return TableStatus::kDeleting;
  if (index.status == IndexStatus::kCreating) return TableStatus::kCreating;
  return table == TableStatus::kUpdating ? TableStatus::kActive : table;
}

bool on_demand(const TableDefinition& table) {
  return table.billing_mode == BillingMode::kPayPerRequest;
}

void write_attribute_definitions(JsonWriter& json, const TableDefinition& table) {
  json.name("AttributeDefinitions").begin_array();
  for (const auto& attribute : table.attribute_definitions) {
    json.begin_object().name("AttributeName").string(attribute.name);
    json.name("AttributeType").string(storage::type_name(attribute.type)).end_object();
  }
  json.end_array();
}

void write_throughput(JsonWriter& json, const Throughput& throughput,
                      const storage::ThroughputHistory& history, int64_t now_ms) {
  json.name("ProvisionedThroughput").begin_object();
  if (history.increased_ms != 0) json.name("LastIncreaseDateTime").timestamp(history.increased_ms);
  if (history.decreased_ms != 0) json.name("LastDecreaseDateTime").timestamp(history.decreased_ms);
  json.name("NumberOfDecreasesToday").integer(storage::decreases_today(history, now_ms));
  json.name("ReadCapacityUnits").integer(throughput.read_units);
  json.name("WriteCapacityUnits").integer(throughput.write_units).end_object();
}

void write_on_demand_limits(JsonWriter& json, const std::optional<ThroughputLimits>& limits) {
  if (!limits) return;
  json.name("OnDemandThroughput").begin_object();
  json.name("MaxReadRequestUnits").integer(limits->read_units.value_or(-1));
  json.name("MaxWriteRequestUnits").integer(limits->write_units.value_or(-1)).end_object();
}

void write_warm_throughput(JsonWriter& json, const std::optional<ThroughputLimits>& asked,
                           const Throughput& otherwise, std::string_view status) {
  const ThroughputLimits warm = asked.value_or(ThroughputLimits{});
  json.name("WarmThroughput").begin_object();
  json.name("ReadUnitsPerSecond").integer(warm.read_units.value_or(otherwise.read_units));
  json.name("WriteUnitsPerSecond").integer(warm.write_units.value_or(otherwise.write_units));
  json.name("Status").string(status).end_object();
}

// Only tables that are, or once were, on demand have these.
void write_billing_mode(JsonWriter& json, const TableDescription& description) {
  const storage::Table& table = *description.table;
  const int64_t changed_ms = table.throughput_history.on_demand_since_ms;
  if (!on_demand(table.definition) && changed_ms == 0) return;
  const int64_t since_ms = changed_ms != 0 ? changed_ms : table.created_ms;
  const std::string_view mode = on_demand(table.definition) ? "PAY_PER_REQUEST" : "PROVISIONED";
  json.name("BillingModeSummary").begin_object().name("BillingMode").string(mode);
  json.name("LastUpdateToPayPerRequestDateTime").timestamp(since_ms).end_object();
  json.name("TableThroughputModeSummary").begin_object();
  json.name("TableThroughputMode").string(mode);
  json.name("LastUpdateToPayPerRequestDateTime").timestamp(since_ms).end_object();
}

void write_projection(JsonWriter& json, const storage::IndexProjection& projection) {
  json.name("Projection").begin_object();
  json.name("ProjectionType").string(projection_text(projection.type));
  if (projection.type == storage::ProjectionType::kInclude) {
    json.name("NonKeyAttributes").begin_array();
    for (const auto& attribute : projection.non_key_attributes) json.string(attribute);
    json.end_array();
  }
  json.end_object();
}

// What global indexes show and local ones do not.
void write_global_index_settings(JsonWriter& json, const TableDescription& description,
                                 const storage::Index& index) {
  const IndexDefinition& definition = index.definition;
  const std::string_view status = status_text(index_status(index, description.status));
  const Throughput throughput = definition.throughput.value_or(Throughput{});
  json.name("IndexStatus").string(status);
  if (index.build != nullptr) json.name("Backfilling").boolean(description.backfilling);
  write_throughput(json, throughput, index.throughput_history, description.moment_ms);
  write_on_demand_limits(json, definition.on_demand_limits);
  write_warm_throughput(
      json, definition.warm_throughput,
      storage::default_warm_throughput(description.table->definition.billing_mode, throughput),
      status);
}

void write_indexes(JsonWriter& json, const TableDescription& description, IndexKind kind,
                   std::string_view member, const std::string& arn) {
  bool any = false;
  const auto& indexes = description.table->indexes;
  for (size_t i = 0; i < indexes.size(); ++i) {
    const IndexDefinition& index = indexes[i].definition;
    if (index.kind != kind) continue;
    if (!any) json.name(member).begin_array();
    any = true;
    const storage::kv::Tally entries =
        i < description.index_entries.size() ? description.index_entries[i] : storage::kv::Tally{};
    json.begin_object().name("IndexName").string(index.name);
    write_key_schema(json, index.key);
    write_projection(json, index.projection);
    if (kind == IndexKind::kGlobal) write_global_index_settings(json, description, indexes[i]);
    json.name("IndexSizeBytes").integer(entries.bytes).name("ItemCount").integer(entries.count);
    json.name("IndexArn").string(arn + "/index/" + index.name).end_object();
  }
  if (any) json.end_array();
}

void write_stream(JsonWriter& json, const storage::Table& table, const std::string& arn) {
  if (const auto& view_type = table.definition.stream_view_type) {
    json.name("StreamSpecification").begin_object().name("StreamEnabled").boolean(true);
    json.name("StreamViewType").string(view_type_text(*view_type)).end_object();
  }
  if (table.stream_number == 0) return;
  // Also of a stream that is off, as it can still be read.
  const std::string label = stream_label(table.stream_created_ms);
  json.name("LatestStreamLabel").string(label);
  json.name("LatestStreamArn").string(arn + "/stream/" + label);
}

void write_encryption(JsonWriter& json, const TableDefinition& table) {
  if (!table.encryption) return;
  json.name("SSEDescription").begin_object().name("Status").string("ENABLED");
  json.name("SSEType").string(table.encryption->type);
  json.name("KMSMasterKeyArn").string(table.encryption->kms_key_arn).end_object();
}

void write_table_class(JsonWriter& json, const storage::Table& table) {
  if (!table.definition.table_class) return;
  const bool standard = *table.definition.table_class == storage::TableClass::kStandard;
  const int64_t changed_ms = table.throughput_history.class_changed_ms;
  json.name("TableClassSummary").begin_object();
  if (changed_ms != 0) json.name("LastUpdateDateTime").timestamp(changed_ms);
  json.name("TableClass").string(standard ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS");
  json.end_object();
}

}  // namespace

std::string_view projection_text(storage::ProjectionType type) {
  switch (type) {
    case storage::ProjectionType::kAll:
      return "ALL";
    case storage::ProjectionType::kKeysOnly:
      return "KEYS_ONLY";
    case storage::ProjectionType::kInclude:
      return "INCLUDE";
  }
  return "ALL";
}

void write_key_schema(JsonWriter& json, const storage::KeySchema& key) {
  json.name("KeySchema").begin_array();
  for (const auto& attribute : key.partition) {
    json.begin_object().name("AttributeName").string(attribute.name);
    json.name("KeyType").string("HASH").end_object();
  }
  for (const auto& attribute : key.sort) {
    json.begin_object().name("AttributeName").string(attribute.name);
    json.name("KeyType").string("RANGE").end_object();
  }
  json.end_array();
}

void append_table_description(std::string& out, const TableDescription& description,
                              std::string_view region) {
  const storage::Table& table = *description.table;
  const TableDefinition& definition = table.definition;
  const std::string arn = table_arn(region, table.name());
  const std::string_view status = status_text(description.status);

  JsonWriter json(out);
  json.begin_object();
  write_attribute_definitions(json, definition);
  json.name("TableName").string(table.name());
  write_key_schema(json, definition.key);
  json.name("TableStatus").string(status);
  json.name("CreationDateTime").timestamp(table.created_ms);
  write_throughput(json, definition.throughput, table.throughput_history, description.moment_ms);
  json.name("TableSizeBytes").integer(description.items.bytes);
  json.name("ItemCount").integer(description.items.count);
  json.name("TableArn").string(arn).name("TableId").string(table.uuid);
  write_billing_mode(json, description);
  write_indexes(json, description, IndexKind::kLocal, "LocalSecondaryIndexes", arn);
  write_indexes(json, description, IndexKind::kGlobal, "GlobalSecondaryIndexes", arn);
  write_stream(json, table, arn);
  write_encryption(json, definition);
  write_table_class(json, table);
  json.name("DeletionProtectionEnabled").boolean(definition.deletion_protection);
  write_on_demand_limits(json, definition.on_demand_limits);
  write_warm_throughput(
      json, definition.warm_throughput,
      storage::default_warm_throughput(definition.billing_mode, definition.throughput), status);
  json.end_object();
}

void append_deleted_table_description(std::string& out, const TableDescription& description,
                                      std::string_view region) {
  const storage::Table& table = *description.table;
  JsonWriter json(out);
  json.begin_object().name("TableName").string(table.name());
  json.name("TableStatus").string(status_text(description.status));
  write_throughput(json, table.definition.throughput, table.throughput_history,
                   description.moment_ms);
  json.name("TableSizeBytes").integer(description.items.bytes);
  json.name("ItemCount").integer(description.items.count);
  json.name("TableArn").string(table_arn(region, table.name()));
  json.name("TableId").string(table.uuid);
  write_billing_mode(json, description);
  json.end_object();
}

std::string_view table_status_text(TableStatus status) { return status_text(status); }

}  // namespace dynolith::api
