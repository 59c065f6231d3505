// The items of a dynamic schema in a table: what entity.h is for structs, with Maps and names.
//
//   auto events = app.dynamic(schema);
//   Map event = events.create({{"kind", "alarm"}, {"level", 3}}).value();
//   std::optional<Map> found = events.get({event.at("id")}).value();
//   events.update({event.at("id")}).add("level", 1).set("place.city", "Bern").exec().value();
//   for (Result<Map>& one : events.query({"acme"}).where(events.f("level") > 2)) ...
//
// Errors are those of the calls of the same names in entity.h, update.h, query.h and scan.h. A name
// that the schema does not know is kBadRequest, unless the schema keeps what it does not know.
// Threads: any, every call; cheap to copy.
#pragma once

#include <initializer_list>

#include "odm/dynamic/dynamic_schema.h"
#include "odm/entity.h"
#include "odm/query.h"
#include "odm/scan.h"
#include "odm/update_core.h"

namespace dynolith::odm {

// The members of a key: in the order of the schema's key, or by their names.
class DynamicKey {
 public:
  DynamicKey(std::initializer_list<Value> members) : members_(members) {}  // NOLINT
  explicit DynamicKey(std::vector<Value> members) : members_(std::move(members)) {}
  static DynamicKey of(const Map& names);

  // Errors: kBadKey, kBadModel.
  Result<EncodedItem> encode(const Schema& schema) const;
  static Result<std::vector<EncodedItem>> encode_all(const Schema& schema,
                                                     const std::vector<DynamicKey>& keys);
  // Leading members of the table's key, or of an index (null: the table's).
  Result<std::vector<MemberValue>> values(const Schema& schema, const IndexSchema* index) const;

 private:
  Result<std::vector<Value>> in_order(const Schema& schema,
                                      const std::vector<size_t>& members) const;

  std::vector<Value> members_;
  std::optional<Map> names_;
};

// Stands for the model in conditions: Condition<Map>. Compared with values:
// events.f("level") > 2 && contains(events.f("tags"), "x").
using DynamicField = Field<Map, Value>;

namespace internal {
Condition<Map> contains_value(const DynamicField& field, Value value);
Condition<Map> begins_with_value(const DynamicField& field, Value prefix);
}  // namespace internal

template <class V>
Condition<Map> contains(const Field<Map, Value>& field, const V& value) {
  return internal::contains_value(field, Value(value));
}
template <class V>
Condition<Map> begins_with(const Field<Map, Value>& field, const V& prefix) {
  return internal::begins_with_value(field, Value(prefix));
}

// Changes to one item; update.h. Places are named "home.zip", "lines[0].count", with names that
// hold dots in backquotes.
class DynamicUpdate {
 public:
  DynamicUpdate(EntityCore entity, const DynamicKey& key, UpdateMode mode);

  // Null, where the type has no NULL, removes.
  DynamicUpdate& set(std::string_view path, Value value);
  DynamicUpdate& set_if_absent(std::string_view path, Value value);
  // The value of another place.
  DynamicUpdate& copy(std::string_view path, std::string_view from);
  // To a number, from 0; members to a set.
  DynamicUpdate& add(std::string_view path, const Value& operand);
  DynamicUpdate& subtract(std::string_view path, const Value& operand);
  // Members out of a set.
  DynamicUpdate& erase(std::string_view path, const Value& members);
  DynamicUpdate& append(std::string_view path, List elements);
  DynamicUpdate& prepend(std::string_view path, List elements);
  DynamicUpdate& remove(std::string_view path);
  DynamicUpdate& when(const Condition<Map>& condition);
  DynamicUpdate& expect_version(int64_t version);
  DynamicUpdate& touch_expiry();

  // The item afterwards.
  Result<Map> exec() const;
  // The item before; nothing if upsert() created it.
  Result<std::optional<Map>> exec_old() const;
  // What would be sent.
  Result<Request> request() const { return core_.request(); }
  const UpdateCore& core() const { return core_; }

 private:
  FieldCore field(std::string_view path) const;

  UpdateCore core_;
};

// Reads of parts of items by their keys: what DynamicEntity::only() gives.
class DynamicPartialEntity {
 public:
  DynamicPartialEntity(EntityCore core, const Selection& selection)
      : core_(std::move(core)), parts_(partial_read(core_.schema(), selection)) {}

  const EntityCore& core() const { return core_; }
  const Result<PartialReadPtr>& parts() const { return parts_; }

  Result<std::optional<Map>> get(const DynamicKey& key, const ReadOptions& options = {}) const;
  Result<Map> must_get(const DynamicKey& key) const;
  Result<std::vector<std::optional<Map>>> get_many(const std::vector<DynamicKey>& keys,
                                                   const ReadOptions& options = {}) const;
  // What get() would send.
  Result<GetRequest> request(const DynamicKey& key) const;

