// Requests about tables as JSON.
#include "api/json/stream_names.h"
#include "api/json/table_description.h"
#include "odm/remote/render_request.h"
#include "storage/engine/table_update.h"

namespace dynolith::odm {

namespace {

using api::JsonWriter;
using storage::BillingMode;
using storage::IndexDefinition;
using storage::IndexKind;
using storage::KeyAttribute;
using storage::KeySchema;
using storage::Throughput;
using storage::ThroughputLimits;

void write_attribute_definitions(JsonWriter& json, const std::vector<KeyAttribute>& definitions) {
  json.name("AttributeDefinitions").begin_array();
  for (const KeyAttribute& attribute : definitions) {
    json.begin_object().name("AttributeName").string(attribute.name);
    json.name("AttributeType").string(storage::type_name(attribute.type)).end_object();
  }
  json.end_array();
}

void write_throughput(JsonWriter& json, const std::optional<Throughput>& throughput) {
  if (!throughput) return;
  json.name("ProvisionedThroughput").begin_object();
  json.name("ReadCapacityUnits").integer(throughput->read_units);
  json.name("WriteCapacityUnits").integer(throughput->write_units).end_object();
}

void write_limits(JsonWriter& json, std::string_view member, std::string_view read_member,
                  std::string_view write_member, const std::optional<ThroughputLimits>& limits) {
  if (!limits) return;
  json.name(member).begin_object();
  if (limits->read_units) json.name(read_member).integer(*limits->read_units);
  if (limits->write_units) json.name(write_member).integer(*limits->write_units);
  json.end_object();
}

// The members that tables, indexes and changes of either have in common.
template <class Settings>
void write_limits(JsonWriter& json, const Settings& settings) {
  write_limits(json, "OnDemandThroughput", "MaxReadRequestUnits", "MaxWriteRequestUnits",
               settings.on_demand_limits);
  write_limits(json, "WarmThroughput", "ReadUnitsPerSecond", "WriteUnitsPerSecond",
               settings.warm_throughput);
}

void write_index(JsonWriter& json, const IndexDefinition& index) {
  json.begin_object().name("IndexName").string(index.name);
  api::write_key_schema(json, index.key);
  json.name("Projection").begin_object();
  json.name("ProjectionType").string(api::projection_text(index.projection.type));
  if (!index.projection.non_key_attributes.empty()) {
    json.name("NonKeyAttributes").begin_array();
    for (const std::string& name : index.projection.non_key_attributes) json.string(name);
    json.end_array();
  }
  json.end_object();
  if (index.kind == IndexKind::kGlobal) {
    write_throughput(json, index.throughput);
    write_limits(json, index);
  }
  json.end_object();
}

void write_indexes(JsonWriter& json, std::string_view member, IndexKind kind,
                   const std::vector<IndexDefinition>& indexes) {
  bool any = false;
  for (const IndexDefinition& index : indexes) {
    if (index.kind != kind) continue;
    if (!any) json.name(member).begin_array();
    any = true;
    write_index(json, index);
  }
  if (any) json.end_array();
}

std::string_view billing_text(BillingMode mode) {
  return mode == BillingMode::kPayPerRequest ? "PAY_PER_REQUEST" : "PROVISIONED";
}

void write_stream(JsonWriter& json, const std::optional<storage::StreamViewType>& view_type) {
  json.name("StreamSpecification").begin_object();
  json.name("StreamEnabled").boolean(view_type.has_value());
  if (view_type) json.name("StreamViewType").string(api::view_type_text(*view_type));
  json.end_object();
}

// Without a key of the account's own the service encrypts with one of its own ("AES256"), which may
// not be asked for by that name.
void write_encryption(JsonWriter& json,
                      const std::optional<storage::ServerSideEncryption>& encryption) {
  const bool has_key = encryption && encryption->type == "KMS";
  json.name("SSESpecification").begin_object().name("Enabled").boolean(has_key);
  if (has_key) {
    json.name("SSEType").string("KMS");
    if (!encryption->kms_key_arn.empty())
      json.name("KMSMasterKeyId").string(encryption->kms_key_arn);
  }
  json.end_object();
}

void write_table_class(JsonWriter& json, const std::optional<storage::TableClass>& table_class) {
  if (!table_class) return;
  const bool standard = *table_class == storage::TableClass::kStandard;
  json.name("TableClass").string(standard ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS");
}

void write_tags(JsonWriter& json, const std::vector<storage::Tag>& tags) {
  if (tags.empty()) return;
  json.name("Tags").begin_array();
  for (const storage::Tag& tag : tags) {
    json.begin_object().name("Key").string(tag.key).name("Value").string(tag.value).end_object();
  }
  json.end_array();
}

void write_index_change(JsonWriter& json, const storage::CreateIndex& change) {
  json.begin_object().name("Create");
  write_index(json, change.definition);
  json.end_object();
}
void write_index_change(JsonWriter& json, const storage::UpdateIndex& change) {
  json.begin_object().name("Update").begin_object().name("IndexName").string(change.name);
  write_throughput(json, change.throughput);
  write_limits(json, change);
  json.end_object().end_object();
}
void write_index_change(JsonWriter& json, const storage::DeleteIndex& change) {
  json.begin_object().name("Delete").begin_object();
  json.name("IndexName").string(change.name).end_object().end_object();
}

}  // namespace

std::string table_name_body(std::string_view table) {
  std::string body;
  JsonWriter(body).begin_object().name("TableName").string(table).end_object();
  return body;
}

std::string body_of(const CreateTableRequest& request) {
  const storage::TableDefinition& table = request.definition;
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("TableName").string(table.name);
  write_attribute_definitions(json, table.attribute_definitions);
  api::write_key_schema(json, table.key);
  write_indexes(json, "LocalSecondaryIndexes", IndexKind::kLocal, table.indexes);
  write_indexes(json, "GlobalSecondaryIndexes", IndexKind::kGlobal, table.indexes);
  json.name("BillingMode").string(billing_text(table.billing_mode));
  if (table.billing_mode == BillingMode::kProvisioned) write_throughput(json, table.throughput);
  write_limits(json, table);
  if (table.stream_view_type) write_stream(json, table.stream_view_type);
  if (table.encryption) write_encryption(json, table.encryption);
  write_tags(json, table.tags);
  write_table_class(json, table.table_class);
  if (table.deletion_protection) json.name("DeletionProtectionEnabled").boolean(true);
  json.end_object();
  return body;
}

std::string body_of(const UpdateTableRequest& request) {
  const storage::TableUpdate& update = *request.update;
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("TableName").string(update.name);
  if (!update.attribute_definitions.empty())
    write_attribute_definitions(json, update.attribute_definitions);
  if (update.billing_mode) json.name("BillingMode").string(billing_text(*update.billing_mode));
  write_throughput(json, update.throughput);
  write_limits(json, update);
  if (!update.index_changes.empty()) {
    json.name("GlobalSecondaryIndexUpdates").begin_array();
    for (const storage::IndexChange& change : update.index_changes) {
      std::visit([&](const auto& given) { write_index_change(json, given); }, change);
    }
    json.end_array();
  }
  if (update.stream) write_stream(json, update.stream->view_type);
  if (update.encryption) write_encryption(json, update.encryption->encryption);
  write_table_class(json, update.table_class);
  if (update.deletion_protection)
    json.name("DeletionProtectionEnabled").boolean(*update.deletion_protection);
  json.end_object();
  return body;
}

std::string body_of(const TimeToLiveRequest& request) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("TableName").string(request.table);
  json.name("TimeToLiveSpecification").begin_object();
  json.name("Enabled").boolean(request.enabled);
  json.name("AttributeName").string(request.attribute).end_object().end_object();
  return body;
}

}  // namespace dynolith::odm
