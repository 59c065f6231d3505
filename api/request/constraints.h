// Member constraints: what each member of a request may hold, checked for all of them before
// anything else is looked at, and reported together: "2 validation errors detected: ...; ...".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/json/shape.h"
#include "api/wording.h"
#include "storage/result.h"

namespace dynolith::api {

// The values that a member may have, in the order in which the service prints them.
using EnumValues = std::span<const std::string_view>;
bool contains(EnumValues values, std::string_view value);

// Paths are lowerCamel ("returnValues", "requestItems.t.member.keys") where a value is echoed and
// PascalCase where it is not: the service's newer layer does not echo.
class Constraints {
 public:
  // "Value null at '<path>' ...: Member must not be null".
  void null(std::string_view path);
  // "Value '<value>' at '<path>' failed to satisfy constraint: <constraint>".
  void echo(std::string_view value, std::string_view path, std::string_view constraint);
  // "Value at '<path>' failed to satisfy constraint: <constraint>".
  void quiet(std::string_view path, std::string_view constraint);
  // "Failed to satisfy constraint: <constraint>".
  void nameless(std::string_view constraint);

  void required(const Slot& slot, std::string_view path);
  // Absent is fine, in all of these.
  void one_of(const Slot& slot, std::string_view path, EnumValues values);
  void in_range(const Slot& slot, std::string_view path, int64_t least, int64_t most);
  // 3 to 255 of [a-zA-Z0-9_.-].
  void index_name(const Slot& slot);

  size_t count() const { return violations_.size(); }
  // kValidation, worded in full, if there is any violation.
  Result<void> check() const;

 private:
  std::vector<std::string> violations_;
};

std::string at_least(std::string_view what, int64_t bound);  // what: "value", "length".
std::string at_most(std::string_view what, int64_t bound);
std::string enum_constraint(EnumValues values);
inline constexpr std::string_view kNameConstraint =
    "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
bool is_name_text(std::string_view text);  // Only [a-zA-Z0-9_.-].

int64_t characters_of(std::string_view utf8);

// A list's or map's echo: its JSON, cut short if it is long.
std::string echo_of(const JsonValue& value);

}  // namespace dynolith::api
