// Codecs of the types that the mapper knows:
//
//   bool                             BOOL     Timestamp, durations          N (see options.h)
//   integers, float, double, Number  N        optional, unique_ptr, shared_ptr: the value or absent
//   std::string                      S        vector, array, deque, list    L
//   Binary, vector<std::byte>        B        map, unordered_map by string  M
//   enumerations                     S        set, unordered_set            SS, NS, BS
//   structures with a Model          M        variant: the first alternative that fits
//   Value, Map, List                 any, M, L
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "odm/codec.h"
#include "odm/enum_names.h"
#include "odm/value.h"

namespace dynolith::odm {

// --- What is not a template, in codecs.cc.

namespace internal {

bool encode_string(std::string_view text, EncodeContext& context);  // Checks UTF-8.
bool encode_double(double value,
                   EncodeContext& context);  // Shortest text that reads back the same.
bool encode_float(float value, EncodeContext& context);
bool encode_unsigned(uint64_t value, EncodeContext& context);
bool decode_string(const ValueView& value, std::string& out, DecodeContext& context);
bool decode_binary(const ValueView& value, std::string& out, DecodeContext& context);
bool decode_bool(const ValueView& value, bool& out, DecodeContext& context);
bool decode_number(const ValueView& value, Number& out, DecodeContext& context);
bool decode_double(const ValueView& value, double& out, DecodeContext& context);
bool decode_float(const ValueView& value, float& out, DecodeContext& context);
bool decode_signed(const ValueView& value, int64_t low, int64_t high, int64_t& out,
                   DecodeContext& context);
bool decode_unsigned(const ValueView& value, uint64_t high, uint64_t& out, DecodeContext& context);
// Names of map members and the depth of documents: what the service would refuse. The name's check
// writes nothing.
bool enter_document(EncodeContext& context);
bool check_member_name(std::string_view name, EncodeContext& context);
bool encode_any(const Value& value, EncodeContext& context);

// Structures by their schema; object.cc.
bool encode_document(const Schema& schema, const void* object, EncodeContext& context);
bool decode_document(const Schema& schema, const ValueView& value, void* object,
                     DecodeContext& context);
void prepare_document(const Schema& schema, void* object, PrepareContext& context);
void finish_document(const Schema& schema, void* object);

// Encodes an element of a list or map; what is absent is NULL there.
template <class M>
bool encode_element(const M& value, EncodeContext& context) {
  if constexpr (requires { Codec<M>::is_absent(value); }) {
    if (Codec<M>::is_absent(value)) {
      context.out.null();
      return true;
    }
  }
  return Codec<M>::encode(value, context);
}

// And back.
template <class M>
bool decode_element(const ValueView& stored, M& value, DecodeContext& context) {
  if constexpr (requires { Codec<M>::is_absent(value); }) {
    if (stored.type() == AttributeType::kNull) {
      value = M{};
      return true;
    }
  }
  return Codec<M>::decode(stored, value, context);
}

template <class M>
void prepare_element(M& value, PrepareContext& context) {
  if constexpr (requires { Codec<M>::prepare(value, context); }) Codec<M>::prepare(value, context);
}
template <class M>
void finish_element(M& value) {
  if constexpr (requires { Codec<M>::finish(value); }) Codec<M>::finish(value);
}

}  // namespace internal

// --- Scalars.

template <>
struct Codec<bool> {
  static constexpr AttributeType kType = AttributeType::kBoolean;
  static bool encode(bool value, EncodeContext& context) {
    context.out.boolean(value);
    return true;
  }
  static bool decode(const ValueView& value, bool& out, DecodeContext& context) {
    return internal::decode_bool(value, out, context);
  }
};

template <class I>
struct Codec<I, std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>>> {
  static constexpr AttributeType kType = AttributeType::kNumber;
  static constexpr Meaning kMeaning = Meaning::kInteger;
  static bool encode(I value, EncodeContext& context) {
    if constexpr (std::is_signed_v<I> || sizeof(I) < 8)
      context.out.number(Number(static_cast<int64_t>(value)));
    else
      return internal::encode_unsigned(value, context);
    return true;
  }
  static bool decode(const ValueView& value, I& out, DecodeContext& context) {
    if constexpr (std::is_signed_v<I> || sizeof(I) < 8) {
      int64_t wide = 0;
      if (!internal::decode_signed(value, std::numeric_limits<I>::min(),
                                   static_cast<int64_t>(std::numeric_limits<I>::max()), wide,
                                   context))
        return false;
      out = static_cast<I>(wide);
    } else {
      uint64_t wide = 0;
      if (!internal::decode_unsigned(value, std::numeric_limits<I>::max(), wide, context))
        return false;
      out = static_cast<I>(wide);
    }
    return true;
  }
};

template <class R>
struct Codec<R, std::enable_if_t<std::is_floating_point_v<R>>> {
  static_assert(sizeof(R) <= sizeof(double), "long double is not exact: use Number");
  static constexpr AttributeType kType = AttributeType::kNumber;
  static constexpr Meaning kMeaning = Meaning::kReal;
  static bool encode(R value, EncodeContext& context) {
    if constexpr (std::is_same_v<R, float>)
      return internal::encode_float(value, context);
    else
      return internal::encode_double(value, context);
  }
  static bool decode(const ValueView& value, R& out, DecodeContext& context) {
    if constexpr (std::is_same_v<R, float>)
      return internal::decode_float(value, out, context);
    else
      return internal::decode_double(value, out, context);
  }
};

template <>
struct Codec<Number> {
  static constexpr AttributeType kType = AttributeType::kNumber;
  static constexpr Meaning kMeaning = Meaning::kReal;
  static bool encode(const Number& value, EncodeContext& context) {
    context.out.number(value);
    return true;
  }
  static bool decode(const ValueView& value, Number& out, DecodeContext& context) {
    return internal::decode_number(value, out, context);
  }
};

template <>
struct Codec<std::string> {
  static constexpr AttributeType kType = AttributeType::kString;
  static bool encode(const std::string& value, EncodeContext& context) {
    return internal::encode_string(value, context);
  }
  static bool decode(const ValueView& value, std::string& out, DecodeContext& context) {
    return internal::decode_string(value, out, context);
  }
};

template <>
struct Codec<Binary> {
  static constexpr AttributeType kType = AttributeType::kBinary;
  static bool encode(const Binary& value, EncodeContext& context) {
    context.out.binary(value.bytes);
    return true;
  }
  static bool decode(const ValueView& value, Binary& out, DecodeContext& context) {
    return internal::decode_binary(value, out.bytes, context);
  }
};

template <>
struct Codec<std::vector<std::byte>> {
  static constexpr AttributeType kType = AttributeType::kBinary;
  static bool encode(const std::vector<std::byte>& value, EncodeContext& context) {
    context.out.binary({reinterpret_cast<const char*>(value.data()), value.size()});
    return true;
  }
  static bool decode(const ValueView& value, std::vector<std::byte>& out, DecodeContext& context) {
    if (value.type() != AttributeType::kBinary) return context.wrong_type(value, "binary");
    const auto* data = reinterpret_cast<const std::byte*>(value.text().data());
    out.assign(data, data + value.text().size());
    return true;
  }
};

template <class E>
struct Codec<E, std::enable_if_t<std::is_enum_v<E> && !std::is_same_v<E, std::byte>>> {
  static constexpr AttributeType kType = AttributeType::kString;
  static constexpr Meaning kMeaning = Meaning::kEnumeration;
  static bool encode(E value, EncodeContext& context) {
    const std::string_view name = enum_name(value);
    if (name.empty()) return context.fail("is not an enumerator of its type");
    context.out.string(name);
    return true;
  }
  static bool decode(const ValueView& value, E& out, DecodeContext& context) {
    if (value.type() != AttributeType::kString) return context.wrong_type(value, "a string");
    const auto found = enum_of_name<E>(value.text());
    if (!found) return context.fail("\"" + std::string(value.text()) + "\" is no enumerator");
    out = *found;
    return true;
  }
  static CodecDetails details() {
    CodecDetails details;
    for (const std::string_view name : internal::kEnumeratorNames<E>)
      if (!name.empty()) details.enumerators.push_back(name);
    return details;
  }
};

// --- What may be absent.

namespace internal {

template <class Holder, class M>
struct HolderCodec {
  static constexpr AttributeType kType = Codec<M>::kType;
  static bool is_absent(const Holder& value) {
    if (!value) return true;
    if constexpr (requires { Codec<M>::is_absent(*value); }) return Codec<M>::is_absent(*value);
    return false;
  }
  static bool encode(const Holder& value, EncodeContext& context) {
    return Codec<M>::encode(*value, context);
  }
  static void prepare(Holder& value, PrepareContext& context) {
    if (value) prepare_element(*value, context);
  }
  static void finish(Holder& value) {
    if (value) finish_element(*value);
  }
  static const Schema* schema() { return codec_of<M>().schema(); }
  static const ValueCodec* element() { return codec_of<M>().element(); }
  static const ValueCodec* chosen(const ValueView& value) { return codec_of<M>().chosen(value); }
  static CodecDetails details() {
    CodecDetails details = codec_of<M>().details();
    details.is_optional = true;
    return details;
  }
};

template <class M, class = void>
struct MeaningOf {
  static constexpr Meaning kValue = Meaning::kPlain;
};
template <class M>
struct MeaningOf<M, std::void_t<decltype(Codec<M>::kMeaning)>> {
  static constexpr Meaning kValue = Codec<M>::kMeaning;
};

}  // namespace internal

template <class M>
struct Codec<std::optional<M>> : internal::HolderCodec<std::optional<M>, M> {
  static constexpr Meaning kMeaning = internal::MeaningOf<M>::kValue;
  static bool set_time(std::optional<M>& value, int64_t ms) requires requires(M& held) {
    Codec<M>::set_time(held, ms);
  }
  { return Codec<M>::set_time(value.emplace(), ms); }
  static std::optional<int64_t> time_of(const std::optional<M>& value) requires
      requires(const M& held) {
    Codec<M>::time_of(held);
  }
  {
    if (!value) return 0;
    return Codec<M>::time_of(*value);
  }
  static bool decode(const ValueView& value, std::optional<M>& out, DecodeContext& context) {
    if (value.type() == AttributeType::kNull) {
      out.reset();
      return true;
    }
    return Codec<M>::decode(value, out.emplace(), context);
  }
};

template <class M>
struct Codec<std::unique_ptr<M>> : internal::HolderCodec<std::unique_ptr<M>, M> {
  static constexpr Meaning kMeaning = internal::MeaningOf<M>::kValue;
  static bool decode(const ValueView& value, std::unique_ptr<M>& out, DecodeContext& context) {
    out = nullptr;
    if (value.type() == AttributeType::kNull) return true;
    out = std::make_unique<M>();
    return Codec<M>::decode(value, *out, context);
  }
};

template <class M>
struct Codec<std::shared_ptr<M>> : internal::HolderCodec<std::shared_ptr<M>, M> {
  static constexpr Meaning kMeaning = internal::MeaningOf<M>::kValue;
  static bool decode(const ValueView& value, std::shared_ptr<M>& out, DecodeContext& context) {
    out = nullptr;
    if (value.type() == AttributeType::kNull) return true;
    out = std::make_shared<M>();
    return Codec<M>::decode(value, *out, context);
  }
};

// --- Any value.

template <>
struct Codec<Value> {
  static constexpr AttributeType kType = AttributeType::kNull;
  static constexpr Meaning kMeaning = Meaning::kAny;
  static bool encode(const Value& value, EncodeContext& context) {
    return internal::encode_any(value, context);
  }
  static bool decode(const ValueView& value, Value& out, DecodeContext&) {
    out = storage::to_attribute_value(value);
    return true;
  }
};

template <>
struct Codec<Map> {
  static constexpr AttributeType kType = AttributeType::kMap;
  static constexpr Meaning kMeaning = Meaning::kAny;
  static bool encode(const Map& value, EncodeContext& context) {
    return internal::encode_any(Value(value), context);
  }
  static bool decode(const ValueView& value, Map& out, DecodeContext& context) {
    if (value.type() != AttributeType::kMap) return context.wrong_type(value, "a map");
    Value tree = storage::to_attribute_value(value);
    out = std::move(*tree.get_if<Map>());
    return true;
  }
};

}  // namespace dynolith::odm

#include "odm/chrono_codec.h"
#include "odm/container_codecs.h"
#include "odm/variant_codec.h"
