// Writing to items of older schema versions.
#include "odm/entity_support.h"
#include "odm/object.h"
#include "odm/save_differences.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::odm::internal {

ConditionCore schema_version_condition(const Schema& schema) {
  if (schema.version == 0) return {};
  return share(
      {storage::Comparison{path_of(schema.version_attribute), storage::Comparator::kGreaterOrEqual,
                           number_value(schema.version)}});
}

Result<std::optional<UpdateRequest>> upgrading_request(const Schema& schema,
                                                       const UpdateRequest& request,
                                                       const ConditionCore& condition,
                                                       const ItemView& stored) {
  const std::optional<EncodedItem> newer = TRY(upgraded(schema, stored));
  if (!newer) return std::optional<UpdateRequest>();
  auto target = storage::apply_update(*request.update, newer->view(), request.key.view());
  if (!target)
    return make_error(
        ErrorCode::kBadRequest,
        schema.model + ": the upgraded item cannot be saved: " + target.error().message);
  UpdateRequest upgrading = request;
  upgrading.update =
      std::make_shared<const storage::Update>(update_between(stored, target->view()));
  const ConditionCore unchanged =
      holds(schema.version_attribute, stored.find(schema.version_attribute));
  upgrading.condition = both(unchanged, condition).tree;
  return std::optional<UpdateRequest>(std::move(upgrading));
}

}  // namespace dynolith::odm::internal
