#include "tests/fault/split_batch_store.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dynolith::tests {
namespace {

using namespace storage::kv;
using storage::FunctionRef;
using storage::Result;

// Passes on what goes to declared keys, logs and tallies, and keeps the rest for later.
class SplitWrites final : public Writes {
 public:
  using Change = std::pair<std::string, std::optional<std::string>>;

  SplitWrites(Writes& now, std::span<const Bytes> declared, std::vector<Change>& later)
      : now_(now), declared_(declared), later_(later) {}

  void put(Bytes key, Bytes value) override {
    if (is_declared(key)) {
      now_.put(key, value);
    } else {
      later_.emplace_back(std::string(key), std::string(value));
    }
  }
  void erase(Bytes key) override {
    if (is_declared(key)) {
      now_.erase(key);
    } else {
      later_.emplace_back(std::string(key), std::nullopt);
    }
  }
  using Writes::append;
  void append(Bytes log, std::span<const Bytes> record) override { now_.append(log, record); }
  void add(Bytes tally, Tally change) override { now_.add(tally, change); }

 private:
  bool is_declared(Bytes key) const {
    return std::find(declared_.begin(), declared_.end(), key) != declared_.end();
  }

  Writes& now_;
  std::span<const Bytes> declared_;
  std::vector<Change>& later_;
};

class SplitBatchStore final : public Store {
 public:
  explicit SplitBatchStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  Status transact(const WriteOptions& options, std::span<const Bytes> keys,
                  FunctionRef<Verdict(Reads& reads, Writes& writes)> function) override {
    std::vector<SplitWrites::Change> later;
    const auto status = store_->transact(options, keys, [&](Reads& reads, Writes& writes) {
      later.clear();  // A store may run the function again.
      SplitWrites split(writes, keys, later);
      return function(reads, split);
    });
    if (status != Status::kOk || later.empty()) return status;
    // Long enough that a kill often falls between the two.
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    return store_->write([&later](Writes& writes) {
      for (const auto& [key, value] : later) {
        if (value) {
          writes.put(key, *value);
        } else {
          writes.erase(key);
        }
      }
    });
  }

  // All else as it is.
  Limits limits() const override { return store_->limits(); }
  Status get(const ReadOptions& options, Bytes key, Pinned& out) override {
    return store_->get(options, key, out);
  }
  Status multi_get(const ReadOptions& options, std::span<const Bytes> keys, std::span<Pinned> out,
                   std::span<Status> each) override {
    return store_->multi_get(options, keys, out, each);
  }
  Status scan(const ReadOptions& options, const ScanOptions& scan,
              FunctionRef<bool(Bytes key, Bytes value)> sink) override {
    return store_->scan(options, scan, sink);
  }
  std::unique_ptr<Snapshot> snapshot() override { return store_->snapshot(); }
  Status write(FunctionRef<void(Writes& writes)> function) override {
    return store_->write(function);
  }
  Result<Tally> tally(Bytes name) override { return store_->tally(name); }
  Status drop_tallies(Bytes begin, Bytes end) override { return store_->drop_tallies(begin, end); }
  Status drop_range(Bytes begin, Bytes end) override { return store_->drop_range(begin, end); }
  void compact() override { store_->compact(); }
  Status read_log(Bytes log, Bytes after, uint32_t records_max,
                  FunctionRef<bool(Bytes position, Bytes record)> sink) override {
    return store_->read_log(log, after, records_max, sink);
  }
  Result<uint64_t> log_end(Bytes log) override { return store_->log_end(log); }
  Status drop_log(Bytes log) override { return store_->drop_log(log); }
  Status trim_log(Bytes log, Bytes position) override { return store_->trim_log(log, position); }
  bool is_read_only() const override { return store_->is_read_only(); }

 private:
  const std::unique_ptr<Store> store_;
};

}  // namespace

std::unique_ptr<storage::kv::Store> split_batches(std::unique_ptr<storage::kv::Store> store) {
  return std::make_unique<SplitBatchStore>(std::move(store));
}

}  // namespace dynolith::tests
