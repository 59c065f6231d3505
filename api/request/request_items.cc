#include "api/request/request_items.h"

#include <algorithm>

namespace dynolith::api {

std::vector<TableEntry> table_entries(const Slot& request_items) {
  std::vector<TableEntry> entries;
  for (const auto field : request_items.object()) {
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const TableEntry& entry) {
      return entry.name == field.key;
    });
    if (same == entries.end()) {
      entries.push_back({field.key, field.value});
    } else {
      same->value = field.value;
    }
  }
  return entries;
}

void check_table_names(Constraints& constraints, const Slot& request_items,
                       const std::vector<TableEntry>& entries, Wording wording) {
  const bool all_valid = std::all_of(entries.begin(), entries.end(), [&](const TableEntry& entry) {
    return is_table_name(entry.name, wording);
  });
  if (all_valid) return;
  constraints.echo(
      echo_of(request_items.value()), "requestItems",
      "Map keys must satisfy constraint: [Member must have length less than or equal "
      "to 255, Member must have length greater than or equal to 3, Member must satisfy "
      "regular expression pattern: [a-zA-Z0-9_.-]+]");
}

std::string entry_path(std::string_view table, std::string_view rest) {
  return std::string("requestItems.").append(table).append(".member").append(rest);
}

}  // namespace dynolith::api
