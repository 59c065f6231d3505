#include "api/request/attributes_to_get.h"

#include <set>
#include <string>

#include "storage/limits.h"

namespace dynolith::api {

void check_attributes_to_get(Constraints& constraints, const Slot& slot, std::string_view path) {
  constexpr size_t kNamesMax = 255;
  if (!slot.present()) return;
  const JsonArray names = slot.array();
  if (names.size() == 0) constraints.echo("[]", path, at_least("length", 1));
  if (names.size() > kNamesMax) {
    constraints.echo(echo_of(slot.value()), path,
                     at_most("length", static_cast<int64_t>(kNamesMax)));
  }
  for (const JsonValue name : names) {
    if (name.is_null()) {
      return constraints.echo(echo_of(slot.value()), path,
                              "Member must satisfy constraint: [Member must not be null]");
    }
  }
}

Result<std::optional<storage::Projection>> attributes_to_get(const Slot& slot) {
  if (!slot.present()) return std::optional<storage::Projection>();
  storage::Projection projection;
  std::set<std::string_view> seen;
  for (const JsonValue element : slot.array()) {
    const std::string_view name = text_of(element);
    if (name.empty()) return storage::request_error("Empty attribute name");
    if (name.size() > storage::kAttributeNameBytesMax) {
      return storage::request_error(
          "One or more parameter values were invalid: Attribute name is too large, must not exceed "
          "65535 bytes");
    }
    if (!seen.insert(name).second) {
      return storage::request_error(
          std::string(
              "One or more parameter values were invalid: Duplicate value in attribute name: ")
              .append(name));
    }
    projection.paths.push_back({{std::string(name)}});
  }
  return std::optional(std::move(projection));
}

}  // namespace dynolith::api
