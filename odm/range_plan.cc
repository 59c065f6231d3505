// What a read over a range becomes: key conditions, filters for the other side and for this one,
// projection.
#include <algorithm>

#include "odm/entity_support.h"
#include "odm/index_choice.h"
#include "odm/range_core.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"

namespace dynolith::odm {
namespace {

ConditionCore holder_exclusion() {
  storage::Condition is_item{storage::AttributeNotExists{internal::path_of(kUniqueHolder)}};
  return {std::make_shared<const storage::Condition>(std::move(is_item)), {}};
}

class Planner {
 public:
  Planner(const RangeCore& core, bool for_count)
      : core_(core), schema_(core.entity.schema()), for_count_(for_count) {}

  Result<RangePlan> plan() {
    if (core_.error) return *core_.error;
    if (schema_.error) return *schema_.error;
    if (core_.filter.error) return *core_.filter.error;
    if (!schema_.partition)
      return make_error(ErrorCode::kBadModel, schema_.model + " has no key: it is not in a table");
    index_ = core_.index;
    filter_ = core_.filter;
    TRY(check());
    RangeRequest& request = plan_.request;
    request.table = core_.entity.table().name;
    request.forward = core_.forward;
    request.consistent = core_.consistent;
    request.limit = core_.page_size;
    request.segment = core_.segment;
    TRY(plan_keys_of_kind());
    if (index_ != nullptr) request.index = index_->name;
    plan_.entity = TRY(reading_entity(core_.entity, core_.hide_expired, index_));
    if (core_.consistent && index_ != nullptr && index_->kind == storage::IndexKind::kGlobal)
      return bad_request("index \"" + index_->name +
                         "\" is global: it cannot be read consistently");
    plan_key_names();
    TRY(plan_filter());
    plan_projection();
    plan_.digest = range_digest(request);
    return std::move(plan_);
  }

 private:
  Error bad_request(std::string why) const {
    return make_error(ErrorCode::kBadRequest, schema_.model + ": " + std::move(why));
  }

  Result<void> check() const {
    if (core_.limit && *core_.limit == 0) return bad_request("limit() is at least 1");
    if (core_.page_size && *core_.page_size == 0) return bad_request("page_size() is at least 1");
    return {};
  }

  Result<void> plan_keys_of_kind() {
    if (core_.kind == RangeCore::Kind::kScan) return {};
    KeyPlan keys;
    if (core_.kind == RangeCore::Kind::kSearch) {
      IndexChoice choice = TRY(choose_index(core_));
      if (choice.is_scan) return {};
      index_ = choice.index;
      filter_ = std::move(choice.rest);
      keys = std::move(choice.keys);
    } else {
      keys = TRY(plan_keys(schema_, range_keys(schema_, index_), core_.given,
                           core_.sort ? &*core_.sort : nullptr));
    }
    plan_.request.key_clauses = std::move(keys.clauses);
    plan_.tests = std::move(keys.tests);
    plan_.is_empty = keys.is_empty;
    is_isolated_ = keys.has_literal;
    return {};
  }

  void plan_key_names() {
    const auto add = [this](const RangeKeys& keys) {
      for (const KeyPart* part : keys.partition) plan_.key_names.push_back(part->attribute);
      for (const KeyPart* part : keys.sort) plan_.key_names.push_back(part->attribute);
    };
    add(range_keys(schema_, nullptr));
    if (index_ != nullptr) add(range_keys(schema_, index_));
    std::sort(plan_.key_names.begin(), plan_.key_names.end());
    plan_.key_names.erase(std::unique(plan_.key_names.begin(), plan_.key_names.end()),
                          plan_.key_names.end());
  }

