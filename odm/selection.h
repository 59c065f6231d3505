// Parts of items: what only() names, how it is asked for, and how what comes of it is read.
//
//   only(&User::age, f(&User::home) / &Place::zip, f(&User::lines)[0])
//
// A part inside another is a part of that one. Of lists, the service gives the named elements that
// are there, one behind the other. A document of which nothing that is named is there is absent.
//
// Threads: values, no shared state.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odm/connection/request.h"
#include "odm/field.h"

namespace dynolith::odm {

// What only() names.
struct Selection {
  std::vector<storage::DocumentPath> paths = {};  // None: whole items.
  std::optional<Error> error = {};                // The first mistake.

  bool is_empty() const { return paths.empty() && !error; }
  void add(const FieldCore& field);
  // By name, as the schema's fields are: "home.zip", "lines[0].count".
  void add(const Schema& schema, std::string_view path) { add(field_core(schema, path)); }
  void add(const Schema& schema, const std::vector<std::string>& all) {
    for (const std::string& path : all) add(schema, path);
  }
};

// Which members of a document are read, and of which of them only parts.
class SelectedParts {
 public:
  SelectedParts() = default;
  // Needs: what merged() gives.
  explicit SelectedParts(const std::vector<storage::DocumentPath>& paths);

  // What is read of a member, by its stored name. Null: all of it, or nothing.
  const SelectedParts* member(std::string_view name) const;
  // Of any element: what is named of one is not told from what is named of another, since they are
  // not where they were.
  const SelectedParts* element() const;

 private:
  explicit SelectedParts(const storage::PathStep& step);
  bool is_at(const storage::PathStep& step) const;
  void add(const storage::DocumentPath& path, size_t depth);

  std::string name_;
  bool is_element_ = false;
  std::vector<SelectedParts> below_;  // By name. None: the whole.
};

// A selection made ready for reads of items by their keys.
struct PartialRead {
  ProjectionPtr projection;
  SelectedParts parts;
};
using PartialReadPtr = std::shared_ptr<const PartialRead>;

namespace internal {

// What only() of a model's reads takes, as a field.
template <class T, class M, class B>
FieldCore selected(M B::*member) {
  static_assert(std::is_base_of_v<B, T>, "only() names a member of another model");
  if constexpr (std::is_base_of_v<B, T>)
    return f<T>(member).core();
  else
    return {};
}
template <class T, class U, class M>
const FieldCore& selected(const Field<U, M>& field) {
  static_assert(std::is_same_v<T, U>, "only() names a member of another model");
  return field.core();
}

}  // namespace internal

// Null: whole items. Errors: the selection's, kBadModel.
Result<PartialReadPtr> partial_read(const Schema& schema, const Selection& selection);

// Ascending, without those that lie in others.
std::vector<storage::DocumentPath> merged(std::vector<storage::DocumentPath> paths);

// The attributes that every read of parts reads too: the key's members, the lock's version, the
// time to live, and what tells the model's items from others.
std::vector<std::string> always_read(const Schema& schema);

}  // namespace dynolith::odm
