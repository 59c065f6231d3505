// Updates of unique attributes: the item is read, and the update, what it gives up and what it
// takes become one transaction.
#include "odm/entity_support.h"
#include "odm/unique.h"
#include "odm/update_core.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::odm {
namespace {

constexpr int kAttemptsMax = 8;
constexpr int64_t kWaitMs = 20;

// That all unique attributes are what they were.
ConditionCore unchanged(const Schema& schema, const ItemView& before) {
  ConditionCore all;
  for (const Unique& unique : schema.unique) {
    internal::UniqueChange value;
    value.attribute = unique.attribute;
    value.before = before.find(schema.attributes[unique.attribute].stored_name);
    all = both(std::move(all), value.is_unchanged(schema));
  }
  return all;
}

Result<EncodedItem> read(const EntityCore& entity, const EncodedItem& key) {
  const GetRequest request = TRY(entity.get_request(key, {.consistent = true}));
  EncodedItem item;
  TRY(entity.connection().get(request,
                              [&](const ItemView& found) { item.bytes.assign(found.bytes()); }));
  return item;
}

}  // namespace

Result<EncodedItem> UpdateCore::send_with_unique(const PreparedUpdate& prepared,
                                                 UpdateRequest::Return returns) const {
  const Schema& schema = entity_.schema();
  const EncodedItem& key = prepared.request.key;
  for (int attempt = 1;; ++attempt) {
    EncodedItem before = TRY(read(entity_, key));
    if (mode_ == UpdateMode::kMustExist && !before.exists()) return entity_.not_found_error();
    if (internal::is_other_entitys(schema, before.view()))
      return internal::other_entity_error(schema, std::move(before));
    auto after = storage::apply_update(*prepared.request.update, before.view(), key.view());
    if (!after) return make_error(ErrorCode::kBadRequest, after.error().message);
    const internal::UniqueChanges changes =
        internal::unique_changes(schema, before.view(), after->view());
    const ConditionCore same = unchanged(schema, before.view());
    UpdateRequest request = prepared.request;
    request.condition = both(prepared.condition, same).tree;
    request.returns = UpdateRequest::Return::kNone;
    request.return_old_on_failure = true;
    Result<void> written = internal::write_with_unique(entity_, std::move(request), changes);
    if (written) {
      if (returns == UpdateRequest::Return::kAllOld) return before;
      return read(entity_, key);
    }
    Error error = std::move(written).error();
    const bool is_changed = error.code == ErrorCode::kConditionFailed &&
                            !storage::evaluate(*same.tree, error.item.view());
    if (!is_changed)
      return entity_.explain_failure(std::move(error), prepared.intent, prepared.condition,
                                     prepared.expected_version);
    if (attempt == kAttemptsMax)
      return make_error(ErrorCode::kVersionConflict,
                        schema.model + " was changed by others at each of " +
                            std::to_string(kAttemptsMax) + " attempts");
    internal::wait_before_retry(entity_.connection(), attempt, kWaitMs);
  }
}

}  // namespace dynolith::odm
