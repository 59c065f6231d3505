// What expressions may say of key attributes, once the table is known.
#pragma once

#include "storage/engine/table.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::api {

// Nothing below a key attribute of the table or an index may be named: keys are scalars.
// Errors: kValidation.
storage::Result<void> check_key_paths(const storage::Table& table,
                                      const storage::DocumentPath& path);
storage::Result<void> check_key_paths(const storage::Table& table,
                                      const storage::Condition& condition);
storage::Result<void> check_key_paths(const storage::Table& table,
                                      const storage::Projection& projection);
storage::Result<void> check_key_paths(const storage::Table& table, const storage::Update& update);

// An update must not write to the table's key. Errors: kValidation.
storage::Result<void> check_leaves_key(const storage::Table& table, const storage::Update& update);

}  // namespace dynolith::api
