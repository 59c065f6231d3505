// The items of one model in a table.
//
//   auto users = app.entity<User>();
//   User user = users.create({.org = "acme", .email = "a@b.c"}).value();
//   std::optional<User> found = users.get("acme", user.id).value();
//   User changed = *found;
//   changed.age = 42;
//   changed = users.save(*found, changed).value();
//
// Keys are given as the members that Model<T>::key names, in its order. Everything answers a
// Result; .value() throws instead (result.h).
//
// Errors every call may have: kBadModel, those of connections (connection.h). Writes of one item,
// unless noted, also kOtherEntity: the key holds an item that is not of this model by its tag,
// which stays as it is. Threads: any, every call; cheap to copy.
#pragma once

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "odm/entity_core.h"
#include "odm/query.h"
#include "odm/scan.h"
#include "odm/typed_key.h"
#include "odm/update.h"

namespace dynolith::odm {

namespace internal {

template <class T, class = void>
struct KeyTuple {
  using Type = std::tuple<>;
};
template <class T>
struct KeyTuple<T, std::void_t<typename Model<T>::key>> {
  using Type = typename Model<T>::key::Types;
};

}  // namespace internal

// A key as a value: the members that Model<T>::key names.
template <class T>
using KeyOf = typename internal::KeyTuple<T>::Type;

template <class T>
class DryRun;
template <class T>
class PartialEntity;

namespace internal {

template <class T>
Result<std::vector<EncodedItem>> encoded_keys(const std::vector<KeyOf<T>>& keys) {
  std::vector<EncodedItem> encoded;
  encoded.reserve(keys.size());
  for (const KeyOf<T>& key : keys) {
    Result<EncodedItem> one =
        std::apply([](const auto&... members) { return typed_key<T>(members...); }, key);
    if (!one) return std::move(one).error();
    encoded.push_back(std::move(one).value());
  }
  return encoded;
}

template <class T>
std::vector<void*> addresses_of(std::vector<T>& objects) {
  std::vector<void*> addresses;
  addresses.reserve(objects.size());
  for (T& object : objects) addresses.push_back(&object);
  return addresses;
}

// Has `run` modify `changed`, the copy of an object of its own that `change` gets.
template <class T, class F, class Run>
auto run_modify(F& change, T& changed, Run run) {
  T original{};
  const auto fresh = [&original]() -> void* { return &(original = T{}); };
  const auto as_read = [&original]() -> const void* { return &original; };
  const auto make = [&]() -> Result<void*> {
    changed = original;
    if constexpr (std::is_void_v<std::invoke_result_t<F&, T&>>) {
      change(changed);
    } else {
      Result<void> outcome = change(changed);
      if (!outcome) return std::move(outcome).error();
    }
    return static_cast<void*>(&changed);
  };
  return run(ModifiedObjects{fresh, as_read, make});
}

}  // namespace internal

template <class T>
class Entity {
 public:
  explicit Entity(TableCorePtr table) : core_(std::move(table), schema_of<T>()) {}

  const EntityCore& core() const { return core_; }
  const Schema& schema() const { return core_.schema(); }

  // --- Writing. The object given back is as a read would give it: with generated values, times,
  // version. Errors of all: kInvalid (with every problem), kBadKey, kConditionFailed (with
  // clauses).

  // A new item. Errors: kAlreadyExists (with the item, which may be another entity's),
  // kUniqueViolation.
  Result<T> create(T object, const Condition<T>& condition = {}) const {
    return written(core_.create(&object, condition.core()), object);
  }
  // Replaces whatever object is there, also attributes that the model does not know (unless it
  // keeps them: extra()); no version is checked. Errors: kUniqueViolation.
  Result<T> put(T object, const Condition<T>& condition = {}) const {
    return written(core_.put(&object, condition.core()), object);
  }

  // Of an item that was read: sends only what differs, so that everything else stays as it is by
  // then, also attributes that the model does not know. Documents inside change member by member;
  // lists are replaced. Sets that only grow or shrink keep what others did to them. Nothing
  // differs: nothing is sent. Errors: kVersionConflict, kNotFound, kInvalid (also: a key or a
  // read-only member differs), kUniqueViolation.
  Result<T> save(const T& original, T changed, const Condition<T>& condition = {}) const {
    return written(core_.save(&original, &changed, condition.core()), changed);
  }
  // Reads, calls `change` (void(T&) or Result<void>(T&)), saves; again while others change the item
  // meanwhile, so `change` may run more than once. Errors: kNotFound, kVersionConflict (at each
  // attempt), what `change` answers.
  template <class F, class... KeyMembers>
  Result<T> modify(F&& change, const KeyMembers&... key) const {
    Result<EncodedItem> encoded = typed_key<T>(key...);
    if (!encoded) return std::move(encoded).error();
    T changed{};
    return written(internal::run_modify(change, changed,
                                        [&](const ModifiedObjects& objects) {
                                          return core_.modify(*encoded, objects);
                                        }),
                   changed);
  }

