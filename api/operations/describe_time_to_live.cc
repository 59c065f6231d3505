// DescribeTimeToLive.
#include "api/json/input_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

std::string_view status_text(storage::TimeToLiveStatus status) {
  switch (status) {
    case storage::TimeToLiveStatus::kEnabling:
      return "ENABLING";
    case storage::TimeToLiveStatus::kEnabled:
      return "ENABLED";
    case storage::TimeToLiveStatus::kDisabling:
      return "DISABLING";
    case storage::TimeToLiveStatus::kDisabled:
      break;
  }
  return "DISABLED";
}

}  // namespace

Result<void> describe_time_to_live(const OperationContext& context, const JsonObject& body,
                                   std::string& reply) {
  const auto request = TRY(read_request<TableNameInput>(body));
  Constraints constraints;
  check_table_name(constraints, request[TableNameInput::kTableName], context.wording);
  TRY(constraints.check());
  const auto name = TRY(table_reference(*request[TableNameInput::kTableName].text())).name;

  const auto description = TRY(context.database.describe_time_to_live(name, context.scope));

  JsonWriter json(reply);
  json.begin_object().name("TimeToLiveDescription").begin_object();
  json.name("TimeToLiveStatus").string(status_text(description.status));
  if (!description.attribute.empty()) json.name("AttributeName").string(description.attribute);
  json.end_object().end_object();
  return {};
}

}  // namespace dynolith::api
