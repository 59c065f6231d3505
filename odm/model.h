// How a struct is declared to the mapper: once, beside the struct, which stays as it is.
//
//   template <> struct dynolith::odm::Model<User> {
//     using key = Key<&User::org, &User::id>;  // What get(), update() and remove() take.
//     static void define(Definition<User>& user) {
//       user.entity("User")
//           .partition_key("pk", "ORG#{org}").sort_key("sk", "USER#{id}")
//           .attribute("org", &User::org, required())
//           .attribute("id", &User::id, uuid(), read_only())
//           .attribute("email", &User::email, required(), matches("@"))
//           .attribute("age", &User::age, range(0, 150))
//           .created_at("createdAt", &User::created)
//           .version("version", &User::version)
//           .index(by_email, partition_key("gsi1pk", "EMAIL#{email}"));
//     }
//   };
//
// Structs inside others need a Model too, without a key. define() may stand in a .cc file. A
// declaration that contradicts itself (two attributes of one name, a pattern that names none) is
// found at its first use: every call then answers kBadModel; validate_models<User, Order>() asks
// for it at start-up.
//
// Virtual bases are not supported: their members have no fixed place.
#pragma once

#include <bit>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "odm/keys.h"
#include "odm/options.h"
#include "odm/schema.h"

namespace dynolith::odm {

template <class T>
class Definition;

// Specialise it for a struct.
template <class T>
struct Model;

template <class T>
concept Modeled = requires(Definition<T>& definition) {
  Model<T>::define(definition);
};

template <class T>
const Schema& schema_of();

namespace internal {

// The member's place in T: what an Itanium ABI pointer to data member holds.
template <class T, class B, class M>
ptrdiff_t offset_of(M B::*member) {
  static_assert(std::is_base_of_v<B, T>, "this is a member of another structure");
  M T::*of_t = member;
  static_assert(sizeof(of_t) == sizeof(ptrdiff_t));
  return std::bit_cast<ptrdiff_t>(of_t);
}

std::string short_type_name(std::string_view pretty_function);

template <class T>
std::string type_name() {
  return short_type_name(__PRETTY_FUNCTION__);
}

Attribute& add_attribute(Schema& schema, std::string_view name, ptrdiff_t offset,
                         const ValueCodec& codec);
void set_role(Schema& schema, Attribute& attribute, AttributeRole role);
void bad_model(Schema& schema, std::string message);
void add_derived(Schema& schema, Derived rule);
void add_unique(Schema& schema, const Attribute& attribute);
void add_member(Schema& schema, std::vector<size_t>& members, const Attribute& attribute);
IndexSchema& add_index(Schema& schema, std::string_view name);
void set_key_part(Schema& schema, std::optional<KeyPart>& part, std::string_view attribute,
                  std::string_view pattern);
void set_member_key(Schema& schema, std::optional<KeyPart>& part, const Attribute& attribute);

// What options of an index say.
struct IndexDraft {
  Schema& schema;
  IndexSchema& index;
  size_t partition_members = 1;
  bool has_parts = false;
};
void add_index_part(IndexDraft& draft, bool is_sort, std::string_view attribute,
                    std::string_view pattern);
void finish_index(IndexDraft& draft);

}  // namespace internal

// --- Options of .index().

struct IndexPartOption {
  bool is_sort;
  std::string_view attribute;
  WellFormedKeyPattern pattern;
  void apply(internal::IndexDraft& draft) const {
    internal::add_index_part(draft, is_sort, attribute, pattern.text());
  }
};
// A key attribute of the index that is composed of members.
inline IndexPartOption partition_key(std::string_view attribute, WellFormedKeyPattern pattern) {
  return {false, attribute, pattern};
}
inline IndexPartOption sort_key(std::string_view attribute, WellFormedKeyPattern pattern) {
  return {true, attribute, pattern};
}

struct LocalOption {
  void apply(internal::IndexDraft& draft) const { draft.index.kind = storage::IndexKind::kLocal; }
};
// A local index: the table's partition key, another sort key.
inline constexpr LocalOption local() { return {}; }

struct PartitionMembersOption {
  size_t count;
  void apply(internal::IndexDraft& draft) const { draft.partition_members = count; }
};
// Of an index without patterns: how many of its members are partition attributes (1 unless said);
// the others are sort attributes. Several of a role: a multi-attribute key.
inline constexpr PartitionMembersOption partition_members(size_t count) { return {count}; }

struct ProjectionOption {
  storage::IndexProjection projection;
  void apply(internal::IndexDraft& draft) const;
};
// What entries of the index hold; all attributes unless said.
ProjectionOption keys_only();
template <class... Names>
ProjectionOption including(Names... stored_names) {
  return {{storage::ProjectionType::kInclude, {std::string(stored_names)...}}};
}

// --- The declaration.

template <class T>
class Definition {
 public:
  explicit Definition(Schema& schema) : schema_(schema) {}

