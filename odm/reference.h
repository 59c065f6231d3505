// References: members that name an item of another model by its key.
//
//   struct Order { ...; Ref<Customer> customer; };
//   order.customer = Ref<Customer>::to("acme", id);       // or Ref<Customer>(customer)
//   populate(customers, page->items, &Order::customer);   // one batch for all of them
//   if (const Customer* customer = order.customer.get()) ...
//
// A reference is stored as the key's member if the key has one, else as a map of its members by
// name. An empty one is absent. Nothing keeps the item that it names from being removed.
//
// Threads: values; what populate() attached is shared and not changed.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "odm/codecs.h"
#include "odm/entity_core.h"
#include "odm/typed_key.h"

namespace dynolith::odm {

namespace internal {

// A reference without its type.
struct RefCore {
  std::vector<EncodedValue> key = {};  // Stored forms, in the order of the key's members.
  std::shared_ptr<const void> object = {};
  std::optional<Error> error = {};  // The key could not be made.
};

RefCore ref_to(const Schema& schema, const void* object);
RefCore ref_to(Result<std::vector<MemberValue>> members);
bool encode_ref(const Schema& schema, const RefCore& ref, EncodeContext& context);
bool decode_ref(const Schema& schema, const ValueView& value, RefCore& ref, DecodeContext& context);
// Reads what the references name; `make` gives a new object of the entity's type.
Result<size_t> populate_refs(const EntityCore& entity, std::span<RefCore* const> refs,
                             FunctionRef<std::shared_ptr<void>()> make, const ReadOptions& options);
Result<std::vector<Request>> populate_requests(const EntityCore& entity,
                                               std::span<RefCore* const> refs,
                                               const ReadOptions& options);

}  // namespace internal

// T may be incomplete where the member is declared: an item can refer to its own kind.
template <class T>
class Ref {
 public:
  Ref() = default;  // To nothing.
  // To an object's key.
  explicit Ref(const T& object) : core_(internal::ref_to(schema_of<T>(), &object)) {}

  // The members of Model<T>::key. A key that cannot be made is an error of what stores it.
  template <class... Members>
  static Ref to(const Members&... members) {
    static_assert(sizeof...(Members) == std::tuple_size_v<typename Model<T>::key::Types>,
                  "a reference takes exactly the members of Model<T>::key, in its order");
    Ref ref;
    ref.core_ = internal::ref_to(leading_key_members<T>(members...));
    return ref;
  }

  bool empty() const { return core_.key.empty() && !core_.error; }
  explicit operator bool() const { return !empty(); }
  // The same key; what is attached does not matter.
  bool operator==(const Ref& other) const { return core_.key == other.core_.key; }

  // What populate() found; null: not populated, or there is no such item.
  const T* get() const { return static_cast<const T*>(core_.object.get()); }
  const T* operator->() const { return get(); }

  // The members of the key. Errors: kBadKey (empty, or it could not be made).
  auto key() const {
    using Types = typename Model<T>::key::Types;
    Result<Types> result = Types();
    if (core_.error || empty()) {
      result = core_.error ? *core_.error : make_error(ErrorCode::kBadKey, "a reference is empty");
      return result;
    }
    read_key(*result, std::make_index_sequence<std::tuple_size_v<Types>>());
    return result;
  }

  internal::RefCore& core() { return core_; }
  const internal::RefCore& core() const { return core_; }

 private:
  template <class Types, size_t... I>
  void read_key(Types& members, std::index_sequence<I...>) const {
    const Schema& schema = schema_of<T>();
    Problems ignored;  // The values were decoded or encoded by the same codecs before.
    DecodeContext context{ignored};
    (schema.attributes[schema.key_members[I]].codec->decode(core_.key[I].view(),
                                                            &std::get<I>(members), context),
     ...);
  }

  internal::RefCore core_;
};

template <class T>
struct Codec<Ref<T>> {
  static constexpr AttributeType kType = [] {
    using Types = typename Model<T>::key::Types;
    if constexpr (std::tuple_size_v<Types> == 1)
      return Codec<Unwrap<std::tuple_element_t<0, Types>>>::kType;
    else
      return AttributeType::kMap;
  }();
  static bool is_absent(const Ref<T>& ref) { return ref.empty(); }
  static bool encode(const Ref<T>& ref, EncodeContext& context) {
    return internal::encode_ref(schema_of<T>(), ref.core(), context);
  }
  static bool decode(const ValueView& value, Ref<T>& ref, DecodeContext& context) {
    return internal::decode_ref(schema_of<T>(), value, ref.core(), context);
  }
};

namespace internal {

template <class T>
void collect_refs(Ref<T>& ref, std::vector<RefCore*>& refs) {
  refs.push_back(&ref.core());
}
template <class T>
void collect_refs(std::optional<Ref<T>>& ref, std::vector<RefCore*>& refs) {
  if (ref) refs.push_back(&ref->core());
}
template <class T>
void collect_refs(std::vector<Ref<T>>& all, std::vector<RefCore*>& refs) {
  for (Ref<T>& ref : all) refs.push_back(&ref.core());
}

template <class M>
struct Referred {};
template <class T>
struct Referred<Ref<T>> {
  using type = T;
};
template <class T>
struct Referred<std::optional<Ref<T>>> {
  using type = T;
};
template <class T>
struct Referred<std::vector<Ref<T>>> {
  using type = T;
};

// With the parts that only() of the entity says.
template <class E>
Result<ReadOptions> options_of(const E& entity, ReadOptions options) {
  if constexpr (requires { entity.parts(); })
    options.parts = TRY(Result<PartialReadPtr>(entity.parts()));
  return options;
}

template <class Objects, class M, class B>
std::vector<RefCore*> refs_of(Objects& objects, M B::*member) {
  std::vector<RefCore*> refs;
  for (auto& object : objects) collect_refs(object.*member, refs);
  return refs;
}

}  // namespace internal

// Reads the items that `member` (a Ref, or an optional or vector of them) of all the objects names,
// each key once, in batches, and attaches them. `entity`: an Entity of the model referred to, or
// what its only() gives. `objects`: a vector, a Page, any range of objects. Answers how many items
// were found; references to what is not there (or not shown) stay without. Errors: as get_many(),
// kBadKey.
template <class E, class Objects, class M, class B>
Result<size_t> populate(const E& entity, Objects& objects, M B::*member,
                        const ReadOptions& options = {}) {
  using T = typename internal::Referred<M>::type;
  return internal::populate_refs(
      entity.core(), internal::refs_of(objects, member),
      []() -> std::shared_ptr<void> { return std::make_shared<T>(); },
      TRY(internal::options_of(entity, options)));
}
// The batches that populate() would send, without sending them.
template <class E, class Objects, class M, class B>
Result<std::vector<Request>> populate_requests(const E& entity, Objects& objects, M B::*member,
                                               const ReadOptions& options = {}) {
  return internal::populate_requests(entity.core(), internal::refs_of(objects, member),
                                     TRY(internal::options_of(entity, options)));
}

}  // namespace dynolith::odm
