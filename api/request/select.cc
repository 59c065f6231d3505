#include "api/request/select.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace dynolith::api {

namespace {

using storage::IndexKind;
using storage::request_error;
using storage::validation_error;

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";
constexpr std::array<std::string_view, 4> kValues{"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                                  "ALL_PROJECTED_ATTRIBUTES"};

std::string_view clash_of(Select select) {
  switch (select) {
    case Select::kAllAttributes:
      return "ALL_ATTRIBUTES";
    case Select::kAllProjected:
      return "ALL_PROJECTED_ATTRIBUTES";
    case Select::kCount:
      return "only the Count";
    case Select::kDefault:
    case Select::kSpecific:
      break;
  }
  return {};
}

// Those of `names` that an entry of the index lacks, as "[a, b]"; empty if it has them all.
template <class Names>
std::string missing_from(const storage::Index& index, const Names& names) {
  if (index.definition.projection.type == storage::ProjectionType::kAll) return {};
  std::string text;
  for (const auto& name : names) {
    if (std::binary_search(index.entry_attributes.begin(), index.entry_attributes.end(), name)) {
      continue;
    }
    text += text.empty() ? "[" : ", ";
    text += name;
  }
  if (!text.empty()) text += ']';
  return text;
}

std::set<std::string> top_level_attributes(const storage::Condition& condition) {
  std::set<std::string> names;
  storage::visit_paths(condition,
                       [&](const storage::DocumentPath& path) { names.insert(path.attribute()); });
  return names;
}

Result<void> check_global(const storage::Index& index, Select select,
                          const std::string& unprojected, const std::string& unprojected_filter) {
  const std::string& name = index.definition.name;
  if (select == Select::kAllAttributes &&
      index.definition.projection.type != storage::ProjectionType::kAll) {
    return validation_error(std::string(kInvalid)
                                .append("Select type ALL_ATTRIBUTES is not supported for global "
                                        "secondary index ")
                                .append(name)
                                .append(" because its projection type is not ALL"));
  }
  if (!unprojected_filter.empty()) {
    return validation_error(std::string(kInvalid)
                                .append("Secondary index ")
                                .append(name)
                                .append(" does not project one or more filter attributes: ")
                                .append(unprojected_filter));
  }
  if (!unprojected.empty()) {
    return validation_error(std::string(kInvalid)
                                .append("Global secondary index ")
                                .append(name)
                                .append(" does not project ")
                                .append(unprojected));
  }
  return {};
}

}  // namespace

void check_select_value(Constraints& constraints, const Slot& slot) {
  constraints.one_of(slot, "select", kValues);
}

Select select_of(const Slot& slot) {
  const auto text = slot.text();
  if (!text) return Select::kDefault;
  if (*text == "ALL_ATTRIBUTES") return Select::kAllAttributes;
  if (*text == "ALL_PROJECTED_ATTRIBUTES") return Select::kAllProjected;
  return *text == "COUNT" ? Select::kCount : Select::kSpecific;
}

Result<void> check_select(Select select, ProjectionStyle projection, bool has_index) {
  if (select == Select::kSpecific && projection == ProjectionStyle::kNone) {
    return request_error(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        "SPECIFIC_ATTRIBUTES");
  }
  const std::string_view clash = clash_of(select);
  if (projection != ProjectionStyle::kNone && !clash.empty()) {
    return request_error(std::string("Cannot specify the ")
                             .append(projection == ProjectionStyle::kExpression
                                         ? "ProjectionExpression"
                                         : "AttributesToGet")
                             .append(" when choosing to get ")
                             .append(clash));
  }
  if (select == Select::kAllProjected && !has_index) {
    return request_error(
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  return {};
}

Result<bool> check_index_attributes(const storage::Index* index, Select select,
                                    const storage::Projection* projection,
                                    const storage::Condition* filter) {
  if (index == nullptr) return false;
  std::string unprojected, unprojected_filter;
  if (projection != nullptr) {
    unprojected = missing_from(*index, storage::top_level_attributes(*projection));
  }
  if (filter != nullptr) unprojected_filter = missing_from(*index, top_level_attributes(*filter));
  if (index->definition.kind == IndexKind::kGlobal) {
    TRY(check_global(*index, select, unprojected, unprojected_filter));
    return false;
  }
  const bool wants_all = select == Select::kAllAttributes &&
                         index->definition.projection.type != storage::ProjectionType::kAll;
  return wants_all || !unprojected.empty() || !unprojected_filter.empty();
}

}  // namespace dynolith::api
