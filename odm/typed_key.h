// Keys from the arguments of a call: get("acme", id) takes what Model<T>::key names, checked by the
// compiler.
//
// Arguments go through the setters of their attributes as members of an object do, so that
// get("Ann@X.org") finds what is stored as "ann@x.org".
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "odm/member_value.h"
#include "odm/model.h"
#include "odm/object.h"

namespace dynolith::odm {

namespace internal {

template <class T>
concept HasKey = requires {
  typename Model<T>::key;
};

// Whether an argument of type A can be a key member of type M: no number is cut off silently into
// a boolean, no text read as a number.
template <class A, class M>
inline constexpr bool kIsKeyArgument =
    std::is_arithmetic_v<Unwrap<M>> && !std::is_same_v<Unwrap<M>, bool>
        ? std::is_arithmetic_v<A> && !std::is_same_v<A, bool> &&
              (std::is_integral_v<A> || std::is_floating_point_v<Unwrap<M>>)
        : (std::is_same_v<Unwrap<M>, bool> ? std::is_same_v<A, bool> : std::is_convertible_v<A, M>);

// Whether the value survives: get(300) of a member of 8 bits names no item.
template <class M, class A>
bool fits_member(const A& argument) {
  if constexpr (std::is_integral_v<Unwrap<M>> && std::is_integral_v<A> &&
                !std::is_same_v<Unwrap<M>, bool>)
    return std::in_range<Unwrap<M>>(argument);
  else
    return true;
}

// The C++ value of one key member: the argument itself, or what was made of it.
template <class M>
class KeyMember {
 public:
  template <class A>
  KeyMember(const Attribute& attribute, const A& argument) {
    fits_ = fits_member<M>(argument);
    if constexpr (std::is_same_v<A, M>) {
      if (!attribute.on_set) {
        given_ = std::addressof(argument);
        return;
      }
    }
    if constexpr (std::is_class_v<M> && std::is_same_v<M, Unwrap<M>>)
      own_.emplace(argument);
    else
      own_.emplace(static_cast<M>(static_cast<Unwrap<M>>(argument)));
    if (attribute.on_set) attribute.on_set(&*own_);
  }
  bool fits() const { return fits_; }
  const void* address() const { return given_ != nullptr ? given_ : &*own_; }

 private:
  const M* given_ = nullptr;
  std::optional<M> own_;
  bool fits_ = true;
};

Error key_without_model_error(const Schema& schema);
Error key_member_range_error(const Schema& schema, size_t key_member);

template <class Types, class... Arguments>
struct KeyArguments {
  static constexpr size_t kCount = sizeof...(Arguments);
  static constexpr bool kRightCount = std::tuple_size_v<Types> == kCount;

