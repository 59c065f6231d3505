// PutResourcePolicy: the policy is kept and given back, not enforced.
#include "api/json/settings_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/resource_arn.h"
#include "api/request/resource_policy.h"

namespace dynolith::api {

Result<void> put_resource_policy(const OperationContext& context, const JsonObject& body,
                                 std::string& reply) {
  using Input = PutResourcePolicyInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_resource_arn(constraints, request[Input::kResourceArn]);
  constraints.required(request[Input::kPolicy], "policy");
  check_expected_revision(constraints, request[Input::kExpectedRevisionId]);
  TRY(constraints.check());
  const auto name = TRY(table_of_resource(*request[Input::kResourceArn].text()));
  const auto policy = *request[Input::kPolicy].text();
  TRY(check_policy(policy));

  const auto revision = TRY(context.database.put_resource_policy(
      name, policy, request[Input::kExpectedRevisionId].text(), context.scope));

  JsonWriter json(reply);
  json.begin_object().name("RevisionId").string(revision).end_object();
  return {};
}

}  // namespace dynolith::api
