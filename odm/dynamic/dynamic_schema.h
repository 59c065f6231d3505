// Models that are known at run time only: built with names where Definition<T> takes members, or
// read from JSON. Their items are Maps by the names of attributes (dynamic_type.h says what the
// values look like); everything else is as with structs, from the same core.
//
//   Result<DynamicSchema> event =
//       DynamicDefinition("Event")
//           .entity("Event").partition_key("pk", "EVENT#{id}").sort_key("sk", "EVENT")
//           .attribute<std::string>("id", uuid(), read_only())
//           .attribute<std::string>("kind", required(), matches("^[a-z]+$"))
//           .attribute<int>("level", range(0, 9), default_value(1))
//           .attribute("payload", DynamicType::any())
//           .created_at("createdAt")
//           .build();
//
// Threads: a schema is immutable and shared; a definition belongs to one thread.
#pragma once

#include <initializer_list>

#include "odm/dynamic/dynamic_type.h"
#include "odm/model.h"

namespace dynolith::odm {

class DynamicSchema {
 public:
  // The form that to_json() writes; odm/dynamic/README.md describes it. Functions ("custom") are
  // not in it: checks, setters, getters, sources and hooks marked so are left out; an upgrade or a
  // derived attribute marked so is refused, because items would be wrong without it.
  // Errors: kBadModel.
  static Result<DynamicSchema> parse(std::string_view json);

  // A schema of Dynamoose's, written as JSON; odm/dynamic/README.md says what it may hold.
  // Errors: kBadModel.
  static Result<DynamicSchema> from_dynamoose(std::string_view json);

  // Of a finished schema of Maps. Errors: its own.
  static Result<DynamicSchema> of(Schema schema);

  const Schema& schema() const { return *schema_; }
  const std::shared_ptr<const Schema>& shared() const { return schema_; }

 private:
  friend class SchemaReader;
  explicit DynamicSchema(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}
  std::shared_ptr<const Schema> schema_;
};

// A schema as JSON, also a struct's: to_json(schema_of<User>()). parse() makes of it a schema that
// writes, checks and reads items as this one does, functions apart.
std::string to_json(const Schema& schema);

namespace internal {

// Values to what a codec of C++ values handles and back; false: the value is not of its type.
bool value_to(const ValueCodec& codec, const Value& value, void* held);
void value_from(const ValueCodec& codec, const void* held, Value& value);

Attribute& add_dynamic(Schema& schema, std::string_view name, const DynamicType& type);
// Replaces the codec of a C++ type by the one over Values.
void make_dynamic(Schema& schema, Attribute& attribute);
const Attribute* find_named(Schema& schema, std::string_view name);
// Makes an attribute the joined texts of others.
void add_joined(Schema& schema, size_t target, const std::vector<std::string>& inputs,
                std::string separator);

// What changes an M, for a Value. `codec` is kept as long as it is used.
template <class M>
storage::Function<void(void*)> on_value(storage::Function<void(void*)> act, const ValueCodec* codec,
                                        std::shared_ptr<const ValueCodec> keep) {
  if (!act) return {};
  return [act = std::move(act), codec, keep = std::move(keep)](void* member) {
    M held{};
    Value& value = *static_cast<Value*>(member);
    if (!value_to(*codec, value, &held)) return;
    act(&held);
    value_from(*codec, &held, value);
  };
}

}  // namespace internal

// A check of run-time attributes (check.h): rule(range_check(...)).
struct RuleOption {
  Check check;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    internal::add_check(attribute, check);
  }
};
inline RuleOption rule(Check check) { return {std::move(check)}; }

class DynamicDefinition {
 public:
  explicit DynamicDefinition(std::string model);

  DynamicDefinition& entity(std::string name, std::string tag_attribute = "_et");

