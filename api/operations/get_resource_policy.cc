// GetResourcePolicy.
#include "api/json/settings_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/resource_arn.h"

namespace dynolith::api {

Result<void> get_resource_policy(const OperationContext& context, const JsonObject& body,
                                 std::string& reply) {
  using Input = GetResourcePolicyInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_resource_arn(constraints, request[Input::kResourceArn]);
  TRY(constraints.check());
  const auto arn = *request[Input::kResourceArn].text();
  const auto name = TRY(table_of_resource(arn));

  const auto policy = TRY(context.database.get_resource_policy(name, context.scope));
  if (policy.revision.empty()) {
    return storage::make_error(
        ErrorCode::kPolicyNotFound,
        "Resource-based policy not found for the provided ResourceArn: " + std::string(arn));
  }

  JsonWriter json(reply);
  json.begin_object().name("Policy").string(policy.text);
  json.name("RevisionId").string(policy.revision).end_object();
  return {};
}

}  // namespace dynolith::api
