// Scans: every item of the model in the table or in an index, in no order.
//
//   users.scan().where(f(&User::age) > 40).each([](const User& user) { ... });
//   users.scan().parallel(4, [](User&& user) { ... });
//   users.scan().segment(0, 8).page();       // one of eight workers
#pragma once

#include "odm/keys.h"
#include "odm/range_front.h"

namespace dynolith::odm {

// How a parallel scan calls its function.
enum class Calls : uint8_t { kFromSeveralThreads, kOneAtATime };

namespace internal {

constexpr uint32_t kScanThreadsMax = 64;

// What a thread may do with the items of a page that it has read.
class PageTurn {
 public:
  virtual void begin() = 0;  // Waits, if the calls are one at a time, until the others' are over.
  virtual bool is_stopped() const = 0;
  virtual void stop() = 0;  // No thread gives any more items.

 protected:
  ~PageTurn() = default;
};

// Reads the next page of a segment and gives its items to the user.
using PageWork = storage::FunctionRef<Result<RangeSummary>(RangeReader& reader, PageTurn& turn)>;
// Errors: kBadRequest (threads, a limit, a cursor or a segment of its own), the first of the
// threads'. What `work` throws is thrown here, after all threads have ended.
Result<RangeSummary> scan_segments(const RangeCore& core, uint32_t threads, Calls calls,
                                   PageWork work);

}  // namespace internal

template <class T>
class Scan : public RangeFront<Scan<T>, T> {
  using Self = Scan;
  using Base = RangeFront<Scan, T>;

 public:
  explicit Scan(EntityCore entity) : Base(RangeCore(std::move(entity), RangeCore::Kind::kScan)) {}

  // The entries of an index: items that have its key.
  template <auto... Members>
  Scan& index(const Index<Members...>& name) & {
    return index(name.name);
  }
  template <auto... Members>
  Scan index(const Index<Members...>& name) && {
    return std::move(this->index(name.name));
  }
  DYNOLITH_ODM_STEP(index(std::string_view name), set_index(name))
  // One of `total` parts of the table, which several programs can read at the same time; each
  // has its own cursors.
  DYNOLITH_ODM_STEP(segment(uint32_t number, uint32_t total), set_segment(number, total))

  // Reads with so many threads, at most 64, each of its own segment, and gives every item to
  // `fn` (T&&, const T& or T), which may stop all by returning false. The first error wins. What
  // thread i of n sends first is segment(i, n).request().
  template <class F>
  Result<RangeSummary> parallel(uint32_t threads, F fn,
                                Calls calls = Calls::kFromSeveralThreads) const {
    return internal::scan_segments(
        this->core_, threads, calls,
        [&](RangeReader& reader, internal::PageTurn& turn) -> Result<RangeSummary> {
          std::vector<T> items;
          internal::VectorOfObjects<T> objects(items);
          RangeSummary read = TRY(reader.read(objects));
          turn.begin();
          for (T& item : items) {
            if (turn.is_stopped()) break;
            if (!internal::give(fn, std::move(item))) turn.stop();
          }
          return read;
        });
  }

 private:
  void set_segment(uint32_t number, uint32_t total) {
    this->core_.segment = storage::ScanSegment{number, total};
  }
  void set_index(std::string_view name) {
    this->core_.index = this->core_.entity.schema().find_index(name);
    if (this->core_.index == nullptr)
      this->core_.fail(make_error(
          ErrorCode::kBadModel,
          this->core_.entity.schema().model + " has no index \"" + std::string(name) + "\""));
  }
};

}  // namespace dynolith::odm