  // The name that tells this model's items from others in its table; written to `tag_attribute`.
  // Without it the model has its table for itself.
  Definition& entity(std::string name, std::string tag_attribute = "_et") {
    schema_.entity = std::move(name);
    schema_.tag_attribute = std::move(tag_attribute);
    return *this;
  }

  // Key attributes composed of members (key_pattern.h).
  Definition& partition_key(std::string_view attribute, WellFormedKeyPattern pattern) {
    internal::set_key_part(schema_, schema_.partition, attribute, pattern.text());
    return *this;
  }
  Definition& sort_key(std::string_view attribute, WellFormedKeyPattern pattern) {
    internal::set_key_part(schema_, schema_.sort, attribute, pattern.text());
    return *this;
  }
  // Key attributes that are members.
  template <class M, class B, class... Options>
  Definition& partition_key(std::string_view name, M B::*member, const Options&... options) {
    attribute(name, member, options...);
    internal::set_member_key(schema_, schema_.partition, schema_.attributes.back());
    return *this;
  }
  template <class M, class B, class... Options>
  Definition& sort_key(std::string_view name, M B::*member, const Options&... options) {
    attribute(name, member, options...);
    internal::set_member_key(schema_, schema_.sort, schema_.attributes.back());
    return *this;
  }

  template <class M, class B, class... Options>
  Definition& attribute(std::string_view name, M B::*member, const Options&... options) {
    Attribute& added =
        internal::add_attribute(schema_, name, internal::offset_of<T>(member), codec_of<M>());
    (options.template apply<M>(added, schema_), ...);
    return *this;
  }

  // Set at creation, and by upsert if the item has none; with every write.
  template <class M, class B, class... Options>
  Definition& created_at(std::string_view name, M B::*member, const Options&... options) {
    return time_role(AttributeRole::kCreatedAt, name, member, milliseconds(), options...);
  }
  template <class M, class B, class... Options>
  Definition& updated_at(std::string_view name, M B::*member, const Options&... options) {
    return time_role(AttributeRole::kUpdatedAt, name, member, milliseconds(), options...);
  }
  // The table's time to live, in seconds. `lifetime` from creation if the member is not given.
  template <class M, class B>
  Definition& expires_at(std::string_view name, M B::*member,
                         std::chrono::milliseconds lifetime = std::chrono::milliseconds(0)) {
    time_role(AttributeRole::kExpiresAt, name, member, seconds());
    schema_.attributes.back().lifetime_ms = lifetime.count();
    return *this;
  }
  // An optimistic lock: 1 at creation, one more with every write; saves and removals of an object
  // are refused (kVersionConflict) if the item has another than the object.
  template <class M, class B>
  Definition& version(std::string_view name, M B::*member) {
    static_assert(std::is_integral_v<M> && !std::is_same_v<M, bool>, "version() needs an integer");
    attribute(name, member);
    internal::set_role(schema_, schema_.attributes.back(), AttributeRole::kVersion);
    return *this;
  }

