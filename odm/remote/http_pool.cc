#include "odm/remote/http_pool.h"

#include <algorithm>
#include <chrono>

namespace dynolith::odm {

using Kind = HttpFailure::Kind;

HttpPool::HttpPool(HttpPoolOptions options, std::shared_ptr<storage::Clock> clock)
    : options_(std::move(options)), clock_(std::move(clock)) {}

HttpPool::~HttpPool() = default;

Result<void> HttpPool::prepare_tls() {
  const std::lock_guard lock(tls_mutex_);
  if (is_tls_prepared_) return {};
  auto loaded = TlsTrust::load(options_.ca_bundle, options_.verify_tls);
  if (!loaded) return std::move(loaded).error();
  trust_ = std::move(*loaded);
  is_tls_prepared_ = true;
  return {};
}

HttpOutcome HttpPool::exchange(const HttpTarget& target, const HttpRequest& request) {
  const int64_t deadline_ms = steady_ms() + std::max<int64_t>(request.total_timeout_ms, 0);
  if (!are_clean(request))
    return HttpFailure{Kind::kRefused, false, "control characters in a header of the request"};
  if (target.is_tls) {
    const auto prepared = prepare_tls();
    if (!prepared) return HttpFailure{Kind::kNotTrusted, false, prepared.error().message};
  }
  if (!request.keep_alive) return HttpConnection(target, trust_).exchange(request, deadline_ms);

  const std::string key = (target.is_tls ? "https://" : "http://") + target.authority();
  Taken taken = take(key, deadline_ms);
  if (auto* failure = std::get_if<HttpFailure>(&taken)) return std::move(*failure);
  std::unique_ptr<HttpConnection> connection = std::move(*std::get_if<0>(&taken));
  // Also when memory runs out: the place would be lost for good.
  struct Return {
    ~Return() { pool.give_back(key, std::move(connection)); }
    HttpPool& pool;
    const std::string& key;
    std::unique_ptr<HttpConnection>& connection;
  } const at_the_end{*this, key, connection};
  if (connection == nullptr) connection = std::make_unique<HttpConnection>(target, trust_);
  return connection->exchange(request, deadline_ms);
}

HttpPool::Taken HttpPool::take(const std::string& key, int64_t deadline_ms) {
  std::vector<Idle> closed;  // Outside the lock.
  std::unique_lock lock(mutex_);
  while (in_use_ >= options_.connections_max) {
    const int64_t left = deadline_ms - steady_ms();
    if (left <= 0)
      return HttpFailure{Kind::kTimedOut, false, "all connections are in use by other calls"};
    freed_.wait_for(lock, std::chrono::milliseconds(left));
  }
  ++in_use_;
  const int64_t oldest = clock_->monotonic_ms() - options_.idle_timeout_ms;
  const auto fresh = std::find_if(idle_.begin(), idle_.end(),
                                  [oldest](const Idle& idle) { return idle.since_ms > oldest; });
  closed.assign(std::make_move_iterator(idle_.begin()), std::make_move_iterator(fresh));
  idle_.erase(idle_.begin(), fresh);
  for (size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i].key != key) continue;
    Idle found = std::move(idle_[i]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    if (found.connection->can_go_on()) return std::move(found.connection);
    closed.push_back(std::move(found));
  }
  if (!idle_.empty() && idle_.size() + in_use_ > options_.connections_max) {
    closed.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
  }
  return std::unique_ptr<HttpConnection>();
}

void HttpPool::give_back(const std::string& key, std::unique_ptr<HttpConnection> connection) {
  // Outside the lock: closing a TLS connection costs time.
  if (connection != nullptr && (options_.idle_timeout_ms <= 0 || !connection->can_go_on()))
    connection.reset();
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr)
      idle_.push_back({key, std::move(connection), clock_->monotonic_ms()});
  }
  freed_.notify_one();
}

}  // namespace dynolith::odm
