// How a C++ value becomes an attribute value and back.
//
// Codec<M> is the customisation point; the mapper knows the types listed in codecs.h. One of your
// own:
//
//   template <> struct dynolith::odm::Codec<Money> {
//     static constexpr AttributeType kType = AttributeType::kNumber;
//     static bool encode(const Money& money, EncodeContext& context) {
//       return Codec<int64_t>::encode(money.cents, context);
//     }
//     static bool decode(const ValueView& value, Money& money, DecodeContext& context) {
//       return Codec<int64_t>::decode(value, money.cents, context);
//     }
//   };
//
// Both answer false after adding a problem with context.fail(). encode() writes exactly one value;
// fail() does so too. A codec may also have `static bool is_absent(const M&)`: such values are not
// stored.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "odm/problems.h"
#include "storage/clock.h"
#include "storage/encoding/item_encoding.h"
#include "storage/value/attribute_type.h"

namespace dynolith::odm {

using storage::AttributeType;
using storage::EncodedValue;
using storage::ItemEncoder;
using storage::ValueView;

class Schema;
class SelectedParts;
struct DynamicType;

namespace internal {
const SelectedParts* parts_of_element(const SelectedParts& parts);
const SelectedParts* parts_of_member(const SelectedParts& parts, std::string_view name);
}  // namespace internal

struct EncodeContext {
  ItemEncoder& out;
  Problems& problems;
  const PathFrame* at = nullptr;
  int depth = 0;  // Of documents around the value.

  // Writes NULL in place of the value, so that the walk can go on to other problems; the item that
  // comes of it is not used.
  bool fail(std::string message) {
    problems.add(at, std::move(message));
    out.null();
    return false;
  }
};

struct DecodeContext {
  Problems& problems;
  const PathFrame* at = nullptr;
  // What was read of the value (selection.h); null: the whole.
  const SelectedParts* parts = nullptr;

  // Of what is inside.
  DecodeContext element(const PathFrame* frame) const {
    return {problems, frame, parts == nullptr ? nullptr : internal::parts_of_element(*parts)};
  }
  DecodeContext member(std::string_view name, const PathFrame* frame) const {
    return {problems, frame, parts == nullptr ? nullptr : internal::parts_of_member(*parts, name)};
  }

  bool fail(std::string message) {
    problems.add(at, std::move(message));
    return false;
  }
  // "is S, not a number".
  bool wrong_type(const ValueView& value, std::string_view expected);
};

// What values that are filled in are made of.
struct PrepareContext {
  int64_t now_ms = 0;
  storage::IdSource& ids;
  Problems& problems;
  const PathFrame* at = nullptr;
};

template <class M, class = void>
struct Codec {
  static constexpr bool kIsMissing = true;
};

template <class M>
concept Codable = !requires {
  Codec<M>::kIsMissing;
};

// What a type means beyond its attribute type; for descriptions and for what options fit.
enum class Meaning : uint8_t { kPlain, kInteger, kReal, kEnumeration, kTime, kDocument, kAny };

class ValueCodec;

// What else a codec tells of its type, for descriptions of schemas.
struct CodecDetails {
  bool is_optional = false;                          // NULL is read as absent.
  std::vector<const ValueCodec*> alternatives = {};  // Of variants.
  std::vector<std::string_view> enumerators = {};    // Names; of enumerations.
  std::string_view time_form = {};            // Of times: "milliseconds", "seconds" or "iso".
  const DynamicType* dynamic_type = nullptr;  // Of attributes of dynamic schemas: all of it.
};

// One C++ type (or one type of a dynamic schema) as the erased core handles it. Immutable.
class ValueCodec {
 public:
  virtual ~ValueCodec() = default;

  virtual bool is_absent(const void* value) const = 0;
  // Whether a value of the type can be absent; false promises that none is.
  virtual bool can_be_absent() const { return true; }
  // Needs: !is_absent(value).
  virtual bool encode(const void* value, EncodeContext& context) const = 0;
  virtual bool decode(const ValueView& stored, void* value, DecodeContext& context) const = 0;
  virtual void reset(void* value) const = 0;             // To absent, or the type's initial value.
  virtual bool is_initial(const void* value) const = 0;  // As reset() leaves it.
  // Fills in, in structures inside the value, what they generate; runs their setters.
  virtual void prepare(void* value, PrepareContext& context) const = 0;
  // Runs getters of structures inside the value.
  virtual void finish(void* value) const = 0;

  // Of times, also optional ones: set_time gives false for other types, and for a moment that the
  // type cannot hold; time_of, nothing for other types.
  virtual bool set_time(void* value, int64_t ms) const = 0;
  virtual std::optional<int64_t> time_of(const void* value) const = 0;

  // The text of strings, read in place; nothing for other types and forms.
  virtual std::optional<std::string_view> text_of(const void*) const { return std::nullopt; }

