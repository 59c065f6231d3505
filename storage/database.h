// Dynolith embedded: tables, items, indexes, queries and atomic writes in process, without a
// network and without JSON. The server and the object mapper are front ends of this class.
//
//   auto database = Database::open({.directory = "data"});
//   TableDefinition music{.name = "Music", ...};
//   TablePtr table = (*database)->create_table(std::move(music))->table;
//   EncodedItem song = encode_item({{"Artist", "Nina Simone"}, {"Title", "Sinnerman"}});
//   EncodedKey key = *key_of_item(*table, song.view());
//   auto outcome = (*database)->apply({.table = table, .key = key, .action = Put{song}});
//
// Every call answers with a Result (the example leaves the checks out). tests/embedding/example is
// a whole program.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/clock.h"
#include "storage/database_options.h"
#include "storage/encoding/item_encoding.h"
#include "storage/engine/range_read.h"
#include "storage/engine/resource_policies.h"
#include "storage/engine/stream.h"
#include "storage/engine/table.h"
#include "storage/engine/table_update.h"
#include "storage/engine/time_to_live.h"
#include "storage/engine/write.h"
#include "storage/limits.h"
#include "storage/result.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

// Threads: any, every call. Calls return when done; a write is then as durable as the options say.
class Database {
 public:
  // Errors: see kv::open_store.
  static Result<std::unique_ptr<Database>> open(DatabaseOptions options);
  virtual ~Database() = default;

  // --- Tables. `scope` separates namespaces that do not see each other; mostly empty.

  // The table is usable when this returns; the description says CREATING as the service's does.
  // Checks the definition (schema rules and limits, in the service's words). Errors: kValidation,
  // kResourceInUse (it exists), kLimitExceeded.
  virtual Result<TableDescription> create_table(TableDefinition definition,
                                                std::string_view scope = {}) = 0;
  // Errors: kResourceNotFound "Requested resource not found". Takes no lock.
  virtual Result<TablePtr> find_table(std::string_view name, std::string_view scope = {}) const = 0;
  // Errors: kResourceNotFound "Requested resource not found: Table: <name> not found".
  virtual Result<TableDescription> describe_table(std::string_view name,
                                                  std::string_view scope = {}) const = 0;
  // Names after `start` in byte order, at most `limit`.
  virtual std::vector<std::string> list_tables(std::string_view start, size_t limit,
                                               std::string_view scope = {}) const = 0;
  // Changes a table's settings and its global indexes while reads and writes go on. Settings hold
  // when this returns. A new index is filled in the background, also across restarts, and cannot be
  // read until then (Index::status, shown by describe_table). A deleted one is out of reach at once
  // and its entries go in the background. Checks the update in the service's words. Errors:
  // kValidation, kResourceNotFound (the table or an index), kResourceInUse (the table is not
  // ACTIVE), kLimitExceeded (one index at a time; decreases of throughput a day).
  virtual Result<TableDescription> update_table(const TableUpdate& update,
                                                std::string_view scope = {}) = 0;
  // Its data goes in the background, also across restarts. Errors: kResourceNotFound,
  // kResourceInUse, kValidation (deletion protection).
  virtual Result<TableDescription> delete_table(std::string_view name,
                                                std::string_view scope = {}) = 0;

  // Turns deletion of expired items on or off: those whose `attribute` is a number of seconds since
  // 1970 that is over, but not for more than five years. Items that are there already count too.
  // Errors: kResourceNotFound, kResourceInUse, kValidation (it is so already, a different
  // attribute).
  virtual Result<void> set_time_to_live(std::string_view name, std::string_view attribute,
                                        bool enabled, std::string_view scope = {}) = 0;
  virtual Result<TimeToLiveDescription> describe_time_to_live(
      std::string_view name, std::string_view scope = {}) const = 0;
  // Deletes what has expired by now; the database does so by itself at intervals.
  virtual Result<SweepReport> sweep_expired() = 0;

  // Puts tags in place of those of the same keys. Errors: kResourceNotFound, kValidation (too
  // many).
  virtual Result<void> tag_table(std::string_view name, std::span<const Tag> tags,
                                 std::string_view scope = {}) = 0;
  // Removes the tags of these keys; absent ones do not matter.
  virtual Result<void> untag_table(std::string_view name, std::span<const std::string> keys,
                                   std::string_view scope = {}) = 0;

  // A resource policy is kept and given back, not enforced: see engine/resource_policies.h, also
  // for `expected` and the errors.
  virtual Result<ResourcePolicy> get_resource_policy(std::string_view name,
                                                     std::string_view scope = {}) = 0;
  virtual Result<std::string> put_resource_policy(std::string_view name, std::string_view text,
                                                  std::optional<std::string_view> expected = {},
                                                  std::string_view scope = {}) = 0;
  virtual Result<std::string> delete_resource_policy(std::string_view name,
                                                     std::optional<std::string_view> expected = {},
                                                     std::string_view scope = {}) = 0;

  // --- Reading.

