#include "api/classic_wording.h"

#include <string_view>

namespace dynolith::api {

namespace {

// Two conditions for a lone partition key were one of a kind that it cannot have; more were simply
// too many.
std::string_view too_many_conditions(std::string_view message) {
  return message.find("conditions (2)") != std::string_view::npos
             ? "Query key condition not supported"
             : "Conditions can be of length 1 or 2 only";
}

}  // namespace

std::string in_classic_words(std::string message) {
  constexpr std::string_view kSameName =
      "Invalid KeySchema: Both the Hash Key and the Range Key element";
  constexpr std::string_view kTooManyConditions = "The number of query conditions (";
  constexpr std::string_view kTypeSet = ", typeSet: ALLOWED_FOR_";
  if (message.starts_with(kSameName))
    return message.substr(std::string_view("Invalid KeySchema: ").size());
  if (message.starts_with(kTooManyConditions)) return std::string(too_many_conditions(message));
  // Client text cannot come this late in the sentence.
  const size_t type_set = message.rfind(kTypeSet);
  if (type_set != std::string::npos && message.ends_with("_OPERAND")) message.resize(type_set);
  return message;
}

}  // namespace dynolith::api
