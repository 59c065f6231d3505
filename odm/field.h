// Places in an item, typed: what conditions, updates, projections and orders name.
//
//   f(&User::age)                       an attribute
//   f(&User::home) / &Place::zip        a member of a document inside
//   f(&User::lines)[0] / &Line::count   an element of a list
//   f(&User::labels)["en"]              a member of a map
//   f<Admin>(&User::age)                a member that Admin inherits
//
// Names are resolved from the model at once; a member that is not an attribute is an error of
// whatever uses the field (kBadModel).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "odm/model.h"
#include "storage/value/document_path.h"

namespace dynolith::odm {

// A place without its type.
struct FieldCore {
  storage::DocumentPath path;       // Stored names.
  std::string name;                 // As the model says: "home.zip", "lines[0].count".
  const Attribute* root = nullptr;  // The attribute of the item.
  const Attribute* leaf = nullptr;  // Of the document it lies in; null: an element, a map's member.
  const ValueCodec* codec = nullptr;
  std::optional<Error> error = {};

  FieldCore member(const Attribute* attribute, const ValueCodec* expected) const;
  FieldCore element(uint32_t index, const ValueCodec& of) const;
  FieldCore entry(std::string_view key, const ValueCodec& of) const;
};

// `attribute` null: not mapped.
FieldCore field_core(const Schema& schema, const Attribute* attribute);
// By name, for dynamic schemas: "home.zip", "lines[0].count"; names that hold dots in backquotes.
FieldCore field_core(const Schema& schema, std::string_view path);

namespace internal {

template <class M>
concept ListLike = ListOfValues<Unwrap<M>> || kIsArray<Unwrap<M>>;
template <class M>
concept SetLike = SetOfValues<Unwrap<M>>;
template <class M>
concept MapLike = MapOfTexts<Unwrap<M>>;

}  // namespace internal

// T: the model. M: the member's type, an optional if it may be absent.
template <class T, class M>
class Field {
 public:
  using Model = T;
  using Type = M;

  explicit Field(FieldCore core) : core_(std::move(core)) {}
  const FieldCore& core() const { return core_; }

  // An element of a list, from 0; a member of a map.
  auto operator[](uint32_t index) const {
    static_assert(internal::ListLike<M>, "[index] needs a list");
    using Element = typename Unwrap<M>::value_type;
    return Field<T, Element>(core_.element(index, codec_of<Element>()));
  }
  auto operator[](std::string_view key) const {
    static_assert(internal::MapLike<M>, "[\"key\"] needs a map");
    using Entry = typename Unwrap<M>::mapped_type;
    return Field<T, Entry>(core_.entry(key, codec_of<Entry>()));
  }

 private:
  FieldCore core_;
};

template <class T = void, class M, class B>
auto f(M B::*member) {
  using Owner = std::conditional_t<std::is_void_v<T>, B, T>;
  const Schema& schema = schema_of<Owner>();
  return Field<Owner, M>(
      field_core(schema, schema.find_member(internal::offset_of<Owner>(member), &codec_of<M>())));
}

// A member of the document that `field` is.
template <class T, class M, class N, class B>
Field<T, N> operator/(const Field<T, M>& field, N B::*member) {
  using Document = Unwrap<M>;
  static_assert(std::is_base_of_v<B, Document>, "this member is not one of that document");
  if constexpr (std::is_base_of_v<B, Document>) {
    const Schema& schema = schema_of<Document>();
    return Field<T, N>(field.core().member(
        schema.find_member(internal::offset_of<Document>(member), &codec_of<N>()), &codec_of<N>()));
  } else {
    return Field<T, N>(field.core());
  }
}

// --- Operands.

namespace internal {

template <class V>
inline constexpr bool kIsNumber =
    (std::is_arithmetic_v<V> && !std::is_same_v<V, bool>) || std::is_same_v<V, Number>;

// Whether a V can stand beside an M in a condition or an assignment.
template <class V, class M>
inline constexpr bool kFits = kIsNumber<Unwrap<M>> ? kIsNumber<V>
                                                   : (std::is_same_v<Unwrap<M>, bool>
                                                          ? std::is_same_v<V, bool>
                                                          : std::is_convertible_v<V, Unwrap<M>>);

// Through the attribute's setter and codec, as the stored value was. Errors are kInvalid.
Result<EncodedValue> operand_of(const FieldCore& field, const ValueCodec& codec, void* member);

template <class M, class V>
constexpr bool holds_exactly(const V& value) {
  if constexpr (std::is_same_v<M, V>)
    return true;
  else if constexpr (std::is_integral_v<M> && std::is_integral_v<V>)
    return static_cast<V>(static_cast<M>(value)) == value &&
           (value < V{}) == (static_cast<M>(value) < M{});
  else
    return false;
}

// Numbers that the member cannot hold keep their own type, so that nothing is cut off: age < 40.5.
template <class M, class V>
Result<EncodedValue> encode_operand(const FieldCore& field, const V& value) {
  using Held = Unwrap<M>;
  if constexpr (kIsNumber<Held> && !std::is_same_v<V, Held>) {
    if constexpr (std::is_integral_v<Held> && std::is_integral_v<V>) {
      if (holds_exactly<Held>(value)) return encode_operand<M>(field, static_cast<Held>(value));
    }
    V copy = value;
    return operand_of(field, codec_of<V>(), &copy);
  } else {
    M member{Held(value)};
    return operand_of(field, field.codec == nullptr ? codec_of<M>() : *field.codec, &member);
  }
}

}  // namespace internal
}  // namespace dynolith::odm
