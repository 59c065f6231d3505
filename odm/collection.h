// Collections: items of several models that share a partition, read by one query.
//
//   auto all = app.collection<User, Order>("acme").all();
//   for (const Order& order : all->of<Order>()) ...
//   app.collection<User, Order>("acme").each([](const User&) { ... }, [](const Order&) { ... });
//   app.collection<User, Order>(by_email, "a@b.c").page();
//
// The members of the partition key are given as the first model's; the other models must compose
// the same attribute, and the same value, of theirs. Every model needs an entity name. Items of
// other models are counted, never an error.
//
// Errors: kBadKey, kBadModel (the models do not share a partition), kBadRequest, kTypeMismatch by
// OnBad, and the connection's. Threads: reading calls are const, any thread.
#pragma once

#include <array>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "odm/overloaded.h"
#include "odm/range_front.h"
#include "odm/table.h"
#include "odm/typed_key.h"

namespace dynolith::odm {

struct CollectionSummary : RangeSummary {
  uint64_t unknown = 0;  // Items of none of the models.
};

// Where objects go, by the position of their model.
class MixedList {
 public:
  virtual ~MixedList() = default;
  virtual void* add(size_t model) = 0;
  virtual void remove_last(size_t model) = 0;
};

// A collection without its types.
struct CollectionCore {
  std::vector<EntityCore> entities = {};  // Not empty.
  std::string index = {};                 // Empty: the table.
  std::vector<MemberValue> given = {};    // Of the first model: its partition's members.
  std::string sort_prefix = {};
  std::optional<Cursor> after = {};
  std::optional<uint64_t> limit = {};
  std::optional<uint32_t> page_size = {};
  OnBad on_bad = OnBad::kFail;
  bool forward = true;
  bool consistent = false;
  bool hide_expired = false;
  std::optional<Error> error = {};

  Result<RangeRequest> request() const;
  Result<CollectionSummary> read_page(MixedList& objects) const;
  Result<CollectionSummary> read_all(MixedList& objects, uint64_t max) const;
};

// Items by model, each model's in the order of the sort key.
template <class... Ts>
struct Collection : CollectionSummary {
  std::tuple<std::vector<Ts>...> items = {};

  template <class T>
  std::vector<T>& of() {
    return std::get<std::vector<T>>(items);
  }
  template <class T>
  const std::vector<T>& of() const {
    return std::get<std::vector<T>>(items);
  }
  size_t size() const {
    return std::apply([](const auto&... each) { return (each.size() + ... + 0); }, items);
  }
};

namespace internal {

template <class... Ts>
class CollectedObjects final : public MixedList {
 public:
  explicit CollectedObjects(std::tuple<std::vector<Ts>...>& items) : items_(items) {}
  void* add(size_t model) override {
    void* added = nullptr;
    at(model, [&added](auto& items) { added = &items.emplace_back(); });
    return added;
  }
  void remove_last(size_t model) override {
    at(model, [](auto& items) { items.pop_back(); });
  }

 private:
  template <class F>
  void at(size_t model, F visit) {
    size_t i = 0;
    std::apply([&](auto&... each) { ((i++ == model ? visit(each) : void()), ...); }, items_);
  }
  std::tuple<std::vector<Ts>...>& items_;
};

template <class... Ts>
class OrderedObjects final : public MixedList {
 public:
  explicit OrderedObjects(std::vector<std::variant<Ts...>>& items) : items_(items) {}
  void* add(size_t model) override { return add_one(model, std::index_sequence_for<Ts...>()); }
  void remove_last(size_t) override { items_.pop_back(); }

 private:
  template <size_t... I>
  void* add_one(size_t model, std::index_sequence<I...>) {
    void* added = nullptr;
    ((I == model ? void(added = &std::get<I>(items_.emplace_back(std::in_place_index<I>)))
                 : void()),
     ...);
    return added;
  }
  std::vector<std::variant<Ts...>>& items_;
};

}  // namespace internal

template <class... Ts>
class CollectionQuery {
  using Self = CollectionQuery;

