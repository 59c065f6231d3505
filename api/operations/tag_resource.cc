// TagResource. The answer has no body.
#include "api/json/settings_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/resource_arn.h"
#include "api/request/table_definition.h"
#include "api/request/table_settings.h"

namespace dynolith::api {

Result<void> tag_resource(const OperationContext& context, const JsonObject& body, std::string&) {
  using Input = TagResourceInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_resource_arn(constraints, request[Input::kResourceArn]);
  constraints.required(request[Input::kTags], "tags");
  check_tags(constraints, request[Input::kTags]);
  TRY(constraints.check());
  const auto name = TRY(table_of_resource(*request[Input::kResourceArn].text()));
  const auto tags = TRY(decode_tags(request[Input::kTags]));
  if (tags.empty())
    return storage::validation_error("Atleast one Tag needs to be provided as Input.");

  return found_resource(context.database.tag_table(name, tags, context.scope),
                        *request[Input::kResourceArn].text());
}

}  // namespace dynolith::api
