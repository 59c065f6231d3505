// Changes one item without reading it first.
//
//   users.update("acme", id).set(&User::age, 42).add(&User::visits, 1).exec()
//   users.upsert("acme", id).set(&User::email, "a@b.c")
//       .set(f(&User::home) / &Place::zip, 3000).append(&User::lines, Line{...})
//       .remove(&User::nick).when(f(&User::age) < 42).exec()
//
// update() needs the item to be there (kNotFound), upsert() creates it if it is not: then required
// attributes must be given or have defaults. An item of another entity stays as it is
// (kOtherEntity). A change whose value does not fit its member does not
// compile.
//
// Threads: values, one thread at a time.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "odm/update_core.h"

namespace dynolith::odm {

// Another attribute, or one more or less a number: what set() assigns.
template <class T, class M>
struct Computed {
  FieldCore from;
  storage::Arithmetic arithmetic;
  Result<EncodedValue> operand;
};

namespace internal {

template <class T, class M, class V>
Computed<T, M> computed(const Field<T, M>& field, storage::Arithmetic arithmetic, const V& value) {
  static_assert(kIsNumber<Unwrap<M>> && kIsNumber<V>, "+ and - need a number on both sides");
  V copy = value;
  FieldCore plain;
  return {field.core(), arithmetic, operand_of(plain, codec_of<V>(), &copy)};
}

template <class M>
inline constexpr bool kMayBeAbsent = kIsOptional<M> || ListLike<M> || SetLike<M> || MapLike<M> ||
                                     std::is_constructible_v<M, std::nullptr_t>;

// Whether set() may give a V to an M; integers are looked at when they are there.
template <class V, class M>
inline constexpr bool kAssigns = std::is_convertible_v<V, M> &&
                                 (kFits<V, M> || std::is_same_v<V, M> ||
                                  (kIsOptional<M> && std::is_same_v<V, std::nullopt_t>)) &&
                                 !(std::is_floating_point_v<V> && std::is_integral_v<Unwrap<M>>);
template <class V, class M>
inline constexpr bool kAssignsNumber =
    std::is_same_v<Unwrap<M>, Number>&& std::is_integral_v<V> && !std::is_same_v<V, bool>;

}  // namespace internal

template <class T, class M, class V>
Computed<T, M> operator+(const Field<T, M>& field, const V& value) {
  return internal::computed(field, storage::Arithmetic::kAdd, value);
}
template <class T, class M, class V>
Computed<T, M> operator-(const Field<T, M>& field, const V& value) {
  return internal::computed(field, storage::Arithmetic::kSubtract, value);
}

template <class T>
class Update {
 public:
  Update(EntityCore entity, Result<EncodedItem> key, Result<std::vector<MemberValue>> key_members,
         UpdateMode mode)
      : core_(std::move(entity), std::move(key), std::move(key_members), mode,
              []() -> std::shared_ptr<void> { return std::make_shared<T>(); }) {}

  const UpdateCore& core() const { return core_; }

  // --- Values. An empty optional or set removes the attribute.

  template <class M, class V>
  Update& set(const Field<T, M>& field, const V& value) {
    with_value<M>(field.core(), value, [&](M* member) { core_.set(field.core(), member); });
    return *this;
  }
  template <class M, class B, class V>
  Update& set(M B::*member, const V& value) {
    return set(place(member), value);
  }
  // Unless the item has one.
  template <class M, class V>
  Update& set_if_absent(const Field<T, M>& field, const V& value) {
    with_value<M>(field.core(), value,
                  [&](M* member) { core_.set_if_absent(field.core(), member); });
    return *this;
  }
  template <class M, class B, class V>
  Update& set_if_absent(M B::*member, const V& value) {
    return set_if_absent(place(member), value);
  }
  // What another attribute held before the update.
  template <class M, class N>
  Update& set(const Field<T, M>& field, const Field<T, N>& from) {
    static_assert(std::is_same_v<Unwrap<M>, Unwrap<N>>, "set(): the attributes have other types");
    core_.copy(field.core(), from.core());
    return *this;
  }
  template <class M, class N>
  Update& set(const Field<T, M>& field, const Computed<T, N>& value) {
    static_assert(internal::kIsNumber<Unwrap<M>>, "set(): the result is a number");
    core_.compute(field.core(), value.from, value.arithmetic, value.operand);
    return *this;
  }

