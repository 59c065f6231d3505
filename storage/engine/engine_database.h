// Database on the store of storage/kv: wires the engine's parts together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/engine/catalog.h"
#include "storage/engine/expiry_builder.h"
#include "storage/engine/index_backfill.h"
#include "storage/engine/item_collection.h"
#include "storage/engine/item_reader.h"
#include "storage/engine/item_writer.h"
#include "storage/engine/range_reader.h"
#include "storage/engine/request_tokens.h"
#include "storage/engine/resource_policies.h"
#include "storage/engine/stream_registry.h"
#include "storage/engine/table_dropper.h"
#include "storage/engine/time_to_live.h"
#include "storage/engine/ttl_sweeper.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

class EngineDatabase final : public Database {
 public:
  EngineDatabase(std::unique_ptr<kv::Store> store, const DatabaseOptions& options);

  // Reads the catalog and goes on removing what a former process left.
  Result<void> load();

  Result<TableDescription> create_table(TableDefinition definition,
                                        std::string_view scope) override;
  Result<TablePtr> find_table(std::string_view name, std::string_view scope) const override;
  Result<TableDescription> describe_table(std::string_view name,
                                          std::string_view scope) const override;
  std::vector<std::string> list_tables(std::string_view start, size_t limit,
                                       std::string_view scope) const override;
  Result<TableDescription> update_table(const TableUpdate& update, std::string_view scope) override;
  Result<TableDescription> delete_table(std::string_view name, std::string_view scope) override;

  Result<void> set_time_to_live(std::string_view name, std::string_view attribute, bool enabled,
                                std::string_view scope) override;
  Result<TimeToLiveDescription> describe_time_to_live(std::string_view name,
                                                      std::string_view scope) const override;
  Result<SweepReport> sweep_expired() override;
  Result<void> tag_table(std::string_view name, std::span<const Tag> tags,
                         std::string_view scope) override;
  Result<void> untag_table(std::string_view name, std::span<const std::string> keys,
                           std::string_view scope) override;

  Result<ResourcePolicy> get_resource_policy(std::string_view name,
                                             std::string_view scope) override {
    return policies_.get(name, scope);
  }
  Result<std::string> put_resource_policy(std::string_view name, std::string_view text,
                                          std::optional<std::string_view> expected,
                                          std::string_view scope) override {
    return policies_.put(name, text, expected, scope);
  }
  Result<std::string> delete_resource_policy(std::string_view name,
                                             std::optional<std::string_view> expected,
                                             std::string_view scope) override {
    return policies_.remove(name, expected, scope);
  }

  Result<void> get(const Table& table, const EncodedKey& key,
                   FunctionRef<void(const ItemView& item)> sink) override;
  Result<void> multi_get(std::span<const TableKey> keys,
                         FunctionRef<bool(size_t index, const ItemView& item)> sink) override;
  Result<RangePage> read_range(const RangeRead& read,
                               FunctionRef<void(const ItemView& item)> sink) override;

  Result<std::vector<WriteOutcome>> apply(std::span<const ItemWrite> writes) override;
  Result<WriteOutcome> apply(const ItemWrite& write) override;
  Result<TransactionOutcome> transact(std::span<const ItemWrite> writes,
                                      const TransactionOptions& options) override;

  Result<int64_t> item_collection_bytes(const Table& table, const EncodedKey& key) override;

  std::vector<StreamPtr> list_streams(std::string_view table_name, std::string_view scope) override;
  Result<StreamPtr> find_stream(std::string_view table_name, int64_t created_ms,
                                std::string_view scope) override;
  Result<StreamPtr> find_stream(TableId table, uint32_t number) override;
  Result<uint64_t> stream_end(const Stream& stream) override;
  Result<StreamPage> read_stream(
      const Stream& stream, const StreamRead& read,
      FunctionRef<void(uint64_t position, const StreamRecordView& record)> sink) override;

  int64_t now_ms() const override { return clock_->now_ms(); }
  bool is_read_only() const override;
  void compact() override;
  void wait_for_background() override;

 private:
  Result<TableDescription> describe(TablePtr table, TableStatus status) const;

  // Destroyed from the bottom up: the last ones' threads use all of the others.
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<IdSource> ids_;
  const std::unique_ptr<kv::Store> store_;
  WriteGate gate_;
  Catalog catalog_;
  ItemReader reader_;
  RangeReader range_reader_;
  RequestTokens tokens_;
  ItemCollections collections_;
  ItemWriter writer_;
  StreamRegistry streams_;
  ResourcePolicies policies_;
  TableDropper dropper_;
  IndexBackfill backfill_;
  ExpiryBuilder expiry_builder_;
  TimeToLive time_to_live_;
  TtlSweeper ttl_sweeper_;
};

}  // namespace dynolith::storage
