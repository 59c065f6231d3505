// The parts of table_update that have most of the rules: what an update may hold, and indexes that
// come and go.
#pragma once

#include <string>

#include "storage/engine/table.h"
#include "storage/engine/table_update.h"

namespace dynolith::storage {

// No provisioned throughput, of the table or an index.
Result<void> check_no_throughput(const TableUpdate& update);

// Adds an index that is to be built, and the attribute definitions it needs.
Result<void> add_index(const TableUpdate& update, const IndexDefinition& definition, Table& table);
Result<void> mark_index_deleted(const std::string& name, Table& table);
Result<Index*> index_to_update(const std::string& name, Table& table);

}  // namespace dynolith::storage
