// A table as the engine knows it: an immutable snapshot of its definition, swapped whole on change.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/encoding/key_encoding.h"
#include "storage/kv/store.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

enum class TableStatus : uint8_t { kCreating, kActive, kUpdating, kDeleting };

// An index, ready for the write path. Same order as TableDefinition::indexes.
struct Index {
  IndexId id = 0;
  IndexDefinition definition;
  // Names of the attributes an entry holds: all keys, and the projection's; sorted. Unused for
  // kAll.
  std::vector<std::string> entry_attributes;
  std::string tally_name;
};

// What all snapshots of one table share.
struct TableState {
  std::atomic<bool> dropped{false};  // Its data is going: reads and writes must not touch it.
};

struct Table {
  TableId id = 0;
  std::string scope;
  TableDefinition definition;
  std::vector<Index> indexes;
  IndexId next_index_id = 1;
  std::string uuid;  // "TableId" on the wire.
  int64_t created_ms = 0;
  std::string tally_name;
  std::shared_ptr<TableState> state;

  const std::string& name() const { return definition.name; }
  bool is_dropped() const { return state != nullptr && state->dropped.load(); }
  const KeySchema& key() const { return definition.key; }
  bool has_local_index() const {
    return !indexes.empty() && indexes.front().definition.kind == IndexKind::kLocal;
  }
  const Index* find_index(std::string_view index_name) const;
};
using TablePtr = std::shared_ptr<const Table>;

// What DescribeTable shows beyond the definition.
struct TableDescription {
  TablePtr table;
  TableStatus status = TableStatus::kActive;
  kv::Tally items;
  std::vector<kv::Tally> index_entries;  // In the order of Table::indexes.
};

// An item's key in a table that outlives the call.
struct TableKey {
  const Table* table = nullptr;
  const EncodedKey* key = nullptr;
};

}  // namespace dynolith::storage
