// Tables as the catalog keeps them: one record a table. Every byte is described in
// storage/FORMAT.md, "Catalog". PERSISTED.
#pragma once

#include <string>
#include <string_view>

#include "storage/engine/table.h"
#include "storage/result.h"

namespace dynolith::storage {

// PERSISTED: the numbers are in the records.
enum class TableRecordState : uint8_t {
  kLive = 1,
  kDropping = 2,  // Deleted; its data is still going.
};

struct TableRecord {
  TableRecordState state = TableRecordState::kLive;
  Table table;  // Without what complete_table() derives.
};

std::string encode_table_record(const Table& table, TableRecordState state);

// Errors: kCorruption (not what this version writes), kDirectoryTooNew (a newer version's record).
Result<TableRecord> decode_table_record(std::string_view bytes);

// Fills in what follows from the rest: entry attributes, tally names, shared state.
TablePtr complete_table(Table table);

}  // namespace dynolith::storage
