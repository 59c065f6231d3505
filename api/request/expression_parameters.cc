#include "api/request/expression_parameters.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/json/attribute_value.h"

namespace dynolith::api {

namespace {

using storage::request_error;

constexpr std::string_view kProjection = "ProjectionExpression";

bool any_present(std::span<const NamedSlot> members) {
  return std::any_of(members.begin(), members.end(),
                     [](const NamedSlot& member) { return member.slot.present(); });
}

std::string names_present(std::span<const NamedSlot> members) {
  std::string text = "{";
  for (const auto& member : members) {
    if (!member.slot.present()) continue;
    if (text.size() > 1) text += ", ";
    text += member.name;
  }
  return text += '}';
}

// ": FilterExpression and KeyConditionExpression are null", which only the older layer adds; in
// alphabetical order, but UpdateExpression comes first.
std::string absent_suffix(std::span<const NamedSlot> expressions, bool values) {
  constexpr std::string_view kUpdate = "UpdateExpression";
  std::string text;
  size_t count = 0;
  for (const auto& member : expressions) {
    if (member.name == kProjection && (values || expressions.size() > 1)) continue;
    const std::string name(member.name);
    if (count++ == 0) {
      text = name;
    } else {
      text = member.name == kUpdate ? name + " and " + text : text + " and " + name;
    }
  }
  if (count == 0) return {};
  return ": " + text + (count == 1 ? " is null" : " are null");
}

Result<void> check_has_expression(const ParameterStyles& styles, bool values, Wording wording) {
  for (const auto& member : styles.expressions) {
    if (member.slot.present() && !(values && member.name == kProjection)) return {};
  }
  std::string message = values ? "ExpressionAttributeValues" : "ExpressionAttributeNames";
  message += " can only be specified when using expressions";
  if (wording == Wording::kClassic) message += absent_suffix(styles.expressions, values);
  return request_error(std::move(message));
}

bool is_empty(const JsonObject& object) { return object.begin() == object.end(); }

Error in_classic_words(Error error, std::string_view key, Wording wording) {
  if (wording == Wording::kClassic) {
    error.message = "ExpressionAttributeValues contains invalid value: " + error.message +
                    " for key " + std::string(key);
  }
  return error;
}

Result<void> read_names(const Slot& names, Placeholders& placeholders) {
  if (is_empty(names.object())) return request_error("ExpressionAttributeNames must not be empty");
  for (const auto field : names.object()) {
    placeholders.add_name(field.key, field.value.is_null() ? "" : text_of(field.value));
  }
  return {};
}

// The first value that is not valid; its error comes after those of the keys.
Result<std::optional<Error>> read_values(const Slot& values, Wording wording,
                                         Placeholders& placeholders) {
  if (is_empty(values.object()))
    return request_error("ExpressionAttributeValues must not be empty");
  std::optional<Error> first;
  for (const auto field : values.object()) {
    DecodedValue decoded = decode_value(field.value, wording);
    if (decoded.error) {
      if (!first) first = in_classic_words(std::move(*decoded.error), field.key, wording);
      decoded.value = storage::encode_value(storage::Null{});
    }
    placeholders.add_value(field.key, std::move(decoded.value));
  }
  return first;
}

}  // namespace

Result<void> check_styles(const ParameterStyles& styles, Wording wording) {
  if (any_present(styles.legacy) && any_present(styles.expressions)) {
    return request_error(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: " +
        names_present(styles.legacy) +
        " Expression parameters: " + names_present(styles.expressions));
  }
  if (styles.names.present()) TRY(check_has_expression(styles, false, wording));
  if (styles.values != nullptr && styles.values->present()) {
    TRY(check_has_expression(styles, true, wording));
  }
  return {};
}

Result<void> read_placeholders(const ParameterStyles& styles, Wording wording,
                               Placeholders& placeholders) {
  const bool has_values = styles.values != nullptr && styles.values->present();
  if (!styles.names.present() && !has_values) return {};
  std::optional<Error> value_error;
  if (styles.names.present()) TRY(read_names(styles.names, placeholders));
  if (has_values) value_error = TRY(read_values(*styles.values, wording, placeholders));
  TRY(placeholders.check());
  if (value_error) return std::move(*value_error);
  return {};
}

}  // namespace dynolith::api
