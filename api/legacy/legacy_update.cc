#include "api/legacy/legacy_update.h"

#include <array>
#include <string>
#include <utility>

#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/legacy/legacy_comparison.h"

namespace dynolith::api {

namespace {

using storage::AttributeType;
using storage::request_error;
using storage::UpdateAction;

using Change = AttributeValueUpdateShape;

constexpr std::array<std::string_view, 3> kActions{"ADD", "PUT", "DELETE"};

Error invalid(std::string_view sentence) {
  return request_error(std::string("One or more parameter values were invalid: ").append(sentence));
}

bool can_be_added(AttributeType type) {
  return type == AttributeType::kNumber || type == AttributeType::kList || is_set(type);
}

Result<UpdateAction> action_with_value(storage::DocumentPath path, std::string_view action,
                                       storage::EncodedValue value) {
  const AttributeType type = value.view().type();
  if (action == "PUT") {
    return UpdateAction(storage::SetAction{.path = std::move(path), .left = {std::move(value)}});
  }
  if (action == "ADD") {
    if (can_be_added(type)) {
      return UpdateAction(storage::AddAction{std::move(path), std::move(value)});
    }
    return invalid(std::string("ADD action is not supported for the type ")
                       .append(storage::long_type_name(type)));
  }
  if (is_set(type)) return UpdateAction(storage::DeleteAction{std::move(path), std::move(value)});
  return invalid(std::string("DELETE action with value is not supported for the type ")
                     .append(storage::long_type_name(type)));
}

Result<UpdateAction> action_of(std::string_view attribute, const JsonValue& json, Wording wording) {
  TRY(check_legacy_name(attribute));
  Members<Change> members;
  if (!json.is_null()) members = read_structure<Change>(object_of(json));
  const std::string_view action = members[Change::kAction].text().value_or("PUT");
  storage::DocumentPath path{{std::string(attribute)}};
  if (!members[Change::kValue].present()) {
    if (action == "DELETE") return UpdateAction(storage::RemoveAction{std::move(path)});
    return invalid("Only DELETE action is allowed when no attribute value is specified");
  }
  DecodedValue decoded = decode_value(members[Change::kValue].value(), wording);
  if (decoded.error) return std::move(*decoded.error);
  return action_with_value(std::move(path), action, std::move(decoded.value));
}

}  // namespace

void check_attribute_updates(Constraints& constraints, const Slot& attribute_updates) {
  if (!attribute_updates.present()) return;
  for (const auto field : attribute_updates.object()) {
    if (field.value.is_null()) continue;
    const auto members = read_structure<Change>(object_of(field.value));
    constraints.one_of(members[Change::kAction],
                       std::string("attributeUpdates.").append(field.key).append(".member.action"),
                       kActions);
  }
}

Result<storage::Update> legacy_update(const Slot& attribute_updates, Wording wording) {
  storage::Update update;
  update.legacy = true;
  if (!attribute_updates.present()) return update;
  for (const auto field : attribute_updates.object()) {
    UpdateAction action = TRY(action_of(field.key, field.value, wording));
    // Of a repeated name the last counts, as in any JSON object.
    std::erase_if(update.actions, [&](const UpdateAction& earlier) {
      return storage::target(earlier) == storage::target(action);
    });
    update.actions.push_back(std::move(action));
  }
  return update;
}

}  // namespace dynolith::api
