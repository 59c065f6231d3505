// Unique attributes. Each value is held by an item of its own in the same table, so that a write of
// an object and of what it holds is one transaction:
//
//   pk = sk = "UNIQUE#User#email#ann@x.org", "_unique" = "email", and the entity's tag "_unique"
//
// which no entity's reads show. One that a transaction with a token put also says which
// (transaction_mark.h). Single writes, transactions, batches and dry runs all make their requests
// here. Internal to the mapper; how reads know the holders is in object.h.
//
// Threads: any.
#pragma once

#include <vector>

#include "odm/condition.h"
#include "odm/connection/request.h"
#include "odm/schema.h"

namespace dynolith::odm {

class EntityCore;

namespace internal {

using storage::ItemView;

constexpr int kUniqueAttemptsMax = 8;  // While others change what was read.
constexpr int64_t kUniqueWaitMs = 20;

// The key attributes of the item that an action is about.
EncodedItem action_key(const Schema& schema, const TransactAction& action);

// A write, and what gives up and takes the unique values that it changes.
struct GuardedWrite {
  std::vector<TransactAction> actions = {};  // The write first.
  std::vector<size_t> attributes = {};  // Of Schema::attributes: of each action after the first.
  // A part of the write's condition: the item still is what the other actions were made for. False
  // for an item that stood in the way: read it again.
  ConditionCore unchanged = {};
};

// Whether a bare key is that of an item that holds one of the model's values.
bool is_holder_key(const Schema& schema, const ItemView& key);

// Of a write that turns one item into another, either of which may be absent; on the condition that
// the values which change are still those of `before`. Errors: kInvalid (a value is too long to be
// a key), kBadRequest (the condition is too large).
Result<GuardedWrite> guard(const EntityCore& core, TransactAction write, const ItemView& before,
                           const ItemView& after);

// A write that does not know what is stored: a put, a removal by key, an update.
struct BlindWrite {
  TransactAction action;
  ConditionCore condition;  // The action's, without what it says of the schema's version.
};

// The same of such a write, if this is stored. An update upgrades an item of an older schema
// version; one of removals alone, which makes no item of nothing, becomes a put of the key. Errors:
// as guard(); kBadRequest (the update does not fit the item).
Result<GuardedWrite> guard_stored(const EntityCore& core, const BlindWrite& write,
                                  const ItemView& stored);
// The same, of a write that is alone. Without actions: there is nothing to be done. Errors: also
// those that are clear before anything is sent, kConditionFailed (there is no item, and has to be
// one) and kOtherEntity.
Result<GuardedWrite> guard_alone(const EntityCore& core, const BlindWrite& write,
                                 const EncodedItem& stored);

// Consistently; absent if there is none.
Result<EncodedItem> stored_item(const EntityCore& core, EncodedItem key);
// Several of any tables of the connection, all different, as few calls as can be. Errors: those of
// get_many().
Result<std::vector<EncodedItem>> stored_items(const EntityCore& core,
                                              const std::vector<GetRequest>& gets);

// The keys of the items that hold the unique values of an item, by now or not.
std::vector<EncodedItem> holder_keys(const Schema& schema, const ItemView& item);

// Sends it, again if other transactions are in its way. Errors: kConditionFailed of the write
// itself, with its item; kUniqueViolation; those of transactions.
Result<void> write_guarded(const EntityCore& core, const GuardedWrite& write);

// Reads the item, guards the write and sends it; again if others changed the values meanwhile.
// Gives the item that was there. Errors: as guard_stored() and write_guarded(); kConditionFailed
// also without sending, if there is no item and there has to be one; kOtherEntity; kVersionConflict
// if others change the values all the time.
Result<EncodedItem> write_stored(const EntityCore& core, const BlindWrite& write);

// What that would send by now: reads the item, writes nothing. The read itself is the answer if
// nothing follows it (a removal of what is not there). Errors: those found before sending.
Result<Request> show_stored(const EntityCore& core, const BlindWrite& write);

}  // namespace internal
}  // namespace dynolith::odm
