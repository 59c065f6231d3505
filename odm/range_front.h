// What queries, searches and scans have in common: settings that chain, and ways to read.
//
//   auto page = users.query("acme").where(f(&User::age) > 40).limit(20).page();
//   for (Result<User>& user : users.query("acme")) ...
//   users.scan().each([](const User& user) { ... });
//
// A read is a value: it can be kept, copied and read from again. Nothing is sent before one of the
// calls that read. Errors: range_core.h. Threads: reading calls are const, any thread.
#pragma once

#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "odm/range_core.h"

namespace dynolith::odm {

// Items in order, and what the read tells besides (RangeSummary): next, scanned_count, bad...
template <class T>
struct Page : RangeSummary {
  std::vector<T> items = {};

  size_t size() const { return items.size(); }
  bool empty() const { return items.empty(); }
  auto begin() { return items.begin(); }
  auto end() { return items.end(); }
  auto begin() const { return items.begin(); }
  auto end() const { return items.end(); }
  T& operator[](size_t i) { return items[i]; }
  const T& operator[](size_t i) const { return items[i]; }
};

namespace internal {

template <class T>
class VectorOfObjects final : public ObjectList {
 public:
  explicit VectorOfObjects(std::vector<T>& items) : items_(items) {}
  void* add() override { return &items_.emplace_back(); }
  void remove_last() override { items_.pop_back(); }

 private:
  std::vector<T>& items_;
};

// Objects that nobody looks at.
template <class T>
class NoObjects final : public ObjectList {
 public:
  void* add() override { return &object_.emplace(); }
  void remove_last() override {}

 private:
  std::optional<T> object_;
};

// Calls fn; false if it says to stop.
template <class F, class T>
bool give(F& fn, T&& object) {
  static_assert(std::is_invocable_v<F&, T&&>, "the function does not take the model's object");
  if constexpr (std::is_same_v<std::invoke_result_t<F&, T&&>, bool>)
    return fn(std::forward<T>(object));
  else
    return static_cast<void>(fn(std::forward<T>(object))), true;
}

// All items of a read, one after another, whatever page they come with.
template <class T>
class Walk {
 public:
  explicit Walk(const RangeCore& core) : reader_(core), left_(core.limit) {}

  // Null: there are no more. After an error that is not of one item alone, too.
  Result<T>* next() {
    while (true) {
      if (bad_ < page_.bad.size() && page_.bad_at[bad_] <= at_)
        return &current_.emplace(std::move(page_.bad[bad_++]));
      if (at_ < items_.size()) return &current_.emplace(std::move(items_[at_++]));
      if (reader_.is_at_end() || (reader_.is_started() && left_ == 0u)) return nullptr;
      items_.clear();
      at_ = bad_ = 0;
      VectorOfObjects<T> objects(items_);
      Result<RangeSummary> page = reader_.read(objects, left_);
      if (!page) {
        items_.clear();
        page_ = {};
        return &current_.emplace(std::move(page).error());
      }
      page_ = std::move(page).value();
      if (left_) *left_ -= page_.count;
    }
  }
  Result<T>& current() { return *current_; }

 private:
  RangeReader reader_;
  std::optional<uint64_t> left_;
  std::vector<T> items_;
  RangeSummary page_;
  size_t at_ = 0, bad_ = 0;
  std::optional<Result<T>> current_;
};

}  // namespace internal

// An input iterator; copies share their place.
template <class T>
class RangeIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Result<T>;
  using difference_type = std::ptrdiff_t;
  using pointer = Result<T>*;
  using reference = Result<T>&;

  RangeIterator() = default;  // The end.
  explicit RangeIterator(const RangeCore& core) : walk_(std::make_shared<internal::Walk<T>>(core)) {
    ++*this;
  }
  reference operator*() const { return walk_->current(); }
  pointer operator->() const { return &walk_->current(); }
  RangeIterator& operator++() {
    if (walk_->next() == nullptr) walk_ = nullptr;
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(const RangeIterator& other) const { return walk_ == other.walk_; }

 private:
  std::shared_ptr<internal::Walk<T>> walk_;
};

// Chained on a temporary, a step hands on the object itself, so that a loop over it is safe.
#define DYNOLITH_ODM_STEP(declaration, statement) \
  Self& declaration& {                            \
    statement;                                    \
    return this->self();                          \
  }                                               \
  Self declaration&& {                            \
    statement;                                    \
    return std::move(this->self());               \
  }

template <class Self, class T>
class RangeFront {
 public:
  explicit RangeFront(RangeCore core) : core_(std::move(core)) {}
  const RangeCore& core() const { return core_; }

