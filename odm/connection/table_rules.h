// What expressions may say of a table's keys and of what its indexes hold, in the service's words.
// Errors: kValidation, found with the table at hand.
//
// Threads: any, no state. Need: the trees passed tree_rules.h.
#pragma once

#include <string>

#include "storage/engine/table.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::odm {

// Keys of tables and indexes are scalars: nothing may name a place inside of one.
storage::Result<void> check_key_paths(const storage::Table& table,
                                      const storage::Condition& condition);
storage::Result<void> check_key_paths(const storage::Table& table,
                                      const storage::Projection& projection);
storage::Result<void> check_key_paths(const storage::Table& table, const storage::Update& update);

// No action of the update writes to an attribute of the table's key.
storage::Result<void> check_leaves_key(const storage::Table& table, const storage::Update& update);

// A Query's filter leaves the keys of what is queried to the key condition.
storage::Result<void> check_filter_leaves_keys(const storage::KeySchema& keys,
                                               const storage::Condition& filter);

// Whether items must be fetched behind the entries of a local index, which holds less than is asked
// for; a global one is refused. `index`, `projection` and `filter` may be null.
storage::Result<bool> needs_base_items(const storage::Index* index,
                                       const storage::Projection* projection,
                                       const storage::Condition* filter);

}  // namespace dynolith::odm
