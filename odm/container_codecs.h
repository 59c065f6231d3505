// Codecs of lists, maps and sets. Containers are known by what they can do, so that their headers
// are included only by who has such a member. Part of codecs.h.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "odm/codecs.h"

namespace dynolith::odm {

// --- Lists and maps.

namespace internal {

template <class C, class M>
struct ListCodec {
  static constexpr AttributeType kType = AttributeType::kList;
  static bool encode(const C& values, EncodeContext& context) {
    EncodeContext inner{context.out, context.problems, nullptr, context.depth + 1};
    if (!enter_document(context)) return false;
    context.out.begin_list();
    bool good = true;
    PathFrame frame{context.at, {}, 0};
    inner.at = &frame;
    for (const M& value : values) {
      good = encode_element<M>(value, inner) && good;
      ++frame.index;
    }
    context.out.end();
    return good;
  }
  static void prepare(C& values, PrepareContext& context) {
    PathFrame frame{context.at, {}, 0};
    PrepareContext inner{context.now_ms, context.ids, context.problems, &frame};
    for (auto&& value : values) {
      if constexpr (!std::is_same_v<M, bool>) prepare_element(value, inner);
      ++frame.index;
    }
  }
  static void finish(C& values) {
    for (auto&& value : values)
      if constexpr (!std::is_same_v<M, bool>) finish_element(value);
  }
  static const ValueCodec* element() { return &codec_of<M>(); }
};

template <class C, class M>
struct SequenceCodec : ListCodec<C, M> {
  static bool decode(const ValueView& value, C& out, DecodeContext& context) {
    if (value.type() != AttributeType::kList) return context.wrong_type(value, "a list");
    out.clear();
    const storage::ListView elements = value.elements();
    bool good = true;
    for (uint32_t i = 0; i < elements.size(); ++i) {
      const PathFrame frame{context.at, {}, i};
      DecodeContext inner = context.element(&frame);
      M element{};
      good = decode_element(elements[i], element, inner) && good;
      out.push_back(std::move(element));
    }
    return good;
  }
};

template <class C, class M>
struct MapCodec {
  static constexpr AttributeType kType = AttributeType::kMap;
  static bool encode(const C& members, EncodeContext& context) {
    if (!enter_document(context)) return false;
    bool good = true;
    context.out.begin_map();
    for (const auto& [name, value] : members) {
      const PathFrame frame{context.at, name, 0};
      EncodeContext inner{context.out, context.problems, &frame, context.depth + 1};
      good = check_member_name(name, inner) && good;
      context.out.name(name);
      good = encode_element<M>(value, inner) && good;
    }
    context.out.end();
    return good;
  }
  static bool decode(const ValueView& value, C& out, DecodeContext& context) {
    if (value.type() != AttributeType::kMap) return context.wrong_type(value, "a map");
    out.clear();
    const storage::MapView members = value.members();
    bool good = true;
    for (uint32_t i = 0; i < members.size(); ++i) {
      const auto [name, member] = members[i];
      const PathFrame frame{context.at, name, 0};
      DecodeContext inner = context.member(name, &frame);
      good = decode_element(member, out[std::string(name)], inner) && good;
    }
    return good;
  }
  static void prepare(C& members, PrepareContext& context) {
    for (auto& [name, value] : members) {
      const PathFrame frame{context.at, name, 0};
      PrepareContext inner{context.now_ms, context.ids, context.problems, &frame};
      prepare_element(value, inner);
    }
  }
  static void finish(C& members) {
    for (auto& [name, value] : members) finish_element(value);
  }
  static const ValueCodec* element() { return &codec_of<M>(); }
};

}  // namespace internal

// std::vector, std::deque, std::list and their like.
template <class C>
concept ListOfValues = requires(C& values, typename C::value_type value) {
  values.push_back(std::move(value));
  values.clear();
}
&&!requires(const C& text) { text.c_str(); }
&&!std::is_same_v<C, typename C::value_type>;

template <class C>
struct Codec<C, std::enable_if_t<ListOfValues<C>>>
    : internal::SequenceCodec<C, typename C::value_type> {};

template <class C>
inline constexpr bool kIsArray = false;
template <class M, size_t N>
inline constexpr bool kIsArray<std::array<M, N>> = true;

template <class M, size_t N>
struct Codec<std::array<M, N>> : internal::ListCodec<std::array<M, N>, M> {
  static bool decode(const ValueView& value, std::array<M, N>& out, DecodeContext& context) {
    if (value.type() != AttributeType::kList) return context.wrong_type(value, "a list");
    const storage::ListView elements = value.elements();
    // Of one that is read in part, the elements that are there come first.
    if (context.parts == nullptr ? elements.size() != N : elements.size() > N)
      return context.fail("has " + std::to_string(elements.size()) + " elements, not " +
                          std::to_string(N));
    bool good = true;
    for (uint32_t i = 0; i < elements.size(); ++i) {
      const PathFrame frame{context.at, {}, i};
      DecodeContext inner = context.element(&frame);
      good = internal::decode_element(elements[i], out[i], inner) && good;
    }
    return good;
  }
};

// std::map, std::unordered_map and their like.
template <class C>
concept MapOfTexts = std::is_same_v<typename C::key_type, std::string> &&
    requires(C& members, std::string name) {
  { members[std::move(name)] } -> std::same_as<typename C::mapped_type&>;
  members.clear();
};

template <class C>
struct Codec<C, std::enable_if_t<MapOfTexts<C>>> : internal::MapCodec<C, typename C::mapped_type> {
};

// --- Sets: of strings, numbers or binary values. An empty set is absent.

namespace internal {

template <class M>
constexpr AttributeType set_type() {
  switch (Codec<M>::kType) {
    case AttributeType::kString:
      return AttributeType::kStringSet;
    case AttributeType::kNumber:
      return AttributeType::kNumberSet;
    default:
      return AttributeType::kBinarySet;
  }
}

template <class C, class M>
struct SetCodec {
  static_assert(Codec<M>::kType == AttributeType::kString ||
                    Codec<M>::kType == AttributeType::kNumber ||
                    Codec<M>::kType == AttributeType::kBinary,
                "a set holds strings, numbers or binary values");
  static constexpr AttributeType kType = set_type<M>();
  static bool is_absent(const C& values) { return values.empty(); }
  static bool encode(const C& values, EncodeContext& context) {
    bool good = true;
    context.out.begin_set(kType);
    if constexpr (kMembersAlone) {
      // NULL, which a problem leaves behind, is no member of a set of numbers: readers of the set
      // (checks) would take it for one.
      ItemEncoder alone;
      EncodeContext inner{alone, context.problems, context.at, context.depth};
      for (const M& value : values) {
        alone.begin_value();
        if (Codec<M>::encode(value, inner))
          context.out.value(alone.finish_value().view());
        else
          good = false;
      }
    } else {
      for (const M& value : values) good = Codec<M>::encode(value, context) && good;
    }
    context.out.end();
    return good;
  }
  static bool decode(const ValueView& value, C& out, DecodeContext& context) {
    out.clear();
    if (value.type() != kType) return context.wrong_type(value, "a set of its type");
    const storage::ListView members = value.elements();
    for (uint32_t i = 0; i < members.size(); ++i) {
      if constexpr (std::is_same_v<M, std::string>) {
        out.emplace_hint(out.end(), members[i].text());
      } else {
        M member{};
        if (!Codec<M>::decode(members[i], member, context)) return false;
        out.insert(out.end(), std::move(member));
      }
    }
    return true;
  }
  static const ValueCodec* element() { return &codec_of<M>(); }

 private:
  static constexpr bool kMembersAlone = Codec<M>::kType == AttributeType::kNumber &&
                                        !std::is_integral_v<M> && !std::is_same_v<M, Number>;
};

}  // namespace internal

// std::set, std::unordered_set and their like: each value is in them once.
template <class C>
concept SetOfValues = std::is_same_v<typename C::key_type, typename C::value_type> &&
    requires(C& values, typename C::key_type value) {
  { values.insert(std::move(value)).second } -> std::convertible_to<bool>;
  values.clear();
};

template <class C>
struct Codec<C, std::enable_if_t<SetOfValues<C>>> : internal::SetCodec<C, typename C::key_type> {};

}  // namespace dynolith::odm
