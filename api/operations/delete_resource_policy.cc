// DeleteResourcePolicy: a policy that is not there does not matter, unless a revision is expected.
#include "api/json/settings_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/resource_arn.h"
#include "api/request/resource_policy.h"

namespace dynolith::api {

Result<void> delete_resource_policy(const OperationContext& context, const JsonObject& body,
                                    std::string& reply) {
  using Input = DeleteResourcePolicyInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_resource_arn(constraints, request[Input::kResourceArn]);
  check_expected_revision(constraints, request[Input::kExpectedRevisionId]);
  TRY(constraints.check());
  const auto name = TRY(table_of_resource(*request[Input::kResourceArn].text()));

  const auto revision = TRY(context.database.delete_resource_policy(
      name, request[Input::kExpectedRevisionId].text(), context.scope));

  JsonWriter json(reply);
  json.begin_object();
  if (!revision.empty()) json.name("RevisionId").string(revision);
  json.end_object();
  return {};
}

}  // namespace dynolith::api
