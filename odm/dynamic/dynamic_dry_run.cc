// What calls of dynamic entities would send.
#include "odm/dynamic/dynamic_entity.h"

namespace dynolith::odm {
Result<Request> DynamicDryRun::create(Map item, const Condition<Map>& condition) const {
  return core_.dry_create(&item, condition.core());
}

Result<Request> DynamicDryRun::put(Map item, const Condition<Map>& condition) const {
  return core_.dry_put(&item, condition.core());
}

Result<std::optional<Request>> DynamicDryRun::save(const Map& original, Map changed,
                                                   const Condition<Map>& condition) const {
  return core_.dry_save(&original, &changed, condition.core());
}

Result<std::optional<Request>> DynamicDryRun::modify(
    const DynamicKey& key, FunctionRef<Result<void>(Map& item)> change) const {
  const EncodedItem encoded = TRY(key.encode(core_.schema()));
  Map changed;
  return internal::run_modify(change, changed, [&](const ModifiedObjects& objects) {
    return core_.dry_modify(encoded, objects);
  });
}

Result<Request> DynamicDryRun::get(const DynamicKey& key, const ReadOptions& options) const {
  EncodedItem encoded = TRY(key.encode(core_.schema()));
  return Request(TRY(core_.get_request(std::move(encoded), options)));
}

Result<Request> DynamicDryRun::remove(const DynamicKey& key,
                                      const Condition<Map>& condition) const {
  return core_.dry_remove(TRY(key.encode(core_.schema())), condition.core());
}

Result<Request> DynamicDryRun::remove_item(const Map& item, const Condition<Map>& condition) const {
  return core_.dry_remove_object(&item, condition.core());
}

Result<std::vector<Request>> DynamicDryRun::get_many(const std::vector<DynamicKey>& keys,
                                                     const ReadOptions& options) const {
  return core_.dry_get_many(TRY(DynamicKey::encode_all(core_.schema(), keys)), options);
}

Result<std::vector<Request>> DynamicDryRun::put_many(std::vector<Map> items) const {
  return core_.dry_put_many(internal::addresses_of(items));
}

Result<std::vector<Request>> DynamicDryRun::remove_many(const std::vector<DynamicKey>& keys) const {
  return core_.dry_remove_many(TRY(DynamicKey::encode_all(core_.schema(), keys)));
}

}  // namespace dynolith::odm
