// What writes of one item would send.
#include "odm/entity_core.h"
#include "odm/entity_support.h"
#include "odm/unique.h"

namespace dynolith::odm {

Result<Request> EntityCore::dry_create(void* object, const ConditionCore& condition) const {
  PutRequest request = TRY(create_request(object, condition));
  if (schema_->unique.empty()) return Request(std::move(request));
  auto guarded = TRY(internal::guard(*this, request, {}, request.item.view()));
  if (guarded.attributes.empty()) return Request(std::move(request));
  return Request(TransactWriteRequest{.actions = std::move(guarded.actions)});
}

Result<Request> EntityCore::dry_put(void* object, const ConditionCore& condition) const {
  PutRequest request = TRY(put_request(object, condition));
  if (schema_->unique.empty()) return Request(std::move(request));
  Result<Request> shown = internal::show_stored(*this, {std::move(request), condition});
  if (shown) return shown;
  return explain_failure(std::move(shown).error(), Intent::kOther, condition, std::nullopt);
}

Result<Request> EntityCore::dry_remove(const EncodedItem& key,
                                       const ConditionCore& condition) const {
  return dry_removed(TRY(remove_request(key, condition)), condition, std::nullopt);
}

Result<Request> EntityCore::dry_remove_object(const void* object,
                                              const ConditionCore& condition) const {
  return dry_removed(TRY(remove_object_request(object, condition)), condition,
                     internal::version_of(*schema_, object));
}

}  // namespace dynolith::odm