  template <size_t... I>
  static constexpr bool right_types(std::index_sequence<I...>) {
    return (kIsKeyArgument<std::decay_t<std::tuple_element_t<I, std::tuple<Arguments...>>>,
                           std::tuple_element_t<I, Types>> &&
            ...);
  }
  static constexpr bool kRightTypes = [] {
    if constexpr (kCount <= std::tuple_size_v<Types>)
      return right_types(std::make_index_sequence<kCount>());
    else
      return false;
  }();
};

template <class... Ms>
Result<EncodedItem> key_of_members(const Schema& schema, const KeyMember<Ms>&... members) {
  const std::array<bool, sizeof...(Ms)> fits{members.fits()...};
  for (size_t i = 0; i < fits.size(); ++i)
    if (!fits[i]) return key_member_range_error(schema, i);
  const std::array<const void*, sizeof...(Ms)> addresses{members.address()...};
  return make_key(schema, addresses);
}

template <class Types, size_t... I, class... Arguments>
Result<EncodedItem> make_typed_key(const Schema& schema, std::index_sequence<I...>,
                                   const Arguments&... arguments) {
  if (schema.error || schema.key_members.size() != sizeof...(I))
    return key_without_model_error(schema);
  return key_of_members(schema, KeyMember<std::tuple_element_t<I, Types>>(
                                    schema.attributes[schema.key_members[I]], arguments)...);
}

template <class M, class A>
Result<void> add_member_value(const Schema& schema, size_t attribute, const A& argument,
                              std::vector<MemberValue>& values) {
  if (!fits_member<M>(argument))
    return make_error(ErrorCode::kBadKey, schema.model + "." + schema.attributes[attribute].name +
                                              ": the value does not fit the member");
  const KeyMember<M> member(schema.attributes[attribute], argument);
  Result<MemberValue> value = member_value(schema, attribute, member.address());
  if (!value) return std::move(value).error();
  values.push_back(std::move(value).value());
  return {};
}

// The first members of `members` (positions in the schema), of the types of `Types`.
template <class Types, size_t... I, class... Arguments>
Result<std::vector<MemberValue>> leading_values(const Schema& schema,
                                                const std::vector<size_t>& members,
                                                std::index_sequence<I...>,
                                                const Arguments&... arguments) {
  if (schema.error || members.size() < sizeof...(I)) return key_without_model_error(schema);
  std::vector<MemberValue> values;
  values.reserve(sizeof...(I));
  Result<void> added;
  [[maybe_unused]] const auto add = [&]<class M>(size_t position, const auto& argument,
                                                 std::type_identity<M>) {
    if (added.ok()) added = add_member_value<M>(schema, members[position], argument, values);
  };
  (add(I, arguments, std::type_identity<std::tuple_element_t<I, Types>>()), ...);
  if (!added) return std::move(added).error();
  return values;
}

Error unknown_index_error(const Schema& schema, std::string_view name);

}  // namespace internal

// The whole key. Errors: kBadKey, kBadModel.
template <class T, class... Arguments>
Result<EncodedItem> typed_key(const Arguments&... arguments) {
  static_assert(internal::HasKey<T>,
                "this model has no key: say `using key = Key<&T::member, ...>` in Model<T>");
  if constexpr (internal::HasKey<T>) {
    using Types = typename Model<T>::key::Types;
    using Given = internal::KeyArguments<Types, Arguments...>;
    static_assert(Given::kRightCount,
                  "get(), update() and remove() take exactly the members of "
                  "Model<T>::key, in its order");
    static_assert(!Given::kRightCount || Given::kRightTypes,
                  "a key member is given with a value of another type");
    if constexpr (Given::kRightCount && Given::kRightTypes)
      return internal::make_typed_key<Types>(
          schema_of<T>(), std::make_index_sequence<sizeof...(Arguments)>(), arguments...);
  }
  return EncodedItem();
}

// Its first members, as queries take them. Errors: kBadKey, kBadModel.
template <class T, class... Arguments>
Result<std::vector<MemberValue>> leading_key_members(const Arguments&... arguments) {
  static_assert(internal::HasKey<T>,
                "this model has no key: say `using key = Key<&T::member, ...>` in Model<T>");
  if constexpr (internal::HasKey<T>) {
    using Types = typename Model<T>::key::Types;
    using Given = internal::KeyArguments<Types, Arguments...>;
    static_assert(sizeof...(Arguments) <= std::tuple_size_v<Types>,
                  "query() takes no more members than Model<T>::key has");
    static_assert(sizeof...(Arguments) > std::tuple_size_v<Types> || Given::kRightTypes,
                  "a key member is given with a value of another type");
    if constexpr (Given::kRightTypes)
      return internal::leading_values<Types>(schema_of<T>(), schema_of<T>().key_members,
                                             std::make_index_sequence<sizeof...(Arguments)>(),
                                             arguments...);
  }
  return std::vector<MemberValue>();
}

// The first members of an index.
template <class T, auto... Members, class... Arguments>
Result<std::vector<MemberValue>> leading_key_members(const Index<Members...>& index,
                                                     const Arguments&... arguments) {
  using Types = typename Index<Members...>::Types;
  using Given = internal::KeyArguments<Types, Arguments...>;
  static_assert(sizeof...(Arguments) <= sizeof...(Members),
                "query() takes no more members than the index has");
  static_assert(sizeof...(Arguments) > sizeof...(Members) || Given::kRightTypes,
                "a key member is given with a value of another type");
  if constexpr (Given::kRightTypes) {
    const Schema& schema = schema_of<T>();
    const IndexSchema* const found = schema.find_index(index.name);
    if (found == nullptr) return internal::unknown_index_error(schema, index.name);
    return internal::leading_values<Types>(
        schema, found->members, std::make_index_sequence<sizeof...(Arguments)>(), arguments...);
  } else {
    return std::vector<MemberValue>();
  }
}

}  // namespace dynolith::odm