  // --- Changing without reading first (update.h). update() needs the item to be there, upsert()
  // creates it if it is not. Nothing is sent before exec().

  template <class... KeyMembers>
  Update<T> update(const KeyMembers&... key) const {
    return Update<T>(core_, typed_key<T>(key...), leading_key_members<T>(key...),
                     UpdateMode::kMustExist);
  }
  template <class... KeyMembers>
  Update<T> upsert(const KeyMembers&... key) const {
    return Update<T>(core_, typed_key<T>(key...), leading_key_members<T>(key...),
                     UpdateMode::kUpsert);
  }

  // --- Reading.

  // Nothing: there is no such item, it is another entity's, it has expired (hide_expired).
  template <class... KeyMembers>
  Result<std::optional<T>> get(const KeyMembers&... key) const {
    return get_with({}, key...);
  }
  template <class... KeyMembers>
  Result<std::optional<T>> get_with(const ReadOptions& options, const KeyMembers&... key) const {
    // One result from beginning to end: it is built where the caller wants it.
    Result<std::optional<T>> object(std::in_place, std::in_place);
    Result<EncodedItem> encoded = typed_key<T>(key...);
    if (!encoded) {
      object = std::move(encoded).error();
      return object;
    }
    Result<bool> found = core_.get(std::move(encoded).value(), &**object, options);
    if (!found)
      object = std::move(found).error();
    else if (!*found)
      object->reset();
    return object;
  }
  // Errors: kNotFound.
  template <class... KeyMembers>
  Result<T> must_get(const KeyMembers&... key) const {
    Result<std::optional<T>> object = get(key...);
    if (!object) return std::move(object).error();
    if (!object->has_value()) return core_.not_found_error();
    return *std::move(*object);
  }

  // Reads of these parts of items only: range_front.h says what they can be, and what comes with
  // them. users.only(&User::age, f(&User::home) / &Place::zip).get("acme", id).
  template <class... Ms>
  PartialEntity<T> only(const Ms&... members) const {
    Selection selection;
    (add_to(selection, members), ...);
    return PartialEntity<T>(*this, selection);
  }

  // Makes an object what is stored by now. Errors: kNotFound, which leaves it as it is.
  Result<void> refresh(T& object) const {
    Result<EncodedItem> key = key_of(schema(), &object);
    if (!key) return std::move(key).error();
    T stored{};
    const Result<bool> found = core_.get(std::move(key).value(), &stored, {.consistent = true});
    if (!found) return found.error();
    if (!*found) return core_.not_found_error();
    object = std::move(stored);
    return {};
  }

  // --- Removing.

  // Whether there was one.
  template <class... KeyMembers>
  Result<bool> remove(const KeyMembers&... key) const {
    return remove_if({}, key...);
  }
  // With a condition.
  template <class... KeyMembers>
  Result<bool> remove_if(const Condition<T>& condition, const KeyMembers&... key) const {
    Result<EncodedItem> encoded = typed_key<T>(key...);
    if (!encoded) return std::move(encoded).error();
    return core_.remove(*encoded, condition.core());
  }
  // If its version is the object's. Errors: kVersionConflict.
  Result<bool> remove(const T& object, const Condition<T>& condition = {}) const {
    return core_.remove_object(&object, condition.core());
  }

  // --- Many at once: in chunks, again for what the service leaves over. Errors: kThrottled (so
  // many are left after all attempts; the others are done).
  //
  // Writes of models with unique attributes are transactions instead, after reading the items. Each
  // takes as many as fit into 100 actions (an item is one to three for one unique attribute), in
  // the order of the call. One that cannot be written (kUniqueViolation, kOtherEntity) is left out,
  // and all others are written. The error then has `operations` in the order of the call, "None"
  // for what was written, the code of the first that was not, and problems with their positions. A
  // value may change hands within a transaction; of two that want one value, the first gets it.

