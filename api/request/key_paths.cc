#include "api/request/key_paths.h"

#include <algorithm>
#include <optional>
#include <string>

namespace dynolith::api {

namespace {

using storage::DocumentPath;
using storage::KeySchema;
using storage::Result;
using storage::Table;
using storage::validation_error;

bool holds(const KeySchema& keys, const std::string& attribute) {
  const auto is_it = [&](const storage::KeyAttribute& key) { return key.name == attribute; };
  return std::any_of(keys.partition.begin(), keys.partition.end(), is_it) ||
         std::any_of(keys.sort.begin(), keys.sort.end(), is_it);
}

bool is_index_key(const Table& table, const std::string& attribute) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const storage::Index& index) {
    return holds(index.definition.key, attribute);
  });
}

// Every path of an update: where its actions write and what their operands read.
class UpdatePaths {
 public:
  explicit UpdatePaths(const Table& table) : table_(table) {}

  Result<void> check(const storage::Update& update) {
    for (const auto& action : update.actions) {
      TRY(check_key_paths(table_, target(action)));
      if (const auto* set = std::get_if<storage::SetAction>(&action)) {
        TRY(check(set->left));
        if (set->right) TRY(check(*set->right));
      }
    }
    return {};
  }

 private:
  // Binding allows only a few levels of functions, so this ends soon.
  Result<void> check(const storage::UpdateOperand& operand) {
    if (const auto* path = std::get_if<DocumentPath>(&operand.node)) {
      return check_key_paths(table_, *path);
    }
    if (const auto* otherwise = std::get_if<storage::IfNotExists>(&operand.node)) {
      TRY(check_key_paths(table_, otherwise->path));
      return check(*otherwise->otherwise);
    }
    if (const auto* append = std::get_if<storage::ListAppend>(&operand.node)) {
      TRY(check(*append->first));
      return check(*append->second);
    }
    return {};
  }

  const Table& table_;
};

}  // namespace

Result<void> check_key_paths(const Table& table, const DocumentPath& path) {
  if (path.is_top_level()) [[likely]]
    return {};
  const bool is_key = holds(table.key(), path.attribute());
  if (!is_key && !is_index_key(table, path.attribute())) return {};
  return validation_error(
      std::string("Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                  "not allowed: ") +
      (is_key ? "Key: " : "IndexKey: ") + path.attribute());
}

Result<void> check_key_paths(const Table& table, const storage::Condition& condition) {
  Result<void> result;
  storage::visit_paths(condition, [&](const DocumentPath& path) {
    if (result.ok()) result = check_key_paths(table, path);
  });
  return result;
}

Result<void> check_key_paths(const Table& table, const storage::Projection& projection) {
  for (const auto& path : projection.paths) TRY(check_key_paths(table, path));
  return {};
}

Result<void> check_key_paths(const Table& table, const storage::Update& update) {
  return UpdatePaths(table).check(update);
}

Result<void> check_leaves_key(const Table& table, const storage::Update& update) {
  for (const auto& action : update.actions) {
    const std::string& attribute = target(action).attribute();
    if (!holds(table.key(), attribute)) continue;
    return validation_error("One or more parameter values were invalid: Cannot update attribute " +
                            attribute + ". This attribute is part of the key");
  }
  return {};
}

}  // namespace dynolith::api
