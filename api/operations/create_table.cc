// CreateTable.
#include "api/json/table_description.h"
#include "api/operations/handlers.h"
#include "api/request/resource_policy.h"
#include "api/request/table_definition.h"
#include "api/request/table_name.h"

namespace dynolith::api {

Result<void> create_table(const OperationContext& context, const JsonObject& body,
                          std::string& reply) {
  const auto request = TRY(read_request<CreateTableInput>(body));
  Constraints constraints;
  check_table_members(constraints, request);
  TRY(constraints.check());
  if (request[CreateTableInput::kVectorIndexes].present()) {
    return storage::validation_error("Vector indexes are not supported");
  }
  const auto name = TRY(table_reference(*request[CreateTableInput::kTableName].text())).name;
  auto definition = TRY(decode_table_definition(request, name, context.region));

  const auto policy = request[CreateTableInput::kResourcePolicy].text();
  if (policy) TRY(check_policy(*policy));

  const auto description = TRY(context.database.create_table(std::move(definition), context.scope));

  if (policy) TRY(context.database.put_resource_policy(name, *policy, {}, context.scope));

  reply += "{\"TableDescription\":";
  append_table_description(reply, description, context.region);
  reply += '}';
  return {};
}

}  // namespace dynolith::api
