// What can be said of an attribute:
//
//   .attribute("age", &User::age, required(), range(0, 150))
//
// An option that does not fit the member's type does not compile; the message names it.
#pragma once

#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "odm/codecs.h"
#include "odm/schema.h"

namespace dynolith::odm {

namespace internal {

template <class M>
struct Unwrapped {
  using type = M;
};
template <class M>
struct Unwrapped<std::optional<M>> {
  using type = M;
};

void bad_model(Schema& schema, std::string message);

// Whether an integer member can hold the value as it is; true for other members.
template <class M, class V>
bool is_exact_literal(const V& value) {
  if constexpr (!std::is_integral_v<M> || !std::is_arithmetic_v<V> || std::is_same_v<M, bool> ||
                std::is_same_v<V, bool>) {
    return true;
  } else if constexpr (std::is_floating_point_v<V>) {
    constexpr V kEnd = static_cast<V>(std::numeric_limits<M>::max() / 2 + 1) * 2;
    return value < kEnd && value >= static_cast<V>(std::numeric_limits<M>::min()) &&
           static_cast<V>(static_cast<M>(value)) == value;
  } else {
    return static_cast<V>(static_cast<M>(value)) == value &&
           (value < V{}) == (static_cast<M>(value) < M{});
  }
}

}  // namespace internal

// The type without an optional around it.
template <class M>
using Unwrap = typename internal::Unwrapped<M>::type;

namespace internal {

// Encodes a value that a model declares (a default, a bound); a problem is one of the model.
template <class M, class V>
EncodedValue literal_of(const V& value, const ValueCodec& codec, Schema& schema,
                        const Attribute& attribute) {
  if (!is_exact_literal<Unwrap<M>>(value)) {
    bad_model(schema, attribute.name + ": a value of its declaration does not fit the member");
    return {};
  }
  const M member(value);
  Problems problems;
  EncodedValue encoded = encode_alone(codec, &member, problems);
  if (!problems.empty() && !schema.error)
    schema.error = make_error(ErrorCode::kBadModel, schema.model + "." + attribute.name +
                                                        ": a value of its declaration " +
                                                        problems.list().front().message);
  return encoded;
}

void add_check(Schema& schema, Attribute& attribute, Result<Check> check);
void add_check(Attribute& attribute, Check check);
void add_alias(Attribute& attribute, std::string_view name);
std::optional<Number> number_of_double(double value);  // Nothing: it cannot be stored.
Number number_of_unsigned(uint64_t value);

template <class V>
Number bound_of(const V& value) {
  if constexpr (std::is_integral_v<V> && std::is_unsigned_v<V> && sizeof(V) == 8)
    return number_of_unsigned(value);
  else if constexpr (std::is_integral_v<V>)
    return Number(static_cast<int64_t>(value));
  else
    return Number(value);
}

}  // namespace internal

template <class M>
inline constexpr bool kIsOptional = !std::is_same_v<Unwrap<M>, M>;

// An option is anything with apply<M>(attribute, schema).
#define DYNOLITH_ODM_FLAG(Type, function, statement)                   \
  struct Type {                                                        \
    template <class M>                                                 \
    void apply([[maybe_unused]] Attribute& attribute, Schema&) const { \
      statement;                                                       \
    }                                                                  \
  };                                                                   \
  inline constexpr Type function() { return {}; }

// An object without it is refused, and an item without it does not fit the model. Strings must
// not be empty.
DYNOLITH_ODM_FLAG(RequiredOption, required, attribute.required = true)
// Given at creation; what changes it later is refused.
DYNOLITH_ODM_FLAG(ReadOnlyOption, read_only, attribute.read_only = true)
// Left out of views that do not name it.
DYNOLITH_ODM_FLAG(HiddenOption, hidden, attribute.hidden = true)
// Shown as "***" in errors.
DYNOLITH_ODM_FLAG(MaskedOption, masked, attribute.masked = true)

struct NullableOption {
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    static_assert(kIsOptional<M>, "nullable() needs an optional member");
    attribute.nullable = true;
  }
};
// An empty optional is stored as NULL, not left out.
inline constexpr NullableOption nullable() { return {}; }

struct SavedAsOption {
  std::string_view name;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    attribute.stored_name = name;
  }
};
// The attribute's name in the item, if it is not the model's.
inline constexpr SavedAsOption saved_as(std::string_view name) { return {name}; }

struct AliasOption {
  std::string_view name;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    internal::add_alias(attribute, name);
  }
};
// Another name that the attribute answers to.
inline constexpr AliasOption alias(std::string_view name) { return {name}; }

