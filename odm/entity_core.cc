// Writing items of a model.
#include "odm/entity_core.h"

#include "odm/entity_support.h"
#include "odm/unique.h"
#include "storage/expression/condition.h"

namespace dynolith::odm {
namespace {

template <class T>
Result<void> without_reply(Result<T> reply) {
  if (!reply) return std::move(reply).error();
  return {};
}

Result<EncodedItem> item_of(Result<WriteReply> reply) {
  if (!reply) return std::move(reply).error();
  return std::move(reply->item);
}

// A version that is not there because nothing is: there was nothing to remove.
bool is_nothing_there(const Error& error, const ConditionCore& condition) {
  return error.code == ErrorCode::kConditionFailed && !error.item.exists() &&
         (condition.tree == nullptr || storage::evaluate(*condition.tree, {}));
}

}  // namespace

Result<PutRequest> EntityCore::create_request(void* object, const ConditionCore& condition) const {
  if (condition.error) return *condition.error;
  if (!schema_->partition) return internal::no_table_key(*schema_);
  PutRequest request{.table = table_->name, .item = {}};
  request.item = TRY(make_item(*schema_, object, WriteKind::kCreate, moment()));
  request.condition = both(internal::absent(schema_->partition->attribute), condition).tree;
  request.return_old_on_failure = true;
  return request;
}

Result<PutRequest> EntityCore::put_request(void* object, const ConditionCore& condition) const {
  if (condition.error) return *condition.error;
  if (!schema_->partition) return internal::no_table_key(*schema_);
  PutRequest request{.table = table_->name, .item = {}};
  request.item = TRY(make_item(*schema_, object, WriteKind::kPut, moment()));
  request.condition = both(internal::is_own_or_absent(*schema_), condition).tree;
  request.return_old_on_failure = request.condition != nullptr;
  // Once it is there, it is of this entity.
  request.is_repeatable = condition.tree == nullptr;
  return request;
}

Result<DeleteRequest> EntityCore::remove_request(const EncodedItem& key,
                                                 const ConditionCore& condition) const {
  if (condition.error) return *condition.error;
  if (!schema_->partition) return internal::no_table_key(*schema_);
  DeleteRequest request{.table = table_->name, .key = key};
  request.condition = both(internal::is_own_or_absent(*schema_), condition).tree;
  request.return_old = true;
  request.return_old_on_failure = request.condition != nullptr;
  return request;
}

Result<DeleteRequest> EntityCore::remove_object_request(const void* object,
                                                        const ConditionCore& condition) const {
  const EncodedItem key = TRY(key_of(*schema_, object));
  const auto version = internal::version_of(*schema_, object);
  return remove_request(key, both(internal::version_condition(*schema_, version), condition));
}

Result<void> EntityCore::create(void* object, const ConditionCore& condition) const {
  const PutRequest request = TRY(create_request(object, condition));
  Result<void> written;
  if (schema_->unique.empty()) {
    written = without_reply(connection().put(request));
  } else {
    const auto guarded = TRY(internal::guard(*this, request, {}, request.item.view()));
    written = guarded.attributes.empty() ? without_reply(connection().put(request))
                                         : internal::write_guarded(*this, guarded);
  }
  if (!written)
    return explain_failure(std::move(written).error(), Intent::kCreate, condition, std::nullopt);
  return finish_write(WriteKind::kCreate, request.item.view(), object);
}

Result<void> EntityCore::put(void* object, const ConditionCore& condition) const {
  const PutRequest request = TRY(put_request(object, condition));
  Result<void> written;
  if (schema_->unique.empty())
    written = without_reply(connection().put(request));
  else
    written = without_reply(internal::write_stored(*this, {request, condition}));
  if (!written)
    return explain_failure(std::move(written).error(), Intent::kOther, condition, std::nullopt);
  return finish_write(WriteKind::kPut, request.item.view(), object);
}

Result<bool> EntityCore::remove(const EncodedItem& key, const ConditionCore& condition) const {
  return removed(TRY(remove_request(key, condition)), condition, std::nullopt);
}

Result<bool> EntityCore::remove_object(const void* object, const ConditionCore& condition) const {
  return removed(TRY(remove_object_request(object, condition)), condition,
                 internal::version_of(*schema_, object));
}

Result<bool> EntityCore::removed(const DeleteRequest& request, const ConditionCore& condition,
                                 std::optional<int64_t> expected_version) const {
  Result<EncodedItem> old = schema_->unique.empty()
                                ? item_of(connection().remove(request))
                                : internal::write_stored(*this, {request, {request.condition, {}}});
  if (old) return old->exists();
  if (is_nothing_there(old.error(), condition)) return false;
  return explain_failure(std::move(old).error(), Intent::kOther, condition, expected_version);
}

Result<Request> EntityCore::dry_removed(const DeleteRequest& request,
                                        const ConditionCore& condition,
                                        std::optional<int64_t> expected_version) const {
  if (schema_->unique.empty()) return Request(request);
  Result<Request> shown = internal::show_stored(*this, {request, {request.condition, {}}});
  if (shown) return shown;
  if (is_nothing_there(shown.error(), condition))
    return Request(TRY(get_request(request.key, {.consistent = true})));
  return explain_failure(std::move(shown).error(), Intent::kOther, condition, expected_version);
}

Result<void> EntityCore::finish_write(WriteKind kind, const ItemView& item, void* object) const {
  internal::reset_object(*schema_, object);
  TRY(read_object(*schema_, item, object));
  for (const auto& hook : schema_->hooks.after_write) hook(to_text(kind), object);
  return {};
}

}  // namespace dynolith::odm
