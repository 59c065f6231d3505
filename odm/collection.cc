#include "odm/collection.h"

#include <algorithm>

namespace dynolith::odm {
namespace {

using storage::KeyClause;
using storage::KeyOperator;

constexpr uint32_t kEvaluatedMax = 1u << 30;

struct CollectionPlan {
  RangeRequest request;
  std::vector<std::string> key_names;
  std::vector<EntityCore> entities;  // With hide_expired.
  std::vector<Reading> readings;
  uint64_t digest = 0;
};

Error not_together(const CollectionCore& core, size_t i, std::string_view why) {
  return make_error(ErrorCode::kBadModel, core.entities[0].schema().model + " and " +
                                              core.entities[i].schema().model +
                                              " are no collection: " + std::string(why));
}

// The members of the partition key, each once, in its order.
std::vector<size_t> partition_members_of(const RangeKeys& keys) {
  std::vector<size_t> members;
  const auto add = [&members](size_t member) {
    if (std::find(members.begin(), members.end(), member) == members.end())
      members.push_back(member);
  };
  for (const KeyPart* part : keys.partition) {
    if (!part->pattern)
      add(part->member);
    else
      for (const KeyPattern::Member& member : part->pattern->members) add(member.attribute);
  }
  return members;
}

bool same_attributes(const std::vector<const KeyPart*>& a, const std::vector<const KeyPart*>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const KeyPart* x, const KeyPart* y) {
    return x->attribute == y->attribute && x->type == y->type;
  });
}

class CollectionPlanner {
 public:
  explicit CollectionPlanner(const CollectionCore& core) : core_(core) {}

  Result<CollectionPlan> plan() {
    if (core_.error) return *core_.error;
    if (core_.limit == 0u || core_.page_size == 0u)
      return make_error(ErrorCode::kBadRequest, "limit() and page_size() are at least 1");
    RangeRequest& request = plan_.request;
    request.table = core_.entities[0].table().name;
    request.index = core_.index;
    request.forward = core_.forward;
    request.consistent = core_.consistent;
    request.limit = core_.page_size;
    for (size_t i = 0; i < core_.entities.size(); ++i) TRY(add(i));
    TRY(add_sort_prefix());
    std::sort(plan_.key_names.begin(), plan_.key_names.end());
    plan_.key_names.erase(std::unique(plan_.key_names.begin(), plan_.key_names.end()),
                          plan_.key_names.end());
    plan_.digest = range_digest(request);
    return std::move(plan_);
  }

 private:
  Result<void> add(size_t i) {
    const EntityCore& entity = core_.entities[i];
    const Schema& schema = entity.schema();
    if (schema.error) return *schema.error;
    if (schema.entity.empty())
      return make_error(ErrorCode::kBadModel,
                        schema.model + " has no entity(): its items cannot be told from others");
    const IndexSchema* index = nullptr;
    if (!core_.index.empty()) {
      index = schema.find_index(core_.index);
      if (index == nullptr)
        return make_error(ErrorCode::kBadModel,
                          schema.model + " has no index \"" + core_.index + "\"");
      if (core_.consistent && index->kind == storage::IndexKind::kGlobal)
        return make_error(ErrorCode::kBadRequest, "index \"" + core_.index +
                                                      "\" is global: it cannot be read "
                                                      "consistently");
    }
    RangeKeys keys = range_keys(schema, index);
    if (i > 0 && !(same_attributes(keys.partition, keys_.partition) &&
                   same_attributes(keys.sort, keys_.sort)))
      return not_together(core_, i, "their keys have different attributes");
    std::vector<KeyClause> clauses = TRY(partition_clauses(i, keys));
    if (i == 0) {
      keys_ = std::move(keys);
      plan_.request.key_clauses = std::move(clauses);
      add_key_names(schema, index);
    } else if (!same_values(clauses)) {
      return not_together(core_, i, "the same members make different partition keys");
    }
    const bool is_whole =
        index == nullptr || index->projection.type == storage::ProjectionType::kAll;
    plan_.readings.push_back(is_whole ? Reading::kWhole : Reading::kPartial);
    plan_.entities.push_back(TRY(reading_entity(entity, core_.hide_expired, index)));
    return {};
  }

  Result<std::vector<KeyClause>> partition_clauses(size_t i, const RangeKeys& keys) const {
    std::vector<size_t> members = partition_members_of(keys);
    std::vector<MemberValue> given = core_.given;
    if (i > 0) {
      if (members.size() != given.size())
        return not_together(core_, i, "their partition keys have different numbers of members");
      // The first model's values in the order of its partition key, as this model's.
      const std::vector<size_t> first = partition_members_of(keys_);
      for (MemberValue& value : given) {
        const auto place = std::find(first.begin(), first.end(), value.attribute);
        value.attribute = members[static_cast<size_t>(place - first.begin())];
      }
    } else if (given.size() > members.size()) {
      return make_error(ErrorCode::kBadKey,
                        "a collection takes the members of the partition key only; "
                        "sort_prefix() narrows it");
    }
    KeyPlan plan = TRY(plan_keys(core_.entities[i].schema(), keys, given, nullptr));
    plan.clauses.erase(plan.clauses.begin() + static_cast<ptrdiff_t>(keys.partition.size()),
                       plan.clauses.end());
    return std::move(plan.clauses);
  }
  bool same_values(const std::vector<KeyClause>& clauses) const {
    for (size_t i = 0; i < clauses.size(); ++i)
      if (!(clauses[i].value == plan_.request.key_clauses[i].value)) return false;
    return true;
  }

