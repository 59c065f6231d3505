// What a save sends: an update of what differs between an object as it was read and as it shall be.
// Internal to the mapper.
#pragma once

#include <string_view>
#include <vector>

#include "odm/condition.h"
#include "odm/object.h"
#include "storage/expression/update.h"
#include "storage/function_ref.h"

namespace dynolith::odm::internal {

using OptionalView = std::optional<storage::ValueView>;

// Calls `visit` with every name whose values differ, ascending.
void for_each_difference(
    const storage::MapView& before, const storage::MapView& after,
    storage::FunctionRef<void(std::string_view name, OptionalView before, OptionalView after)>
        visit);

class SaveDifferences {
 public:
  // Two objects as they stand, encoded without being filled in (encode_as_is). Views of them are
  // kept.
  SaveDifferences(const Schema& schema, const ItemView& original, const ItemView& changed);

  // Nothing that a program sets differs: there is nothing to save.
  bool empty() const { return is_empty_; }
  // What differs but may not: keys, read-only members, versions and counters.
  const Problems& refused() const { return refused_; }

  // The update to `filled`, the changed object's whole item. With `stored`, the item as it is by
  // now, documents that it lacks are set whole if an object has them all the same.
  storage::Update update(const ItemView& filled, const ItemView* stored = nullptr);

  // Documents in which update() sets members: they have to be there.
  struct Parent {
    storage::DocumentPath path;
    bool was_read = false;  // Not what an object has although its item lacks it.
  };
  const std::vector<Parent>& parents() const { return parents_; }
  // Those that it sets whole: they have to be missing.
  const std::vector<storage::DocumentPath>& missing() const { return missing_; }

 private:
  void look_at(std::string_view name, const OptionalView& before, const OptionalView& after);
  void look_inside(const Schema& schema, const storage::MapView& before,
                   const storage::MapView& after, const PathFrame* at);
  static bool is_derived(const Schema& schema, const Attribute& attribute);
  bool is_untouched(std::string_view name, const Attribute* attribute) const;
  void change(const storage::DocumentPath& path, const Attribute* attribute,
              const OptionalView& before, const OptionalView& after);
  bool is_missing(const storage::DocumentPath& path, const Attribute& document) const;
  void change_document(const storage::DocumentPath& path, const Attribute& document,
                       const storage::MapView& before, const storage::MapView& after);
  bool change_set(const storage::DocumentPath& path, const storage::ValueView& before,
                  const storage::ValueView& after);
  void count(const Attribute& attribute);

  const Schema& schema_;
  ItemView original_, changed_;
  bool is_empty_ = true;
  Problems refused_;
  storage::Update update_;
  const ItemView* stored_ = nullptr;
  std::vector<Parent> parents_;
  std::vector<storage::DocumentPath> missing_;
};

// The update that makes one item of another, attribute by attribute.
storage::Update update_between(const ItemView& before, const ItemView& after);

}  // namespace dynolith::odm::internal
