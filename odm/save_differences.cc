#include "odm/save_differences.h"

#include <algorithm>

#include "odm/entity_support.h"
#include "storage/expression/condition.h"

namespace dynolith::odm::internal {
namespace {

using storage::DocumentPath;
using storage::ListView;
using storage::MapView;
using storage::UpdateOperand;

EncodedValue copy_of(const ValueView& value) {
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  encoder.value(value);
  return encoder.finish_value();
}

storage::SetAction set_action(const DocumentPath& path, const ValueView& value) {
  return {path, {copy_of(value)}, storage::Arithmetic::kNone, {}};
}

DocumentPath below(const DocumentPath& path, std::string_view name) {
  DocumentPath inner = path;
  inner.steps.emplace_back(std::string(name));
  return inner;
}

// The members of one set that another lacks, as a set; nothing: there are none.
std::optional<EncodedValue> members_only_in(const ValueView& set, const ValueView& other) {
  const ListView members = set.elements(), others = other.elements();
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.begin_set(set.type());
  bool has_any = false;
  for (uint32_t i = 0; i < members.size(); ++i) {
    if (others.contains(members[i])) continue;
    encoder.value(members[i]);
    has_any = true;
  }
  encoder.end();
  if (!has_any) return std::nullopt;
  return encoder.finish_value();
}

// Whether an object has the document although its item has none: one that it always has.
bool is_there_anyway(const Attribute& document) {
  return !document.codec->can_be_absent() || document.default_value;
}

}  // namespace

void for_each_difference(
    const MapView& before, const MapView& after,
    storage::FunctionRef<void(std::string_view name, OptionalView before, OptionalView after)>
        visit) {
  uint32_t i = 0, k = 0;
  while (i < before.size() || k < after.size()) {
    int order = 0;
    if (i == before.size())
      order = 1;
    else if (k == after.size())
      order = -1;
    else
      order = before[i].first.compare(after[k].first);
    if (order < 0) {
      visit(before[i].first, before[i].second, std::nullopt);
      ++i;
    } else if (order > 0) {
      visit(after[k].first, std::nullopt, after[k].second);
      ++k;
    } else {
      if (!(before[i].second == after[k].second))
        visit(before[i].first, before[i].second, after[k].second);
      ++i, ++k;
    }
  }
}

SaveDifferences::SaveDifferences(const Schema& schema, const ItemView& original,
                                 const ItemView& changed)
    : schema_(schema), original_(original), changed_(changed) {
  for_each_difference(original.attributes(), changed.attributes(),
                      [this](std::string_view name, const OptionalView& before,
                             const OptionalView& after) { look_at(name, before, after); });
}

void SaveDifferences::look_at(std::string_view name, const OptionalView& before,
                              const OptionalView& after) {
  const Attribute* const attribute = schema_.find_stored(name);
  if (attribute == nullptr) {
    // One that the model does not know and keeps; or one that follows from others.
    if (!schema_.is_own_name(name)) is_empty_ = false;
    return;
  }
  if (attribute->role == AttributeRole::kUpdatedAt || is_derived(schema_, *attribute)) return;
  is_empty_ = false;
  if (attribute->is_key)
    refused_.add(attribute->name, "is part of the key and cannot be changed");
  else if (attribute->role == AttributeRole::kVersion || attribute->role == AttributeRole::kCounter)
    refused_.add(attribute->name, "is counted by the mapper and cannot be changed");
  else if (attribute->read_only)
    refused_.add(attribute->name, "is read-only");
  else if (attribute->codec->schema() != nullptr && before && after &&
           before->type() == AttributeType::kMap && after->type() == AttributeType::kMap) {
    const PathFrame frame{nullptr, attribute->name, 0};
    look_inside(*attribute->codec->schema(), before->members(), after->members(), &frame);
  }
}

// A document that stays is the same one with other members: its read-only ones stay, too.
void SaveDifferences::look_inside(const Schema& schema, const MapView& before, const MapView& after,
                                  const PathFrame* at) {
  for_each_difference(
      before, after,
      [&](std::string_view name, const OptionalView& old_value, const OptionalView& new_value) {
        const Attribute* const attribute = schema.find_stored(name);
        if (attribute == nullptr || is_derived(schema, *attribute)) return;
        const PathFrame frame{at, attribute->name, 0};
        const Schema* const inner = attribute->codec->schema();
        if (attribute->read_only)
          refused_.add(&frame, "is read-only");
        else if (inner != nullptr && old_value && new_value &&
                 old_value->type() == AttributeType::kMap &&
                 new_value->type() == AttributeType::kMap)
          look_inside(*inner, old_value->members(), new_value->members(), &frame);
      });
}

bool SaveDifferences::is_derived(const Schema& schema, const Attribute& attribute) {
  const size_t position = schema.position(attribute);
  return std::any_of(schema.derived.begin(), schema.derived.end(),
                     [position](const Derived& rule) { return rule.target == position; });
}

// What filling in did to a member that the program left alone (a setter that does not give back
// what a getter took, a default) is no change.
bool SaveDifferences::is_untouched(std::string_view name, const Attribute* attribute) const {
  if (attribute == nullptr || !schema_.hooks.before_write.empty()) return false;
  if (attribute->role != AttributeRole::kPlain && attribute->role != AttributeRole::kCreatedAt &&
      attribute->role != AttributeRole::kExpiresAt)
    return false;
  return original_.find(name) == changed_.find(name) && !is_derived(schema_, *attribute);
}

storage::Update SaveDifferences::update(const ItemView& filled, const ItemView* stored) {
  update_ = {};
  stored_ = stored;
  parents_.clear();
  missing_.clear();
  for_each_difference(
      original_.attributes(), filled.attributes(),
      [this](std::string_view name, const OptionalView& before, const OptionalView& after) {
        const Attribute* const attribute = schema_.find_stored(name);
        if (attribute != nullptr && attribute->role == AttributeRole::kCounter) return;
        if (is_untouched(name, attribute)) return;
        change(path_of(name), attribute, before, after);
      });
  for (const Attribute& attribute : schema_.attributes)
    if (attribute.role == AttributeRole::kCounter) count(attribute);
  return std::move(update_);
}

void SaveDifferences::change(const DocumentPath& path, const Attribute* attribute,
                             const OptionalView& before, const OptionalView& after) {
  if (!after) {
    update_.actions.emplace_back(storage::RemoveAction{path});
    return;
  }
  if (before && before->type() == after->type()) {
    const bool is_document = attribute != nullptr && attribute->codec->schema() != nullptr &&
                             after->type() == AttributeType::kMap;
    if (is_document && !is_missing(path, *attribute))
      return change_document(path, *attribute, before->members(), after->members());
    if (is_document) missing_.push_back(path);
    if (path.is_top_level() && storage::is_set(after->type()) && change_set(path, *before, *after))
      return;
  }
  update_.actions.emplace_back(set_action(path, *after));
}

bool SaveDifferences::is_missing(const DocumentPath& path, const Attribute& document) const {
  return stored_ != nullptr && is_there_anyway(document) && !storage::find(*stored_, path);
}

void SaveDifferences::change_document(const DocumentPath& path, const Attribute& document,
                                      const MapView& before, const MapView& after) {
  const Schema& schema = *document.codec->schema();
  parents_.push_back({path, !is_there_anyway(document)});
  for_each_difference(
      before, after,
      [&](std::string_view name, const OptionalView& old_value, const OptionalView& new_value) {
        change(below(path, name), schema.find_stored(name), old_value, new_value);
      });
}

// Sets that only grow or only shrink: what others add to them meanwhile stays.
bool SaveDifferences::change_set(const DocumentPath& path, const ValueView& before,
                                 const ValueView& after) {
  std::optional<EncodedValue> added = members_only_in(after, before);
  std::optional<EncodedValue> removed = members_only_in(before, after);
  if (added && removed) return false;
  if (added)
    update_.actions.emplace_back(storage::AddAction{path, *std::move(added)});
  else if (removed)
    update_.actions.emplace_back(storage::DeleteAction{path, *std::move(removed)});
  return true;
}

// From what is stored, so that saves at the same time all count.
void SaveDifferences::count(const Attribute& attribute) {
  const DocumentPath path = path_of(attribute.stored_name);
  storage::IfNotExists stored{path, std::make_unique<UpdateOperand>(UpdateOperand{
                                        number_value(Number(attribute.counter_start))})};
  update_.actions.emplace_back(
      storage::SetAction{path,
                         {std::move(stored)},
                         storage::Arithmetic::kAdd,
                         UpdateOperand{number_value(Number(attribute.counter_step))}});
}

storage::Update update_between(const ItemView& before, const ItemView& after) {
  storage::Update update;
  for_each_difference(
      before.attributes(), after.attributes(),
      [&update](std::string_view name, const OptionalView&, const OptionalView& value) {
        if (value)
          update.actions.emplace_back(set_action(path_of(name), *value));
        else
          update.actions.emplace_back(storage::RemoveAction{path_of(name)});
      });
  return update;
}

}  // namespace dynolith::odm::internal
