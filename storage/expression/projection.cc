#include "storage/expression/projection.h"

#include <algorithm>

#include "storage/expression/path_runs.h"
#include "storage/expression/path_selection.h"

namespace dynolith::storage {
namespace {

struct Selected {
  const DocumentPath* path;
};
using Run = PathRun<Selected>;

// Whether a path of the run leads to something in `value`.
bool selects_any(const ValueView& value, const Run& run) {
  if (run.leaf() != nullptr) return true;
  return !run.for_each_child([&](const PathStep& step, const Run& child) {
    const auto found = child_at(value, step);
    return !found || !selects_any(*found, child);
  });
}

// Needs: selects_any(value, run).
void write_selected(ItemEncoder& encoder, const ValueView& value, const Run& run) {
  if (run.leaf() != nullptr) return encoder.value(value);
  const bool is_map = run.first_step().is_name();
  if (is_map) {
    encoder.begin_map();
  } else {
    encoder.begin_list();
  }
  run.for_each_child([&](const PathStep& step, const Run& child) {
    const auto found = child_at(value, step);
    if (found && selects_any(*found, child)) {
      if (is_map) encoder.name(step.name());
      write_selected(encoder, *found, child);
    }
    return true;
  });
  encoder.end();
}

EncodedItem select_nested(const ItemView& item, std::span<const DocumentPath* const> paths) {
  std::vector<Selected> selected;
  selected.reserve(paths.size());
  for (const DocumentPath* path : paths) selected.push_back({path});
  sort_by_path(selected);

  thread_local ItemEncoder encoder;
  encoder.begin_item();
  Run(selected, 0).for_each_child([&](const PathStep& step, const Run& child) {
    const std::string& name = step.name();
    const auto value = item.find(name);
    if (value && selects_any(*value, child)) {
      encoder.name(name);
      write_selected(encoder, *value, child);
    }
    return true;
  });
  return encoder.finish_item();
}

}  // namespace

std::optional<ValueView> child_at(const ValueView& value, const PathStep& step) {
  if (const auto* name = step.name_if()) {
    if (value.type() != AttributeType::kMap) return std::nullopt;
    return value.members().find(*name);
  }
  if (value.type() != AttributeType::kList) return std::nullopt;
  const ListView elements = value.elements();
  const uint32_t index = step.index();
  if (index >= elements.size()) return std::nullopt;
  return elements[index];
}

EncodedItem select_paths(const ItemView& item, std::span<const DocumentPath* const> paths) {
  const bool is_flat = std::all_of(paths.begin(), paths.end(),
                                   [](const DocumentPath* path) { return path->is_top_level(); });
  if (paths.empty() || !is_flat) return select_nested(item, paths);

  thread_local ItemEncoder encoder;
  encoder.begin_item();
  for (const DocumentPath* path : paths) {
    const auto value = item.find(path->attribute());
    if (!value) continue;
    encoder.name(path->attribute());
    encoder.value(*value);
  }
  return encoder.finish_item();
}

EncodedItem project(const ItemView& item, const Projection& projection) {
  std::vector<const DocumentPath*> paths;
  paths.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) paths.push_back(&path);
  return select_paths(item, paths);
}

std::vector<std::string> top_level_attributes(const Projection& projection) {
  std::vector<std::string> names;
  names.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) names.push_back(path.attribute());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace dynolith::storage