  // Key attributes composed of others (key_pattern.h), or attributes themselves.
  DynamicDefinition& partition_key(std::string_view attribute, std::string_view pattern);
  DynamicDefinition& sort_key(std::string_view attribute, std::string_view pattern);
  template <class M, class... Options>
  DynamicDefinition& partition_key(std::string_view name, const Options&... options) {
    attribute<M>(name, options...);
    internal::set_member_key(schema_, schema_.partition, schema_.attributes.back());
    return *this;
  }
  template <class M, class... Options>
  DynamicDefinition& sort_key(std::string_view name, const Options&... options) {
    attribute<M>(name, options...);
    internal::set_member_key(schema_, schema_.sort, schema_.attributes.back());
    return *this;
  }
  // The order in which get() takes the members of the key; by default that of the patterns.
  DynamicDefinition& key(std::initializer_list<std::string_view> names);

  // An attribute as a member of type M would be: the options of options.h.
  template <class M, class... Options>
  DynamicDefinition& attribute(std::string_view name, const Options&... options) {
    Attribute& added = internal::add_attribute(schema_, name, Attribute::kDynamic, codec_of<M>());
    (options.template apply<M>(added, schema_), ...);
    const auto over = [&added](storage::Function<void(void*)>& act) {
      act = internal::on_value<M>(std::move(act), added.codec, added.own_codec);
    };
    over(added.generated.call);
    over(added.default_value.call);
    over(added.on_set);
    over(added.on_get);
    internal::make_dynamic(schema_, added);
    return *this;
  }
  // One of a type that C++ has no word for. Options that need no C++ type, and rule().
  template <class... Options>
  DynamicDefinition& attribute(std::string_view name, const DynamicType& type,
                               const Options&... options) {
    Attribute& added = internal::add_dynamic(schema_, name, type);
    (options.template apply<Value>(added, schema_), ...);
    return *this;
  }

  // Times that the mapper writes (model.h).
  DynamicDefinition& created_at(std::string_view name, TimeForm form = TimeForm::kMilliseconds);
  DynamicDefinition& updated_at(std::string_view name, TimeForm form = TimeForm::kMilliseconds);
  DynamicDefinition& expires_at(std::string_view name,
                                std::chrono::milliseconds lifetime = std::chrono::milliseconds(0));
  DynamicDefinition& version(std::string_view name);

  // Computed from the others when the item is written; with `inputs`, by updates too.
  DynamicDefinition& derived(std::string_view name, const DynamicType& type,
                             storage::Function<Value(const Map& item)> compute,
                             std::initializer_list<std::string_view> inputs = {});
  // The texts of its inputs that are there, joined; absent if none is.
  DynamicDefinition& joined(std::string_view name, std::vector<std::string> inputs,
                            std::string separator);
  DynamicDefinition& unique(std::string_view name);
  // What to do with attributes that the schema does not know: keep them, or refuse them. Unless one
  // is said they are ignored.
  DynamicDefinition& keep_unknown();
  DynamicDefinition& strict();
  DynamicDefinition& check(storage::Function<bool(const Map& item)> holds, std::string message);

  template <class... Options>
  DynamicDefinition& index(std::string_view name, std::initializer_list<std::string_view> members,
                           const Options&... options) {
    IndexSchema& added = internal::add_index(schema_, name);
    for (const std::string_view member : members)
      if (const Attribute* found = internal::find_named(schema_, member))
        internal::add_member(schema_, added.members, *found);
    internal::IndexDraft draft{schema_, added};
    (options.apply(draft), ...);
    internal::finish_index(draft);
    return *this;
  }

  DynamicDefinition& schema_version(int64_t version, std::string attribute = "_v");
  DynamicDefinition& upgrade(int64_t from, storage::Function<Result<void>(Map& item)> change);
  DynamicDefinition& view(std::string name, std::initializer_list<std::string_view> members);

  DynamicDefinition& before_write(
      storage::Function<Result<void>(std::string_view operation, Map& item)> hook);
  DynamicDefinition& after_write(
      storage::Function<void(std::string_view operation, const Map& item)> hook);
  DynamicDefinition& after_read(storage::Function<void(Map& item)> hook);

  // Errors: kBadModel; the definition contradicts itself.
  Result<DynamicSchema> build() const;

 private:
  DynamicDefinition& time_role(AttributeRole role, std::string_view name, TimeForm form);

  Schema schema_;
};

}  // namespace dynolith::odm
