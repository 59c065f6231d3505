// The operations on one model's items, without its type: what Entity<T> and DynamicEntity are
// fronts of. Objects are T* or Map*, as object.h says.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "odm/condition.h"
#include "odm/connection/connection.h"
#include "odm/object.h"
#include "odm/selection.h"
#include "odm/table.h"

namespace dynolith::odm {

namespace internal {
struct GuardedWrite;
}

struct ReadOptions {
  bool consistent = false;
  PartialReadPtr parts = {};  // Null: whole items.
};

// An object that a read fills: a new one for each item, of the front's type.
using ObjectSink = storage::FunctionRef<void*()>;

// The two objects of a read-modify-save.
struct ModifiedObjects {
  storage::FunctionRef<void*()> fresh;           // The original, made initial.
  storage::FunctionRef<const void*()> original;  // As it was read.
  storage::FunctionRef<Result<void*>()> change;  // A copy of it, changed.
};

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

  // --- Dry runs: what the operations of the same names would send, without sending it. Of models
  // with unique attributes put and remove read the item, as the operations do, and give the
  // transaction that would follow (the read, if nothing does). Errors: those of the operations that
  // are found before they write.
  Result<Request> dry_create(void* object, const ConditionCore& condition) const;
  Result<Request> dry_put(void* object, const ConditionCore& condition) const;
  // Nothing: nothing differs.
  Result<std::optional<Request>> dry_save(const void* original, void* changed,
                                          const ConditionCore& condition) const;
  Result<std::optional<Request>> dry_modify(const EncodedItem& key, ModifiedObjects objects) const;
  Result<Request> dry_remove(const EncodedItem& key, const ConditionCore& condition) const;
  Result<Request> dry_remove_object(const void* object, const ConditionCore& condition) const;
  // One request for each chunk; what a service leaves over is sent again in others. Of models with
  // unique attributes the writes read the items, and are transactions.
  Result<std::vector<Request>> dry_get_many(std::span<const EncodedItem> keys,
                                            const ReadOptions& options = {}) const;
  Result<std::vector<Request>> dry_put_many(std::span<void* const> objects) const;
  Result<std::vector<Request>> dry_remove_many(std::span<const EncodedItem> keys) const;

  // --- Operations. After a write `object` is as a read would give it.
  Result<void> create(void* object, const ConditionCore& condition = {}) const;
  Result<void> put(void* object, const ConditionCore& condition = {}) const;
  Result<void> save(const void* original, void* changed, const ConditionCore& condition = {}) const;
  // Reads the item, has it changed and saves it, again while others change it meanwhile. Errors:
  // kNotFound, kVersionConflict (at each attempt), what `change` answers.
  Result<void> modify(const EncodedItem& key, ModifiedObjects objects) const;
  // Whether there was one. `object` must be initial; false leaves it so.
  Result<bool> get(EncodedItem key, void* object, const ReadOptions& options = {}) const;
  // Consistently, with the item as it is stored.
  Result<bool> get_stored(EncodedItem key, void* object, EncodedItem& stored) const;
  Result<bool> remove(const EncodedItem& key, const ConditionCore& condition = {}) const;
  // With the version that the object has.
  Result<bool> remove_object(const void* object, const ConditionCore& condition = {}) const;

  // In the order of `keys`; `found(i)` gives an initial object for the item of key i. Chunked, what
  // is unprocessed is sent again, equal keys are read once.
  Result<void> get_many(std::span<const EncodedItem> keys,
                        storage::FunctionRef<void*(size_t index)> found,
                        const ReadOptions& options = {}) const;
  // Objects of equal keys are refused (kBadRequest). kThrottled: so many are left over after all
  // attempts; the others are written. Without conditions: no version is checked. Those of models
  // with unique attributes are transactions: unique_batches.h.
  Result<void> put_many(std::span<void* const> objects) const;
  Result<void> remove_many(std::span<const EncodedItem> keys) const;

  // --- For the other operations.

  // Whether reads show an item: it is of this model and has not expired (or is shown anyway).
  bool shows(const storage::ItemView& item) const;
  // Whether it has expired, and such items are not shown.
  bool hides(const storage::ItemView& item) const;
  // Reads an item of any read operation into an initial object: tag, expiry, decoding. False: it is
  // not shown (another entity's, expired). `parts`: object.h.
  Result<bool> read_item(const storage::ItemView& item, void* object,
                         Reading reading = Reading::kWhole,
                         const SelectedParts* parts = nullptr) const;
  Result<bool> read_item(const storage::ItemView& item, void* object,
                         const PartialReadPtr& parts) const {
    return parts == nullptr ? read_item(item, object)
                            : read_item(item, object, Reading::kPartial, &parts->parts);
  }
  // What a failed condition means for this model: kAlreadyExists, kNotFound, kOtherEntity,
  // kVersionConflict, kUniqueViolation or kConditionFailed with clauses.
  enum class Intent : uint8_t { kCreate, kUpdateExisting, kOther };
  Error explain_failure(Error error, Intent intent, const ConditionCore& condition,
                        std::optional<int64_t> expected_version) const;
  // After a write of `item`: makes `object` what a read of it gives and runs the hooks.
  Result<void> finish_write(WriteKind kind, const storage::ItemView& item, void* object) const;
  Error not_found_error() const;
  int64_t now_ms() const { return connection().clock().now_ms(); }
  Moment moment() const { return {now_ms(), connection().ids()}; }

 private:
  struct SavePlan;
  Result<std::optional<SavePlan>> plan_save(const void* original, void* changed,
                                            const ConditionCore& condition) const;
  Result<std::optional<SavePlan>> plan_for(const SavePlan& plan, const ItemView& stored) const;
  Result<internal::GuardedWrite> guard_save(const SavePlan& plan) const;
  Result<EncodedItem> send_save(const SavePlan& plan) const;
  Error explain_save(Error error, const ConditionCore& condition,
                     std::optional<int64_t> version) const;
  Result<ConditionCore> unchanged_since(const storage::ItemView& stored) const;
  Result<bool> removed(const DeleteRequest& request, const ConditionCore& condition,
                       std::optional<int64_t> expected_version) const;
  Result<Request> dry_removed(const DeleteRequest& request, const ConditionCore& condition,
                              std::optional<int64_t> expected_version) const;

  TableCorePtr table_;
  const Schema* schema_;
  std::shared_ptr<const Schema> own_schema_;
};

}  // namespace dynolith::odm
