// Reading items of a model.
#include "odm/entity_core.h"
#include "odm/entity_support.h"

namespace dynolith::odm {
namespace {

// What is older the service does not take for a time to live: it never deletes the item.
constexpr int64_t kExpiredSecondsMax = int64_t{5} * 365 * 24 * 60 * 60;

// Its time is over, though the service may not have deleted it yet.
bool is_expired(const Schema& schema, const ItemView& item, int64_t now_ms) {
  if (!schema.expires_at) return false;
  const auto stored = item.find(schema.attributes[*schema.expires_at].stored_name);
  if (!stored || stored->type() != AttributeType::kNumber) return false;
  const std::optional<int64_t> seconds = stored->number().to_int64();
  const int64_t now = now_ms / 1000;
  return seconds && *seconds <= now && *seconds >= now - kExpiredSecondsMax;
}

}  // namespace

Result<GetRequest> EntityCore::get_request(EncodedItem key, const ReadOptions& options) const {
  if (!schema_->partition) return internal::no_table_key(*schema_);
  GetRequest request{.table = table_->name, .key = std::move(key)};
  request.consistent = options.consistent;
  if (options.parts != nullptr) request.projection = options.parts->projection;
  return request;
}

Result<bool> EntityCore::get(EncodedItem key, void* object, const ReadOptions& options) const {
  if (!schema_->partition) return internal::no_table_key(*schema_);
  GetRequest request{
      .table = table_->name, .key = std::move(key), .consistent = options.consistent};
  if (options.parts != nullptr) request.projection = options.parts->projection;
  Result<bool> found = false;
  TRY(connection().get(request, [&](const ItemView& item) {
    if (item.exists()) found = read_item(item, object, options.parts);
  }));
  return found;
}

Result<bool> EntityCore::get_stored(EncodedItem key, void* object, EncodedItem& stored) const {
  const GetRequest request = TRY(get_request(std::move(key), {.consistent = true}));
  Result<bool> found = false;
  TRY(connection().get(request, [&](const ItemView& item) {
    if (!item.exists()) return;
    stored.bytes.assign(item.bytes());
    found = read_item(item, object);
  }));
  return found;
}

bool EntityCore::shows(const ItemView& item) const { return is_of(*schema_, item) && !hides(item); }

bool EntityCore::hides(const ItemView& item) const {
  return table_->options.hide_expired && is_expired(*schema_, item, now_ms());
}

Result<bool> EntityCore::read_item(const ItemView& item, void* object, Reading reading,
                                   const SelectedParts* parts) const {
  if (!shows(item)) return false;
  TRY(read_object(*schema_, item, object, reading, parts));
  return true;
}

}  // namespace dynolith::odm
