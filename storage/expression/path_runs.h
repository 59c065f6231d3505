// Many document paths at once, walked beside a value: sorted, so that the paths below one parent
// are a run of neighbours and every run is split step by step into those of its children. Nothing
// is built for it.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "storage/encoding/item_view.h"
#include "storage/value/document_path.h"

namespace dynolith::storage {

// What stands at one step below `value`, if the step fits it and something does.
std::optional<ValueView> child_at(const ValueView& value, const PathStep& step);

// `Entry` has a member `const DocumentPath* path`. All paths of a run share their first `depth`
// steps.
template <class Entry>
class PathRun {
 public:
  PathRun(std::span<const Entry> entries, size_t depth) : entries_(entries), depth_(depth) {}

  std::span<const Entry> entries() const { return entries_; }
  size_t depth() const { return depth_; }
  // The path that ends here: the run's only one, since no two overlap.
  const Entry* leaf() const {
    return entries_.front().path->steps.size() == depth_ ? &entries_.front() : nullptr;
  }
  // The step from this run's place to that of its first child. Needs: !leaf().
  const PathStep& first_step() const { return entries_.front().path->steps[depth_]; }

  // Calls `visit(step, run)` with the run of each child, ascending: members by name or elements by
  // index. Stops early if it returns false, and then returns false.
  template <class Visit>
  bool for_each_child(Visit visit) const {
    size_t begin = 0;
    while (begin < entries_.size()) {
      const PathStep& step = entries_[begin].path->steps[depth_];
      size_t end = begin + 1;
      while (end < entries_.size() && entries_[end].path->steps[depth_] == step) ++end;
      if (!visit(step, PathRun(entries_.subspan(begin, end - begin), depth_ + 1))) return false;
      begin = end;
    }
    return true;
  }

 private:
  std::span<const Entry> entries_;
  size_t depth_;
};

template <class Entry>
void sort_by_path(std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.path->steps < b.path->steps; });
}

}  // namespace dynolith::storage