 public:
  explicit CollectionQuery(CollectionCore core) : core_(std::move(core)) {}
  const CollectionCore& core() const { return core_; }

  // Only sort keys that begin with this text.
  DYNOLITH_ODM_STEP(sort_prefix(std::string text), core_.sort_prefix = std::move(text))
  DYNOLITH_ODM_STEP(reverse(bool on = true), core_.forward = !on)
  // Of items given, of all models together.
  DYNOLITH_ODM_STEP(limit(uint64_t items), core_.limit = items)
  DYNOLITH_ODM_STEP(page_size(uint32_t items), core_.page_size = items)
  DYNOLITH_ODM_STEP(consistent(bool on = true), core_.consistent = on)
  DYNOLITH_ODM_STEP(after(std::optional<Cursor> cursor), core_.after = std::move(cursor))
  DYNOLITH_ODM_STEP(on_bad(OnBad policy), core_.on_bad = policy)
  // As that of queries.
  DYNOLITH_ODM_STEP(hide_expired(bool on = true), core_.hide_expired = on)

  // One page: with limit(), that many items or the end; without, what one request gives.
  Result<Collection<Ts...>> page() const {
    Collection<Ts...> page;
    internal::CollectedObjects<Ts...> objects(page.items);
    static_cast<CollectionSummary&>(page) = TRY(core_.read_page(objects));
    return page;
  }
  // Everything, or up to limit(). Errors: kLimitExceeded, if it is more than `max`.
  Result<Collection<Ts...>> all(uint64_t max = 100'000) const {
    Collection<Ts...> page;
    internal::CollectedObjects<Ts...> objects(page.items);
    static_cast<CollectionSummary&>(page) = TRY(core_.read_all(objects, max));
    return page;
  }
  // Gives every item, in order, to the function that takes its model; those of a model that none
  // takes do not compile.
  template <class... Fs>
  Result<CollectionSummary> each(Fs... functions) const {
    internal::Overloaded visit{std::move(functions)...};
    static_assert((std::is_invocable_v<decltype(visit)&, Ts&&> && ...),
                  "each() needs a function for every model of the collection");
    CollectionCore next = core_;
    CollectionSummary total;
    do {
      std::vector<std::variant<Ts...>> items;
      internal::OrderedObjects<Ts...> objects(items);
      CollectionSummary page = TRY(next.read_page(objects));
      for (auto& item : items) std::visit([&](auto& one) { visit(std::move(one)); }, item);
      if (next.limit) *next.limit -= page.count;
      next.after = page.next;
      total.unknown += page.unknown;
      total.add(std::move(page));
    } while (total.next && next.limit != 0u);
    return total;
  }
  // The first request, as it would be sent.
  Result<RangeRequest> request() const { return core_.request(); }

 private:
  Self& self() { return *this; }
  CollectionCore core_;
};

namespace internal {

template <class First, class... Ts>
struct CollectionMaker {
  template <class... Members>
  static CollectionCore make(const TableCorePtr& table, const Members&... members) {
    return with(table, {}, leading_key_members<First>(members...));
  }
  template <auto... IndexMembers, class... Members>
  static CollectionCore make(const TableCorePtr& table, const Index<IndexMembers...>& index,
                             const Members&... members) {
    return with(table, index.name, leading_key_members<First>(index, members...));
  }

 private:
  static CollectionCore with(const TableCorePtr& table, std::string_view index,
                             Result<std::vector<MemberValue>> given) {
    CollectionCore core;
    core.entities = {EntityCore(table, schema_of<First>()), EntityCore(table, schema_of<Ts>())...};
    core.index = index;
    if (given)
      core.given = std::move(given).value();
    else
      core.error = std::move(given).error();
    return core;
  }
};

}  // namespace internal

template <class... Ts, class... Members>
CollectionQuery<Ts...> Table::collection(const Members&... members) const {
  static_assert(sizeof...(Ts) > 0, "collection<User, Order>(...) names its models");
  return CollectionQuery<Ts...>(internal::CollectionMaker<Ts...>::make(core_, members...));
}

}  // namespace dynolith::odm
