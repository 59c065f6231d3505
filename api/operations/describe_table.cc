// DescribeTable.
#include "api/json/input_shapes.h"
#include "api/json/table_description.h"
#include "api/operations/handlers.h"
#include "api/request/table_name.h"

namespace dynolith::api {

Result<void> describe_table(const OperationContext& context, const JsonObject& body,
                            std::string& reply) {
  const auto request = TRY(read_request<TableNameInput>(body));
  Constraints constraints;
  check_table_name(constraints, request[TableNameInput::kTableName], context.wording);
  TRY(constraints.check());
  const auto name = TRY(table_reference(*request[TableNameInput::kTableName].text())).name;

  const auto description = TRY(context.database.describe_table(name, context.scope));

  reply += "{\"Table\":";
  append_table_description(reply, description, context.region);
  reply += '}';
  return {};
}

}  // namespace dynolith::api
