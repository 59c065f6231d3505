// The operations on one model's items, without its type: what Entity<T> and DynamicEntity are
// fronts of. Objects are T* or Map*, as object.h says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "odm/condition.h"
#include "odm/connection/connection.h"
#include "odm/object.h"
#include "odm/table.h"

namespace dynolith::odm {

struct ReadOptions {
  bool consistent = false;
};

// An object that a read fills: a new one for each item, of the front's type.
using ObjectSink = storage::FunctionRef<void*()>;

class EntityCore {
 public:
  // `schema` outlives it (typed), or is held by it (dynamic).
  EntityCore(TableCorePtr table, const Schema& schema)
      : table_(std::move(table)), schema_(&schema) {}
  EntityCore(TableCorePtr table, std::shared_ptr<const Schema> schema)
      : table_(std::move(table)), schema_(schema.get()), own_schema_(std::move(schema)) {}

  const Schema& schema() const { return *schema_; }
  const TableCore& table() const { return *table_; }
  const TableCorePtr& table_ptr() const { return table_; }
  Connection& connection() const { return *table_->connection; }

  // --- Requests, as they would be sent. The writes change `object` as far as they fill in.
  Result<PutRequest> create_request(void* object, const ConditionCore& condition) const;
  Result<PutRequest> put_request(void* object, const ConditionCore& condition) const;
  // Of what differs between two objects; nothing if nothing does. `changed` is filled in.
  Result<std::optional<UpdateRequest>> save_request(const void* original, void* changed,
                                                    const ConditionCore& condition) const;
  Result<DeleteRequest> remove_request(const EncodedItem& key,
                                       const ConditionCore& condition) const;
  Result<DeleteRequest> remove_object_request(const void* object,
                                              const ConditionCore& condition) const;
  Result<GetRequest> get_request(EncodedItem key, const ReadOptions& options) const;

  // --- Operations. After a write `object` is as a read would give it.
  Result<void> create(void* object, const ConditionCore& condition = {}) const;
  Result<void> put(void* object, const ConditionCore& condition = {}) const;
  Result<void> save(const void* original, void* changed, const ConditionCore& condition = {}) const;
  // Whether there was one. `object` must be initial; false leaves it so.
  Result<bool> get(const EncodedItem& key, void* object, const ReadOptions& options = {}) const;
  Result<bool> remove(const EncodedItem& key, const ConditionCore& condition = {}) const;
  // With the version that the object has.
  Result<bool> remove_object(const void* object, const ConditionCore& condition = {}) const;

  // In the order of `keys`; `found(i)` gives an initial object for the item of key i. Chunked, what
  // is unprocessed is sent again, equal keys are read once.
  Result<void> get_many(std::span<const EncodedItem> keys,
                        storage::FunctionRef<void*(size_t index)> found,
                        const ReadOptions& options = {}) const;
  // Without conditions: no version is checked. Refused for models with unique attributes.
  Result<void> put_many(std::span<void* const> objects) const;
  Result<void> remove_many(std::span<const EncodedItem> keys) const;

  // --- For the other operations.

  // Reads an item of any read operation into an initial object: tag, expiry, decoding. False: it is
  // not shown (another entity's, expired).
  Result<bool> read_item(const storage::ItemView& item, void* object,
                         Reading reading = Reading::kWhole) const;
  // What a failed condition means for this model: kAlreadyExists, kNotFound, kVersionConflict,
  // kUniqueViolation or kConditionFailed with clauses.
  enum class Intent : uint8_t { kCreate, kUpdateExisting, kOther };
  Error explain_failure(Error error, Intent intent, const ConditionCore& condition,
                        std::optional<int64_t> expected_version) const;
  int64_t now_ms() const { return connection().clock().now_ms(); }

 private:
  TableCorePtr table_;
  const Schema* schema_;
  std::shared_ptr<const Schema> own_schema_;
};

}  // namespace dynolith::odm
