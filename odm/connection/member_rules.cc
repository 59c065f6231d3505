#include "odm/connection/member_rules.h"

#include <algorithm>
#include <string>

namespace dynolith::odm {
namespace {

constexpr int64_t kTableNameMin = 1;  // Of requests; a table is created with three at least.
constexpr int64_t kIndexNameMin = 3;
constexpr int64_t kNameMax = 255;

storage::Error violation(std::string_view value, std::string_view path, std::string_view rule) {
  std::string message("1 validation error detected: Value '");
  message.append(value).append("' at '").append(path);
  message.append("' failed to satisfy constraint: ").append(rule);
  return storage::validation_error(std::move(message));
}

bool is_name_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

storage::Result<void> check_name(std::string_view name, std::string_view path, int64_t least) {
  TRY(check_between(static_cast<int64_t>(name.size()), name, path, "length", least, kNameMax));
  if (is_name_text(name)) return {};
  return violation(name, path, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

}  // namespace

storage::Result<void> check_table_name(std::string_view name) {
  if (!name.empty()) return check_name(name, "tableName", kTableNameMin);
  return storage::validation_error(
      "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must "
      "have length greater than or equal to 1");
}

storage::Result<void> check_index_name(std::string_view name) {
  return check_name(name, "indexName", kIndexNameMin);
}

storage::Result<void> check_between(int64_t number, std::string_view value, std::string_view path,
                                    std::string_view what, int64_t least, int64_t most) {
  if (number >= least && number <= most) [[likely]]
    return {};
  const bool is_less = number < least;
  std::string rule("Member must have ");
  rule.append(what).append(is_less ? " greater" : " less").append(" than or equal to ");
  rule.append(std::to_string(is_less ? least : most));
  return violation(value, path, rule);
}

}  // namespace dynolith::odm