  void add_key_names(const Schema& schema, const IndexSchema* index) {
    const auto add_all = [this](const RangeKeys& keys) {
      for (const KeyPart* part : keys.partition) plan_.key_names.push_back(part->attribute);
      for (const KeyPart* part : keys.sort) plan_.key_names.push_back(part->attribute);
    };
    add_all(range_keys(schema, nullptr));
    if (index != nullptr) add_all(range_keys(schema, index));
  }

  Result<void> add_sort_prefix() {
    if (core_.sort_prefix.empty()) return {};
    if (keys_.sort.empty() || keys_.sort[0]->type != AttributeType::kString)
      return make_error(ErrorCode::kBadRequest, "sort_prefix() needs a sort key that is text");
    ItemEncoder encoder;
    encoder.begin_value();
    encoder.string(core_.sort_prefix);
    plan_.request.key_clauses.push_back(
        {keys_.sort[0]->attribute, KeyOperator::kBeginsWith, encoder.finish_value(), {}});
    return {};
  }

  const CollectionCore& core_;
  CollectionPlan plan_;
  RangeKeys keys_;  // The first model's.
};

// Takes the items of one request.
class Collecting {
 public:
  Collecting(const CollectionPlan& plan, OnBad on_bad, MixedList& objects,
             std::optional<uint64_t> wanted)
      : plan_(plan), on_bad_(on_bad), objects_(objects), wanted_(wanted) {}

  void take(const ItemView& item) {
    if (is_cut || error) return;
    if (wanted_ && summary.count >= *wanted_) {
      is_cut = true;
      return;
    }
    for (size_t i = 0; i < plan_.entities.size(); ++i)
      if (is_of(plan_.entities[i].schema(), item)) return take_as(i, item);
    ++summary.unknown;
  }

  CollectionSummary summary;
  EncodedItem last_key;  // Of the last item that was wanted.
  std::optional<Error> error;
  bool is_cut = false;

 private:
  void take_as(size_t model, const ItemView& item) {
    void* object = objects_.add(model);
    Result<bool> shown = plan_.entities[model].read_item(item, object, plan_.readings[model]);
    if (!shown || !*shown) objects_.remove_last(model);
    if (!shown) return take_bad(item, std::move(shown).error());
    if (!*shown) return;
    ++summary.count;
    if (wanted_ && summary.count == *wanted_) last_key = storage::with_only(item, plan_.key_names);
  }
  void take_bad(const ItemView& item, Error cause) {
    ++summary.bad_count;
    if (on_bad_ == OnBad::kSkip) return;
    cause.item = storage::with_only(item, plan_.key_names);
    if (on_bad_ == OnBad::kFail) {
      error = std::move(cause);
    } else if (summary.bad.size() < RangeSummary::kBadMax) {
      summary.bad.push_back(std::move(cause));
      summary.bad_at.push_back(summary.count);
    }
  }

  const CollectionPlan& plan_;
  const OnBad on_bad_;
  MixedList& objects_;
  const std::optional<uint64_t> wanted_;
};

void bound(const CollectionCore& core, std::optional<uint64_t> wanted, RangeRequest& request) {
  if (!core.page_size && wanted)
    request.limit = static_cast<uint32_t>(std::min<uint64_t>(*wanted, kEvaluatedMax));
}

// `many`: until the limit or the end; else as much as read_page() says.
Result<CollectionSummary> read(const CollectionCore& core, MixedList& objects, bool many,
                               uint64_t max) {
  CollectionPlan plan = TRY(CollectionPlanner(core).plan());
  RangeRequest& request = plan.request;
  if (core.after)
    request.exclusive_start_key = TRY(read_cursor(*core.after, plan.digest, plan.key_names));
  CollectionSummary total;
  while (true) {
    std::optional<uint64_t> wanted;
    if (core.limit) wanted = *core.limit - total.count;
    bound(core, wanted, request);
    Collecting collecting(plan, core.on_bad, objects, wanted);
    RangeReply reply = TRY(plan.entities[0].connection().read_range(
        request, [&collecting](const ItemView& item) { collecting.take(item); }));
    if (collecting.error) return std::move(*collecting.error);
    CollectionSummary& page = collecting.summary;
    page.scanned_count = reply.scanned_count;
    page.consumed_capacity = reply.consumed_capacity;
    EncodedItem next =
        collecting.is_cut ? std::move(collecting.last_key) : std::move(reply.last_evaluated_key);
    if (next.exists()) page.next = make_cursor(next, plan.digest);
    total.unknown += page.unknown;
    total.add(std::move(page));
    if (total.count > max)
      return make_error(ErrorCode::kLimitExceeded,
                        "the collection has more than " + std::to_string(max) + " items");
    const bool is_full = core.limit ? total.count >= *core.limit : !many;
    if (!next.exists() || is_full) return total;
    if (next == request.exclusive_start_key)
      return make_error(ErrorCode::kInternal,
                        "reading " + request.table + " does not get on: the same key came again");
    request.exclusive_start_key = std::move(next);
  }
}

}  // namespace

Result<RangeRequest> CollectionCore::request() const {
  CollectionPlan plan = TRY(CollectionPlanner(*this).plan());
  if (after)
    plan.request.exclusive_start_key = TRY(read_cursor(*after, plan.digest, plan.key_names));
  bound(*this, limit, plan.request);
  return std::move(plan.request);
}

Result<CollectionSummary> CollectionCore::read_page(MixedList& objects) const {
  return read(*this, objects, false, UINT64_MAX);
}

Result<CollectionSummary> CollectionCore::read_all(MixedList& objects, uint64_t max) const {
  return read(*this, objects, true, max);
}

}  // namespace dynolith::odm
