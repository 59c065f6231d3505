// The tables that exist: kept in the store below table id 0, and in memory as an immutable map that
// is replaced whole on every change, so that finding a table takes no lock.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/clock.h"
#include "storage/engine/table.h"
#include "storage/function_ref.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

struct CatalogOptions {
  int64_t create_table_ms = 0;  // How long a new table shows CREATING.
  int64_t delete_table_ms = 0;  // How long a deleted one shows DELETING.
  int64_t update_table_ms = 0;  // How long a changed one shows UPDATING, see show_updating().
};

// A table and where it stands in its life.
struct CatalogEntry {
  TablePtr table;
  TableStatus status = TableStatus::kActive;
};

// Where the store keeps the frontier of an index that is being built (see index_build.h); absent
// before the first part is done.
std::string build_record_key(TableId table, IndexId index);

// Threads: any, all calls but load().
class Catalog {
 public:
  // `store`, `clock` and `ids` outlive the catalog.
  Catalog(kv::Store& store, Clock& clock, IdSource& ids, CatalogOptions options);

  // Reads the records. Fills `dropping` with the tables whose data a former process did not finish
  // to remove. Errors: kCorruption, kDirectoryTooNew, kIo.
  Result<void> load(std::vector<TablePtr>& dropping);

  // A table that can be read and written. Errors: kResourceNotFound.
  Result<TablePtr> find(std::string_view name, std::string_view scope) const;
  // In any status; UPDATING also while an index is being built or removed. Errors:
  // kResourceNotFound, naming the table.
  Result<CatalogEntry> describe(std::string_view name, std::string_view scope) const;
  std::vector<std::string> list(std::string_view start, size_t limit, std::string_view scope) const;

  // Needs: a definition that check_table_definition accepts. Errors: kResourceInUse,
  // kLimitExceeded.
  Result<TablePtr> create(TableDefinition definition, std::string_view scope);
  // Takes the table out of reach, durably; its data is left to the caller, who calls forget() when
  // it is gone. `already` is set if the table was being deleted before, and then there is nothing
  // to do. Errors: kResourceNotFound, kResourceInUse, kValidation (deletion protection).
  Result<TablePtr> remove(std::string_view name, std::string_view scope, bool& already);
  // Changes a table, durably: `change` edits a copy (its definition, or what stands beside it; of
  // indexes only Table::indexes), and what `also` writes is committed with the new record. Returns
  // the new snapshot; writes that began before may still follow the old one until
  // WriteGate::drain(). One change at a time; must not be called from `change`. The status says
  // kUpdating only within a delay of CatalogOptions.
  // Errors: kResourceNotFound, naming the table; kResourceInUse, if it is being deleted; what
  // `change` answers.
  Result<TablePtr> update(
      std::string_view name, std::string_view scope,
      FunctionRef<Result<void>(Table& table, TableStatus status)> change,
      FunctionRef<void(kv::Writes& writes)> also = [](kv::Writes&) {});
  // Lets a table that was changed show UPDATING for as long as the options say. Returns until when,
  // by the monotonic clock.
  int64_t show_updating(const Table& table);
  // Every table that is not being deleted, of all scopes, in no order.
  std::vector<TablePtr> all() const;
  // Erases the record of a table whose data is gone, with all that stands beside it.
  kv::Status forget(const Table& table);

 private:
  // Borrowed from the table that the entry holds.
  struct Name {
    std::string_view scope, name;
    bool operator==(const Name&) const = default;
  };
  struct NameHash {
    size_t operator()(const Name& key) const {
      return std::hash<std::string_view>()(key.name) ^
             (std::hash<std::string_view>()(key.scope) * 3);
    }
  };
  struct Slot {
    TablePtr table;
    // Moments of the monotonic clock; 0: not in such a status.
    int64_t creating_until_ms = 0;
    int64_t updating_until_ms = 0;
    int64_t deleting_until_ms = 0;
  };
  using TableMap = std::unordered_map<Name, Slot, NameHash>;

  const TableMap& current() const;
  void publish(std::shared_ptr<const TableMap> map);
  // Null: there is no such table (any more).
  const Slot* visible_slot(std::string_view name, std::string_view scope) const;
  TableStatus status_of(const Slot& slot) const;
  bool is_gone(const Slot& slot) const;
  std::shared_ptr<TableMap> copy_of_current() const;
  kv::Status store_new_table(Table& table);
  kv::Status load_builds(Table& table);

  kv::Store& store_;
  Clock& clock_;
  IdSource& ids_;
  const CatalogOptions options_;
  const uint64_t id_;  // Tells this catalog from every other of the process.

  std::mutex change_;  // One change of the tables at a time.
  mutable std::mutex map_mutex_;
  std::shared_ptr<const TableMap> map_;  // Guarded by map_mutex_.
  std::atomic<uint64_t> generation_{1};  // Of map_.
};

}  // namespace dynolith::storage
