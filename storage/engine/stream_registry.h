// The streams there are: which exist, their shards, and what becomes of them with time. Shards are
// rotated, records trimmed and closed streams forgotten when somebody looks at a stream for whom it
// is due, and in the background.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "storage/clock.h"
#include "storage/engine/stream.h"
#include "storage/engine/table.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Turns a table's stream on, or off (nullopt); for the `change` of Catalog::update(), whose caller
// then calls StreamRegistry::follow(). Errors: kValidation (it is on or off already).
Result<void> set_stream(Table& table, std::optional<StreamViewType> view_type, int64_t now_ms);

// Threads: any, all calls but load().
class StreamRegistry {
 public:
  // The arguments outlive the registry. `shard_ms`: the age at which a shard with records is
  // closed.
  StreamRegistry(kv::Store& store, WriteGate& gate, Clock& clock, int64_t shard_ms);
  ~StreamRegistry();

  // Reads the descriptors, and makes good what a former process did not get to. `tables` are all
  // there are; those being dropped are marked so. Errors: kCorruption, kDirectoryTooNew, kIo.
  Result<void> load(std::span<const TablePtr> tables);

  // Makes the streams fit a table that was made, changed or deleted: opens the stream that it has
  // now, closes the one that it had. Call it after the fact, in any order; waits for the writes
  // that may still follow the earlier table. A failure to store the descriptor is made good when it
  // changes again, or by load().
  void follow(const TablePtr& table);

  // Those of a table, or of all (an empty name), by table name and age.
  std::vector<StreamPtr> list(std::string_view table_name, std::string_view scope);
  // Errors: kResourceNotFound, without words.
  Result<StreamPtr> find(std::string_view table_name, int64_t created_ms, std::string_view scope);
  Result<StreamPtr> find(TableId table, uint32_t number);

  // Does what is due for all streams, and removes from the store what was trimmed.
  void tend();

 private:
  using Key = std::pair<TableId, uint32_t>;
  struct Entry {
    StreamPtr stream;
    int64_t due_ms = 0;   // When to look at it next.
    uint64_t erased = 0;  // Trimmed records up to this position are out of the store.
  };

  void open_stream(const Table& table);
  void close_stream(const StreamPtr& stream);
  // The stream as it is now; null if it has vanished.
  StreamPtr looked_at(const Key& key);
  void look(const Key& key, int64_t now_ms);
  bool rotate(Stream& stream, uint64_t end, int64_t now_ms) const;
  Result<bool> trim(Stream& stream, uint64_t end, int64_t now_ms);
  Result<int64_t> next_look(const Stream& stream, uint64_t end, bool trimmed, int64_t now_ms);
  // When the record at a position was made. Needs: it is there.
  Result<int64_t> record_time(const Stream& stream, uint64_t position);
  bool store_descriptor(const Stream& stream);
  void publish(Stream stream, int64_t due_ms);
  void erase_trimmed();
  void erase_vanished();
  void start_thread();
  void run();

  kv::Store& store_;
  WriteGate& gate_;
  Clock& clock_;
  const int64_t shard_ms_;

  std::mutex change_;   // One change of the streams at a time. Taken before mutex_.
  std::mutex erasing_;  // One removal of records at a time. Taken before mutex_.
  std::mutex mutex_;
  std::map<Key, Entry> streams_;  // Guarded by mutex_.
  std::vector<Key> vanished_;     // Guarded by mutex_. Still in the store.
  bool stopping_ = false;         // Guarded by mutex_.
  std::condition_variable wake_;
  std::thread thread_;  // Started with the first stream; guarded by mutex_.
};

}  // namespace dynolith::storage