  // A filter: what does not satisfy it is read and paid for, but not given. Several: all of them.
  DYNOLITH_ODM_STEP(where(const Condition<T>& condition), add_filter(condition.core()))
  // At most so many items, over all pages.
  DYNOLITH_ODM_STEP(limit(uint64_t items), core_.limit = items)
  // Of items evaluated by one request.
  DYNOLITH_ODM_STEP(page_size(uint32_t items), core_.page_size = items)
  DYNOLITH_ODM_STEP(consistent(bool on = true), core_.consistent = on)
  // Where an earlier page ended; nothing: at the beginning.
  DYNOLITH_ODM_STEP(after(std::optional<Cursor> cursor), core_.after = std::move(cursor))
  DYNOLITH_ODM_STEP(on_bad(OnBad policy), core_.on_bad = policy)
  // Items whose time to live is over are not given. An index has to hold that time: kBadRequest.
  DYNOLITH_ODM_STEP(hide_expired(bool on = true), core_.hide_expired = on)

  // Only these parts of items: members, fields (f(&User::home) / &Place::zip), names ("home.zip",
  // "lines[0].count") or a vector of names. The key, the lock's version and the time to live come
  // with them; other members, also of documents, keep their initial value. Of lists, the named
  // elements come one behind the other. Upgrades of older items do not run.
  template <class... Ms>
  Self& only(Ms... members) & {
    (add_only(members), ...);
    return self();
  }
  template <class... Ms>
  Self only(Ms... members) && {
    return std::move(this->only(members...));
  }

  // One page: with limit(), that many items or the end; without, what one request gives.
  Result<Page<T>> page() const {
    Page<T> page;
    internal::VectorOfObjects<T> objects(page.items);
    static_cast<RangeSummary&>(page) = TRY(core_.read_page(objects));
    return page;
  }
  // Everything, or up to limit(). Errors: kLimitExceeded, if it is more than `max`.
  Result<Page<T>> all(uint64_t max = 100'000) const {
    Page<T> page;
    internal::VectorOfObjects<T> objects(page.items);
    static_cast<RangeSummary&>(page) = TRY(core_.read_all(objects, max));
    return page;
  }
  Result<std::optional<T>> first() const {
    RangeCore one = core_;
    one.limit = 1;
    std::vector<T> items;
    internal::VectorOfObjects<T> objects(items);
    TRY(one.read_page(objects));
    if (items.empty()) return std::optional<T>();
    return std::optional<T>(std::move(items.front()));
  }
  // Errors: kNotFound, kBadRequest (there are several).
  Result<T> one() const {
    RangeCore two = core_;
    two.limit = 2;
    std::vector<T> items;
    internal::VectorOfObjects<T> objects(items);
    TRY(two.read_page(objects));
    if (items.size() == 1) return std::move(items.front());
    const std::string& model = core_.entity.schema().model;
    if (items.empty()) return make_error(ErrorCode::kNotFound, model + ": nothing was found");
    return make_error(ErrorCode::kBadRequest, model + ": there are several where one was wanted");
  }
  Result<uint64_t> count() const {
    internal::NoObjects<T> objects;
    return core_.count(objects);
  }
  // Gives each item to `fn` (T&&, const T& or T); one that returns bool stops with false. Nothing
  // is held while it runs.
  template <class F>
  Result<RangeSummary> each(F fn) const {
    RangeReader reader(core_);
    RangeSummary total;
    uint64_t given = 0;
    do {
      std::vector<T> items;
      internal::VectorOfObjects<T> objects(items);
      std::optional<uint64_t> wanted;
      if (core_.limit) wanted = *core_.limit - total.count;
      total.add(TRY(reader.read(objects, wanted)));
      for (T& item : items) {
        ++given;
        if (internal::give(fn, std::move(item))) continue;
        // Where the page ends is not where this stopped.
        total.next.reset();
        total.count = given;
        return total;
      }
    } while (!reader.is_at_end() && !(core_.limit && total.count >= *core_.limit));
    return total;
  }
  // Iteration over all pages. An error of the read ends it; one of an item does not, with
  // OnBad::kCollect.
  RangeIterator<T> begin() const { return RangeIterator<T>(core_); }
  RangeIterator<T> end() const { return {}; }

  // The first request that page(), all(), each() and iteration would send; first() has limit(1),
  // one() limit(2). Errors: also kBadRequest, if no item can satisfy this and nothing is sent.
  Result<RangeRequest> request() const { return core_.request(); }
  // The same of count().
  Result<RangeRequest> count_request() const { return core_.count_request(); }

 protected:
  Self& self() { return static_cast<Self&>(*this); }

  RangeCore core_;

 private:
  void add_filter(const ConditionCore& condition) {
    core_.filter = both(std::move(core_.filter), condition);
  }
  template <class M, class B>
  void add_only(M B::*member) {
    core_.add_only(internal::selected<T>(member));
  }
  template <class U, class M>
  void add_only(const Field<U, M>& field) {
    core_.add_only(internal::selected<T>(field));
  }
  void add_only(std::string_view path) { core_.add_only(field_core(core_.entity.schema(), path)); }
  void add_only(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) add_only(std::string_view(path));
  }
};

}  // namespace dynolith::odm
