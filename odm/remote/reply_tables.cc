// Descriptions of tables as definitions that can be compared with others.
#include <algorithm>
#include <optional>

#include "api/json/input_shapes.h"
#include "odm/remote/reply.h"
#include "odm/remote/reply_reading.h"
#include "odm/remote/table_shapes.h"
#include "storage/engine/table_update.h"

namespace dynolith::odm {

namespace {

using storage::AttributeType;
using storage::BillingMode;
using storage::IndexDefinition;
using storage::IndexKind;
using storage::IndexStatus;
using storage::KeyAttribute;
using storage::KeySchema;
using storage::ProjectionType;
using storage::StreamViewType;
using storage::TableClass;
using storage::TableDefinition;
using storage::TableStatus;
using storage::Throughput;
using storage::ThroughputLimits;

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

template <class Value, size_t kCount>
std::optional<Value> find_named(const Named<Value> (&values)[kCount], std::string_view name) {
  for (const auto& value : values) {
    if (value.name == name) return value.value;
  }
  return std::nullopt;
}

// What is none of these (a table whose key for encryption cannot be had, an archived one) cannot be
// used as it is.
TableStatus table_status(std::string_view text) {
  constexpr Named<TableStatus> kStatuses[] = {{"ACTIVE", TableStatus::kActive},
                                              {"CREATING", TableStatus::kCreating},
                                              {"DELETING", TableStatus::kDeleting}};
  return find_named(kStatuses, text).value_or(TableStatus::kUpdating);
}

// UPDATING is about throughput: the index can be read.
IndexStatus index_status(std::string_view text) {
  if (text == "CREATING") return IndexStatus::kCreating;
  return text == "DELETING" ? IndexStatus::kDeleting : IndexStatus::kActive;
}

std::optional<StreamViewType> view_type(std::string_view text) {
  constexpr Named<StreamViewType> kTypes[] = {
      {"KEYS_ONLY", StreamViewType::kKeysOnly},
      {"NEW_IMAGE", StreamViewType::kNewImage},
      {"OLD_IMAGE", StreamViewType::kOldImage},
      {"NEW_AND_OLD_IMAGES", StreamViewType::kNewAndOldImages}};
  return find_named(kTypes, text);
}

std::string_view text_in(const Slot& slot) { return slot.text().value_or(std::string_view()); }

// The members of a structure that may be missing.
template <class Structure>
Members<Structure> members_in(const Slot& slot) {
  if (!slot.present()) return {};
  return api::read_structure<Structure>(slot.object());
}

Result<std::vector<KeyAttribute>> read_attribute_definitions(const Slot& slot) {
  using Given = api::AttributeDefinitionShape;
  std::vector<KeyAttribute> definitions;
  if (!slot.present()) return definitions;
  for (const JsonValue element : slot.array()) {
    const auto members = TRY(structure_in<Given>(element));
    const auto type = storage::type_from_name(text_in(members[Given::kAttributeType]));
    if (!type || !storage::is_key_type(*type))
      return malformed("an attribute definition has a type that no key may have");
    definitions.push_back({std::string(text_in(members[Given::kAttributeName])), *type});
  }
  return definitions;
}

Result<KeySchema> read_key(const Slot& slot, const std::vector<KeyAttribute>& definitions) {
  using Given = api::KeySchemaElementShape;
  KeySchema key;
  if (!slot.present()) return malformed("a table or an index has no key schema");
  for (const JsonValue element : slot.array()) {
    const auto members = TRY(structure_in<Given>(element));
    const std::string_view name = text_in(members[Given::kAttributeName]);
    const auto definition =
        std::find_if(definitions.begin(), definitions.end(),
                     [&](const KeyAttribute& attribute) { return attribute.name == name; });
    if (definition == definitions.end()) return malformed("a key attribute has no definition");
    const bool is_sort = text_in(members[Given::kKeyType]) == "RANGE";
    (is_sort ? key.sort : key.partition).push_back(*definition);
  }
  if (key.partition.empty()) return malformed("a key schema has no partition key");
  return key;
}

Result<storage::IndexProjection> read_projection(const Slot& slot) {
  using Given = api::ProjectionShape;
  constexpr Named<ProjectionType> kTypes[] = {{"ALL", ProjectionType::kAll},
                                              {"KEYS_ONLY", ProjectionType::kKeysOnly},
                                              {"INCLUDE", ProjectionType::kInclude}};
  const auto members = members_in<Given>(slot);
  const auto type = find_named(kTypes, text_in(members[Given::kProjectionType]));
  if (!type) return malformed("an index has no projection");
  storage::IndexProjection projection{*type, {}};
  const Slot& names = members[Given::kNonKeyAttributes];
  if (!names.present()) return projection;
  for (const JsonValue name : names.array()) {
    if (!name.is_string()) return malformed("a projected attribute has no name");
    projection.non_key_attributes.emplace_back(api::text_of(name));
  }
  return projection;
}

Throughput read_throughput(const Slot& slot) {
  using Given = api::ProvisionedThroughputShape;
  const auto members = members_in<Given>(slot);
  return {members[Given::kReadCapacityUnits].integer().value_or(0),
          members[Given::kWriteCapacityUnits].integer().value_or(0)};
}

std::optional<ThroughputLimits> read_on_demand_limits(const Slot& slot) {
  using Given = api::OnDemandThroughputShape;
  if (!slot.present()) return std::nullopt;
  const auto members = members_in<Given>(slot);
  const auto limit = [](const Slot& member) {
    const auto units = member.integer();
    return units == storage::kNoLimit ? std::nullopt : units;
  };
  return ThroughputLimits{limit(members[Given::kMaxReadRequestUnits]),
                          limit(members[Given::kMaxWriteRequestUnits])};
}

// The service shows it whether it was asked for or not; what it would be anyway says nothing.
std::optional<ThroughputLimits> read_warm_throughput(const Slot& slot, BillingMode mode,
                                                     const Throughput& provisioned) {
  using Given = api::WarmThroughputShape;
  if (!slot.present()) return std::nullopt;
  const auto members = members_in<Given>(slot);
  const ThroughputLimits shown{members[Given::kReadUnitsPerSecond].integer(),
                               members[Given::kWriteUnitsPerSecond].integer()};
  const Throughput usual = storage::default_warm_throughput(mode, provisioned);
  const bool is_usual = shown.read_units.value_or(usual.read_units) == usual.read_units &&
                        shown.write_units.value_or(usual.write_units) == usual.write_units;
  if (is_usual) return std::nullopt;
  return shown;
}

Result<void> read_indexes(const Slot& slot, IndexKind kind, TableState& state) {
  using Given = IndexDescriptionShape;
  if (!slot.present()) return {};
  TableDefinition& table = state.definition;
  for (const JsonValue element : slot.array()) {
    const auto members = TRY(structure_in<Given>(element));
    IndexDefinition index{.name = std::string(text_in(members[Given::kIndexName])), .kind = kind};
    index.key = TRY(read_key(members[Given::kKeySchema], table.attribute_definitions));
    index.projection = TRY(read_projection(members[Given::kProjection]));
    IndexState shown{index.name};
    if (kind == IndexKind::kGlobal) {
      shown.status = index_status(text_in(members[Given::kIndexStatus]));
      const Throughput throughput = read_throughput(members[Given::kProvisionedThroughput]);
      if (table.billing_mode == BillingMode::kProvisioned) index.throughput = throughput;
      index.on_demand_limits = read_on_demand_limits(members[Given::kOnDemandThroughput]);
      index.warm_throughput =
          read_warm_throughput(members[Given::kWarmThroughput], table.billing_mode, throughput);
    }
    table.indexes.push_back(std::move(index));
    state.indexes.push_back(std::move(shown));
  }
  return {};
}

std::optional<storage::ServerSideEncryption> read_encryption(const Slot& slot) {
  using Given = SseDescriptionShape;
  const auto members = members_in<Given>(slot);
  const std::string_view status = text_in(members[Given::kStatus]);
  if (status != "ENABLED" && status != "ENABLING" && status != "UPDATING") return std::nullopt;
  return storage::ServerSideEncryption{std::string(text_in(members[Given::kSSEType])),
                                       std::string(text_in(members[Given::kKMSMasterKeyArn]))};
}

std::optional<TableClass> read_table_class(const Slot& slot) {
  constexpr Named<TableClass> kClasses[] = {
      {"STANDARD", TableClass::kStandard},
      {"STANDARD_INFREQUENT_ACCESS", TableClass::kStandardInfrequentAccess}};
  const auto members = members_in<TableClassSummaryShape>(slot);
  return find_named(kClasses, text_in(members[TableClassSummaryShape::kTableClass]));
}

void read_settings(const Members<TableDescriptionShape>& members, TableDefinition& table) {
  using Given = TableDescriptionShape;
  const auto billing = members_in<BillingModeSummaryShape>(members[Given::kBillingModeSummary]);
  const bool on_demand =
      text_in(billing[BillingModeSummaryShape::kBillingMode]) == "PAY_PER_REQUEST";
  table.billing_mode = on_demand ? BillingMode::kPayPerRequest : BillingMode::kProvisioned;
  table.throughput = read_throughput(members[Given::kProvisionedThroughput]);
  table.on_demand_limits = read_on_demand_limits(members[Given::kOnDemandThroughput]);
  table.warm_throughput =
      read_warm_throughput(members[Given::kWarmThroughput], table.billing_mode, table.throughput);
  const auto stream =
      members_in<api::StreamSpecificationShape>(members[Given::kStreamSpecification]);
  if (stream[api::StreamSpecificationShape::kStreamEnabled].boolean_or(false))
    table.stream_view_type =
        view_type(text_in(stream[api::StreamSpecificationShape::kStreamViewType]));
  table.encryption = read_encryption(members[Given::kSSEDescription]);
  table.table_class = read_table_class(members[Given::kTableClassSummary]);
  table.deletion_protection = members[Given::kDeletionProtectionEnabled].boolean_or(false);
}

}  // namespace

Result<TableState> parse_table(std::string_view body) {
  using Given = TableDescriptionShape;
  const auto reply = TRY(read_reply<DescribeTableOutput>(body));
  const Slot& description = reply[DescribeTableOutput::kTable];
  if (!description.present()) return malformed("it describes no table");
  const auto members = members_in<Given>(description);
  TableState state;
  TableDefinition& table = state.definition;
  table.name = text_in(members[Given::kTableName]);
  state.status = table_status(text_in(members[Given::kTableStatus]));
  table.attribute_definitions =
      TRY(read_attribute_definitions(members[Given::kAttributeDefinitions]));
  table.key = TRY(read_key(members[Given::kKeySchema], table.attribute_definitions));
  read_settings(members, table);
  TRY(read_indexes(members[Given::kLocalSecondaryIndexes], IndexKind::kLocal, state));
  TRY(read_indexes(members[Given::kGlobalSecondaryIndexes], IndexKind::kGlobal, state));
  return state;
}

Result<std::string> parse_time_to_live(std::string_view body) {
  using Given = TimeToLiveDescriptionShape;
  const auto reply = TRY(read_reply<DescribeTimeToLiveOutput>(body));
  const auto members = members_in<Given>(reply[DescribeTimeToLiveOutput::kTimeToLiveDescription]);
  const std::string_view status = text_in(members[Given::kTimeToLiveStatus]);
  if (status != "ENABLED" && status != "ENABLING") return std::string();
  return std::string(text_in(members[Given::kAttributeName]));
}

}  // namespace dynolith::odm
