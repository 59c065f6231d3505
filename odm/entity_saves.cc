// Saving what differs between two objects.
#include "odm/entity_core.h"
#include "odm/entity_support.h"
#include "odm/save_differences.h"
#include "odm/unique.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::odm {
namespace {

// What the documents of the update are like. With a version, those that were read are there.
ConditionCore places_condition(const internal::SaveDifferences& differences, bool has_version) {
  ConditionCore condition;
  for (const auto& [path, was_read] : differences.parents())
    if (!was_read || !has_version)
      condition = both(std::move(condition), internal::share({storage::AttributeExists{path}}));
  for (const storage::DocumentPath& path : differences.missing())
    condition = both(std::move(condition), internal::share({storage::AttributeNotExists{path}}));
  return condition;
}

}  // namespace

// A save before it is sent.
struct EntityCore::SavePlan {
  UpdateRequest request;
  ConditionCore condition;  // That of the request without the documents and the schema's version.
  std::optional<int64_t> version;
  EncodedItem original, wanted, filled;

  void add_update(const Schema& schema, internal::SaveDifferences& differences,
                  const ItemView* stored = nullptr);
};

void EntityCore::SavePlan::add_update(const Schema& schema, internal::SaveDifferences& differences,
                                      const ItemView* stored) {
  request.update =
      std::make_shared<const storage::Update>(differences.update(filled.view(), stored));
  const ConditionCore places = places_condition(differences, version.has_value());
  request.condition =
      both(both(condition, places), internal::schema_version_condition(schema)).tree;
}

Result<std::optional<EntityCore::SavePlan>> EntityCore::plan_save(
    const void* original, void* changed, const ConditionCore& condition) const {
  if (condition.error) return *condition.error;
  if (!schema_->partition) return internal::no_table_key(*schema_);
  SavePlan plan;
  plan.original = encode_as_is(*schema_, original);
  plan.wanted = encode_as_is(*schema_, changed);
  internal::SaveDifferences differences(*schema_, plan.original.view(), plan.wanted.view());
  if (!differences.refused().empty()) return invalid_error(schema_->model, differences.refused());
  if (differences.empty()) return std::optional<SavePlan>();
  plan.request = {.table = table_->name, .key = TRY(key_of(*schema_, original)), .update = {}};
  plan.filled = TRY(make_item(*schema_, changed, WriteKind::kSave, moment()));
  plan.version = internal::version_of(*schema_, original);
  plan.condition =
      both(both(internal::is_there(*schema_), internal::version_condition(*schema_, plan.version)),
           condition);
  plan.add_update(*schema_, differences);
  if (plan.request.update->actions.empty()) return std::optional<SavePlan>();
  plan.request.returns = UpdateRequest::Return::kAllNew;
  plan.request.return_old_on_failure = true;
  return std::optional<SavePlan>(std::move(plan));
}

Result<std::optional<UpdateRequest>> EntityCore::save_request(
    const void* original, void* changed, const ConditionCore& condition) const {
  std::optional<SavePlan> plan = TRY(plan_save(original, changed, condition));
  if (!plan) return std::optional<UpdateRequest>();
  return std::optional<UpdateRequest>(std::move(plan->request));
}

Result<void> EntityCore::save(const void* original, void* changed,
                              const ConditionCore& condition) const {
  std::optional<SavePlan> plan = TRY(plan_save(original, changed, condition));
  if (!plan) return {};
  Result<EncodedItem> saved = internal::send_fitting(
      *plan, [&](const ItemView& stored) { return plan_for(*plan, stored); },
      [this](const SavePlan& fitting) { return send_save(fitting); });
  if (!saved) return explain_save(std::move(saved).error(), condition, plan->version);
  // A recorder answers no item.
  const EncodedItem& stored = saved->exists() ? *saved : plan->filled;
  return finish_write(WriteKind::kSave, stored.view(), changed);
}

// The same for an item that is of an older schema version, or lacks documents that objects have.
// Nothing: it is neither.
Result<std::optional<EntityCore::SavePlan>> EntityCore::plan_for(const SavePlan& plan,
                                                                 const ItemView& stored) const {
  if (internal::is_other_entitys(*schema_, stored)) return std::optional<SavePlan>();
  const std::optional<EncodedItem> newer = TRY(upgraded(*schema_, stored));
  const ItemView item = newer ? newer->view() : stored;
  SavePlan fitting = plan;
  internal::SaveDifferences differences(*schema_, plan.original.view(), plan.wanted.view());
  fitting.add_update(*schema_, differences, &item);
  if (!newer && differences.missing().empty()) return std::optional<SavePlan>();
  if (newer)
    fitting.request = TRY(internal::upgrading_request(*schema_, fitting.request, fitting.condition,
                                                      stored, newer->view()));
  return std::optional<SavePlan>(std::move(fitting));
}