 private:
  EntityCore core_;
  Result<PartialReadPtr> parts_;
};

class DynamicDryRun;

class DynamicEntity {
 public:
  DynamicEntity(TableCorePtr table, const DynamicSchema& schema)
      : core_(std::move(table), schema.shared()) {}

  const EntityCore& core() const { return core_; }
  const Schema& schema() const { return core_.schema(); }

  // A place in an item, for conditions.
  DynamicField f(std::string_view path) const { return DynamicField(field_core(schema(), path)); }

  // The item given back is as a read would give it.
  Result<Map> create(Map item, const Condition<Map>& condition = {}) const;
  Result<Map> put(Map item, const Condition<Map>& condition = {}) const;
  Result<Map> save(const Map& original, Map changed, const Condition<Map>& condition = {}) const;
  // Reads, calls `change`, saves; again while others change the item meanwhile.
  Result<Map> modify(const DynamicKey& key, FunctionRef<Result<void>(Map& item)> change) const;

  Result<std::optional<Map>> get(const DynamicKey& key, const ReadOptions& options = {}) const;
  Result<Map> must_get(const DynamicKey& key) const;
  // Reads of these parts of items only: names ("kind", "place.city", "lines[0]"), vectors of names,
  // fields. The key, the lock's version and the time to live come with them.
  template <class... Paths>
  DynamicPartialEntity only(const Paths&... paths) const {
    Selection selection;
    (add_to(selection, paths), ...);
    return DynamicPartialEntity(core_, selection);
  }

  DynamicUpdate update(const DynamicKey& key) const {
    return DynamicUpdate(core_, key, UpdateMode::kMustExist);
  }
  DynamicUpdate upsert(const DynamicKey& key) const {
    return DynamicUpdate(core_, key, UpdateMode::kUpsert);
  }

  Result<bool> remove(const DynamicKey& key, const Condition<Map>& condition = {}) const;
  // If its version is the item's.
  Result<bool> remove_item(const Map& item, const Condition<Map>& condition = {}) const;

  // The items of a partition, and leading members of the sort key; of an index.
  Query<Map> query(const DynamicKey& members) const;
  Query<Map> query(std::string_view index, const DynamicKey& members) const;
  Search<Map> find() const { return Search<Map>(core_); }
  Scan<Map> scan() const { return Scan<Map>(core_); }

  Result<std::vector<std::optional<Map>>> get_many(const std::vector<DynamicKey>& keys,
                                                   const ReadOptions& options = {}) const;
  Result<std::vector<Map>> put_many(std::vector<Map> items) const;
  Result<void> remove_many(const std::vector<DynamicKey>& keys) const;

  // The same calls, answering what they would send.
  DynamicDryRun dry_run() const;

 private:
  void add_to(Selection& selection, std::string_view path) const { selection.add(schema(), path); }
  void add_to(Selection& selection, const std::vector<std::string>& paths) const {
    selection.add(schema(), paths);
  }
  void add_to(Selection& selection, const DynamicField& field) const {
    selection.add(field.core());
  }

  EntityCore core_;
};

// What DryRun of entity.h is for structs.
class DynamicDryRun {
 public:
  explicit DynamicDryRun(const EntityCore& core) : core_(core) {}

  Result<Request> create(Map item, const Condition<Map>& condition = {}) const;
  Result<Request> put(Map item, const Condition<Map>& condition = {}) const;
  // Nothing: nothing differs.
  Result<std::optional<Request>> save(const Map& original, Map changed,
                                      const Condition<Map>& condition = {}) const;
  Result<std::optional<Request>> modify(const DynamicKey& key,
                                        FunctionRef<Result<void>(Map& item)> change) const;
  // Of must_get() too.
  Result<Request> get(const DynamicKey& key, const ReadOptions& options = {}) const;
  Result<Request> remove(const DynamicKey& key, const Condition<Map>& condition = {}) const;
  Result<Request> remove_item(const Map& item, const Condition<Map>& condition = {}) const;
  // A request for each chunk.
  Result<std::vector<Request>> get_many(const std::vector<DynamicKey>& keys,
                                        const ReadOptions& options = {}) const;
  Result<std::vector<Request>> put_many(std::vector<Map> items) const;
  Result<std::vector<Request>> remove_many(const std::vector<DynamicKey>& keys) const;

 private:
  EntityCore core_;
};

inline DynamicDryRun DynamicEntity::dry_run() const { return DynamicDryRun(core_); }

inline DynamicEntity Table::dynamic(const DynamicSchema& schema) const {
  return DynamicEntity(core_, schema);
}

}  // namespace dynolith::odm
