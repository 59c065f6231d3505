// UpdateTable.
#include "api/json/table_description.h"
#include "api/operations/handlers.h"
#include "api/request/table_name.h"
#include "api/request/table_update.h"

namespace dynolith::api {

Result<void> update_table(const OperationContext& context, const JsonObject& body,
                          std::string& reply) {
  const auto request = TRY(read_request<UpdateTableInput>(body));
  Constraints constraints;
  check_table_name(constraints, request[UpdateTableInput::kTableName], context.wording);
  check_table_update_members(constraints, request);
  TRY(constraints.check());
  const auto name = TRY(table_reference(*request[UpdateTableInput::kTableName].text())).name;
  const auto update = TRY(decode_table_update(request, name, context.region));

  const auto description = TRY(context.database.update_table(update, context.scope));

  reply += "{\"TableDescription\":";
  append_table_description(reply, description, context.region);
  reply += '}';
  return {};
}

}  // namespace dynolith::api
