// Queries: the items of one partition, of the table or an index, in the order of their sort key.
//
//   users.query("acme")                                      all of a partition
//   orders.query("acme", "2026-01")                          and leading members of the sort key
//   orders.query("acme").sort(between("2026-01", "2026-03"))  a condition on its next member
//   users.query(by_email, "a@b.c").one()                     an index
//   users.find().where(f(&User::email) == "a@b.c")           the index is chosen
//
// Members are given as the model's types; where key attributes are composed of members, the mapper
// finds the keys to read (sort_condition.h).
#pragma once

#include <string>
#include <tuple>
#include <type_traits>

#include "odm/field.h"
#include "odm/range_front.h"

namespace dynolith::odm {

// --- Conditions of .sort().

template <class V>
struct SortOperand {
  storage::KeyOperator op;
  V value;
  std::optional<V> second = {};
};

namespace internal {

template <class V>
using Held = std::conditional_t<std::is_convertible_v<V, std::string>, std::string, V>;

}  // namespace internal

template <class V>
SortOperand<internal::Held<V>> eq(V value) {
  return {storage::KeyOperator::kEqual, std::move(value)};
}
template <class V>
SortOperand<internal::Held<V>> lt(V value) {
  return {storage::KeyOperator::kLess, std::move(value)};
}
template <class V>
SortOperand<internal::Held<V>> le(V value) {
  return {storage::KeyOperator::kLessOrEqual, std::move(value)};
}
template <class V>
SortOperand<internal::Held<V>> gt(V value) {
  return {storage::KeyOperator::kGreater, std::move(value)};
}
template <class V>
SortOperand<internal::Held<V>> ge(V value) {
  return {storage::KeyOperator::kGreaterOrEqual, std::move(value)};
}
// Both ends included.
template <class V, class W>
SortOperand<std::common_type_t<internal::Held<V>, internal::Held<W>>> between(V low, W high) {
  using Both = std::common_type_t<internal::Held<V>, internal::Held<W>>;
  return {storage::KeyOperator::kBetween, Both(std::move(low)), Both(std::move(high))};
}
// Of text and binary.
template <class V>
SortOperand<internal::Held<V>> begins_with(V prefix) {
  return {storage::KeyOperator::kBeginsWith, std::move(prefix)};
}

namespace internal {

// Through the attribute's setter and codec if the operand is of its type; numbers of another type
// as they are, so that nothing is cut off. Whether it fits is checked with the key.
Result<EncodedValue> sort_operand(const Attribute& attribute, const ValueCodec& codec, void* value,
                                  bool is_of_attribute);

template <class V>
Result<EncodedValue> encode_sort_operand(const Attribute& attribute, V value) {
  if (attribute.declared_codec == &codec_of<std::optional<V>>()) {
    std::optional<V> member(std::move(value));
    return sort_operand(attribute, *attribute.codec, &member, true);
  }
  const bool same = attribute.declared_codec == &codec_of<V>();
  return sort_operand(attribute, same ? *attribute.codec : codec_of<V>(), &value, same);
}

// The member behind those that a call gives; void: none. Types: a tuple.
template <class Types, size_t Given, class = void>
struct NextMember {
  using type = void;
};
template <class Types, size_t Given>
struct NextMember<Types, Given, std::enable_if_t<(Given < std::tuple_size_v<Types>)>> {
  using type = std::tuple_element_t<Given, Types>;
};

}  // namespace internal

// Next: the type of the member that sort() is on; void: known only at run time.
template <class T, class Next = void>
class Query : public RangeFront<Query<T, Next>, T> {
  using Self = Query;
  using Base = RangeFront<Query, T>;

 public:
  // `index` null: the table. `given`: the members of the partition key, then leading ones of the
  // sort key.
  Query(EntityCore entity, const IndexSchema* index, Result<std::vector<MemberValue>> given)
      : Base(RangeCore(std::move(entity), RangeCore::Kind::kQuery)) {
    this->core_.index = index;
    if (given)
      this->core_.given = std::move(given).value();
    else
      this->core_.fail(std::move(given).error());
  }

  // A condition on the first member of the sort key that is not given: eq, lt, le, gt, ge, between,
  // begins_with. The last one counts.
  template <class V>
  Query& sort(SortOperand<V> condition) & {
    set_sort(std::move(condition));
    return *this;
  }
  template <class V>
  Query sort(SortOperand<V> condition) && {
    set_sort(std::move(condition));
    return std::move(*this);
  }
  // From the greatest sort key down.
  DYNOLITH_ODM_STEP(reverse(bool on = true), this->core_.forward = !on)

 private:
  template <class V>
  void set_sort(SortOperand<V> condition) {
    if constexpr (!std::is_void_v<Next>)
      static_assert(internal::kFits<V, Next>,
                    "sort(): the next member of the key has another type");
    const Result<const Attribute*> member = this->core_.sort_member();
    if (!member) return this->core_.fail(member.error());
    SortCondition added{condition.op, {}, {}};
    Result<EncodedValue> value =
        internal::encode_sort_operand(**member, std::move(condition.value));
    if (!value) return this->core_.fail(std::move(value).error());
    added.value = std::move(value).value();
    if (condition.second) {
      Result<EncodedValue> second =
          internal::encode_sort_operand(**member, std::move(*condition.second));
      if (!second) return this->core_.fail(std::move(second).error());
      added.second = std::move(second).value();
    }
    this->core_.sort = std::move(added);
  }
};

// A query whose index is chosen by what where() says: index_choice.h.
template <class T>
class Search : public RangeFront<Search<T>, T> {
  using Self = Search;
  using Base = RangeFront<Search, T>;

 public:
  explicit Search(EntityCore entity)
      : Base(RangeCore(std::move(entity), RangeCore::Kind::kSearch)) {}

  DYNOLITH_ODM_STEP(reverse(bool on = true), this->core_.forward = !on)
  // If no index answers the condition, the whole table is read; without it that is an error.
  DYNOLITH_ODM_STEP(allow_scan(bool on = true), this->core_.allow_scan = on)
};

}  // namespace dynolith::odm
