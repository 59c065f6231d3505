// Conditions on the items of a model, typed:
//
//   f(&User::age) < 40 && exists(&User::email)
//   !(f(&User::tags).size() > 3 || contains(&User::tags, "x"))
//   between(f(&User::age), 18, 65), in(f(&User::role), {AttributeRole::kAdmin,
//   AttributeRole::kOwner}) f(&User::spent) > f(&User::limit)
//
// Comparing with a value of another type does not compile, nor do conditions of two models in one.
// A Condition<T> is a value: copy it, keep it, use it often.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "odm/connection/request.h"
#include "odm/field.h"
#include "storage/expression/operators.h"

namespace dynolith::odm {

// A condition without its model. Empty: none, always true. Trees are shared and immutable.
struct ConditionCore {
  ConditionPtr tree = {};
  std::optional<Error> error = {};  // Of a field or an operand: every use answers it.

  bool is_empty() const { return tree == nullptr && !error; }
};

// Deep copies, for trees that own their children.
storage::Condition clone(const storage::Condition& condition);
// Both; an empty one does not matter.
ConditionCore both(ConditionCore a, ConditionCore b);
ConditionCore either(ConditionCore a, ConditionCore b);
ConditionCore negate(ConditionCore inner);
// A tree as it is; names in it are those of items. One that the service would refuse as such is an
// error (kBadRequest) of the condition.
ConditionCore condition_of(storage::Condition&& tree);

// Which parts of a condition that is false for `item` are to blame: the innermost clauses that
// would have to change. Names as the model says.
std::vector<FailedClause> explain(const Schema& schema, const storage::Condition& condition,
                                  const storage::ItemView& item);

template <class T>
class Condition {
 public:
  Condition() = default;  // None.
  explicit Condition(ConditionCore core) : core_(std::move(core)) {}
  // Never: named here so that the compiler says what is wrong.
  template <class U>
  Condition(const Condition<U>&) {  // NOLINT
    static_assert(std::is_same_v<U, T>, "a condition on another model's items");
  }
  const ConditionCore& core() const { return core_; }

