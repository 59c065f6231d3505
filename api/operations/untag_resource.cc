// UntagResource. The answer has no body.
#include "api/json/settings_shapes.h"
#include "api/operations/handlers.h"
#include "api/request/resource_arn.h"

namespace dynolith::api {

namespace {

constexpr int64_t kTagKeyMax = 128;

void check_keys(Constraints& constraints, const Slot& slot) {
  constexpr std::string_view kConstraint =
      "Member must satisfy constraint: [Member must have length less than or equal to 128, Member "
      "must have length greater than or equal to 1]";
  constraints.required(slot, "tagKeys");
  if (!slot.present()) return;
  for (const JsonValue key : slot.array()) {
    if (key.is_null() || (!text_of(key).empty() && characters_of(text_of(key)) <= kTagKeyMax))
      continue;
    return constraints.echo(echo_of(slot.value()), "tagKeys", kConstraint);
  }
}

}  // namespace

Result<void> untag_resource(const OperationContext& context, const JsonObject& body, std::string&) {
  using Input = UntagResourceInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_resource_arn(constraints, request[Input::kResourceArn]);
  check_keys(constraints, request[Input::kTagKeys]);
  TRY(constraints.check());
  const auto name = TRY(table_of_resource(*request[Input::kResourceArn].text()));
  std::vector<std::string> keys;
  for (const JsonValue key : request[Input::kTagKeys].array())
    if (!key.is_null()) keys.emplace_back(text_of(key));
  if (keys.empty())
    return storage::validation_error("Atleast one Tag Key needs to be provided as Input.");

  return found_resource(context.database.untag_table(name, keys, context.scope),
                        *request[Input::kResourceArn].text());
}

}  // namespace dynolith::api
