// The embedded connection's calls for tables.
#include "odm/connection/embedded_calls.h"
#include "odm/connection/member_rules.h"
#include "storage/engine/table_update.h"

namespace dynolith::odm::embedded_calls {
namespace {

constexpr int64_t kTimeToLiveNameMax = 255;

storage::Result<std::string> time_to_live_attribute(const Database& database,
                                                    const std::string& table) {
  const auto description = TRY(database.describe_time_to_live(table));
  const bool is_on = description.status == storage::TimeToLiveStatus::kEnabled ||
                     description.status == storage::TimeToLiveStatus::kEnabling;
  return is_on ? description.attribute : std::string();
}

}  // namespace

storage::Result<TableState> describe_table(const Database& database,
                                           const DescribeTableRequest& request) {
  TRY(check_table_name(request.table));
  const auto description = TRY(database.describe_table(request.table));
  TableState state;
  state.status = description.status;
  state.definition = description.table->definition;
  for (const storage::Index& index : description.table->indexes)
    state.indexes.push_back({index.definition.name, index.status});
  state.time_to_live_attribute = TRY(time_to_live_attribute(database, request.table));
  return state;
}

storage::Result<void> create_table(Database& database, const CreateTableRequest& request) {
  TRY(check_table_name(request.definition.name));
  TRY(database.create_table(request.definition));
  return {};
}

storage::Result<void> update_table(Database& database, const UpdateTableRequest& request) {
  TRY(check_table_name(request.update->name));
  TRY(database.update_table(*request.update));
  return {};
}

storage::Result<void> delete_table(Database& database, const DeleteTableRequest& request) {
  TRY(check_table_name(request.table));
  TRY(database.delete_table(request.table));
  return {};
}

storage::Result<void> set_time_to_live(Database& database, const TimeToLiveRequest& request) {
  TRY(check_table_name(request.table));
  TRY(check_between(static_cast<int64_t>(request.attribute.size()), request.attribute,
                    "timeToLiveSpecification.attributeName", "length", 1, kTimeToLiveNameMax));
  return database.set_time_to_live(request.table, request.attribute, request.enabled);
}

}  // namespace dynolith::odm::embedded_calls
