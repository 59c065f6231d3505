// A table as the engine knows it: an immutable snapshot of its definition, swapped whole on change.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/encoding/key_encoding.h"
#include "storage/kv/store.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

// When the settings of a table or index were changed, for those who ask; 0: never.
struct ThroughputHistory {
  int64_t increased_ms = 0;
  int64_t decreased_ms = 0;
  uint32_t decreases_today = 0;    // In the day (UTC) of decreased_ms.
  int64_t on_demand_since_ms = 0;  // The last change to pay per request. Of tables only, as are
  int64_t class_changed_ms = 0;    // changes of the table class.
};

class IndexBuild;

// An index, ready for the write path. Same order as TableDefinition::indexes.
struct Index {
  IndexId id = 0;
  IndexDefinition definition;
  IndexStatus status = IndexStatus::kActive;
  ThroughputHistory throughput_history = {};
  // How far it covers the table yet; null unless kCreating.
  std::shared_ptr<IndexBuild> build = {};
  // Names of the attributes an entry holds: all keys, and the projection's; sorted. Unused for
  // kAll.
  std::vector<std::string> entry_attributes = {};
  std::string tally_name = {};
};

struct Table;
using TablePtr = std::shared_ptr<const Table>;

// What all snapshots of one table share. Threads: any.
struct TableState {
 public:
  std::atomic<bool> dropped{false};  // Its data is going: reads and writes must not touch it.

  // The number of the newest snapshot. A writer that has passed the gate (see write_gate.h) and
  // finds its own snapshot outdated takes the newest one instead.
  uint64_t version() const { return version_.load(); }
  TablePtr newest() const;
  void set_newest(const TablePtr& table);

 private:
  std::atomic<uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::weak_ptr<const Table> newest_;  // Guarded by mutex_. Weak: a table holds its state.
};

struct Table {
  TableId id = 0;
  std::string scope;
  TableDefinition definition;
  std::vector<Index> indexes;
  IndexId next_index_id = 1;
  std::string uuid;  // "TableId" on the wire.
  int64_t created_ms = 0;
  uint64_t version = 1;  // Of this snapshot; not stored.
  // The newest stream, which is on if definition.stream_view_type says so. Streams of a table are
  // numbered from 1; 0: it never had one.
  uint32_t stream_number = 0;
  int64_t stream_created_ms = 0;
  std::optional<std::string> expiry_attribute;  // Time to live is on, by this attribute.
  ThroughputHistory throughput_history;
  std::string tally_name;
  IndexBuild* build = nullptr;  // Of the index that is being built; mostly there is none.
  std::shared_ptr<TableState> state;

  const std::string& name() const { return definition.name; }
  bool is_dropped() const { return state != nullptr && state->dropped.load(); }
  const KeySchema& key() const { return definition.key; }
  bool has_local_index() const {
    return !indexes.empty() && indexes.front().definition.kind == IndexKind::kLocal;
  }
  // Not an index that is being removed.
  const Index* find_index(std::string_view index_name) const;
  bool has_index_work() const;  // An index is being built or removed.
  bool is_outdated() const { return state != nullptr && state->version() != version; }
};

// What DescribeTable shows beyond the definition.
struct TableDescription {
  TablePtr table;
  TableStatus status = TableStatus::kActive;
  kv::Tally items;
  std::vector<kv::Tally> index_entries;  // In the order of Table::indexes.
  bool backfilling = false;              // The index that is being built takes in items already.
  int64_t moment_ms = 0;                 // When it was so.
};

// An item's key in a table that outlives the call.
struct TableKey {
  const Table* table = nullptr;
  const EncodedKey* key = nullptr;
};

}  // namespace dynolith::storage