 private:
  ConditionCore core_;
};

template <class T>
Condition<T> operator&&(const Condition<T>& a, const Condition<T>& b) {
  return Condition<T>(both(a.core(), b.core()));
}
template <class T>
Condition<T> operator||(const Condition<T>& a, const Condition<T>& b) {
  return Condition<T>(either(a.core(), b.core()));
}
template <class T, class U>
Condition<T> operator&&(const Condition<T>& a, const Condition<U>&) {
  static_assert(std::is_same_v<T, U>, "conditions on two models are put together");
  return a;
}
template <class T, class U>
Condition<T> operator||(const Condition<T>& a, const Condition<U>&) {
  static_assert(std::is_same_v<T, U>, "conditions on two models are put together");
  return a;
}
template <class T>
Condition<T> operator!(const Condition<T>& inner) {
  return Condition<T>(negate(inner.core()));
}

// What the functions below cannot say, as a tree of the storage engine's: include
// "storage/expression/condition.h" to make one.
template <class T>
Condition<T> raw(storage::Condition&& tree) {
  return Condition<T>(condition_of(std::move(tree)));
}

namespace internal {

using storage::Comparator;

// size(x) stands where a field stands in comparisons.
enum class OperandKind : uint8_t { kField, kSize };

ConditionCore compare(const FieldCore& left, OperandKind kind, Comparator comparator,
                      Result<EncodedValue> right);
ConditionCore compare(const FieldCore& left, OperandKind kind, Comparator comparator,
                      const FieldCore& right, OperandKind right_kind);
ConditionCore between_values(const FieldCore& field, Result<EncodedValue> low,
                             Result<EncodedValue> high);
ConditionCore in_values(const FieldCore& field, std::vector<Result<EncodedValue>> values);
ConditionCore exists_at(const FieldCore& field);
ConditionCore absent_at(const FieldCore& field);
ConditionCore type_at(const FieldCore& field, AttributeType type);
ConditionCore begins_at(const FieldCore& field, Result<EncodedValue> prefix);
ConditionCore contains_at(const FieldCore& field, Result<EncodedValue> value);
Result<EncodedValue> number_operand(int64_t value);

template <class T, class M, class V>
Condition<T> compare_value(const Field<T, M>& field, Comparator comparator, const V& value) {
  static_assert(kFits<V, M>, "an attribute is compared with a value of another type");
  if constexpr (kFits<V, M>)
    return Condition<T>(compare(field.core(), OperandKind::kField, comparator,
                                encode_operand<M>(field.core(), value)));
  else
    return {};
}

template <class T, class M, class N>
Condition<T> compare_fields(const Field<T, M>& left, Comparator comparator,
                            const Field<T, N>& right) {
  static_assert(
      std::is_same_v<Unwrap<M>, Unwrap<N>> || (kIsNumber<Unwrap<M>> && kIsNumber<Unwrap<N>>),
      "two attributes of different types are compared");
  return Condition<T>(
      compare(left.core(), OperandKind::kField, comparator, right.core(), OperandKind::kField));
}

}  // namespace internal

#define DYNOLITH_ODM_COMPARISON(op, comparator)                                    \
  template <class T, class M, class V>                                             \
  Condition<T> operator op(const Field<T, M>& field, const V& value) {             \
    return internal::compare_value(field, storage::Comparator::comparator, value); \
  }                                                                                \
  template <class T, class M, class N>                                             \
  Condition<T> operator op(const Field<T, M>& left, const Field<T, N>& right) {    \
    return internal::compare_fields(left, storage::Comparator::comparator, right); \
  }                                                                                \
  template <class T>                                                               \
  Condition<T> operator op(const SizeOfField<T>& size, int64_t value) {            \
    return Condition<T>(internal::compare(size.core, internal::OperandKind::kSize, \
                                          storage::Comparator::comparator,         \
                                          internal::number_operand(value)));       \
  }

// The size of a string, binary, set, list or map, to be compared with a number: size(f(&T::tags)).
template <class T>
struct SizeOfField {
  FieldCore core;
};
template <class T, class M>
SizeOfField<T> size(const Field<T, M>& field) {
  static_assert(!internal::kIsNumber<Unwrap<M>> && !std::is_same_v<Unwrap<M>, bool>,
                "size() needs a string, binary, set, list or map");
  return {field.core()};
}

DYNOLITH_ODM_COMPARISON(==, kEqual)
DYNOLITH_ODM_COMPARISON(!=, kNotEqual)
DYNOLITH_ODM_COMPARISON(<, kLess)
DYNOLITH_ODM_COMPARISON(<=, kLessOrEqual)
DYNOLITH_ODM_COMPARISON(>, kGreater)
DYNOLITH_ODM_COMPARISON(>=, kGreaterOrEqual)
#undef DYNOLITH_ODM_COMPARISON

// Both ends included.
template <class T, class M, class V, class W>
Condition<T> between(const Field<T, M>& field, const V& low, const W& high) {
  static_assert(internal::kFits<V, M> && internal::kFits<W, M>,
                "an attribute is compared with a value of another type");
  return Condition<T>(internal::between_values(field.core(),
                                               internal::encode_operand<M>(field.core(), low),
                                               internal::encode_operand<M>(field.core(), high)));
}

// One of at most 100 values.
template <class T, class M, class V>
Condition<T> in(const Field<T, M>& field, const std::vector<V>& values) {
  static_assert(internal::kFits<V, M>, "an attribute is compared with a value of another type");
  std::vector<Result<EncodedValue>> operands;
  for (const V& value : values)
    operands.push_back(internal::encode_operand<M>(field.core(), value));
  return Condition<T>(internal::in_values(field.core(), std::move(operands)));
}
template <class T, class M, class V>
Condition<T> in(const Field<T, M>& field, std::initializer_list<V> values) {
  return in(field, std::vector<V>(values));
}

template <class T, class M>
Condition<T> exists(const Field<T, M>& field) {
  return Condition<T>(internal::exists_at(field.core()));
}
template <class T, class M>
Condition<T> absent(const Field<T, M>& field) {
  return Condition<T>(internal::absent_at(field.core()));
}
template <class M, class B>
Condition<B> exists(M B::*member) {
  return exists(f(member));
}
template <class M, class B>
Condition<B> absent(M B::*member) {
  return absent(f(member));
}

template <class T, class M>
Condition<T> type_is(const Field<T, M>& field, AttributeType type) {
  return Condition<T>(internal::type_at(field.core(), type));
}

// Of strings and binary values.
template <class T, class M, class V>
Condition<T> begins_with(const Field<T, M>& field, const V& prefix) {
  static_assert(Codec<Unwrap<M>>::kType == AttributeType::kString ||
                    Codec<Unwrap<M>>::kType == AttributeType::kBinary,
                "begins_with() needs a string or binary");
  static_assert(internal::kFits<V, M>, "an attribute is compared with a value of another type");
  return Condition<T>(
      internal::begins_at(field.core(), internal::encode_operand<M>(field.core(), prefix)));
}

// A part of a string, a member of a set, an element of a list.
template <class T, class M, class V>
Condition<T> contains(const Field<T, M>& field, const V& value) {
  using Held = Unwrap<M>;
  if constexpr (internal::SetLike<M>) {
    using Member = typename Held::value_type;
    static_assert(internal::kFits<V, Member>, "contains(): the set has members of another type");
    FieldCore plain;
    return Condition<T>(
        internal::contains_at(field.core(), internal::encode_operand<Member>(plain, value)));
  } else if constexpr (internal::ListLike<M>) {
    using Element = typename Held::value_type;
    static_assert(internal::kFits<V, Element>, "contains(): the list has elements of another type");
    FieldCore plain;
    return Condition<T>(
        internal::contains_at(field.core(), internal::encode_operand<Element>(plain, value)));
  } else {
    static_assert(std::is_same_v<Held, std::string> && std::is_convertible_v<V, std::string>,
                  "contains() needs a string, set or list");
    return Condition<T>(
        internal::contains_at(field.core(), internal::encode_operand<M>(field.core(), value)));
  }
}
template <class M, class B, class V>
Condition<B> contains(M B::*member, const V& value) {
  return contains(f(member), value);
}

}  // namespace dynolith::odm