  // --- Numbers, counted from 0 if absent, and members of sets.

  template <class M, class V>
  Update& add(const Field<T, M>& field, const V& value) {
    with_operand<M>(field.core(), value, [&](const ValueCodec& codec, const void* operand) {
      core_.add(field.core(), codec, operand);
    });
    return *this;
  }
  template <class M, class B, class V>
  Update& add(M B::*member, const V& value) {
    return add(place(member), value);
  }
  template <class M, class B, class V>
  Update& add(M B::*member, std::initializer_list<V> values) {
    if (!hold<M>(place(member).core(), values)) return *this;
    return add(place(member), set_of<M>(values));
  }
  template <class M, class V>
  Update& subtract(const Field<T, M>& field, const V& value) {
    static_assert(internal::kIsNumber<Unwrap<M>>, "subtract() needs a number; sets: erase()");
    with_operand<M>(field.core(), value, [&](const ValueCodec& codec, const void* operand) {
      core_.subtract(field.core(), codec, operand);
    });
    return *this;
  }
  template <class M, class B, class V>
  Update& subtract(M B::*member, const V& value) {
    return subtract(place(member), value);
  }
  // Members out of a set; one that becomes empty is absent.
  template <class M, class V>
  Update& erase(const Field<T, M>& field, const V& value) {
    static_assert(internal::SetLike<M>, "erase() needs a set");
    with_operand<M>(field.core(), value, [&](const ValueCodec& codec, const void* operand) {
      core_.erase(field.core(), codec, operand);
    });
    return *this;
  }
  template <class M, class B, class V>
  Update& erase(M B::*member, const V& value) {
    return erase(place(member), value);
  }
  template <class M, class B, class V>
  Update& erase(M B::*member, std::initializer_list<V> values) {
    if (!hold<M>(place(member).core(), values)) return *this;
    return erase(place(member), set_of<M>(values));
  }

  // --- Elements of lists: one, or a vector of them.

  template <class M, class V>
  Update& append(const Field<T, M>& field, const V& value) {
    with_elements<M>(field.core(), value, [&](const ValueCodec& codec, void* elements) {
      core_.append(field.core(), codec, elements);
    });
    return *this;
  }
  template <class M, class B, class V>
  Update& append(M B::*member, const V& value) {
    return append(place(member), value);
  }
  template <class M, class V>
  Update& prepend(const Field<T, M>& field, const V& value) {
    with_elements<M>(field.core(), value, [&](const ValueCodec& codec, void* elements) {
      core_.prepend(field.core(), codec, elements);
    });
    return *this;
  }
  template <class M, class B, class V>
  Update& prepend(M B::*member, const V& value) {
    return prepend(place(member), value);
  }

  template <class M, class B>
  Update& remove(M B::*member) {
    static_assert(internal::kMayBeAbsent<M>,
                  "remove() needs an optional member, a set, a list or a map");
    return remove(place(member));
  }
  template <class M>
  Update& remove(const Field<T, M>& field) {
    core_.remove(field.core(), internal::kMayBeAbsent<M>);
    return *this;
  }

  // --- Conditions; several must all hold.

  Update& when(const Condition<T>& condition) {
    core_.when(condition.core());
    return *this;
  }
  // Errors of exec(): kVersionConflict.
  Update& expect_version(int64_t version) {
    core_.expect_version(version);
    return *this;
  }
  // The time to live begins anew.
  Update& touch_expiry() {
    core_.touch_expiry();
    return *this;
  }

  // --- Errors: see UpdateCore.

