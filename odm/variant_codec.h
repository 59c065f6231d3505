// Codecs of variants: written as what they hold, read as the first alternative that fits. Part of
// codecs.h.
#pragma once

#include <variant>

#include "odm/codecs.h"

namespace dynolith::odm {

template <class... Ms>
struct Codec<std::variant<Ms...>> {
  using Variant = std::variant<Ms...>;
  static constexpr AttributeType kType = Codec<std::variant_alternative_t<0, Variant>>::kType;
  static constexpr Meaning kMeaning = Meaning::kAny;
  static bool encode(const Variant& value, EncodeContext& context) {
    return std::visit(
        [&]<class M>(const M& held) { return internal::encode_element<M>(held, context); }, value);
  }
  static bool decode(const ValueView& value, Variant& out, DecodeContext& context) {
    // An alternative that is absent is written as NULL.
    const bool found = (try_one<Ms>(value, out, context.parts) || ...) ||
                       (value.type() == AttributeType::kNull && (try_absent<Ms>(out) || ...));
    return found || context.fail("fits none of the types it may have");
  }
  static void prepare(Variant& value, PrepareContext& context) {
    std::visit([&](auto& held) { internal::prepare_element(held, context); }, value);
  }
  static void finish(Variant& value) {
    std::visit([](auto& held) { internal::finish_element(held); }, value);
  }
  static const ValueCodec* chosen(const ValueView& value) {
    const ValueCodec* found = nullptr;
    (void)((fits<Ms>(value) && (found = &codec_of<Ms>())) || ...);
    return found;
  }
  static CodecDetails details() {
    CodecDetails details;
    details.alternatives = {&codec_of<Ms>()...};
    return details;
  }

 private:
  template <class M>
  static bool fits(const ValueView& value) {
    Problems ignored;
    DecodeContext context{ignored};
    M held{};
    return Codec<M>::decode(value, held, context);
  }
  template <class M>
  static bool try_one(const ValueView& value, Variant& out, const SelectedParts* parts) {
    Problems ignored;
    DecodeContext context{ignored, nullptr, parts};
    M held{};
    if (!Codec<M>::decode(value, held, context)) return false;
    out = std::move(held);
    return true;
  }
  template <class M>
  static bool try_absent([[maybe_unused]] Variant& out) {
    if constexpr (requires(const M& held) { Codec<M>::is_absent(held); }) {
      out = M{};
      return true;
    } else {
      return false;
    }
  }
};

template <>
struct Codec<std::monostate> {
  static constexpr AttributeType kType = AttributeType::kNull;
  static bool encode(std::monostate, EncodeContext& context) {
    context.out.null();
    return true;
  }
  static bool decode(const ValueView& value, std::monostate&, DecodeContext& context) {
    return value.type() == AttributeType::kNull || context.wrong_type(value, "null");
  }
};

}  // namespace dynolith::odm
