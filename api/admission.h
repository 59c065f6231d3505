// Simulated throttling, for --throttle: what tables and global indexes are provisioned with, or are
// capped at on demand, is enforced as the service does, with unused capacity saved up for bursts.
// Without the flag there is no Admission, and nothing of it is on any path.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "storage/clock.h"
#include "storage/database.h"

namespace dynolith::api {

// Units that come at a steady rate and are saved up for a time: a bucket of tokens, kept as the
// moment at which it was, or will be, empty. That is one number, so no lock is needed.
class Bucket {
 public:
  // `now_ns` never goes back. A new bucket is full.
  bool has_any(int64_t now_ns) const { return empty_at_ns_.load() < now_ns; }
  // May leave a debt, which time pays back.
  void take(double units, double units_per_second, int64_t now_ns, int64_t burst_ns);

 private:
  std::atomic<int64_t> empty_at_ns_{INT64_MIN};
};

// A request is let in while there is any capacity left, and charged what it turned out to cost.
// Threads: any. Takes no lock.
class Admission {
 public:
  // Capacity unused within the last `burst_seconds` may be used at once; the service's is 300.
  Admission(std::shared_ptr<storage::Clock> clock, int64_t burst_seconds);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Whether a read of the table, or of one of its indexes, may begin. A local index has its table's
  // capacity. Errors: kProvisionedThroughputExceeded or kThrottling (a cap on demand), with the
  // reason in detail->throttling.
  storage::Result<void> admit_read(const storage::Table& table, const storage::Index* index,
                                   std::string_view region);
  // Whether a write may begin: the table and, since their entries follow, all its global indexes
  // need capacity left. Errors: the same.
  storage::Result<void> admit_write(const storage::Table& table, std::string_view region);

  enum class Direction : uint8_t { kRead, kWrite };
  // The same for a transaction: `tables` are those of its actions, one for each. Errors:
  // kTransactionCanceled, with a reason for each action whose table has no capacity left.
  storage::Result<void> admit_transaction(std::span<const storage::Table* const> tables,
                                          Direction direction, std::string_view region);

  void charge_read(const storage::Table& table, const storage::Index* index, double units);
  // In transactions the table itself costs twice what it does otherwise.
  void charge_write(const storage::Table& table, const storage::WriteOutcome& outcome,
                    double table_factor = 1);

  // Database::apply between the two. A condition that fails costs one unit.
  storage::Result<storage::WriteOutcome> apply(storage::Database& database,
                                               const storage::ItemWrite& write,
                                               std::string_view region);

 private:
  // Of a table (index 0) or a global index. Never freed: others may be looking at it.
  struct Meter {
    storage::TableId table = 0;
    storage::IndexId index = 0;
    Bucket read, write;
    Meter* next = nullptr;
    Bucket& bucket(Direction direction) { return direction == Direction::kRead ? read : write; }
  };

  int64_t now_ns() const { return clock_->monotonic_ms() * 1'000'000; }
  Meter& meter_of(const storage::Table& table, const storage::Index* index);
  storage::Result<void> admit(const storage::Table& table, const storage::Index* index,
                              Direction direction, std::string_view region);
  void charge(const storage::Table& table, const storage::Index* index, Direction direction,
              double units);

  std::shared_ptr<storage::Clock> clock_;
  int64_t burst_ns_;
  std::array<std::atomic<Meter*>, 1024> meters_{};  // Chains by hash.
};

}  // namespace dynolith::api