  // A member computed from the others when the object is written. With `inputs`, updates compute it
  // too, and need all of them when they change one.
  template <class M, class B, class F, class... Inputs>
  Definition& derived(std::string_view name, M B::*member, F compute, Inputs... inputs) {
    static_assert(std::is_convertible_v<std::invoke_result_t<F, const T&>, M>,
                  "derived(): the function's result does not fit the member");
    attribute(name, member);
    schema_.attributes.back().read_only = true;
    Derived rule;
    rule.target = schema_.attributes.size() - 1;
    (add_input(rule, inputs), ...);
    rule.compute = [member, compute](void* object) {
      T& whole = *static_cast<T*>(object);
      whole.*member = compute(static_cast<const T&>(whole));
    };
    internal::add_derived(schema_, std::move(rule));
    return *this;
  }

  // No two items of the model have the same value. Kept by items of their own in the same table,
  // written in one transaction with the item.
  template <class M, class B>
  Definition& unique(M B::*member) {
    if (const Attribute* found = find(member)) internal::add_unique(schema_, *found);
    return *this;
  }

  // Attributes that the model does not know are kept in this Map and written back.
  template <class B>
  Definition& extra(Map B::*member) {
    Attribute& added =
        internal::add_attribute(schema_, {}, internal::offset_of<T>(member), codec_of<Map>());
    internal::set_role(schema_, added, AttributeRole::kExtra);
    schema_.unknown = Unknown::kKeep;
    return *this;
  }
  // Items with attributes that the model does not know are refused.
  Definition& strict() {
    schema_.unknown = Unknown::kRefuse;
    return *this;
  }

  // The whole object must satisfy it.
  template <class F>
  Definition& check(F holds, std::string message) {
    static_assert(std::is_invocable_r_v<bool, F, const T&>, "check(): takes the whole object");
    schema_.checks.push_back(
        {[holds](const void* object) -> bool { return holds(*static_cast<const T*>(object)); },
         std::move(message)});
    return *this;
  }

  // An index, named by its typed name. See the options above.
  template <auto... Members, class... Options>
  Definition& index(const Index<Members...>& name, const Options&... options) {
    IndexSchema& added = internal::add_index(schema_, name.name);
    (add_member(added.members, Members), ...);
    internal::IndexDraft draft{schema_, added};
    (options.apply(draft), ...);
    internal::finish_index(draft);
    return *this;
  }

  // The schema's version, kept in each item; items of older ones are upgraded when read.
  Definition& schema_version(int64_t version, std::string attribute = "_v") {
    schema_.version = version;
    schema_.version_attribute = std::move(attribute);
    return *this;
  }
  // From `from` to the next version. `change`: void(Map&) or Result<void>(Map&). Items without a
  // version are of version 0.
  template <class F>
  Definition& upgrade(int64_t from, F change) {
    schema_.upgrades.push_back({from, [change](Map& item) -> Result<void> {
                                  if constexpr (std::is_void_v<std::invoke_result_t<F, Map&>>) {
                                    change(item);
                                    return {};
                                  } else {
                                    return change(item);
                                  }
                                }});
    return *this;
  }

  // A named selection of members for to_json(object, "name").
  template <class... Ms>
  Definition& view(std::string name, Ms... members) {
    std::vector<size_t>& chosen = schema_.views[std::move(name)];
    (add_member(chosen, members), ...);
    return *this;
  }

  // Before an object is checked and written: may change it, or refuse. Result<void>(operation, T&).
  template <class F>
  Definition& before_write(F hook) {
    schema_.hooks.before_write.push_back(
        [hook](std::string_view operation, void* object) -> Result<void> {
          return hook(operation, *static_cast<T*>(object));
        });
    return *this;
  }
  // After it was written: void(operation, const T&).
  template <class F>
  Definition& after_write(F hook) {
    schema_.hooks.after_write.push_back([hook](std::string_view operation, const void* object) {
      hook(operation, *static_cast<const T*>(object));
    });
    return *this;
  }
  // After an item was read: void(T&).
  template <class F>
  Definition& after_read(F hook) {
    schema_.hooks.after_read.push_back([hook](void* object) { hook(*static_cast<T*>(object)); });
    return *this;
  }

