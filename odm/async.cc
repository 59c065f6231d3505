#include "odm/async.h"

#include <algorithm>

namespace dynolith::odm {

Executor::Executor(size_t threads, size_t waiting_max)
    : waiting_max_(std::max<size_t>(waiting_max, 1)) {
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i)
    threads_.emplace_back([this] { run(); });
}

Executor::~Executor() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Executor::post(std::function<void()> work) {
  {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [this] { return waiting_.size() < waiting_max_; });
    waiting_.push_back(std::move(work));
  }
  has_work_.notify_one();
}

void Executor::run() {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      has_work_.wait(lock, [this] { return !waiting_.empty() || is_ending_; });
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    has_room_.notify_one();
    work();
  }
}

}  // namespace dynolith::odm
