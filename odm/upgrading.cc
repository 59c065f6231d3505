// Writing to items of older schema versions.
#include "odm/entity_support.h"
#include "odm/object.h"
#include "odm/save_differences.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::odm::internal {
namespace {

// Attributes that are held against what they were: more do not fit an expression of the service,
// and what others do to the rest meanwhile may be lost.
constexpr size_t kHeldMax = 100;

// That the item is as it was: an upgrade may have read all of it. What is written comes first.
ConditionCore unchanged(const Schema& schema, const ItemView& stored, const ItemView& target) {
  std::vector<std::pair<std::string_view, OptionalView>> held;
  for_each_difference(stored.attributes(), target.attributes(),
                      [&](std::string_view name, const OptionalView& before, const OptionalView&) {
                        held.emplace_back(name, before);
                      });
  const storage::MapView attributes = stored.attributes();
  for (uint32_t i = 0; i < attributes.size() && held.size() < kHeldMax; ++i) {
    const auto [name, value] = attributes[i];
    const bool is_key =
        name == schema.partition->attribute || (schema.sort && name == schema.sort->attribute);
    if (!is_key && target.find(name) == value) held.emplace_back(name, value);
  }
  std::vector<storage::Condition> all;
  for (size_t i = 0; i < held.size() && i < kHeldMax; ++i)
    all.push_back(clone(*holds(held[i].first, held[i].second).tree));
  if (all.size() == 1) return share(std::move(all.front()));
  return share({storage::And{std::move(all)}});
}

}  // namespace

ConditionCore schema_version_condition(const Schema& schema) {
  if (schema.version == 0) return {};
  return share(
      {storage::Comparison{path_of(schema.version_attribute), storage::Comparator::kGreaterOrEqual,
                           number_value(Number(schema.version))}});
}

Result<UpdateRequest> upgrading_request(const Schema& schema, const UpdateRequest& request,
                                        const ConditionCore& condition, const ItemView& stored,
                                        const ItemView& newer) {
  auto target = storage::apply_update(*request.update, newer, request.key.view());
  if (!target)
    return make_error(
        ErrorCode::kBadRequest,
        schema.model + ": the upgraded item cannot be saved: " + target.error().message);
  UpdateRequest upgrading = request;
  upgrading.update =
      std::make_shared<const storage::Update>(update_between(stored, target->view()));
  upgrading.condition = both(unchanged(schema, stored, target->view()), condition).tree;
  return upgrading;
}

}  // namespace dynolith::odm::internal
