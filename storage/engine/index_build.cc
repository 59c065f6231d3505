#include "storage/engine/index_build.h"

#include <utility>

namespace dynolith::storage {

bool IndexBuild::covers(std::string_view item_key) const {
  const std::lock_guard lock(mutex_);
  return item_key < frontier_;
}

bool IndexBuild::is_claimed(std::string_view item_key) const {
  const std::lock_guard lock(mutex_);
  return claims(item_key);
}

void IndexBuild::wait_until_free(std::string_view item_key) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !claims(item_key); });
}

std::string IndexBuild::frontier() const {
  const std::lock_guard lock(mutex_);
  return frontier_;
}

bool IndexBuild::has_begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

void IndexBuild::claim(std::string end) {
  const std::lock_guard lock(mutex_);
  begun_ = true;
  claimed_end_ = std::move(end);
}

void IndexBuild::cover() {
  {
    const std::lock_guard lock(mutex_);
    frontier_ = claimed_end_;
  }
  changed_.notify_all();
}

void IndexBuild::release() {
  {
    const std::lock_guard lock(mutex_);
    claimed_end_ = frontier_;
  }
  changed_.notify_all();
}

}  // namespace dynolith::storage