// With the values that the transaction gives up as they were read.
Result<internal::GuardedWrite> EntityCore::guard_save(const SavePlan& plan) const {
  if (schema_->unique.empty()) return internal::GuardedWrite();
  return internal::guard(*this, plan.request, plan.original.view(), plan.filled.view());
}

Result<EncodedItem> EntityCore::send_save(const SavePlan& plan) const {
  const internal::GuardedWrite guarded = TRY(guard_save(plan));
  if (guarded.attributes.empty()) return TRY(connection().update(plan.request)).item;
  TRY(internal::write_guarded(*this, guarded));
  return plan.filled;
}

Result<std::optional<Request>> EntityCore::dry_save(const void* original, void* changed,
                                                    const ConditionCore& condition) const {
  std::optional<SavePlan> plan = TRY(plan_save(original, changed, condition));
  if (!plan) return std::optional<Request>();
  internal::GuardedWrite guarded = TRY(guard_save(*plan));
  if (guarded.attributes.empty()) return std::optional<Request>(std::move(plan->request));
  return std::optional<Request>(TransactWriteRequest{.actions = std::move(guarded.actions)});
}

Result<std::optional<Request>> EntityCore::dry_modify(const EncodedItem& key,
                                                      ModifiedObjects objects) const {
  EncodedItem stored;
  if (!TRY(get_stored(key, objects.fresh(), stored))) return not_found_error();
  void* const changed = TRY(objects.change());
  return dry_save(objects.original(), changed, TRY(unchanged_since(stored.view())));
}

Error EntityCore::explain_save(Error error, const ConditionCore& condition,
                               std::optional<int64_t> version) const {
  const bool is_condition = error.code == ErrorCode::kConditionFailed;
  error = explain_failure(std::move(error), Intent::kUpdateExisting, condition, version);
  const bool is_satisfied =
      condition.tree == nullptr || storage::evaluate(*condition.tree, error.item.view());
  if (is_condition && error.code == ErrorCode::kConditionFailed && is_satisfied) {
    error.code = ErrorCode::kVersionConflict;
    error.message = schema_->model + " was changed meanwhile";
  }
  return error;
}

Result<void> EntityCore::modify(const EncodedItem& key, ModifiedObjects objects) const {
  constexpr int kAttemptsMax = 10;
  constexpr int64_t kWaitMs = 10;
  for (int attempt = 1;; ++attempt) {
    EncodedItem stored;
    if (!TRY(get_stored(key, objects.fresh(), stored))) return not_found_error();
    void* const changed = TRY(objects.change());
    const ConditionCore unchanged = TRY(unchanged_since(stored.view()));
    Result<void> saved = save(objects.original(), changed, unchanged);
    const bool is_conflict =
        !saved &&
        (saved.error().code == ErrorCode::kVersionConflict ||
         saved.error().code == ErrorCode::kTransactionConflict ||
         (unchanged.tree != nullptr && saved.error().code == ErrorCode::kConditionFailed));
    if (!is_conflict) return saved;
    if (attempt == kAttemptsMax) {
      Error error = std::move(saved).error();
      error.code = ErrorCode::kVersionConflict;
      error.message = schema_->model + " was changed by others at each of " +
                      std::to_string(kAttemptsMax) + " attempts";
      return error;
    }
    internal::wait_before_retry(connection(), attempt, kWaitMs);
  }
}

// Models with a version need no more than it; of others every attribute stays as it was read.
Result<ConditionCore> EntityCore::unchanged_since(const ItemView& stored) const {
  constexpr size_t kAttributesMax = 200;
  if (schema_->lock_version) return ConditionCore();
  const storage::MapView attributes = stored.attributes();
  if (attributes.size() + schema_->attributes.size() > kAttributesMax)
    return make_error(ErrorCode::kBadRequest, schema_->model +
                                                  ": modify() of an item with more than " +
                                                  std::to_string(kAttributesMax) +
                                                  " attributes, there or not, needs a version()");
  std::vector<storage::Condition> all;
  for (uint32_t i = 0; i < attributes.size(); ++i) {
    const auto [name, value] = attributes[i];
    const bool is_key = name == schema_->partition->attribute ||
                        (schema_->sort && name == schema_->sort->attribute);
    if (!is_key) all.push_back(clone(*internal::holds(name, value).tree));
  }
  for (const Attribute& attribute : schema_->attributes)
    if (attribute.role != AttributeRole::kExtra && !attributes.find(attribute.stored_name))
      all.push_back(clone(*internal::absent(attribute.stored_name).tree));
  if (all.empty()) return ConditionCore();
  if (all.size() == 1) return internal::share(std::move(all.front()));
  return internal::share({storage::And{std::move(all)}});
}

}  // namespace dynolith::odm