  // Calls `sink` once with the stored item in place (before projection: item.item_bytes() is what
  // it costs), or with the absent item. Errors: kIo and kin.
  virtual Result<void> get(const Table& table, const EncodedKey& key,
                           FunctionRef<void(const ItemView& item)> sink) = 0;
  // All from one state of the database, in the order of `keys`: a transaction of reads. It waits
  // for nobody and meets no conflict. `sink` returns false to stop.
  virtual Result<void> multi_get(std::span<const TableKey> keys,
                                 FunctionRef<bool(size_t index, const ItemView& item)> sink) = 0;
  // One page of a Query or Scan; `sink` gets each returned item in order (projected, if the read
  // says). Errors: kValidation for a start key that does not fit, kIo and kin.
  virtual Result<RangePage> read_range(const RangeRead& read,
                                       FunctionRef<void(const ItemView& item)> sink) = 0;

  // --- Writing.

  // Carries out every write, or none of them. All conditions see the items as they were before.
  // Checks a put's size and index keys itself (check_index_keys is for callers that must know of
  // several writes before the first).
  // On success items, index entries and tallies become visible together and survive a crash
  // together.
  //
  // Errors: kValidation (two writes name the same item, an item is too large), kTransactionCanceled
  //         with a reason for each write (conditions, updates that do not fit the stored item,
  //         index keys), kResourceNotFound (the table was deleted meanwhile), kUnavailable, kIo,
  //         kUnknownOutcome. After any of them but the last nothing has changed.
  virtual Result<std::vector<WriteOutcome>> apply(std::span<const ItemWrite> writes) = 0;
  // The same for one write, without the vectors. What would be a cancellation's reason is the error
  // itself: kConditionalCheckFailed (detail.item if asked for) or kValidation. kTransactionConflict
  // if a transaction holds the item.
  virtual Result<WriteOutcome> apply(const ItemWrite& write) = 0;

  // What apply() does, as a transaction: serializable against every other call, once for each
  // token, and in conflict with others that write one of the items meanwhile.
  //
  // Errors: those of apply(). A conflict is kTransactionCanceled with the reason
  // TransactionConflict;
  //         kTransactionInProgress, kIdempotentParameterMismatch (of the token).
  virtual Result<TransactionOutcome> transact(std::span<const ItemWrite> writes,
                                              const TransactionOptions& options = {}) = 0;

  // What the items that share `key`'s partition key count for, and their entries in local indexes;
  // 0 for tables without local indexes.
  virtual Result<int64_t> item_collection_bytes(const Table& table, const EncodedKey& key) = 0;

  // --- Streams of changes.
  //
  // A table whose definition has a stream_view_type keeps a record of every change, written in the
  // commit of the change itself and readable for 24 hours. Positions are dense and in commit order:
  // a reader that goes on at StreamPage::next sees every change exactly once, and all changes of an
  // item in the order they were made, however many writers commit meanwhile.
  //
  //   StreamPtr stream = database->list_streams("Music").back();
  //   uint64_t next = stream->trimmed + 1;
  //   while (following)
  //     next = (*database->read_stream(*stream, {.first = next}, handle_change))->next;
  //
  // Shards are ranges of positions; embedding programs may ignore them.

  // The streams of a table, or of all tables (an empty name), by table name and age. A table has at
  // most one that is on; others can be read for 24 hours after they were closed.
  virtual std::vector<StreamPtr> list_streams(std::string_view table_name,
                                              std::string_view scope = {}) = 0;
  // As it is now. Errors: kResourceNotFound, without words.
  virtual Result<StreamPtr> find_stream(std::string_view table_name, int64_t created_ms,
                                        std::string_view scope = {}) = 0;
  virtual Result<StreamPtr> find_stream(TableId table, uint32_t number) = 0;
  // The position of the newest record, or of the last one trimmed; 0: there never was one.
  virtual Result<uint64_t> stream_end(const Stream& stream) = 0;
  // Hands records from a position on to `sink`, in order; views live until it returns. Fewer than
  // asked for, or none, do not mean that there are no more. Errors: kTrimmedDataAccess (the first
  // position is in Stream::trimmed), kResourceNotFound (the stream has vanished), kIo and kin.
  virtual Result<StreamPage> read_stream(
      const Stream& stream, const StreamRead& read,
      FunctionRef<void(uint64_t position, const StreamRecordView& record)> sink) = 0;

  // --- Upkeep.
  virtual int64_t now_ms() const = 0;  // By DatabaseOptions::clock.
  virtual bool is_read_only() const = 0;
  virtual void compact() = 0;
  // Waits until no dropped table or index has data left and every index is built, and does for
  // streams what time has made due; for tests and orderly shutdown.
  virtual void wait_for_background() = 0;
};

// The key of an item or key parameter, checked against the table. Errors (kValidation, service's
// words): for items, missing, wrong type, empty, too long; for key parameters "The provided key
// element does not match the schema", empty, too long.
Result<EncodedKey> key_of_item(const Table& table, const ItemView& item);
Result<EncodedKey> key_of_key_parameter(const Table& table, const ItemView& key);
// Index key attributes of an item: wrong type, empty, too long. Errors as above.
Result<void> check_index_keys(const Table& table, const ItemView& item, bool from_update);

}  // namespace dynolith::storage