  // In the order of the keys, nothing where there is none:
  // users.get_many({{"acme", "1"}, {"acme", "2"}}).
  Result<std::vector<std::optional<T>>> get_many(const std::vector<KeyOf<T>>& keys,
                                                 const ReadOptions& options = {}) const {
    Result<std::vector<EncodedItem>> encoded = internal::encoded_keys<T>(keys);
    if (!encoded) return std::move(encoded).error();
    std::vector<std::optional<T>> objects(keys.size());
    const auto found = [&objects](size_t i) -> void* { return &objects[i].emplace(); };
    Result<void> read = core_.get_many(*encoded, found, options);
    if (!read) return std::move(read).error();
    return objects;
  }
  // As put(): the objects as reads would give them. Batches know no conditions, so that no version
  // and no tag is looked at: an item of another entity is replaced too, unless the model has unique
  // attributes. Errors: kBadRequest (two of one key).
  Result<std::vector<T>> put_many(std::vector<T> objects) const {
    Result<void> put = core_.put_many(internal::addresses_of(objects));
    if (!put) return std::move(put).error();
    return objects;
  }
  // Whatever the keys hold; of models with unique attributes, what is theirs.
  Result<void> remove_many(const std::vector<KeyOf<T>>& keys) const {
    Result<std::vector<EncodedItem>> encoded = internal::encoded_keys<T>(keys);
    if (!encoded) return std::move(encoded).error();
    return core_.remove_many(*encoded);
  }

  // --- Ranges of items (query.h, scan.h).

  // The items of a partition: the members of its key, then leading ones of the sort key.
  template <class... KeyMembers>
  auto query(const KeyMembers&... members) const {
    using Next = typename internal::NextMember<KeyOf<T>, sizeof...(KeyMembers)>::type;
    return Query<T, Next>(core_, nullptr, leading_key_members<T>(members...));
  }
  // The same of an index.
  template <auto... IndexMembers, class... KeyMembers>
  auto query(const Index<IndexMembers...>& index, const KeyMembers&... members) const {
    using Types = typename Index<IndexMembers...>::Types;
    using Next = typename internal::NextMember<Types, sizeof...(KeyMembers)>::type;
    return Query<T, Next>(core_, schema().find_index(index.name),
                          leading_key_members<T>(index, members...));
  }
  // What where() says decides on the table or an index.
  Search<T> find() const { return Search<T>(core_); }
  // All items of the model.
  Scan<T> scan() const { return Scan<T>(core_); }

  // The same calls, answering what they would send.
  DryRun<T> dry_run() const { return DryRun<T>(core_); }

 private:
  template <class M, class B>
  static void add_to(Selection& selection, M B::*member) {
    selection.add(internal::selected<T>(member));
  }
  template <class U, class M>
  static void add_to(Selection& selection, const Field<U, M>& field) {
    selection.add(internal::selected<T>(field));
  }
  static void add_to(Selection& selection, std::string_view path) {
    selection.add(schema_of<T>(), path);
  }
  static void add_to(Selection& selection, const std::vector<std::string>& paths) {
    selection.add(schema_of<T>(), paths);
  }

  static Result<T> written(Result<void> outcome, T& object) {
    if (!outcome) return std::move(outcome).error();
    return std::move(object);
  }

  EntityCore core_;
};

// Reads of parts of a model's items by their keys: what Entity<T>::only() gives.
template <class T>
class PartialEntity {
 public:
  PartialEntity(Entity<T> entity, const Selection& selection)
      : entity_(std::move(entity)), parts_(partial_read(entity_.schema(), selection)) {}

  const EntityCore& core() const { return entity_.core(); }
  const Result<PartialReadPtr>& parts() const { return parts_; }

  // As Entity<T>'s.
  template <class... KeyMembers>
  Result<std::optional<T>> get(const KeyMembers&... key) const {
    return get_with({}, key...);
  }
  template <class... KeyMembers>
  Result<std::optional<T>> get_with(const ReadOptions& options, const KeyMembers&... key) const {
    if (!parts_) return parts_.error();
    return entity_.get_with({options.consistent, *parts_}, key...);
  }
  template <class... KeyMembers>
  Result<T> must_get(const KeyMembers&... key) const {
    Result<std::optional<T>> object = get(key...);
    if (!object) return std::move(object).error();
    if (!object->has_value()) return core().not_found_error();
    return *std::move(*object);
  }
  Result<std::vector<std::optional<T>>> get_many(const std::vector<KeyOf<T>>& keys,
                                                 const ReadOptions& options = {}) const {
    if (!parts_) return parts_.error();
    return entity_.get_many(keys, {options.consistent, *parts_});
  }
  // What get() would send.
  template <class... KeyMembers>
  Result<GetRequest> request(const KeyMembers&... key) const {
    if (!parts_) return parts_.error();
    Result<EncodedItem> encoded = typed_key<T>(key...);
    if (!encoded) return std::move(encoded).error();
    return core().get_request(std::move(encoded).value(), {false, *parts_});
  }