  virtual AttributeType type() const = 0;  // Of variants: of their first alternative.
  virtual Meaning meaning() const = 0;
  // Of the document that the value is (or that its elements are: element()). Null: none.
  virtual const Schema* schema() const = 0;
  virtual const ValueCodec* element() const = 0;  // Of lists, maps and sets. Null: none.
  // Of variants: the alternative that a stored value is of, if it may hold rules of its own.
  virtual const ValueCodec* chosen(const ValueView&) const { return nullptr; }
  virtual CodecDetails details() const { return {}; }
};

// The erased form of Codec<M>; lives for ever.
template <class M>
const ValueCodec& codec_of();

// Encodes one value alone, for operands. Problems are reported at `at`.
EncodedValue encode_alone(const ValueCodec& codec, const void* value, Problems& problems,
                          const PathFrame* at = nullptr);

// --- From here on: the erasure.

template <class M>
class TypedCodec final : public ValueCodec {
  static const M& of(const void* value) { return *static_cast<const M*>(value); }
  static M& of(void* value) { return *static_cast<M*>(value); }

 public:
  bool is_absent(const void* value) const override {
    if constexpr (requires { Codec<M>::is_absent(of(value)); })
      return Codec<M>::is_absent(of(value));
    else
      return false;
  }
  bool can_be_absent() const override {
    return requires(const M& value) { Codec<M>::is_absent(value); };
  }
  bool encode(const void* value, EncodeContext& context) const override {
    return Codec<M>::encode(of(value), context);
  }
  bool decode(const ValueView& stored, void* value, DecodeContext& context) const override {
    return Codec<M>::decode(stored, of(value), context);
  }
  void reset(void* value) const override { of(value) = M{}; }
  bool is_initial(const void* value) const override {
    if constexpr (std::is_arithmetic_v<M> || std::is_enum_v<M>)
      return of(value) == M{};
    else if constexpr (requires { Codec<M>::is_absent(of(value)); })
      return Codec<M>::is_absent(of(value));
    else if constexpr (requires { Codec<M>::time_of(of(value)); })
      return Codec<M>::time_of(of(value)) == 0;
    else if constexpr (requires { of(value).is_zero(); })
      return of(value).is_zero();
    else if constexpr (requires { of(value).empty(); })
      return of(value).empty();
    else if constexpr (requires { of(value).bytes.empty(); })  // Binary.
      return of(value).bytes.empty();
    else if constexpr (requires { of(value).count(); })  // Durations.
      return of(value).count() == 0;
    else
      return false;
  }
  void prepare(void* value, PrepareContext& context) const override {
    if constexpr (requires { Codec<M>::prepare(of(value), context); })
      Codec<M>::prepare(of(value), context);
  }
  void finish(void* value) const override {
    if constexpr (requires { Codec<M>::finish(of(value)); }) Codec<M>::finish(of(value));
  }
  bool set_time(void* value, int64_t ms) const override {
    if constexpr (requires { Codec<M>::set_time(of(value), ms); })
      return Codec<M>::set_time(of(value), ms);
    else
      return false;
  }
  std::optional<int64_t> time_of(const void* value) const override {
    if constexpr (requires { Codec<M>::time_of(of(value)); })
      return Codec<M>::time_of(of(value));
    else
      return std::nullopt;
  }
  std::optional<std::string_view> text_of([[maybe_unused]] const void* value) const override {
    if constexpr (std::is_same_v<M, std::string>)
      return of(value);
    else
      return std::nullopt;
  }
  AttributeType type() const override { return Codec<M>::kType; }
  Meaning meaning() const override {
    if constexpr (requires { Codec<M>::kMeaning; })
      return Codec<M>::kMeaning;
    else
      return Meaning::kPlain;
  }
  const Schema* schema() const override {
    if constexpr (requires { Codec<M>::schema(); })
      return Codec<M>::schema();
    else
      return nullptr;
  }
  const ValueCodec* element() const override {
    if constexpr (requires { Codec<M>::element(); })
      return Codec<M>::element();
    else
      return nullptr;
  }
  const ValueCodec* chosen(const ValueView& stored) const override {
    if constexpr (requires { Codec<M>::chosen(stored); })
      return Codec<M>::chosen(stored);
    else
      return nullptr;
  }
  CodecDetails details() const override {
    if constexpr (requires { Codec<M>::details(); })
      return Codec<M>::details();
    else
      return {};
  }
};

template <class M>
const ValueCodec& codec_of() {
  static_assert(Codable<M>,
                "this type cannot be stored: declare Model<M> for a structure, or Codec<M>");
  if constexpr (Codable<M>) {
    static const TypedCodec<M> codec;
    return codec;
  } else {
    return codec_of<bool>();
  }
}

}  // namespace dynolith::odm
