// Updates in three steps: what each action makes of the attribute it names (all operands read the
// item as it was), the changed attributes written anew, the item put together with the others
// copied as bytes.
#include "storage/expression/update.h"

#include <deque>
#include <span>
#include <string>
#include <utility>

#include "storage/encoding/number_encoding.h"
#include "storage/expression/condition.h"
#include "storage/expression/path_runs.h"
#include "storage/expression/path_selection.h"
#include "storage/expression/update_operands.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

// What an action leaves at its path: nothing, if it removes what is there.
struct Edit {
  const DocumentPath* path;
  std::optional<ValueView> result;
  bool only_removes;  // REMOVE and DELETE: without effect on an absent item.
};
using Run = PathRun<Edit>;

Error invalid_path_error() {
  return validation_error(
      "The document path provided in the update expression is invalid for update");
}

int levels_of(const ValueView& value) {
  int inner = 0;
  if (value.type() == AttributeType::kList) {
    const ListView elements = value.elements();
    for (uint32_t i = 0; i < elements.size(); ++i) inner = std::max(inner, levels_of(elements[i]));
  } else if (value.type() == AttributeType::kMap) {
    const MapView members = value.members();
    for (uint32_t i = 0; i < members.size(); ++i)
      inner = std::max(inner, levels_of(members[i].second));
  }
  return 1 + inner;
}