template <class V>
struct DefaultValueOption {
  V value;
  template <class M>
  void apply(Attribute& attribute, Schema& schema) const {
    if constexpr (std::is_invocable_v<V>) {
      static_assert(std::is_convertible_v<std::invoke_result_t<V>, M>,
                    "default_value(): the function's result does not fit the member");
      if constexpr (std::is_convertible_v<std::invoke_result_t<V>, M>) {
        attribute.default_value.kind = Source::Kind::kCall;
        attribute.default_value.call = [make = value](void* member) {
          *static_cast<M*>(member) = make();
        };
      }
    } else {
      static_assert(std::is_convertible_v<V, M>, "default_value() does not fit the member");
      if constexpr (std::is_convertible_v<V, M>) {
        attribute.default_value.kind = Source::Kind::kLiteral;
        attribute.default_value.literal =
            internal::literal_of<M>(value, *attribute.codec, schema, attribute);
      }
    }
  }
};
// A value, or a function that makes one, for what is absent (an empty optional, an attribute that
// a stored item lacks).
template <class V>
DefaultValueOption<std::decay_t<V>> default_value(V&& value) {
  return {std::forward<V>(value)};
}

template <Source::Kind Kind>
struct GeneratedTextOption {
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    static_assert(std::is_same_v<Unwrap<M>, std::string>, "uuid() and ulid() need a string member");
    attribute.generated.kind = Kind;
  }
};
// A random UUID, or a ULID (sorts by time), if the member is empty at creation: create, put,
// upsert. A save leaves it as it is; of a document inside, every write may be the first.
inline constexpr GeneratedTextOption<Source::Kind::kUuid> uuid() { return {}; }
inline constexpr GeneratedTextOption<Source::Kind::kUlid> ulid() { return {}; }

template <class F>
struct GeneratedOption {
  F make;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    static_assert(std::is_convertible_v<std::invoke_result_t<F>, M>,
                  "generated(): the function's result does not fit the member");
    attribute.generated.kind = Source::Kind::kCall;
    attribute.generated.call = [make = make](void* member) { *static_cast<M*>(member) = make(); };
  }
};
// What `make` gives, if the member has its initial value at creation, as uuid().
template <class F>
GeneratedOption<F> generated(F make) {
  return {std::move(make)};
}

template <class V>
struct OneOfOption {
  std::vector<V> values;
  template <class M>
  void apply(Attribute& attribute, Schema& schema) const {
    static_assert(std::is_convertible_v<V, M>, "one_of() does not fit the member");
    if constexpr (std::is_convertible_v<V, M>) {
      std::vector<EncodedValue> encoded;
      for (const V& value : values)
        encoded.push_back(internal::literal_of<M>(value, *attribute.codec, schema, attribute));
      internal::add_check(attribute, one_of_check(std::move(encoded)));
    }
  }
};
template <class V>
OneOfOption<V> one_of(std::initializer_list<V> values) {
  return {std::vector<V>(values)};
}

template <class V>
struct RangeOption {
  std::optional<V> low, high;
  template <class M>
  void apply(Attribute& attribute, Schema& schema) const {
    static_assert(Codec<Unwrap<M>>::kType == AttributeType::kNumber,
                  "range(), at_least() and at_most() need a number or a time");
    const std::optional<Number> least = number_of(low, attribute, schema);
    const std::optional<Number> most = number_of(high, attribute, schema);
    if (least && most && *most < *least)
      internal::bad_model(schema, attribute.name + ": its range holds nothing");
    internal::add_check(attribute, range_check(least, most));
  }

 private:
  static std::optional<Number> number_of(const std::optional<V>& bound, const Attribute& attribute,
                                         Schema& schema) {
    if (!bound) return std::nullopt;
    if constexpr (std::is_floating_point_v<V>) {
      const auto number = internal::number_of_double(static_cast<double>(*bound));
      if (!number)
        internal::bad_model(schema, attribute.name + ": a bound is no number that can be stored");
      return number;
    } else {
      return internal::bound_of(*bound);
    }
  }
};
// Both ends included. Of times: as stored.
template <class V>
RangeOption<V> range(V low, V high) {
  return {low, high};
}
template <class V>
RangeOption<V> at_least(V low) {
  return {low, std::nullopt};
}
template <class V>
RangeOption<V> at_most(V high) {
  return {std::nullopt, high};
}

struct LengthOption {
  size_t low;
  std::optional<size_t> high;
  template <class M>
  void apply(Attribute& attribute, Schema& schema) const {
    constexpr AttributeType kType = Codec<Unwrap<M>>::kType;
    static_assert(kType != AttributeType::kNumber && kType != AttributeType::kBoolean,
                  "length() needs a string, binary, list, map or set");
    if (high && *high < low)
      internal::bad_model(schema, attribute.name + ": no length is within its limits");
    internal::add_check(attribute, length_check(low, high));
  }
};
// Characters of a string, bytes of binary, elements of lists, maps and sets; both ends included.
inline LengthOption length(size_t low, std::optional<size_t> high = {}) { return {low, high}; }

