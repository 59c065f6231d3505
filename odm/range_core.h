// Reads over a range of items without the model's type: queries, searches and scans. RangeCore is
// what is asked, as data; RangeReader carries it out, request by request. Query<T>, Search<T> and
// Scan<T> are fronts of it, so that dynamic models use it too.
//
// What the other side cannot decide is decided here for every item: whether it is of the model
// (other models' items in the table are never an error), filters on attributes of the key, members
// whose order the composed key does not keep, time to live.
//
// Errors of all reads: kBadKey and kBadRequest found before anything is sent, kBadModel, what the
// condition and its operands say, kTypeMismatch by OnBad, and the connection's.
// Threads: any; a RangeReader belongs to one at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "odm/cursor.h"
#include "odm/entity_core.h"
#include "odm/member_value.h"
#include "odm/selection.h"
#include "odm/sort_condition.h"

namespace dynolith::odm {

// What becomes of an item that does not fit its model. Error::item holds the item's key.
enum class OnBad : uint8_t {
  kFail,     // It is the read's error.
  kSkip,     // As if it were not there.
  kCollect,  // It is in `bad` beside what fits; iteration yields its error and goes on.
};

// What a read tells besides its items.
struct RangeSummary {
  static constexpr size_t kBadMax = 1000;

  uint64_t count = 0;          // Items given.
  uint64_t scanned_count = 0;  // Evaluated by the other side, before filters.
  double consumed_capacity = 0;
  std::optional<Cursor> next = {};    // Absent: nothing follows.
  std::vector<Error> bad = {};        // OnBad::kCollect; the first kBadMax of them.
  std::vector<uint64_t> bad_at = {};  // Of each: how many items were given before it.
  uint64_t bad_count = 0;             // All of them, also skipped ones.

  void add(RangeSummary&& other);
};

// Where objects go: typically a vector.
class ObjectList {
 public:
  virtual ~ObjectList() = default;
  virtual void* add() = 0;         // A new object with its initial value, at the end.
  virtual void remove_last() = 0;  // It does not belong there after all.
};

struct RangePlan;

struct RangeCore {
  enum class Kind : uint8_t {
    kQuery,   // `index`, `given` and `sort` say of what.
    kSearch,  // The filter says of what: index_choice.h.
    kScan,
  };

  RangeCore(EntityCore core, Kind of) : entity(std::move(core)), kind(of) {}

  EntityCore entity;
  Kind kind;
  const IndexSchema* index = nullptr;  // Null: the table.
  std::vector<MemberValue> given = {};
  std::optional<SortCondition> sort = {};
  ConditionCore filter = {};
  Selection only = {};
  std::optional<Cursor> after = {};
  std::optional<uint64_t> limit = {};      // Of items given, over all pages.
  std::optional<uint32_t> page_size = {};  // Of items evaluated in one request.
  std::optional<storage::ScanSegment> segment = {};
  OnBad on_bad = OnBad::kFail;
  bool forward = true;
  bool consistent = false;
  bool hide_expired = false;        // Also if the table's options do not say so.
  bool allow_scan = false;          // kSearch: rather than an error.
  std::optional<Error> error = {};  // The first mistake of those who filled this in.

  void fail(Error cause) {
    if (!error) error = std::move(cause);
  }
  void add_only(const FieldCore& field) {
    if (field.error) return fail(*field.error);
    only.add(field);
  }
  // The member that a sort condition is on. Errors: kBadKey (all are given).
  Result<const Attribute*> sort_member() const;

  // The first request, as read_page() and read_all() would send it. Errors: kBadRequest, if
  // nothing would be sent: no item can satisfy this.
  Result<RangeRequest> request() const;
  // The same of count().
  Result<RangeRequest> count_request() const;
  // With `limit`: as many requests as it takes to give so many items, or to come to the end.
  // Without: one.
  Result<RangeSummary> read_page(ObjectList& objects) const;
  // Up to `limit`, or the end. Errors: kLimitExceeded, if there are more than `max`.
  Result<RangeSummary> read_all(ObjectList& objects, uint64_t max) const;
  // Counts on the other side where that can be exact; `objects` is for where it cannot.
  Result<uint64_t> count(ObjectList& objects) const;

 private:
  RangeCore counted() const;
  bool counts_there(const RangePlan& plan) const;
};

// A RangeCore made ready: everything that can be said without reading.
struct RangePlan {
  RangeRequest request = {};
  std::optional<EntityCore> entity = {};  // As it is read: with hide_expired. Always there.
  ConditionPtr local_filter = {};         // Names attributes of the key, which filters may not.
  std::vector<MemberTest> tests = {};
  std::vector<std::string> key_names = {};  // Of a last evaluated key, ascending.
  uint64_t digest = 0;
  Reading reading = Reading::kWhole;
  std::optional<SelectedParts> parts = {};  // Of a partial reading: of what documents inside.
  bool shows_tag = true;                    // What is read has the entity's tag.
  bool is_empty = false;                    // No item can satisfy it: nothing is sent.
  bool is_counted = false;                  // Counts of the other side are exact.
};
// Whether entries of an index have an attribute; `index` null: the table.
bool holds_attribute(const Schema& schema, const IndexSchema* index, std::string_view attribute);
// The entity as a read of the index uses it, which hides expired items if that or the table's
// options say so. Errors: kBadRequest, if entries of the index do not tell when they expire.
Result<EntityCore> reading_entity(const EntityCore& entity, bool hide_expired,
                                  const IndexSchema* index);

// `for_count`: items are needed to count at most.
Result<RangePlan> plan_range(const RangeCore& core, bool for_count = false);

class RangeReader {
 public:
  // Copies what is asked. What is wrong with it is the first read's error.
  explicit RangeReader(RangeCore core, bool for_count = false);

  // Sends one request and adds what it shows, at most `wanted` objects; RangeSummary::next is where
  // the reader goes on. After an error it is at its end.
  Result<RangeSummary> read(ObjectList& objects, std::optional<uint64_t> wanted = {});
  // What read() would send first.
  Result<RangeRequest> first_request(std::optional<uint64_t> wanted);
  bool is_at_end() const { return is_at_end_; }
  bool is_started() const { return is_started_; }
  const RangeCore& core() const { return core_; }
  const Result<RangePlan>& plan() const { return plan_; }

 private:
  class Showing;
  std::optional<uint32_t> evaluated_limit(std::optional<uint64_t> wanted);
  Result<void> start();
  Result<RangeSummary> read_next(ObjectList& objects, std::optional<uint64_t> wanted);

  RangeCore core_;
  Result<RangePlan> plan_;
  EncodedItem position_;
  uint32_t guess_ = 0;  // Of how many items to evaluate for those that are wanted.
  bool is_started_ = false;
  bool is_at_end_ = false;
};

}  // namespace dynolith::odm