  template <class M, class B>
  const Attribute* find(M B::*member) {
    const Attribute* found = schema_.find_member(internal::offset_of<T>(member), &codec_of<M>());
    if (found == nullptr)
      internal::bad_model(schema_, "a member is named that is not (yet) an attribute");
    return found;
  }

 private:
  template <class M, class B, class... Options>
  Definition& time_role(AttributeRole role, std::string_view name, M B::*member,
                        const Options&... options) {
    static_assert(
        requires(M & value) { Codec<M>::set_time(value, int64_t{}); },
        "created_at(), updated_at() and expires_at() need a time");
    attribute(name, member, options...);
    internal::set_role(schema_, schema_.attributes.back(), role);
    return *this;
  }
  template <class P>
  void add_member(std::vector<size_t>& members, P member) {
    if (const Attribute* found = find(member)) internal::add_member(schema_, members, *found);
  }
  template <class P>
  void add_input(Derived& rule, P member) {
    add_member(rule.inputs, member);
  }

  Schema& schema_;
};

// --- From here on: schemas of structs.

namespace internal {

template <class T, auto... Members>
void add_key_members(Schema& schema, Key<Members...>) {
  const auto add = [&schema](ptrdiff_t offset, const ValueCodec& codec) {
    const Attribute* found = schema.find_member(offset, &codec);
    if (found != nullptr)
      add_member(schema, schema.key_members, *found);
    else
      bad_model(schema, "its key names a member that is not an attribute");
  };
  (add(offset_of<T>(Members), codec_of<MemberType<Members>>()), ...);
}

// Not inlined, so that schema_of() is short.
template <class T>
[[gnu::noinline]] Schema build_schema() {
  Schema schema;
  schema.model = type_name<T>();
  Definition<T> definition(schema);
  Model<T>::define(definition);
  if constexpr (requires { typename Model<T>::key; })
    add_key_members<T>(schema, typename Model<T>::key{});
  schema.finish();
  return schema;
}

}  // namespace internal

// The schema of a struct, built once. Threads: any.
template <class T>
const Schema& schema_of() {
  static_assert(Modeled<T>, "this structure has no Model: specialise dynolith::odm::Model for it");
  if constexpr (Modeled<T>) {
    static const Schema schema = internal::build_schema<T>();
    return schema;
  } else {
    static const Schema none;
    return none;
  }
}

// Ok if the declarations contradict themselves nowhere; for start-up and tests.
template <class... Ts>
Result<void> validate_models() {
  Result<void> result;
  const auto look = [&result](const Schema& schema) {
    if (result.ok() && schema.error) result = *schema.error;
  };
  (look(schema_of<Ts>()), ...);
  return result;
}

template <class T>
struct Codec<T, std::enable_if_t<std::is_class_v<T> && Modeled<T>>> {
  static constexpr AttributeType kType = AttributeType::kMap;
  static constexpr Meaning kMeaning = Meaning::kDocument;
  static bool encode(const T& object, EncodeContext& context) {
    return internal::encode_document(schema_of<T>(), &object, context);
  }
  static bool decode(const ValueView& value, T& object, DecodeContext& context) {
    return internal::decode_document(schema_of<T>(), value, &object, context);
  }
  static void prepare(T& object, PrepareContext& context) {
    internal::prepare_document(schema_of<T>(), &object, context);
  }
  static void finish(T& object) { internal::finish_document(schema_of<T>(), &object); }
  static const Schema* schema() { return &schema_of<T>(); }
};

}  // namespace dynolith::odm
