// Reading ranges, request by request.
#include <algorithm>

#include "odm/range_core.h"
#include "storage/expression/condition.h"

namespace dynolith::odm {
namespace {

// With a filter nobody knows how many items it takes to find those that are wanted: so many are
// evaluated first, then twice as many with each request.
constexpr uint32_t kFirstGuess = 100;
constexpr uint32_t kGuessMax = 1u << 30;

bool begins_as(const std::optional<KeyPart>& part, const ItemView& item) {
  if (!part || !part->pattern || part->pattern->leading.empty()) return true;
  const auto stored = item.find(part->attribute);
  return stored && stored->type() == AttributeType::kString &&
         stored->text().starts_with(part->pattern->leading);
}

// What tells entries of an index apart that do not hold the tag.
bool begins_as_keys_of(const Schema& schema, const ItemView& item) {
  return begins_as(schema.partition, item) && begins_as(schema.sort, item);
}

}  // namespace

void RangeSummary::add(RangeSummary&& other) {
  for (size_t i = 0; i < other.bad.size() && bad.size() < kBadMax; ++i) {
    bad.push_back(std::move(other.bad[i]));
    bad_at.push_back(count + other.bad_at[i]);
  }
  bad_count += other.bad_count;
  count += other.count;
  scanned_count += other.scanned_count;
  consumed_capacity += other.consumed_capacity;
  next = std::move(other.next);
}

// Takes the items of one request.
class RangeReader::Showing {
 public:
  Showing(const RangeReader& reader, ObjectList& objects, std::optional<uint64_t> wanted)
      : reader_(reader), plan_(*reader.plan_), objects_(objects), wanted_(wanted) {}

  void take(const ItemView& item) {
    if (is_cut_ || error_) return;
    if (wanted_ && summary_.count >= *wanted_) {
      is_cut_ = true;
      return;
    }
    Result<bool> shown = show(item);
    if (!shown) return take_bad(item, std::move(shown).error());
    if (!*shown) return;
    ++summary_.count;
    if (wanted_ && summary_.count == *wanted_)
      last_key_ = storage::with_only(item, plan_.key_names);
  }

  // Whether the reply holds more than was wanted; last_key() is then where to go on.
  bool is_cut() const { return is_cut_; }
  EncodedItem&& last_key() { return std::move(last_key_); }
  std::optional<Error>& error() { return error_; }
  RangeSummary&& summary() { return std::move(summary_); }

 private:
  Result<bool> show(const ItemView& item) {
    const Schema& schema = reader_.core_.entity.schema();
    const bool has_tag =
        schema.entity.empty() || plan_.shows_tag || item.find(schema.tag_attribute).has_value();
    if (has_tag ? !is_of(schema, item) : !begins_as_keys_of(schema, item)) return false;
    if (plan_.local_filter != nullptr && !storage::evaluate(*plan_.local_filter, item))
      return false;
    for (const MemberTest& test : plan_.tests)
      if (!test.holds(item)) return false;
    void* object = objects_.add();
    Result<bool> shown = plan_.shows_tag
                             ? plan_.entity->read_item(item, object, plan_.reading, parts())
                             : read_untagged(schema, item, object);
    if (!shown || !*shown) objects_.remove_last();
    return shown;
  }
  Result<bool> read_untagged(const Schema& schema, const ItemView& item, void* object) {
    if (plan_.entity->hides(item)) return false;
    TRY(read_object(schema, item, object, plan_.reading, parts()));
    return true;
  }
  const SelectedParts* parts() const { return plan_.parts ? &*plan_.parts : nullptr; }

  void take_bad(const ItemView& item, Error cause) {
    ++summary_.bad_count;
    if (reader_.core_.on_bad == OnBad::kSkip) return;
    cause.item = storage::with_only(item, plan_.key_names);
    if (reader_.core_.on_bad == OnBad::kFail) {
      error_ = std::move(cause);
    } else if (summary_.bad.size() < RangeSummary::kBadMax) {
      summary_.bad.push_back(std::move(cause));
      summary_.bad_at.push_back(summary_.count);
    }
  }

