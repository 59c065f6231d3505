#include "odm/selection.h"

#include <algorithm>

#include "odm/entity_support.h"
#include "storage/expression/projection.h"

namespace dynolith::odm {

using storage::DocumentPath;
using storage::PathStep;

void Selection::add(const FieldCore& field) {
  if (field.error) {
    if (!error) error = *field.error;
  } else {
    paths.push_back(field.path);
  }
}

std::vector<DocumentPath> merged(std::vector<DocumentPath> paths) {
  std::sort(paths.begin(), paths.end(),
            [](const DocumentPath& a, const DocumentPath& b) { return a.steps < b.steps; });
  // What lies in a path stands right behind it.
  std::vector<DocumentPath> kept;
  for (DocumentPath& path : paths)
    if (kept.empty() || !paths_overlap(kept.back(), path)) kept.push_back(std::move(path));
  return kept;
}

// --- The tree.

SelectedParts::SelectedParts(const std::vector<DocumentPath>& paths) {
  for (const DocumentPath& path : paths) add(path, 0);
}

SelectedParts::SelectedParts(const PathStep& step) {
  if (const auto* name = step.name_if())
    name_ = *name;
  else
    is_element_ = true;
}

bool SelectedParts::is_at(const PathStep& step) const {
  const auto* name = step.name_if();
  return name == nullptr ? is_element_ : !is_element_ && *name == name_;
}

void SelectedParts::add(const DocumentPath& path, size_t depth) {
  if (depth == path.steps.size()) return;
  // Paths ascend: another place of this step is the last one.
  const PathStep& step = path.steps[depth];
  if (below_.empty() || !below_.back().is_at(step)) below_.push_back(SelectedParts(step));
  below_.back().add(path, depth + 1);
}

const SelectedParts* SelectedParts::member(std::string_view name) const {
  const auto found = std::lower_bound(below_.begin(), below_.end(), name,
                                      [](const SelectedParts& each, std::string_view wanted) {
                                        return !each.is_element_ && each.name_ < wanted;
                                      });
  if (found == below_.end() || found->is_element_ || found->name_ != name) return nullptr;
  return found->below_.empty() ? nullptr : &*found;
}

const SelectedParts* SelectedParts::element() const {
  if (below_.empty() || !below_.back().is_element_) return nullptr;
  return below_.back().below_.empty() ? nullptr : &below_.back();
}

// --- Reads.

std::vector<std::string> always_read(const Schema& schema) {
  std::vector<std::string> names;
  for (const size_t attribute : schema.key_members)
    names.push_back(schema.attributes[attribute].stored_name);
  for (const auto& role : {schema.lock_version, schema.expires_at})
    if (role) names.push_back(schema.attributes[*role].stored_name);
  if (!schema.entity.empty())
    names.push_back(schema.tag_attribute);
  else if (!schema.unique.empty())
    names.emplace_back(kUniqueHolder);
  return names;
}

Result<PartialReadPtr> partial_read(const Schema& schema, const Selection& selection) {
  if (schema.error) return *schema.error;
  if (selection.error) return *selection.error;
  if (selection.paths.empty()) return PartialReadPtr();
  std::vector<DocumentPath> paths = selection.paths;
  for (const std::string& name : always_read(schema)) paths.push_back(internal::path_of(name));
  paths = merged(std::move(paths));
  auto read = std::make_shared<PartialRead>();
  read->parts = SelectedParts(paths);
  read->projection = std::make_shared<const storage::Projection>(storage::Projection{paths});
  return PartialReadPtr(std::move(read));
}

}  // namespace dynolith::odm