  // The service refuses filters of a query that name attributes of the key; what does is held
  // against items here.
  Result<void> plan_filter() {
    ConditionCore sent;
    plan_.shows_tag =
        schema_.entity.empty() || holds_attribute(schema_, index_, schema_.tag_attribute);
    const bool needs_tag = !schema_.entity.empty() && (!is_isolated_ || for_count_);
    if (needs_tag && plan_.shows_tag) sent = {schema_.has_tag, {}};
    // What holds unique values is in the table too, in partitions of its own.
    const bool reads_holders = schema_.entity.empty() && !schema_.unique.empty() &&
                               plan_.request.key_clauses.empty() &&
                               holds_attribute(schema_, index_, kUniqueHolder);
    if (reads_holders) sent = holder_exclusion();
    if (filter_.tree != nullptr) {
      const RangeKeys keys = range_keys(schema_, index_);
      ConditionCore local;
      for (ConditionCore& clause : clauses_of(filter_)) {
        bool names_key = false;
        if (!plan_.request.key_clauses.empty())
          storage::visit_paths(*clause.tree, [&](const storage::DocumentPath& path) {
            names_key = names_key || keys.has(path.attribute());
          });
        ConditionCore& side = names_key ? local : sent;
        side = both(std::move(side), std::move(clause));
      }
      if (local.error) return *local.error;
      plan_.local_filter = local.tree;
    }
    if (sent.error) return *sent.error;
    plan_.request.filter = sent.tree;
    const bool hides = core_.hide_expired || core_.entity.table().options.hide_expired;
    plan_.is_counted = plan_.local_filter == nullptr && plan_.tests.empty() && plan_.shows_tag &&
                       !(hides && schema_.expires_at);
    return {};
  }

  void plan_projection() {
    if (index_ != nullptr && index_->projection.type != storage::ProjectionType::kAll)
      plan_.reading = Reading::kPartial;
    if (core_.only.is_empty()) return;
    plan_.reading = Reading::kPartial;
    std::vector<std::string> names = plan_.key_names;
    for (std::string& name : always_read(schema_))
      if (holds_attribute(schema_, index_, name)) names.push_back(std::move(name));
    for (const MemberTest& test : plan_.tests)
      if (holds_attribute(schema_, index_, test.stored_name)) names.push_back(test.stored_name);
    if (plan_.local_filter != nullptr)
      storage::visit_paths(*plan_.local_filter, [&](const storage::DocumentPath& path) {
        names.push_back(path.attribute());
      });
    std::vector<storage::DocumentPath> paths = core_.only.paths;
    for (const std::string& name : names) paths.push_back(internal::path_of(name));
    paths = merged(std::move(paths));
    plan_.parts = SelectedParts(paths);
    plan_.request.projection =
        std::make_shared<const storage::Projection>(storage::Projection{std::move(paths)});
  }

  const RangeCore& core_;
  const Schema& schema_;
  const bool for_count_;
  const IndexSchema* index_ = nullptr;
  ConditionCore filter_;
  bool is_isolated_ = false;
  RangePlan plan_;
};

}  // namespace

bool holds_attribute(const Schema& schema, const IndexSchema* index, std::string_view attribute) {
  if (index == nullptr || index->projection.type == storage::ProjectionType::kAll) return true;
  if (range_keys(schema, nullptr).has(attribute) || range_keys(schema, index).has(attribute))
    return true;
  const auto& names = index->projection.non_key_attributes;
  return index->projection.type == storage::ProjectionType::kInclude &&
         std::find(names.begin(), names.end(), attribute) != names.end();
}

Result<EntityCore> reading_entity(const EntityCore& entity, bool hide_expired,
                                  const IndexSchema* index) {
  const Schema& schema = entity.schema();
  const bool hides = hide_expired || entity.table().options.hide_expired;
  if (hides && schema.expires_at) {
    const Attribute& time = schema.attributes[*schema.expires_at];
    if (!holds_attribute(schema, index, time.stored_name))
      return make_error(ErrorCode::kBadRequest,
                        schema.model + ": index \"" + index->name + "\" does not hold \"" +
                            time.name + "\": it cannot be read without what has expired; project " +
                            "the attribute, or do not hide expired items");
  }
  if (!hide_expired || entity.table().options.hide_expired) return entity;
  TableCore table = entity.table();
  table.options.hide_expired = true;
  // Who reads keeps the entity itself too, which holds a dynamic schema.
  return EntityCore(std::make_shared<const TableCore>(std::move(table)), schema);
}

Result<RangePlan> plan_range(const RangeCore& core, bool for_count) {
  return Planner(core, for_count).plan();
}

Result<const Attribute*> RangeCore::sort_member() const {
  const Schema& schema = entity.schema();
  if (schema.error) return *schema.error;
  if (const auto member = next_member(range_keys(schema, index), given))
    return &schema.attributes[*member];
  return make_error(ErrorCode::kBadKey,
                    schema.model + ": the key is given whole: nothing is left for sort()");
}

}  // namespace dynolith::odm