struct MatchesOption {
  std::string pattern;
  template <class M>
  void apply(Attribute& attribute, Schema& schema) const {
    static_assert(Codec<Unwrap<M>>::kType == AttributeType::kString, "matches() needs a string");
    internal::add_check(schema, attribute, pattern_check(pattern));
  }
};
// A regular expression (RE2's syntax) that matches somewhere in the string.
inline MatchesOption matches(std::string pattern) { return {std::move(pattern)}; }

template <class F>
struct CheckOption {
  F holds;
  std::string message;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    static_assert(std::is_invocable_r_v<bool, F, const Unwrap<M>&>,
                  "check(): the function does not take the member's type");
    if constexpr (std::is_invocable_r_v<bool, F, const Unwrap<M>&>) {
      auto rule = [holds = holds, codec = attribute.codec](const ValueView& stored) -> bool {
        M member{};
        Problems problems;
        DecodeContext context{problems};
        if (!codec->decode(stored, &member, context)) return false;
        if constexpr (kIsOptional<M>)
          return !member || holds(*member);
        else
          return holds(member);
      };
      internal::add_check(attribute, custom_check(std::move(rule), message));
    }
  }
};
template <class F>
CheckOption<F> check(F holds, std::string message) {
  return {std::move(holds), std::move(message)};
}

template <class F, bool IsSetter>
struct AccessorOption {
  F change;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    using Held = Unwrap<M>;
    static_assert(
        std::is_invocable_v<F, Held> && std::is_convertible_v<std::invoke_result_t<F, Held>, Held>,
        "on_set() and on_get() take the member's type and give it back");
    auto& target = IsSetter ? attribute.on_set : attribute.on_get;
    // Several follow one another.
    target = [change = change, before = std::move(target)](void* member) {
      if (before) before(member);
      M& value = *static_cast<M*>(member);
      if constexpr (kIsOptional<M>) {
        if (value) *value = change(std::move(*value));
      } else {
        value = change(std::move(value));
      }
    };
  }
};
// Changes the value before it is checked and stored; idempotent, or saves change it again.
template <class F>
AccessorOption<F, true> on_set(F change) {
  return {std::move(change)};
}
// Changes the value after it was read.
template <class F>
AccessorOption<F, false> on_get(F change) {
  return {std::move(change)};
}

namespace internal {
std::string trim(std::string text);
std::string lower_case(std::string text);
}  // namespace internal
inline auto trimmed() { return on_set(&internal::trim); }
inline auto lower() { return on_set(&internal::lower_case); }

struct TimeFormOption {
  TimeForm form;
  template <class M>
  void apply(Attribute& attribute, Schema& schema) const {
    static_assert(
        requires(Unwrap<M> & value) { Codec<Unwrap<M>>::set_time(value, int64_t{}); },
        "seconds(), milliseconds() and iso() need a time");
    bool has_values = attribute.default_value.kind == Source::Kind::kLiteral;
    for (const Check& check : attribute.checks) has_values = has_values || !is_range_check(check);
    if (has_values)
      internal::bad_model(schema, attribute.name + ": say its form before options with values");
    attribute.own_codec = time_codec(*attribute.declared_codec, form);
    attribute.codec = attribute.own_codec.get();
  }
};
// How a time is stored. Say it before options with values (default_value).
inline constexpr TimeFormOption milliseconds() { return {TimeForm::kMilliseconds}; }
inline constexpr TimeFormOption seconds() { return {TimeForm::kSeconds}; }
inline constexpr TimeFormOption iso() { return {TimeForm::kIso}; }

struct CounterOption {
  int64_t start, step;
  template <class M>
  void apply(Attribute& attribute, Schema&) const {
    static_assert(std::is_integral_v<Unwrap<M>> && !std::is_same_v<Unwrap<M>, bool>,
                  "counter() needs an integer");
    attribute.role = AttributeRole::kCounter;
    attribute.read_only = true;
    attribute.counter_start = start;
    attribute.counter_step = step;
  }
};
// Counts writes of the item: `start` at creation, `step` more with every later write. A put begins
// at `start` if nothing says that the object was written before: no version or creation time (of
// models that have them), and no count.
inline constexpr CounterOption counter(int64_t start = 0, int64_t step = 1) {
  return {start, step};
}

#undef DYNOLITH_ODM_FLAG

}  // namespace dynolith::odm
