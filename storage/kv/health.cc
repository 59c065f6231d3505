#include "storage/kv/health.h"

#include "storage/kv/status.h"

namespace dynolith::storage::kv {

Status Health::for_writes() const {
  switch (state()) {
    case State::kHealthy:
      return Status::kOk;
    case State::kReadOnly:
      return Status::kUnavailable;
    case State::kStopped:
      break;
  }
  return Status::kIo;
}

void Health::log(const std::string& line) const {
  if (log_) log_("store '" + path_ + "' " + one_line(line));
}

void Health::room_is_short(uint64_t free_bytes, uint64_t needed_bytes) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kHealthy) return;
  state_ = State::kReadOnly;
  log("is read-only: " + std::to_string(free_bytes) + " bytes free on its disk, " +
      std::to_string(needed_bytes) + " needed; writes resume when there is room");
}

void Health::failed(const rocksdb::Status& status, const char* action) {
  if (status.ok() || !(status.IsIOError() || status.IsCorruption() || status.IsNoSpace())) return;
  if (!is_out_of_room(status) && !is_after_effect(status))
    return stop(std::string(action) + " failed: " + status.ToString());
  const std::lock_guard lock(mutex_);
  if (state_ == State::kStopped) return;
  const bool is_news = state_ == State::kHealthy;
  needs_reopening_ = true;
  state_ = State::kReadOnly;
  if (is_news) {
    log("is read-only: " + std::string(action) + " failed: " + status.ToString() +
        "; writes resume when there is room");
  }
}

void Health::stop(const std::string& problem) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kStopped) return;
    state_ = State::kStopped;
    log("has stopped: " + problem + "; mend the disk or restore a backup, then start again");
  }
  on_stop_();
}

void Health::recovered() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kReadOnly) return;
  needs_reopening_ = false;
  state_ = State::kHealthy;
  log("takes writes again");
}

void BackgroundErrors::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                         rocksdb::Status* status) {
  const bool writing = reason == rocksdb::BackgroundErrorReason::kWriteCallback ||
                       reason == rocksdb::BackgroundErrorReason::kMemTable;
  health_.failed(*status, writing ? "writing" : "flushing or compacting");
}

}  // namespace dynolith::storage::kv
