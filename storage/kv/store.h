// The seam: an ordered, transactional key-value store with ordered logs and tallies. Everything
// that is DynamoDB's (items, indexes, expressions) lives above this line; a distributed engine is a
// second implementation of Store.
//
// Writes declare the keys they depend on and compute the rest in a pure function; the store
// resolves conflicts. There is no phantom protection over ranges: guard a range with a declared
// key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/function_ref.h"
#include "storage/result.h"

namespace dynolith::storage::kv {

using Bytes = std::string_view;

enum class Status : uint8_t {
  kOk,
  kNotFound,
  kDeclined,     // The transaction's function said no; nothing was written.
  kContended,    // A declared key stayed held by another for WriteOptions::wait_ms.
  kUnknown,      // Handed to the disk and failed: may or may not be there after a restart.
  kUnavailable,  // Nothing was written; safe to retry (disk full, shutting down).
  kIo,           // The store has stopped.
  kCorrupt,
};
Error to_error(Status status);  // Needs: a failure. The service's words for 5xx answers.

struct Limits {
  size_t key_bytes_max, value_bytes_max, transaction_bytes_max;
  bool blocking;  // Calls wait on a network: run them on a pool of workers.
};

// A value that stays where the store has it until this is reset or destroyed.
class Pinned {
 public:
  Pinned() = default;
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  Pinned(Pinned&& other) noexcept { *this = std::move(other); }
  Pinned& operator=(Pinned&& other) noexcept {
    if (this != &other) {
      reset(other.value_, other.owner_, other.release_);
      other.value_ = {};
      other.owner_ = nullptr;
      other.release_ = nullptr;
    }
    return *this;
  }
  ~Pinned() { reset(); }
  void reset(Bytes value = {}, void* owner = nullptr, void (*release)(void*) = nullptr) {
    if (release_ != nullptr) release_(owner_);
    value_ = value;
    owner_ = owner;
    release_ = release;
  }
  Bytes get() const { return value_; }

 private:
  Bytes value_;
  void* owner_ = nullptr;
  void (*release_)(void*) = nullptr;
};

// A consistent view of everything committed before it was taken.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

struct ReadOptions {
  const Snapshot* snapshot = nullptr;  // Null: the latest.
};

struct ScanOptions {
  Bytes begin, end;  // [begin, end), unsigned byte order.
  bool reverse = false;
  bool fill_cache = true;  // False for long maintenance scans.
};

// What a transaction's function sees: the values of its declared keys, in the order declared.
class Reads {
 public:
  virtual ~Reads() = default;
  // Null: absent. Valid during the call of the function only. Read from the store on first use, so
  // a function that does not ask does not pay.
  virtual std::optional<Bytes> at(size_t declared_index) = 0;
};

struct Tally {
  int64_t count = 0;
  int64_t bytes = 0;
};

// Where a transaction's function puts its changes.
class Writes {
 public:
  virtual ~Writes() = default;
  virtual void put(Bytes key, Bytes value) = 0;
  virtual void erase(Bytes key) = 0;
  // Adds a record, given in pieces, to an ordered log; its position is given in commit order,
  // inside the commit.
  virtual void append(Bytes log, std::span<const Bytes> record) = 0;
  void append(Bytes log, Bytes record) { append(log, std::span<const Bytes>(&record, 1)); }
  // Adds to a running total, exact and durable with the commit; commits to one tally do not
  // conflict.
  virtual void add(Bytes tally, Tally change) = 0;
};

enum class Verdict : uint8_t { kCommit, kDecline };

// How a transaction behaves towards others that declare one of its keys.
struct WriteOptions {
  static constexpr int64_t kAsLongAsItTakes = -1;

  // For how long to wait for a declared key before giving up with kContended. Then a transaction
  // that `contends` gives up whoever holds the key, and any other only if its holder contends:
  // those that do not contend simply queue behind each other.
  int64_t wait_ms = kAsLongAsItTakes;
  bool contends = false;
  size_t* contended = nullptr;  // Set, with kContended, to the place of the key among the declared.
};

// Threads: any, all calls. Values and keys handed to callbacks live until the callback returns.
class Store {
 public:
  virtual ~Store() = default;
  virtual Limits limits() const = 0;

  virtual Status get(const ReadOptions& options, Bytes key, Pinned& out) = 0;
  // All from one state of the store. `out` and `each` have the size of `keys`.
  virtual Status multi_get(const ReadOptions& options, std::span<const Bytes> keys,
                           std::span<Pinned> out, std::span<Status> each) = 0;
  // Calls `sink` with each entry in order until it returns false or the range ends. From one state
  // of the store.
  virtual Status scan(const ReadOptions& options, const ScanOptions& scan,
                      FunctionRef<bool(Bytes key, Bytes value)> sink) = 0;
  virtual std::unique_ptr<Snapshot> snapshot() = 0;

  // Locks exactly `keys` (any order; repeats allowed; absent keys too), runs `function`, commits
  // what it wrote atomically. When it returns kOk the commit is visible to every read that begins
  // later and as durable as the store was opened to make it.
  //  - `function` is pure: a store may run it again.
  //  - Keys written but not declared must be owned by a declared key, as an index entry is by its
  //  item.
  virtual Status transact(const WriteOptions& options, std::span<const Bytes> keys,
                          FunctionRef<Verdict(Reads& reads, Writes& writes)> function) = 0;
  // Atomic, no declared keys.
  virtual Status write(FunctionRef<void(Writes& writes)> function) = 0;

  virtual Result<Tally> tally(Bytes name) = 0;  // Zero if never added to.

  // Forgets the tallies whose names lie in [begin, end). Needs: nothing adds to them any more. Not
  // atomic; may be repeated.
  virtual Status drop_tallies(Bytes begin, Bytes end) = 0;

  // Removes [begin, end), in pieces, without blocking other calls. Not atomic; may be repeated.
  virtual Status drop_range(Bytes begin, Bytes end) = 0;
  virtual void compact() = 0;  // Reclaims the space of what was dropped; slow.

  // Records of a log after position `after` (empty: from the beginning), in order. Positions are 8
  // bytes, big-endian, dense from 1. Never returns a record that a later commit could precede.
  virtual Status read_log(Bytes log, Bytes after, uint32_t records_max,
                          FunctionRef<bool(Bytes position, Bytes record)> sink) = 0;
  // The position of a log's newest record, also after a trim took it; 0: it never had one. Every
  // later commit gets a greater one.
  virtual Result<uint64_t> log_end(Bytes log) = 0;
  // Forgets the records of a log up to and including `position`.
  virtual Status trim_log(Bytes log, Bytes position) = 0;
  // Forgets a whole log. Needs: nothing is appended to it meanwhile or later.
  virtual Status drop_log(Bytes log) = 0;

  // True when writes are refused for now (disk full) although reads go on.
  virtual bool is_read_only() const = 0;
};

}  // namespace dynolith::storage::kv
