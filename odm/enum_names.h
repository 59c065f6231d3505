// Enumerations stored by the names of their enumerators, without a macro: the compiler prints the
// names of those whose values lie in a range (0 to 63 unless EnumRange says otherwise).
//
//   template <> struct dynolith::odm::EnumRange<Level> { static constexpr int kFirst = -2, kLast =
//   200; };
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dynolith::odm {

template <class E>
struct EnumRange {
  static constexpr int kFirst = 0;
  static constexpr int kLast = 63;
};

namespace internal {

// "... [with auto V = AttributeRole::kMember; ...]" or "... [V = AttributeRole::kMember]". A value
// without an enumerator prints as "(AttributeRole)7".
template <auto V>
constexpr std::string_view enumerator_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  const size_t begin = text.find("V = ") + 4;
  size_t end = begin;
  while (end < text.size() && text[end] != ';' && text[end] != ']') ++end;
  text = text.substr(begin, end - begin);
  // Scopes may hold parentheses: "(anonymous namespace)::Grade::kLow".
  const size_t scope = text.find_last_of(":)");
  if (scope != std::string_view::npos) text.remove_prefix(scope + 1);
  if (text.empty() || (text[0] >= '0' && text[0] <= '9') || text[0] == '-') return {};
  return text;
}

template <class E, int First, size_t... I>
constexpr auto enumerator_names(std::index_sequence<I...>) {
  return std::array<std::string_view, sizeof...(I)>{
      enumerator_name<static_cast<E>(First + static_cast<int>(I))>()...};
}

template <class E>
inline constexpr auto kEnumeratorNames = enumerator_names<E, EnumRange<E>::kFirst>(
    std::make_index_sequence<EnumRange<E>::kLast - EnumRange<E>::kFirst + 1>());

}  // namespace internal

// The enumerator's name; empty if the value has none in the range.
template <class E>
constexpr std::string_view enum_name(E value) {
  const auto i = static_cast<long long>(value) - EnumRange<E>::kFirst;
  const auto& names = internal::kEnumeratorNames<E>;
  return i >= 0 && i < static_cast<long long>(names.size()) ? names[static_cast<size_t>(i)]
                                                            : std::string_view();
}

template <class E>
constexpr std::optional<E> enum_of_name(std::string_view name) {
  const auto& names = internal::kEnumeratorNames<E>;
  for (size_t i = 0; i < names.size(); ++i)
    if (!name.empty() && names[i] == name)
      return static_cast<E>(static_cast<long long>(i) + EnumRange<E>::kFirst);
  return std::nullopt;
}

}  // namespace dynolith::odm
