// Whether the store takes writes: healthy, read-only (no room: passes by itself) or stopped (an I/O
// error or damage: final). Every change is one line in the log.
#pragma once

#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "storage/kv/rocks_logger.h"
#include "storage/kv/store.h"

namespace dynolith::storage::kv {

// Threads: any.
class Health {
 public:
  enum class State : uint8_t { kHealthy, kReadOnly, kStopped };

  // `path` is what the log lines name; `on_stop` is called once, when the store stops.
  Health(std::string path, LogLine log, std::function<void()> on_stop)
      : path_(std::move(path)), log_(std::move(log)), on_stop_(std::move(on_stop)) {}

  State state() const { return state_.load(std::memory_order_acquire); }
  // kOk, or what a write is answered.
  Status for_writes() const;
  // RocksDB has met the full disk itself and takes no more writes until it is opened again.
  bool needs_reopening() const { return needs_reopening_.load(std::memory_order_acquire); }

  void room_is_short(uint64_t free_bytes, uint64_t needed_bytes);
  // RocksDB failed while doing what `action` says ("writing"): read-only when room is what was
  // missing, or when the failure only repeats an earlier one (which is reported by whom it met),
  // otherwise stopped. Other failures (invalid arguments) change nothing.
  void failed(const rocksdb::Status& status, const char* action);
  void stop(const std::string& problem);
  // Needs: if needs_reopening(), it was reopened.
  void recovered();
  void log(const std::string& line) const;

 private:
  const std::string path_;
  const LogLine log_;
  const std::function<void()> on_stop_;
  std::mutex mutex_;  // Changes of state.
  std::atomic<State> state_{State::kHealthy};
  std::atomic<bool> needs_reopening_{false};
};

// Tells Health of what fails in RocksDB's own threads.
class BackgroundErrors : public rocksdb::EventListener {
 public:
  explicit BackgroundErrors(Health& health) : health_(health) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  Health& health_;  // Outlives every instance.
};

}  // namespace dynolith::storage::kv
