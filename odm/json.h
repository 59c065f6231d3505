// Objects as plain JSON, by the names that the model gives their members: for replies of web
// services, logs, fixtures. (What goes to the database is another thing: connection/request.h.)
//
//   to_json(user)                            without hidden members
//   to_json(user, "public")                  the members of .view("public", ...)
//   to_json(user, {.except = {"email"}})
//   from_json<User>(text)
//
// Numbers are exact, binary values base64, sets arrays, times as they are stored. Absent members
// are left out; those that are stored as NULL are null.
//
// Threads: any, no state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "odm/model.h"
#include "odm/result.h"

namespace dynolith::odm {

// Which members, by their names or aliases. Both lists may be given together with a view.
struct JsonSelection {
  std::string view = {};               // Of Schema::views; empty: all that is not hidden.
  std::vector<std::string> only = {};  // Not empty: these, hidden or not.
  std::vector<std::string> except = {};
};

// Errors: kBadModel, kBadRequest (no such view or member), kInvalid (a member that cannot be
// stored cannot be shown either).
Result<std::string> object_to_json(const Schema& schema, const void* object,
                                   const JsonSelection& selection = {});
// Needs: an object with its initial value. Members that the text lacks get their defaults; null is
// absent. Values of members are not checked, their types are: writing checks them. Unknown members
// are ignored, kept or refused, as the model says. Errors: kBadModel, kBadRequest (not JSON, not an
// object), kInvalid with all problems and their paths (a type does not fit, a required member is
// missing that is not filled in when it is written).
Result<void> object_from_json(const Schema& schema, std::string_view json, void* object);

template <class T>
Result<std::string> to_json(const T& object, const JsonSelection& selection) {
  return object_to_json(schema_of<T>(), &object, selection);
}
template <class T>
Result<std::string> to_json(const T& object, std::string_view view = {}) {
  return object_to_json(schema_of<T>(), &object, {.view = std::string(view)});
}
template <class T>
Result<T> from_json(std::string_view json) {
  T object{};
  Result<void> read = object_from_json(schema_of<T>(), json, &object);
  if (!read) return std::move(read).error();
  return object;
}

}  // namespace dynolith::odm
