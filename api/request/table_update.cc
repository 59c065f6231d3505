#include "api/request/table_update.h"

#include <string>
#include <utility>
#include <vector>

#include "api/request/table_definition.h"
#include "api/request/table_settings.h"

namespace dynolith::api {

namespace {

using In = UpdateTableInput;
using storage::IndexChange;
using storage::TableUpdate;
using storage::validation_error;

Error invalid(std::string_view sentence) {
  return validation_error("One or more parameter values were invalid: " + std::string(sentence));
}

bool has_elements(const Slot& list) { return list.present() && list.array().size() > 0; }

void check_index_update(Constraints& constraints, const Members<GlobalIndexUpdateShape>& change,
                        const std::string& path) {
  using Change = GlobalIndexUpdateShape;
  if (change[Change::kUpdate].present()) {
    using Given = UpdateGlobalIndexShape;
    const auto update = structure_in<Given>(change[Change::kUpdate]);
    check_index_name(constraints, update[Given::kIndexName], path + ".update.indexName");
    check_throughput(constraints, update[Given::kProvisionedThroughput],
                     path + ".update.provisionedThroughput");
  }
  if (change[Change::kCreate].present()) {
    check_global_index(constraints,
                       structure_in<GlobalSecondaryIndexShape>(change[Change::kCreate]),
                       path + ".create");
  }
  if (change[Change::kDelete].present()) {
    using Given = DeleteGlobalIndexShape;
    const auto deletion = structure_in<Given>(change[Change::kDelete]);
    check_index_name(constraints, deletion[Given::kIndexName], path + ".delete.indexName");
  }
}

// What only the service with its regions and its search engine can do.
Result<void> check_supported(const Members<In>& request) {
  if (has_elements(request[In::kReplicaUpdates])) {
    return validation_error(
        "ReplicaUpdates is not supported: a table has no replicas in other regions. Create the "
        "table on another server, or leave ReplicaUpdates out.");
  }
  if (has_elements(request[In::kGlobalTableWitnessUpdates]) ||
      request[In::kMultiRegionConsistency].present()) {
    return validation_error(
        "GlobalTableWitnessUpdates and MultiRegionConsistency are not supported: a table has no "
        "replicas in other regions. Leave them out.");
  }
  if (has_elements(request[In::kVectorIndexUpdates])) {
    return validation_error(
        "VectorIndexUpdates is not supported. Create a global secondary index with "
        "GlobalSecondaryIndexUpdates, or keep vectors in a search engine.");
  }
  return {};
}

Result<IndexChange> decode_index_change(const Members<GlobalIndexUpdateShape>& change,
                                        const TableUpdate& update) {
  using Change = GlobalIndexUpdateShape;
  const Slot& changed = change[Change::kUpdate];
  const Slot& created = change[Change::kCreate];
  const Slot& deleted = change[Change::kDelete];
  const int given = changed.present() + created.present() + deleted.present();
  if (given == 0) {
    return invalid(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete must not be null");
  }
  if (given > 1) {
    return invalid(
        "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete can be specified");
  }
  if (created.present()) {
    return IndexChange(storage::CreateIndex{TRY(decode_global_index(
        structure_in<GlobalSecondaryIndexShape>(created), update.attribute_definitions))});
  }
  if (deleted.present()) {
    using Given = DeleteGlobalIndexShape;
    const auto members = structure_in<Given>(deleted);
    return IndexChange(storage::DeleteIndex{std::string(*members[Given::kIndexName].text())});
  }
  using Given = UpdateGlobalIndexShape;
  const auto members = structure_in<Given>(changed);
  storage::UpdateIndex index{.name = std::string(*members[Given::kIndexName].text())};
  index.throughput = decode_throughput(members[Given::kProvisionedThroughput]);
  index.on_demand_limits = TRY(decode_on_demand_change(members[Given::kOnDemandThroughput]));
  index.warm_throughput = TRY(decode_warm_throughput(members[Given::kWarmThroughput]));
  return IndexChange(std::move(index));
}

Result<void> decode_index_changes(const Slot& slot, TableUpdate& update) {
  if (!slot.present()) return {};
  for (const JsonValue element : slot.array()) {
    const auto change = structure_of<GlobalIndexUpdateShape>(element);
    update.index_changes.push_back(TRY(decode_index_change(change, update)));
  }
  return {};
}

}  // namespace

void check_table_update_members(Constraints& constraints, const Members<In>& request) {
  check_attribute_definitions(constraints, request[In::kAttributeDefinitions]);
  check_billing_mode(constraints, request[In::kBillingMode]);
  check_throughput(constraints, request[In::kProvisionedThroughput], "provisionedThroughput");
  const Slot& changes = request[In::kGlobalSecondaryIndexUpdates];
  if (changes.present()) {
    size_t position = 0;
    for (const JsonValue element : changes.array()) {
      check_index_update(constraints, structure_of<GlobalIndexUpdateShape>(element),
                         "globalSecondaryIndexUpdates." + std::to_string(++position) + ".member");
    }
  }
  check_stream(constraints, request[In::kStreamSpecification]);
  check_encryption(constraints, request[In::kSSESpecification]);
  check_table_class(constraints, request[In::kTableClass]);
}

Result<TableUpdate> decode_table_update(const Members<In>& request, std::string_view name,
                                        std::string_view region) {
  TRY(check_supported(request));
  TableUpdate update{.name = std::string(name)};
  update.attribute_definitions = decode_attribute_definitions(request[In::kAttributeDefinitions]);
  if (const auto mode = request[In::kBillingMode].text()) {
    update.billing_mode = *mode == "PROVISIONED" ? storage::BillingMode::kProvisioned
                                                 : storage::BillingMode::kPayPerRequest;
  }
  update.throughput = decode_throughput(request[In::kProvisionedThroughput]);
  update.on_demand_limits = TRY(decode_on_demand_change(request[In::kOnDemandThroughput]));
  update.warm_throughput = TRY(decode_warm_throughput(request[In::kWarmThroughput]));
  TRY(decode_index_changes(request[In::kGlobalSecondaryIndexUpdates], update));
  if (const Slot& stream = request[In::kStreamSpecification]; stream.present()) {
    update.stream = storage::StreamChange{TRY(decode_stream(stream))};
  }
  if (const Slot& encryption = request[In::kSSESpecification]; encryption.present()) {
    update.encryption = storage::EncryptionChange{TRY(decode_encryption(encryption, region))};
  }
  if (const auto table_class = request[In::kTableClass].text()) {
    update.table_class = *table_class == "STANDARD"
                             ? storage::TableClass::kStandard
                             : storage::TableClass::kStandardInfrequentAccess;
  }
  update.deletion_protection = request[In::kDeletionProtectionEnabled].boolean();
  return update;
}

}  // namespace dynolith::api
