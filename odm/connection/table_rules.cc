#include "odm/connection/table_rules.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace dynolith::odm {
namespace {

using storage::DocumentPath;
using storage::KeySchema;
using storage::Result;
using storage::Table;
using storage::validation_error;

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

bool holds(const KeySchema& keys, std::string_view attribute) {
  const auto is_it = [&](const storage::KeyAttribute& key) { return key.name == attribute; };
  return std::any_of(keys.partition.begin(), keys.partition.end(), is_it) ||
         std::any_of(keys.sort.begin(), keys.sort.end(), is_it);
}

Result<void> check_path(const Table& table, const DocumentPath& path) {
  if (path.is_top_level()) [[likely]]
    return {};
  const std::string& attribute = path.attribute();
  const bool is_key = holds(table.key(), attribute);
  const bool is_index_key = std::any_of(
      table.indexes.begin(), table.indexes.end(),
      [&](const storage::Index& index) { return holds(index.definition.key, attribute); });
  if (!is_key && !is_index_key) return {};
  return validation_error(
      std::string("Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                  "not allowed: ") +
      (is_key ? "Key: " : "IndexKey: ") + attribute);
}

// As deep as functions may nest, which the static rules bound.
Result<void> check_operand(const Table& table, const storage::UpdateOperand& operand) {
  if (const auto* path = std::get_if<DocumentPath>(&operand.node)) return check_path(table, *path);
  if (const auto* otherwise = std::get_if<storage::IfNotExists>(&operand.node)) {
    TRY(check_path(table, otherwise->path));
    return check_operand(table, *otherwise->otherwise);
  }
  if (const auto* append = std::get_if<storage::ListAppend>(&operand.node)) {
    TRY(check_operand(table, *append->first));
    return check_operand(table, *append->second);
  }
  return {};
}

// Those of `names` that an entry of the index lacks, as "[a, b]"; empty if it has them all.
template <class Names>
std::string missing_from(const storage::Index& index, const Names& names) {
  if (index.definition.projection.type == storage::ProjectionType::kAll) return {};
  std::string text;
  for (const auto& name : names) {
    if (std::binary_search(index.entry_attributes.begin(), index.entry_attributes.end(), name))
      continue;
    text += text.empty() ? "[" : ", ";
    text += name;
  }
  if (!text.empty()) text += ']';
  return text;
}

std::set<std::string> attributes_of(const storage::Condition& condition) {
  std::set<std::string> names;
  storage::visit_paths(condition,
                       [&](const DocumentPath& path) { names.insert(path.attribute()); });
  return names;
}

}  // namespace

Result<void> check_key_paths(const Table& table, const storage::Condition& condition) {
  Result<void> result;
  storage::visit_paths(condition, [&](const DocumentPath& path) {
    if (result.ok()) result = check_path(table, path);
  });
  return result;
}

Result<void> check_key_paths(const Table& table, const storage::Projection& projection) {
  for (const DocumentPath& path : projection.paths) TRY(check_path(table, path));
  return {};
}

Result<void> check_key_paths(const Table& table, const storage::Update& update) {
  for (const storage::UpdateAction& action : update.actions) {
    TRY(check_path(table, storage::target(action)));
    const auto* set = std::get_if<storage::SetAction>(&action);
    if (set == nullptr) continue;
    TRY(check_operand(table, set->left));
    if (set->right) TRY(check_operand(table, *set->right));
  }
  return {};
}

Result<void> check_leaves_key(const Table& table, const storage::Update& update) {
  for (const storage::UpdateAction& action : update.actions) {
    const std::string& attribute = storage::target(action).attribute();
    if (!holds(table.key(), attribute)) continue;
    return validation_error(std::string(kInvalid) + "Cannot update attribute " + attribute +
                            ". This attribute is part of the key");
  }
  return {};
}

Result<void> check_filter_leaves_keys(const KeySchema& keys, const storage::Condition& filter) {
  Result<void> result;
  storage::visit_paths(filter, [&](const DocumentPath& path) {
    if (!result.ok() || !holds(keys, path.attribute())) return;
    result = validation_error(
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
        path.attribute());
  });
  return result;
}

Result<bool> needs_base_items(const storage::Index* index, const storage::Projection* projection,
                              const storage::Condition* filter) {
  if (index == nullptr) return false;
  std::string missing, missing_filter;
  if (projection != nullptr)
    missing = missing_from(*index, storage::top_level_attributes(*projection));
  if (filter != nullptr) missing_filter = missing_from(*index, attributes_of(*filter));
  if (index->definition.kind == storage::IndexKind::kLocal)
    return !missing.empty() || !missing_filter.empty();
  const std::string& name = index->definition.name;
  if (!missing_filter.empty())
    return validation_error(std::string(kInvalid) + "Secondary index " + name +
                            " does not project one or more filter attributes: " + missing_filter);
  if (!missing.empty())
    return validation_error(std::string(kInvalid) + "Global secondary index " + name +
                            " does not project " + missing);
  return false;
}

}  // namespace dynolith::odm
