// UpdateTimeToLive.
#include "api/json/settings_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/table_definition.h"
#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

using Given = TimeToLiveSpecificationShape;

constexpr int64_t kAttributeNameMin = 1;
constexpr int64_t kAttributeNameMax = 255;

void check_specification(Constraints& constraints, const Slot& slot) {
  constraints.required(slot, "timeToLiveSpecification");
  if (!slot.present()) return;
  constexpr std::string_view kAttributePath = "timeToLiveSpecification.attributeName";
  const auto members = structure_in<Given>(slot);
  constraints.required(members[Given::kEnabled], "timeToLiveSpecification.enabled");
  const auto attribute = members[Given::kAttributeName].text();
  if (!attribute) return constraints.null(kAttributePath);
  const auto length = static_cast<int64_t>(attribute->size());
  if (length < kAttributeNameMin)
    constraints.echo(*attribute, kAttributePath, at_least("length", kAttributeNameMin));
  if (length > kAttributeNameMax)
    constraints.echo(*attribute, kAttributePath, at_most("length", kAttributeNameMax));
}

}  // namespace

Result<void> update_time_to_live(const OperationContext& context, const JsonObject& body,
                                 std::string& reply) {
  using Input = UpdateTimeToLiveInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_table_name(constraints, request[Input::kTableName], context.wording);
  check_specification(constraints, request[Input::kTimeToLiveSpecification]);
  TRY(constraints.check());
  const auto name = TRY(table_reference(*request[Input::kTableName].text())).name;
  const auto specification = structure_in<Given>(request[Input::kTimeToLiveSpecification]);
  const bool enabled = *specification[Given::kEnabled].boolean();
  const auto attribute = *specification[Given::kAttributeName].text();

  TRY(context.database.set_time_to_live(name, attribute, enabled, context.scope));

  JsonWriter json(reply);
  json.begin_object().name("TimeToLiveSpecification").begin_object();
  json.name("Enabled").boolean(enabled).name("AttributeName").string(attribute);
  json.end_object().end_object();
  return {};
}

}  // namespace dynolith::api