  // The item afterwards.
  Result<T> exec() const {
    Result<T> object{T()};
    Result<void> done = core_.exec(&*object);
    if (!done) return std::move(done).error();
    return object;
  }
  // The item before; nothing if upsert() created it.
  Result<std::optional<T>> exec_old() const {
    Result<std::optional<T>> object{std::optional<T>(std::in_place)};
    Result<bool> found = core_.exec_old(&**object);
    if (!found) return std::move(found).error();
    if (!*found) object->reset();
    return object;
  }
  // What would be sent: UpdateCore::request().
  Result<Request> request() const { return core_.request(); }

 private:
  template <class M, class B>
  static Field<T, M> place(M B::*member) {
    static_assert(std::is_base_of_v<B, T>, "a member of another model is changed");
    if constexpr (std::is_base_of_v<B, T>)
      return f<T>(member);
    else
      return Field<T, M>(FieldCore());
  }

  template <class M, class V, class Use>
  void with_value(const FieldCore& field, const V& value, Use use) {
    using Held = Unwrap<M>;
    constexpr bool kNumber = internal::kAssignsNumber<V, M>;
    static_assert(kNumber || internal::kAssigns<V, M>,
                  "an attribute is set to a value of another type");
    if constexpr (std::is_integral_v<Held> && std::is_integral_v<V>) {
      if (!internal::holds_exactly<Held>(value))
        return core_.add_problem(field, "is out of its type's range");
    }
    if constexpr (kNumber) {
      M member{internal::bound_of(value)};
      use(&member);
    } else if constexpr (internal::kIsNumber<Held> && internal::kIsNumber<V> &&
                         internal::kAssigns<V, M>) {
      M member{static_cast<Held>(value)};
      use(&member);
    } else if constexpr (internal::kAssigns<V, M>) {
      M member(value);
      use(&member);
    }
  }

  template <class M, class V>
  static Unwrap<M> set_of(std::initializer_list<V> values) {
    static_assert(internal::SetLike<M>, "{...} needs a set");
    Unwrap<M> set;
    for (const V& value : values) set.emplace(value);
    return set;
  }

  // Whether a set's members, or a list's elements, can be these values: nothing is cut off.
  template <class Member, class V>
  bool holds(const FieldCore& field, const V& value) {
    if (internal::is_exact_literal<Unwrap<Member>>(value)) return true;
    core_.add_problem(field, "is given a number that is out of its type's range");
    return false;
  }
  template <class M, class V>
  bool hold(const FieldCore& field, std::initializer_list<V> values) {
    using Member = typename Unwrap<M>::value_type;
    for (const V& value : values)
      if (!holds<Member>(field, value)) return false;
    return true;
  }

  // A number, a set, or one member of a set.
  template <class M, class V, class Use>
  void with_operand(const FieldCore& field, const V& value, Use use) {
    using Held = Unwrap<M>;
    if constexpr (internal::kIsNumber<Held>) {
      static_assert(internal::kIsNumber<V>, "a number takes a number");
      static_assert(!(std::is_floating_point_v<V> && std::is_integral_v<Held>),
                    "an integer takes an integer");
      use(codec_of<V>(), &value);
    } else {
      static_assert(internal::SetLike<M>, "add() needs a number or a set; lists: append()");
      if constexpr (std::is_same_v<V, Held>) {
        use(codec_of<Held>(), &value);
      } else {
        using Member = typename Held::value_type;
        static_assert(std::is_convertible_v<V, Member>, "the set has members of another type");
        if (!holds<Member>(field, value)) return;
        const Held members = set_of<M>({value});
        use(codec_of<Held>(), &members);
      }
    }
  }

  template <class M, class V, class Use>
  void with_elements(const FieldCore& field, const V& value, Use use) {
    static_assert(internal::ListLike<M>, "append() and prepend() need a list; sets: add()");
    using Element = typename Unwrap<M>::value_type;
    std::vector<Element> elements;
    if constexpr (std::is_same_v<V, std::vector<Element>>) {
      elements = value;
    } else {
      static_assert(std::is_convertible_v<V, Element>, "the list has elements of another type");
      if (!holds<Element>(field, value)) return;
      elements.push_back(Element(value));
    }
    use(codec_of<std::vector<Element>>(), &elements);
  }

  UpdateCore core_;
};

}  // namespace dynolith::odm
