#include "api/partiql/statement_request.h"

#include <algorithm>

#include "api/json/attribute_value.h"
#include "api/json/datatype.h"
#include "api/partiql/values.h"
#include "storage/value/number.h"

namespace dynolith::api::partiql {

namespace {

int64_t characters_of(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
}

// Calls `visit` with each number of an attribute value, in the order sent, until it returns false.
template <class Visit>
bool visit_numbers(const JsonValue& value, Visit&& visit) {
  if (!value.is_object()) return true;
  for (const auto field : object_of(value)) {
    const auto type = datatype_of(field.key);
    if (!type || field.value.is_null()) continue;
    switch (*type) {
      case storage::AttributeType::kNumber:
        if (!visit(text_of(field.value))) return false;
        break;
      case storage::AttributeType::kNumberSet:
        for (const JsonValue member : array_of(field.value)) {
          if (!member.is_null() && !visit(text_of(member))) return false;
        }
        break;
      case storage::AttributeType::kList:
        for (const JsonValue element : array_of(field.value)) {
          if (!visit_numbers(element, visit)) return false;
        }
        break;
      case storage::AttributeType::kMap:
        for (const auto member : object_of(field.value)) {
          if (!visit_numbers(member.value, visit)) return false;
        }
        break;
      default:
        break;
    }
  }
  return true;
}

// The numbers of parameters are read the older way, which knows exponents of 32 bits only.
Error number_error(const JsonValue& parameter, Error error) {
  visit_numbers(parameter, [&](std::string_view text) {
    const auto parsed = storage::Number::parse(text);
    if (parsed) return true;
    const bool out_of_range = parsed.error().message.starts_with("Number ");
    if (out_of_range && parsed.error().message == error.message && !has_readable_exponent(text)) {
      error.message =
          std::string("The parameter cannot be converted to a numeric value: ").append(text);
    }
    return false;
  });
  return error;
}

}  // namespace

void check_statement_members(Constraints& constraints, const Slot& statement,
                             const Slot& parameters, const Slot& return_values_on_failure,
                             const std::string& prefix) {
  constraints.required(statement, prefix + "statement");
  if (const auto text = statement.text()) {
    if (text->empty()) constraints.echo(*text, prefix + "statement", at_least("length", 1));
    const auto most = static_cast<size_t>(kStatementCharactersMax);
    if (text->size() > most && characters_of(*text) > kStatementCharactersMax) {
      constraints.echo(*text, prefix + "statement", at_most("length", kStatementCharactersMax));
    }
  }
  if (parameters.present() && parameters.array().size() == 0) {
    constraints.echo("[]", prefix + "parameters", at_least("length", 1));
  }
  check_return_values_on_failure(constraints, return_values_on_failure,
                                 prefix + "returnValuesOnConditionCheckFailure");
}

Result<std::vector<storage::EncodedValue>> read_parameters(const Slot& slot, Wording wording) {
  std::vector<storage::EncodedValue> parameters;
  if (!slot.present()) return parameters;
  const JsonArray array = slot.array();
  parameters.reserve(array.size());
  for (const JsonValue element : array) {
    DecodedValue decoded = decode_value(element, wording);
    if (decoded.error) return number_error(element, std::move(*decoded.error));
    parameters.push_back(std::move(decoded.value));
  }
  return parameters;
}

}  // namespace dynolith::api::partiql
