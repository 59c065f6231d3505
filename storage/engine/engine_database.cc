#include "storage/engine/engine_database.h"

#include "storage/engine/index_build.h"
#include "storage/engine/stream_log.h"
#include "storage/engine/table_rules.h"
#include "storage/engine/table_tags.h"

namespace dynolith::storage {

EngineDatabase::EngineDatabase(std::unique_ptr<kv::Store> store, const DatabaseOptions& options)
    : clock_(options.clock),
      ids_(options.ids),
      store_(std::move(store)),
      catalog_(*store_, *clock_, *ids_,
               {options.create_table_ms, options.delete_table_ms, options.update_table_ms}),
      reader_(*store_),
      range_reader_(*store_),
      tokens_(*store_, *clock_),
      collections_(*store_, options.item_collection_bytes_max),
      writer_(*store_, gate_, tokens_, collections_, *clock_, options.transaction_wait_ms),
      streams_(*store_, gate_, *clock_, options.shard_ms),
      policies_(*store_, catalog_, gate_, *clock_),
      dropper_(*store_, catalog_, gate_, options.log),
      backfill_(*store_, catalog_, gate_, *clock_, options.log),
      expiry_builder_(*store_, catalog_, gate_, options.log),
      time_to_live_(catalog_, expiry_builder_, *clock_, options.time_to_live),
      ttl_sweeper_(*store_, catalog_, writer_, *clock_, options.ttl_sweep_interval_ms,
                   options.log) {}

Result<void> EngineDatabase::load() {
  std::vector<TablePtr> dropping;
  TRY(catalog_.load(dropping));
  TRY(tokens_.load());
  std::vector<TablePtr> tables = catalog_.all();
  tables.insert(tables.end(), dropping.begin(), dropping.end());
  TRY(streams_.load(tables));
  for (TablePtr& table : dropping) dropper_.drop(std::move(table));
  for (const TablePtr& table : catalog_.all()) backfill_.begin(*table);
  TRY(expiry_builder_.load());
  ttl_sweeper_.wake();
  return {};
}

Result<TableDescription> EngineDatabase::describe(TablePtr table, TableStatus status) const {
  TableDescription description;
  description.status = status;
  description.moment_ms = clock_->now_ms();
  description.backfilling = table->build != nullptr && table->build->has_begun();
  description.items = TRY(store_->tally(table->tally_name));
  for (const Index& index : table->indexes)
    description.index_entries.push_back(TRY(store_->tally(index.tally_name)));
  description.table = std::move(table);
  return description;
}

Result<TableDescription> EngineDatabase::create_table(TableDefinition definition,
                                                      std::string_view scope) {
  TRY(check_table_definition(definition));
  TableDescription description;
  description.status = TableStatus::kCreating;
  description.moment_ms = clock_->now_ms();
  description.index_entries.resize(definition.indexes.size());
  description.table = TRY(catalog_.create(std::move(definition), scope));
  if (description.table->stream_number > 0) streams_.follow(description.table);
  return description;
}

Result<TablePtr> EngineDatabase::find_table(std::string_view name, std::string_view scope) const {
  return catalog_.find(name, scope);
}

Result<TableDescription> EngineDatabase::describe_table(std::string_view name,
                                                        std::string_view scope) const {
  CatalogEntry entry = TRY(catalog_.describe(name, scope));
  return describe(std::move(entry.table), entry.status);
}

std::vector<std::string> EngineDatabase::list_tables(std::string_view start, size_t limit,
                                                     std::string_view scope) const {
  return catalog_.list(start, limit, scope);
}

Result<TableDescription> EngineDatabase::update_table(const TableUpdate& update,
                                                      std::string_view scope) {
  TRY(check_table_update(update));
  const TablePtr table = TRY(
      catalog_.update(update.name, scope, [&](Table& changed, TableStatus status) -> Result<void> {
        if (status == TableStatus::kCreating || status == TableStatus::kUpdating)
          return make_error(
              ErrorCode::kResourceInUse,
              "Attempt to change a resource which is still in use: Table is being " +
                  std::string(status == TableStatus::kCreating ? "created: " : "updated: ") +
                  changed.name());
        return apply_table_update(update, clock_->now_ms(), changed);
      }));
  const int64_t until_ms = catalog_.show_updating(*table);
  auto description = describe(table, TableStatus::kUpdating);
  backfill_.begin(*table, until_ms);
  if (update.stream) streams_.follow(table);
  return description;
}

Result<TableDescription> EngineDatabase::delete_table(std::string_view name,
                                                      std::string_view scope) {
  bool already = false;
  TablePtr table = TRY(catalog_.remove(name, scope, already));
  // Before the dropper empties the tallies.
  auto description = describe(table, TableStatus::kDeleting);
  if (!already) {
    if (table->stream_number > 0) streams_.follow(table);
    dropper_.drop(std::move(table));
  }
  return description;
}

Result<void> EngineDatabase::set_time_to_live(std::string_view name, std::string_view attribute,
                                              bool enabled, std::string_view scope) {
  TRY(time_to_live_.set(name, attribute, enabled, scope));
  ttl_sweeper_.wake();
  return {};
}

Result<TimeToLiveDescription> EngineDatabase::describe_time_to_live(std::string_view name,
                                                                    std::string_view scope) const {
  return time_to_live_.describe(name, scope);
}

Result<SweepReport> EngineDatabase::sweep_expired() { return ttl_sweeper_.sweep(); }

Result<void> EngineDatabase::tag_table(std::string_view name, std::span<const Tag> tags,
                                       std::string_view scope) {
  TRY(catalog_.update(name, scope, [&](Table& table, TableStatus) {
    return add_tags(table.definition.tags, tags);
  }));
  return {};
}

Result<void> EngineDatabase::untag_table(std::string_view name, std::span<const std::string> keys,
                                         std::string_view scope) {
  TRY(catalog_.update(name, scope, [&](Table& table, TableStatus) -> Result<void> {
    remove_tags(table.definition.tags, keys);
    return {};
  }));
  return {};
}

Result<void> EngineDatabase::get(const Table& table, const EncodedKey& key,
                                 FunctionRef<void(const ItemView& item)> sink) {
  return reader_.get(table, key, sink);
}

Result<void> EngineDatabase::multi_get(std::span<const TableKey> keys,
                                       FunctionRef<bool(size_t index, const ItemView& item)> sink) {
  return reader_.multi_get(keys, sink);
}

Result<RangePage> EngineDatabase::read_range(const RangeRead& read,
                                             FunctionRef<void(const ItemView& item)> sink) {
  return range_reader_.read(read, sink);
}

Result<std::vector<WriteOutcome>> EngineDatabase::apply(std::span<const ItemWrite> writes) {
  return writer_.apply(writes);
}

Result<WriteOutcome> EngineDatabase::apply(const ItemWrite& write) { return writer_.apply(write); }

Result<TransactionOutcome> EngineDatabase::transact(std::span<const ItemWrite> writes,
                                                    const TransactionOptions& options) {
  return writer_.transact(writes, options);
}

std::vector<StreamPtr> EngineDatabase::list_streams(std::string_view table_name,
                                                    std::string_view scope) {
  return streams_.list(table_name, scope);
}

Result<StreamPtr> EngineDatabase::find_stream(std::string_view table_name, int64_t created_ms,
                                              std::string_view scope) {
  return streams_.find(table_name, created_ms, scope);
}

Result<StreamPtr> EngineDatabase::find_stream(TableId table, uint32_t number) {
  return streams_.find(table, number);
}

Result<uint64_t> EngineDatabase::stream_end(const Stream& stream) {
  return store_->log_end(stream_log_name(stream.table, stream.number));
}

Result<StreamPage> EngineDatabase::read_stream(
    const Stream& stream, const StreamRead& read,
    FunctionRef<void(uint64_t position, const StreamRecordView& record)> sink) {
  const StreamPtr now = TRY(streams_.find(stream.table, stream.number));
  if (read.first <= now->trimmed) return make_error(ErrorCode::kTrimmedDataAccess);
  return read_stream_log(*store_, stream, read, sink);
}

Result<int64_t> EngineDatabase::item_collection_bytes(const Table& table, const EncodedKey& key) {
  if (!table.has_local_index()) return 0;
  return collections_.bytes(table, key);
}

bool EngineDatabase::is_read_only() const { return store_->is_read_only(); }

void EngineDatabase::compact() { store_->compact(); }

void EngineDatabase::wait_for_background() {
  backfill_.wait_until_idle();
  dropper_.wait_until_idle();
  streams_.tend();
  expiry_builder_.wait_until_idle();
}

}  // namespace dynolith::storage
