#include "storage/engine/catalog.h"

#include <algorithm>

#include "storage/engine/index_build.h"
#include "storage/engine/schema_encoding.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

// Key spaces below table id 0; see storage/FORMAT.md, "Catalog".
constexpr TableId kSystemTable = 0;
constexpr IndexId kTableRecords = 1;
constexpr IndexId kCounters = 2;

constexpr IndexId kIndexBuilds = 10;

constexpr TableId kFirstTableId = 1;

std::string encode_counter(TableId value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string record_key(TableId table) {
  return key_space_prefix(kSystemTable, kTableRecords) + encode_counter(table);
}

std::string table_id_counter_key() { return key_space_prefix(kSystemTable, kCounters) + "table"; }

std::optional<TableId> decode_counter(std::string_view bytes) {
  if (bytes.size() != 4) return std::nullopt;
  TableId value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

Error not_found() {
  return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
}

Error not_found(std::string_view name) {
  return make_error(ErrorCode::kResourceNotFound,
                    "Requested resource not found: Table: " + std::string(name) + " not found");
}

Error in_use(std::string_view what, std::string_view name) {
  return make_error(ErrorCode::kResourceInUse, std::string(what) + std::string(name));
}

uint64_t next_catalog_id() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

std::string build_record_key(TableId table, IndexId index) {
  return key_space_prefix(kSystemTable, kIndexBuilds) + key_space_prefix(table, index);
}

const Index* Table::find_index(std::string_view index_name) const {
  for (const Index& index : indexes)
    if (index.definition.name == index_name && index.status != IndexStatus::kDeleting)
      return &index;
  return nullptr;
}

bool Table::has_index_work() const {
  return std::any_of(indexes.begin(), indexes.end(),
                     [](const Index& index) { return index.status != IndexStatus::kActive; });
}

TablePtr TableState::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_.lock();
}

void TableState::set_newest(const TablePtr& table) {
  const std::lock_guard lock(mutex_);
  newest_ = table;
  version_.store(table->version);
}

Catalog::Catalog(kv::Store& store, Clock& clock, IdSource& ids, CatalogOptions options)
    : store_(store),
      clock_(clock),
      ids_(ids),
      options_(options),
      id_(next_catalog_id()),
      map_(std::make_shared<const TableMap>()) {}

Result<void> Catalog::load(std::vector<TablePtr>& dropping) {
  std::vector<TableRecord> records;
  const KeyRange range = prefix_range(key_space_prefix(kSystemTable, kTableRecords));
  std::optional<Error> failure;
  const auto status =
      store_.scan({}, {.begin = range.begin, .end = range.end}, [&](kv::Bytes, kv::Bytes value) {
        auto record = decode_table_record(value);
        if (record)
          records.push_back(*std::move(record));
        else
          failure = std::move(record).error();
        return !failure;
      });
  if (status != kv::Status::kOk) return kv::to_error(status);
  if (failure) return *std::move(failure);

  auto map = std::make_shared<TableMap>();
  for (TableRecord& record : records) {
    if (const auto read = load_builds(record.table); read != kv::Status::kOk)
      return kv::to_error(read);
    TablePtr table = complete_table(std::move(record.table));
    if (record.state == TableRecordState::kDropping) {
      table->state->dropped = true;
      dropping.push_back(std::move(table));
    } else {
      const Name name{table->scope, table->name()};
      map->emplace(name, Slot{std::move(table)});
    }
  }
  publish(std::move(map));
  return {};
}

// Where the building of indexes stood when a former process ended.
kv::Status Catalog::load_builds(Table& table) {
  for (Index& index : table.indexes) {
    if (index.status != IndexStatus::kCreating) continue;
    kv::Pinned frontier;
    const auto status = store_.get({}, build_record_key(table.id, index.id), frontier);
    if (status != kv::Status::kOk && status != kv::Status::kNotFound) return status;
    const bool begun = status == kv::Status::kOk;
    index.build = std::make_shared<IndexBuild>(
        begun ? std::string(frontier.get()) : key_space_prefix(table.id, 0), begun);
  }
  return kv::Status::kOk;
}

// Each thread keeps the map it saw last and looks for a newer one only when the generation says so.
const Catalog::TableMap& Catalog::current() const {
  struct Seen {
    uint64_t catalog = 0;
    uint64_t generation = 0;
    std::shared_ptr<const TableMap> map;
  };
  thread_local Seen seen;
  if (seen.catalog != id_ || seen.generation != generation_.load(std::memory_order_acquire))
      [[unlikely]] {
    const std::lock_guard lock(map_mutex_);
    seen = {id_, generation_.load(std::memory_order_relaxed), map_};
  }
  return *seen.map;
}

void Catalog::publish(std::shared_ptr<const TableMap> map) {
  const std::lock_guard lock(map_mutex_);
  map_ = std::move(map);
  generation_.fetch_add(1, std::memory_order_release);
}

bool Catalog::is_gone(const Slot& slot) const {
  return slot.deleting_until_ms != 0 && clock_.monotonic_ms() >= slot.deleting_until_ms;
}

TableStatus Catalog::status_of(const Slot& slot) const {
  if (slot.deleting_until_ms != 0) return TableStatus::kDeleting;
  if (slot.creating_until_ms != 0 && clock_.monotonic_ms() < slot.creating_until_ms)
    return TableStatus::kCreating;
  if (slot.updating_until_ms != 0 && clock_.monotonic_ms() < slot.updating_until_ms)
    return TableStatus::kUpdating;
  return TableStatus::kActive;
}

const Catalog::Slot* Catalog::visible_slot(std::string_view name, std::string_view scope) const {
  const TableMap& map = current();
  const auto found = map.find(Name{scope, name});
  return found == map.end() || is_gone(found->second) ? nullptr : &found->second;
}

Result<TablePtr> Catalog::find(std::string_view name, std::string_view scope) const {
  const Slot* slot = visible_slot(name, scope);
  if (slot == nullptr) return not_found();
  const TableStatus status = status_of(*slot);
  if (status != TableStatus::kActive && status != TableStatus::kUpdating) return not_found();
  return slot->table;
}

Result<CatalogEntry> Catalog::describe(std::string_view name, std::string_view scope) const {
  const Slot* slot = visible_slot(name, scope);
  if (slot == nullptr) return not_found(name);
  TableStatus status = status_of(*slot);
  if (status == TableStatus::kActive && slot->table->has_index_work())
    status = TableStatus::kUpdating;
  return CatalogEntry{slot->table, status};
}

std::vector<std::string> Catalog::list(std::string_view start, size_t limit,
                                       std::string_view scope) const {
  std::vector<std::string> names;
  for (const auto& [key, slot] : current())
    if (key.scope == scope && key.name > start && !is_gone(slot)) names.emplace_back(key.name);
  const size_t count = std::min(limit, names.size());
  const auto middle = names.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(names.begin(), middle, names.end());
  names.erase(middle, names.end());
  return names;
}

std::shared_ptr<Catalog::TableMap> Catalog::copy_of_current() const {
  auto map = std::make_shared<TableMap>(current());
  std::erase_if(*map, [&](const auto& entry) { return is_gone(entry.second); });
  return map;
}

Result<TablePtr> Catalog::create(TableDefinition definition, std::string_view scope) {
  const std::lock_guard lock(change_);
  if (visible_slot(definition.name, scope) != nullptr)
    return in_use("Table already exists: ", definition.name);
  auto map = copy_of_current();
  if (map->size() >= kTablesMax)
    return make_error(ErrorCode::kLimitExceeded, "Subscriber limit exceeded: There is a limit of " +
                                                     std::to_string(kTablesMax) +
                                                     " tables per subscriber");

  Table table;
  table.scope = scope;
  table.uuid = new_uuid(ids_);
  table.created_ms = clock_.now_ms();
  for (const IndexDefinition& index : definition.indexes)
    table.indexes.push_back({.id = table.next_index_id++, .definition = index});
  table.definition = std::move(definition);
  if (table.definition.stream_view_type) {
    table.stream_number = 1;
    table.stream_created_ms = table.created_ms;
  }
  if (const auto status = store_new_table(table); status != kv::Status::kOk)
    return kv::to_error(status);

  TablePtr created = complete_table(std::move(table));
  Slot slot{created};
  if (options_.create_table_ms > 0)
    slot.creating_until_ms = clock_.monotonic_ms() + options_.create_table_ms;
  map->emplace(Name{created->scope, created->name()}, std::move(slot));
  publish(std::move(map));
  return created;
}

// Gives the table the next id and stores its record with the counter in one commit.
kv::Status Catalog::store_new_table(Table& table) {
  const std::string counter_key = table_id_counter_key();
  const kv::Bytes declared = counter_key;
  bool damaged = false;
  const auto status =
      store_.transact({}, {&declared, 1}, [&](kv::Reads& reads, kv::Writes& writes) {
        const auto counter = reads.at(0);
        const auto next = counter ? decode_counter(*counter) : std::optional(kFirstTableId);
        damaged = !next;
        if (damaged) return kv::Verdict::kDecline;
        table.id = *next;
        writes.put(counter_key, encode_counter(*next + 1));
        writes.put(record_key(*next), encode_table_record(table, TableRecordState::kLive));
        return kv::Verdict::kCommit;
      });
  return damaged ? kv::Status::kCorrupt : status;
}

Result<TablePtr> Catalog::remove(std::string_view name, std::string_view scope, bool& already) {
  const std::lock_guard lock(change_);
  const Slot* slot = visible_slot(name, scope);
  if (slot == nullptr) return not_found(name);
  const TablePtr table = slot->table;
  const TableStatus status = status_of(*slot);
  already = status == TableStatus::kDeleting;
  if (already) return table;
  if (status == TableStatus::kCreating)
    return in_use("Attempt to change a resource which is still in use: Table is being created: ",
                  name);
  if (status == TableStatus::kUpdating)
    return in_use("Attempt to change a resource which is still in use: Table is being updated: ",
                  name);
  if (table->definition.deletion_protection)
    return validation_error(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");

  const auto stored = store_.write([&](kv::Writes& writes) {
    writes.put(record_key(table->id), encode_table_record(*table, TableRecordState::kDropping));
  });
  if (stored != kv::Status::kOk) return kv::to_error(stored);
  table->state->dropped = true;
  auto map = copy_of_current();
  const auto place = map->find(Name{scope, name});
  if (options_.delete_table_ms > 0)
    place->second.deleting_until_ms = clock_.monotonic_ms() + options_.delete_table_ms;
  else
    map->erase(place);
  publish(std::move(map));
  return table;
}

Result<TablePtr> Catalog::update(std::string_view name, std::string_view scope,
                                 FunctionRef<Result<void>(Table& table, TableStatus status)> change,
                                 FunctionRef<void(kv::Writes& writes)> also) {
  const std::lock_guard lock(change_);
  const Slot* slot = visible_slot(name, scope);
  if (slot == nullptr) return not_found(name);
  const TablePtr before = slot->table;
  const TableStatus status = status_of(*slot);
  if (status == TableStatus::kDeleting)
    return in_use("Attempt to change a resource which is still in use: Table is being deleted: ",
                  name);
  Table table = *before;
  TRY(change(table, status));
  ++table.version;
  table.definition.indexes.clear();
  for (const Index& index : table.indexes) table.definition.indexes.push_back(index.definition);

  const auto stored = store_.write([&](kv::Writes& writes) {
    writes.put(record_key(table.id), encode_table_record(table, TableRecordState::kLive));
    also(writes);
  });
  if (stored != kv::Status::kOk) return kv::to_error(stored);
  TablePtr changed = complete_table(std::move(table));
  auto map = copy_of_current();
  const auto place = map->find(Name{scope, name});
  // The map's key borrows from the table that goes.
  Slot kept = place->second;
  kept.table = changed;
  map->erase(place);
  map->emplace(Name{changed->scope, changed->name()}, std::move(kept));
  publish(std::move(map));
  return changed;
}

int64_t Catalog::show_updating(const Table& table) {
  if (options_.update_table_ms <= 0) return 0;
  const std::lock_guard lock(change_);
  auto map = copy_of_current();
  const int64_t until_ms = clock_.monotonic_ms() + options_.update_table_ms;
  const auto place = map->find(Name{table.scope, table.name()});
  if (place == map->end() || place->second.table->id != table.id) return 0;
  place->second.updating_until_ms = until_ms;
  publish(std::move(map));
  return until_ms;
}

std::vector<TablePtr> Catalog::all() const {
  std::vector<TablePtr> tables;
  for (const auto& [name, slot] : current())
    if (slot.deleting_until_ms == 0) tables.push_back(slot.table);
  return tables;
}

kv::Status Catalog::forget(const Table& table) {
  if (table.has_local_index()) {
    // The tallies of its item collections, whose names are longer than the table's own.
    const std::string items = key_space_prefix(table.id, 0);
    const kv::Status dropped = store_.drop_tallies(items + '\0', prefix_end(items));
    if (dropped != kv::Status::kOk) return dropped;
  }
  std::vector<std::pair<std::string, kv::Tally>> totals;
  const auto collect = [&](const std::string& name) {
    const auto total = store_.tally(name);
    if (total && (total->count != 0 || total->bytes != 0)) totals.emplace_back(name, *total);
  };
  collect(table.tally_name);
  for (const Index& index : table.indexes) collect(index.tally_name);
  return store_.write([&](kv::Writes& writes) {
    for (const auto& [name, total] : totals) writes.add(name, {-total.count, -total.bytes});
    for (const Index& index : table.indexes)
      if (index.status != IndexStatus::kActive) writes.erase(build_record_key(table.id, index.id));
    writes.erase(record_key(table.id));
  });
}

}  // namespace dynolith::storage