 private:
  Entity<T> entity_;
  Result<PartialReadPtr> parts_;
};

// What calls of an entity would send, by the names of the calls, without writing anything;
// to_wire() shows it as JSON. Where a call sends something else if the first request fails or
// leaves something over, this is the first.
//
// Models with unique attributes write in a transaction. To put and remove by key, the item is read
// before, here too, and what is shown is the transaction that would follow; if nothing would (there
// is nothing to remove), the read; of batches, the transactions, or nothing. modify() reads the
// item as well.
//
// Others show what they send themselves: request() of updates, upserts, queries, searches, scans,
// collections and transactions. Errors: those of the calls, if they are found before writing.
template <class T>
class DryRun {
 public:
  explicit DryRun(const EntityCore& core) : core_(core) {}

  Result<Request> create(T object, const Condition<T>& condition = {}) const {
    return core_.dry_create(&object, condition.core());
  }
  Result<Request> put(T object, const Condition<T>& condition = {}) const {
    return core_.dry_put(&object, condition.core());
  }
  // Nothing: nothing differs.
  Result<std::optional<Request>> save(const T& original, T changed,
                                      const Condition<T>& condition = {}) const {
    return core_.dry_save(&original, &changed, condition.core());
  }
  template <class F, class... KeyMembers>
  Result<std::optional<Request>> modify(F&& change, const KeyMembers&... key) const {
    Result<EncodedItem> encoded = typed_key<T>(key...);
    if (!encoded) return std::move(encoded).error();
    T changed{};
    return internal::run_modify(change, changed, [&](const ModifiedObjects& objects) {
      return core_.dry_modify(*encoded, objects);
    });
  }
  // Of must_get() too.
  template <class... KeyMembers>
  Result<Request> get(const KeyMembers&... key) const {
    return get_with({}, key...);
  }
  template <class... KeyMembers>
  Result<Request> get_with(const ReadOptions& options, const KeyMembers&... key) const {
    return get_of(typed_key<T>(key...), options);
  }
  Result<Request> refresh(const T& object) const {
    return get_of(key_of(core_.schema(), &object), {.consistent = true});
  }
  template <class... KeyMembers>
  Result<Request> remove(const KeyMembers&... key) const {
    return remove_if({}, key...);
  }
  template <class... KeyMembers>
  Result<Request> remove_if(const Condition<T>& condition, const KeyMembers&... key) const {
    Result<EncodedItem> encoded = typed_key<T>(key...);
    if (!encoded) return std::move(encoded).error();
    return core_.dry_remove(*encoded, condition.core());
  }
  Result<Request> remove(const T& object, const Condition<T>& condition = {}) const {
    return core_.dry_remove_object(&object, condition.core());
  }

  // A request for each chunk.
  Result<std::vector<Request>> get_many(const std::vector<KeyOf<T>>& keys,
                                        const ReadOptions& options = {}) const {
    Result<std::vector<EncodedItem>> encoded = internal::encoded_keys<T>(keys);
    if (!encoded) return std::move(encoded).error();
    return core_.dry_get_many(*encoded, options);
  }
  Result<std::vector<Request>> put_many(std::vector<T> objects) const {
    return core_.dry_put_many(internal::addresses_of(objects));
  }
  Result<std::vector<Request>> remove_many(const std::vector<KeyOf<T>>& keys) const {
    Result<std::vector<EncodedItem>> encoded = internal::encoded_keys<T>(keys);
    if (!encoded) return std::move(encoded).error();
    return core_.dry_remove_many(*encoded);
  }

 private:
  Result<Request> get_of(Result<EncodedItem> key, const ReadOptions& options) const {
    if (!key) return std::move(key).error();
    Result<GetRequest> request = core_.get_request(std::move(key).value(), options);
    if (!request) return std::move(request).error();
    return Request(std::move(request).value());
  }

  EntityCore core_;
};

}  // namespace dynolith::odm
