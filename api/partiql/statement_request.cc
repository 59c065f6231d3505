#include "api/partiql/statement_request.h"

#include <algorithm>

#include "api/json/attribute_value.h"

namespace dynolith::api::partiql {

namespace {

int64_t characters_of(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
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
    if (decoded.error) return std::move(*decoded.error);
    parameters.push_back(std::move(decoded.value));
  }
  return parameters;
}

}  // namespace dynolith::api::partiql
