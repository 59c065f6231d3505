// Unique attributes. Each value is held by an item of its own in the same table, so that a write of
// an object and of what it holds is one transaction:
//
//   pk = sk = "UNIQUE#User#email#ann@x.org", "_unique" = "email", and the entity's tag "_unique"
//
// which no entity's reads show. Internal to the mapper; how reads know them is in object.h.
#pragma once

#include <optional>
#include <vector>

#include "odm/condition.h"
#include "odm/connection/request.h"
#include "odm/schema.h"

namespace dynolith::odm {

class EntityCore;

namespace internal {

using storage::ItemView;

struct UniqueChange {
  size_t attribute = 0;  // Of Schema::attributes.
  std::optional<storage::ValueView> before, after;

  // That the stored item still has the value before.
  ConditionCore is_unchanged(const Schema& schema) const;
};
using UniqueChanges = std::vector<UniqueChange>;

// Whether a bare key is that of an item that holds one of the model's values.
bool is_holder_key(const Schema& schema, const ItemView& key);

// Of those attributes whose values differ; the views are into the items.
UniqueChanges unique_changes(const Schema& schema, const ItemView& before, const ItemView& after);

// The items that hold values: what a write in a transaction takes with it. Errors: kInvalid (a
// value is too long to be a key).
Result<TransactWriteRequest> unique_request(const EntityCore& core, TransactAction write,
                                            const UniqueChanges& changes);

// Sends it, again if other transactions are in its way. Errors: kConditionFailed of the write
// itself, with its item; kUniqueViolation; those of transactions.
Result<void> write_with_unique(const EntityCore& core, TransactAction write,
                               const UniqueChanges& changes);

// A put or removal whatever is there: what is there is read first, and its values are given up.
// `write` is a PutRequest or a DeleteRequest with `key`. Gives the item that was there. Errors: as
// write_with_unique; kVersionConflict if others change the values all the time.
Result<EncodedItem> replace_with_unique(const EntityCore& core, const EncodedItem& key,
                                        TransactAction write, const ItemView& after);

}  // namespace internal
}  // namespace dynolith::odm
