#include "odm/dynamic/dynamic_transaction.h"

namespace dynolith::odm {
namespace {

std::shared_ptr<void> make_map() { return std::make_shared<Map>(); }

Result<std::vector<std::optional<Map>>> maps_of(
    Result<std::vector<TransactionCore::Written>> objects) {
  if (!objects) return std::move(objects).error();
  std::vector<std::optional<Map>> maps;
  maps.reserve(objects->size());
  for (const TransactionCore::Written& one : *objects) {
    // Operations of structs may be among them.
    const bool is_map = one.object != nullptr && one.schema != nullptr && !one.schema->is_typed();
    maps.push_back(is_map ? std::optional(*static_cast<const Map*>(one.object.get()))
                          : std::nullopt);
  }
  return maps;
}

}  // namespace

DynamicTransaction& DynamicTransaction::token(std::string token) {
  core_.set_token(std::move(token));
  return *this;
}

DynamicTransaction& DynamicTransaction::options(TransactionOptions options) {
  core_.set_options(options);
  return *this;
}

DynamicTransaction& DynamicTransaction::create(const DynamicEntity& entity, Map item,
                                               const Condition<Map>& condition) {
  core_.use(entity.core().table_ptr());
  core_.create(entity.core(), std::make_shared<Map>(std::move(item)), &make_map, condition.core());
  return *this;
}

DynamicTransaction& DynamicTransaction::put(const DynamicEntity& entity, Map item,
                                            const Condition<Map>& condition) {
  core_.use(entity.core().table_ptr());
  core_.put(entity.core(), std::make_shared<Map>(std::move(item)), &make_map, condition.core());
  return *this;
}

DynamicTransaction& DynamicTransaction::save(const DynamicEntity& entity, const Map& original,
                                             Map changed, const Condition<Map>& condition) {
  core_.use(entity.core().table_ptr());
  core_.save(entity.core(), &original, std::make_shared<Map>(std::move(changed)), &make_map,
             condition.core());
  return *this;
}

DynamicTransaction& DynamicTransaction::update(const DynamicUpdate& update) {
  core_.use(update.core().entity().table_ptr());
  core_.update(update.core());
  return *this;
}

DynamicTransaction& DynamicTransaction::remove(const DynamicEntity& entity, const DynamicKey& key,
                                               const Condition<Map>& condition) {
  core_.use(entity.core().table_ptr());
  core_.remove(entity.core(), key.encode(entity.schema()), condition.core());
  return *this;
}

DynamicTransaction& DynamicTransaction::remove_item(const DynamicEntity& entity, const Map& item,
                                                    const Condition<Map>& condition) {
  core_.use(entity.core().table_ptr());
  core_.remove_object(entity.core(), &item, condition.core());
  return *this;
}

DynamicTransaction& DynamicTransaction::check(const DynamicEntity& entity, const DynamicKey& key,
                                              const Condition<Map>& condition) {
  core_.use(entity.core().table_ptr());
  core_.check(entity.core(), key.encode(entity.schema()), condition.core());
  return *this;
}

Result<std::vector<std::optional<Map>>> DynamicTransaction::exec() const {
  return maps_of(core_.exec());
}

DynamicReadTransaction& DynamicReadTransaction::options(TransactionOptions options) {
  core_.set_options(options);
  return *this;
}

DynamicReadTransaction& DynamicReadTransaction::get(const DynamicEntity& entity,
                                                    const DynamicKey& key) {
  core_.use(entity.core().table_ptr());
  core_.get(entity.core(), key.encode(entity.schema()), &make_map);
  return *this;
}

DynamicReadTransaction& DynamicReadTransaction::get(const DynamicPartialEntity& entity,
                                                    const DynamicKey& key) {
  core_.use(entity.core().table_ptr());
  core_.get(entity.core(), key.encode(entity.core().schema()), &make_map, entity.parts());
  return *this;
}

Result<std::vector<std::optional<Map>>> DynamicReadTransaction::exec() const {
  return maps_of(core_.exec());
}

}  // namespace dynolith::odm
