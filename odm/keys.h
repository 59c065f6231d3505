// Typed names of keys and indexes.
//
//   using key = Key<&User::org, &User::id>;                        // what get(), update() take
//   inline constexpr Index<&User::email> by_email{"by_email"};     // what query(by_email, ...)
//   takes
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace dynolith::odm {

namespace internal {

template <class P>
struct MemberPointer;
template <class M, class T>
struct MemberPointer<M T::*> {
  using Member = M;
  using Class = T;
};

}  // namespace internal

template <auto Member>
using MemberType = typename internal::MemberPointer<decltype(Member)>::Member;

// The members that make up a key, partition members first.
template <auto... Members>
struct Key {
  static constexpr size_t kSize = sizeof...(Members);
  using Types = std::tuple<MemberType<Members>...>;
};

// An index by its name and the members that make up its key, partition members first.
template <auto... Members>
struct Index {
  std::string_view name;
  static constexpr size_t kSize = sizeof...(Members);
  using Types = std::tuple<MemberType<Members>...>;
};

}  // namespace dynolith::odm