// A deep value below a deep path might nest more than an item can.
Result<void> check_levels(const Edit& edit) {
  if (!edit.result || edit.path->is_top_level()) return {};
  const int above = static_cast<int>(edit.path->steps.size()) - 1;
  if (above + levels_of(*edit.result) <= kNestingLevelsMax) return {};
  return validation_error(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

class Application {
 public:
  Application(const Update& update, const ItemView& item)
      : update_(update), item_(item), operands_(item, update.legacy) {}

  // The changes of top-level attributes, sorted by name. They borrow from this object.
  Result<std::vector<AttributeChange>> changes() {
    auto edits = TRY(all_edits());
    sort_by_path(edits);
    std::vector<AttributeChange> changes;
    Result<void> result;
    Run(edits, 0).for_each_child([&](const PathStep& step, const Run& run) {
      result = change_attribute(step.name(), run, changes);
      return result.ok();
    });
    if (!result.ok()) return std::move(result).error();
    return changes;
  }

 private:
  Result<std::vector<Edit>> all_edits() {
    std::vector<Edit> edits;
    edits.reserve(update_.actions.size());
    for (const UpdateAction& action : update_.actions) {
      const Edit edit = TRY(edit_of(action));
      TRY(check_levels(edit));
      edits.push_back(edit);
    }
    return edits;
  }

  Result<Edit> edit_of(const UpdateAction& action) {
    const DocumentPath& path = target(action);
    if (const auto* set = std::get_if<SetAction>(&action)) {
      return Edit{&path, TRY(operands_.right_side(*set)), false};
    }
    if (const auto* add = std::get_if<AddAction>(&action)) {
      return Edit{&path, TRY(operands_.sum(find(item_, path), add->value.view())), false};
    }
    if (const auto* remaining = std::get_if<DeleteAction>(&action)) {
      return Edit{&path, TRY(operands_.difference(find(item_, path), remaining->value.view())),
                  true};
    }
    return Edit{&path, std::nullopt, true};
  }

  Result<void> change_attribute(const std::string& name, const Run& run,
                                std::vector<AttributeChange>& changes) {
    const auto old = item_.find(name);
    if (const Edit* edit = run.leaf()) {
      if (old || edit->result) changes.push_back({name, edit->result});
      return {};
    }
    if (!old) {
      // Of an absent item anything may be removed, of a present one only what has its parent.
      const auto only_removes = [](const Edit& edit) { return edit.only_removes; };
      const bool removes = std::all_of(run.entries().begin(), run.entries().end(), only_removes);
      if (removes && !item_.exists()) return {};
      return invalid_path_error();
    }
    thread_local ItemEncoder encoder;
    encoder.begin_value();
    const Result<void> result = rewrite(encoder, *old, run);
    EncodedValue& rewritten = rewritten_.emplace_back(encoder.finish_value());
    if (result.ok()) changes.push_back({name, rewritten.view()});
    return result;
  }

  // Writes `value` with what the run's edits make of its parts. Also on errors every container that
  // was begun is ended. As deep as paths are.
  Result<void> rewrite(ItemEncoder& encoder, const ValueView& value, const Run& run) {
    const bool wants_map = run.first_step().is_name();
    const bool fits = value.type() == (wants_map ? AttributeType::kMap : AttributeType::kList);
    if (!fits) {
      encoder.null();
      return invalid_path_error();
    }
    return wants_map ? rewrite_map(encoder, value.members(), run)
                     : rewrite_list(encoder, value.elements(), run);
  }

  Result<void> rewrite_map(ItemEncoder& encoder, const MapView& members, const Run& run) {
    Result<void> result;
    uint32_t i = 0;
    encoder.begin_map();
    run.for_each_child([&](const PathStep& step, const Run& child) {
      const std::string& name = step.name();
      std::optional<ValueView> old;
      for (; i < members.size(); ++i) {
        const auto [member_name, member] = members[i];
        const int order = member_name.compare(name);
        if (order > 0) break;
        if (order == 0) {
          old = member;
          ++i;
          break;
        }
        encoder.name(member_name);
        encoder.value(member);
      }
      if (old || child.leaf() != nullptr) {
        if (child.leaf() == nullptr || child.leaf()->result) encoder.name(name);
        result = rewrite_child(encoder, old, child);
      } else {
        result = invalid_path_error();
      }
      return result.ok();
    });
    for (; i < members.size(); ++i) {
      encoder.name(members[i].first);
      encoder.value(members[i].second);
    }
    encoder.end();
    return result;
  }

  // Indexes are those of the list as it was; what is set past its end is appended, in ascending
  // order.
  Result<void> rewrite_list(ItemEncoder& encoder, const ListView& elements, const Run& run) {
    Result<void> result;
    uint32_t i = 0;
    encoder.begin_list();
    run.for_each_child([&](const PathStep& step, const Run& child) {
      const uint32_t index = step.index();
      for (; i < elements.size() && i < index; ++i) encoder.value(elements[i]);
      std::optional<ValueView> old;
      if (i < elements.size()) old = elements[i++];
      result = rewrite_child(encoder, old, child);
      return result.ok();
    });
    for (; i < elements.size(); ++i) encoder.value(elements[i]);
    encoder.end();
    return result;
  }

  Result<void> rewrite_child(ItemEncoder& encoder, const std::optional<ValueView>& old,
                             const Run& child) {
    if (const Edit* edit = child.leaf()) {
      if (edit->result) encoder.value(*edit->result);
      return {};
    }
    if (!old) return invalid_path_error();
    return rewrite(encoder, *old, child);
  }

  const Update& update_;
  ItemView item_;
  UpdateOperands operands_;
  std::deque<EncodedValue> rewritten_;
};

}  // namespace

const DocumentPath& target(const UpdateAction& action) {
  return std::visit([](const auto& each) -> const DocumentPath& { return each.path; }, action);
}

bool creates_item(const Update& update) {
  if (update.actions.empty()) return true;
  return std::any_of(update.actions.begin(), update.actions.end(), [&](const UpdateAction& action) {
    if (std::holds_alternative<RemoveAction>(action)) return false;
    return !(update.legacy && std::holds_alternative<DeleteAction>(action));
  });
}

Result<EncodedItem> apply_update(const Update& update, const ItemView& item, const ItemView& key) {
  Application application(update, item);
  const auto changes = TRY(application.changes());
  EncodedItem updated = with_changes(item.exists() ? item : key, changes);
  if (updated.view().item_bytes() > kItemBytesMax) {
    return validation_error("Item size to update has exceeded the maximum allowed size");
  }
  return updated;
}

EncodedItem touched_attributes(const Update& update, const ItemView& item) {
  std::vector<const DocumentPath*> paths;
  paths.reserve(update.actions.size());
  for (const UpdateAction& action : update.actions) paths.push_back(&target(action));
  return select_paths(item, paths);
}

}  // namespace dynolith::storage