  const RangeReader& reader_;
  const RangePlan& plan_;
  ObjectList& objects_;
  const std::optional<uint64_t> wanted_;
  RangeSummary summary_;
  EncodedItem last_key_;
  std::optional<Error> error_;
  bool is_cut_ = false;
};

RangeReader::RangeReader(RangeCore core, bool for_count)
    : core_(std::move(core)), plan_(plan_range(core_, for_count)) {}

Result<void> RangeReader::start() {
  is_started_ = true;
  if (!plan_) return plan_.error();
  if (core_.after) position_ = TRY(read_cursor(*core_.after, plan_->digest, plan_->key_names));
  if (plan_->is_empty) is_at_end_ = true;
  return {};
}

std::optional<uint32_t> RangeReader::evaluated_limit(std::optional<uint64_t> wanted) {
  if (core_.page_size) return core_.page_size;
  if (!wanted) return std::nullopt;
  const auto asked = static_cast<uint32_t>(std::min<uint64_t>(*wanted, kGuessMax));
  const bool is_exact =
      plan_->request.filter == nullptr && plan_->local_filter == nullptr && plan_->tests.empty();
  if (is_exact) return asked;
  guess_ = guess_ == 0 ? kFirstGuess : std::min(guess_ * 2, kGuessMax);
  return std::max(asked, guess_);
}

Result<RangeRequest> RangeReader::first_request(std::optional<uint64_t> wanted) {
  TRY(start());
  if (is_at_end_)
    return make_error(
        ErrorCode::kBadRequest,
        core_.entity.schema().model + ": no item can satisfy this: nothing would be sent");
  RangeRequest request = plan_->request;
  request.limit = evaluated_limit(wanted);
  request.exclusive_start_key = position_;
  return request;
}

Result<RangeSummary> RangeReader::read(ObjectList& objects, std::optional<uint64_t> wanted) {
  Result<RangeSummary> summary = read_next(objects, wanted);
  if (!summary) is_at_end_ = true;
  return summary;
}

Result<RangeSummary> RangeReader::read_next(ObjectList& objects, std::optional<uint64_t> wanted) {
  if (!is_started_) TRY(start());
  if (is_at_end_) return RangeSummary{};
  RangeRequest& request = plan_->request;
  request.limit = evaluated_limit(wanted);
  request.exclusive_start_key = position_;
  Showing showing(*this, objects, wanted);
  RangeReply reply = TRY(core_.entity.connection().read_range(
      request, [&showing](const ItemView& item) { showing.take(item); }));
  if (showing.error()) return std::move(*showing.error());
  RangeSummary summary = showing.summary();
  summary.scanned_count = reply.scanned_count;
  summary.consumed_capacity = reply.consumed_capacity;
  EncodedItem next = showing.is_cut() ? showing.last_key() : std::move(reply.last_evaluated_key);
  if (!next.exists()) {
    is_at_end_ = true;
    return summary;
  }
  if (next == position_)
    return make_error(ErrorCode::kInternal,
                      "reading " + request.table + " does not get on: the same key came again");
  position_ = std::move(next);
  summary.next = make_cursor(position_, plan_->digest);
  return summary;
}

Result<RangeSummary> RangeCore::read_page(ObjectList& objects) const {
  RangeReader reader(*this);
  RangeSummary page = TRY(reader.read(objects, limit));
  while (limit && page.count < *limit && !reader.is_at_end())
    page.add(TRY(reader.read(objects, *limit - page.count)));
  return page;
}

Result<RangeSummary> RangeCore::read_all(ObjectList& objects, uint64_t max) const {
  RangeReader reader(*this);
  RangeSummary all;
  do {
    std::optional<uint64_t> wanted;
    if (limit) wanted = *limit - all.count;
    RangeSummary page = TRY(reader.read(objects, wanted));
    all.add(std::move(page));
    if (all.count > max)
      return make_error(ErrorCode::kLimitExceeded,
                        entity.schema().model + ": there are more than " + std::to_string(max) +
                            " items: raise all()'s maximum, or use each() or pages");
  } while (!reader.is_at_end() && !(limit && all.count >= *limit));
  return all;
}

Result<RangeRequest> RangeCore::request() const { return RangeReader(*this).first_request(limit); }

// Where items have to be read to be counted, their keys are enough.
RangeCore RangeCore::counted() const {
  RangeCore core = *this;
  if (core.only.is_empty())
    for (const size_t member : entity.schema().key_members)
      core.only.add(field_core(entity.schema(), &entity.schema().attributes[member]));
  return core;
}

bool RangeCore::counts_there(const RangePlan& plan) const { return plan.is_counted && !limit; }

Result<RangeRequest> RangeCore::count_request() const {
  RangeReader reader(counted(), true);
  RangeRequest request = TRY(reader.first_request(limit));
  if (counts_there(*reader.plan())) {
    request.projection = nullptr;
    request.count_only = true;
  }
  return request;
}

Result<uint64_t> RangeCore::count(ObjectList& objects) const {
  RangeReader reader(counted(), true);
  if (!reader.plan()) return reader.plan().error();
  uint64_t total = 0;
  if (!counts_there(*reader.plan())) {
    while (!reader.is_at_end() && !(limit && total >= *limit)) {
      std::optional<uint64_t> wanted;
      if (limit) wanted = *limit - total;
      total += TRY(reader.read(objects, wanted)).count;
    }
    return total;
  }
  if (reader.plan()->is_empty) return total;
  RangeRequest request = TRY(count_request());
  while (true) {
    const RangeReply reply = TRY(entity.connection().read_range(request, [](const ItemView&) {}));
    total += reply.count;
    if (!reply.last_evaluated_key.exists()) return total;
    if (reply.last_evaluated_key == request.exclusive_start_key)
      return make_error(ErrorCode::kInternal,
                        "counting " + request.table + " does not get on: the same key came again");
    request.exclusive_start_key = reply.last_evaluated_key;
  }
}

}  // namespace dynolith::odm
