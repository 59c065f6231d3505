#include "odm/remote/http_pool.h"

#include <algorithm>
#include <chrono>

#include "odm/remote/http_message.h"

namespace dynolith::odm {
namespace {

using Kind = HttpFailure::Kind;
using Status = HttpStream::Status;

// Up to here, head and body leave in one piece.
constexpr size_t kJoinedBytesMax = 16 << 10;

Status write_request(HttpStream& stream, const HttpTarget& target, const HttpRequest& request,
                     int64_t deadline_ms) {
  std::string head = request_head(target, request);
  if (head.size() + request.body.size() <= kJoinedBytesMax)
    return stream.write(head.append(request.body), deadline_ms);
  const Status status = stream.write(head, deadline_ms);
  return status == Status::kDone ? stream.write(request.body, deadline_ms) : status;
}

}  // namespace

HttpPool::HttpPool(HttpPoolOptions options, std::shared_ptr<storage::Clock> clock)
    : options_(std::move(options)), clock_(std::move(clock)) {}

HttpPool::~HttpPool() = default;

Result<void> HttpPool::prepare_tls() {
  const std::lock_guard lock(tls_mutex_);
  if (tls_) return {};
  auto made = TlsContext::make(options_.ca_bundle, options_.verify_tls);
  if (!made) return std::move(made).error();
  tls_ = std::move(*made);
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
  std::unique_ptr<HttpStream> stream;
  if (!request.keep_alive) return exchange_on(stream, target, request, deadline_ms);

  const std::string key = (target.is_tls ? "https://" : "http://") + target.authority();
  Taken taken = take(key, deadline_ms);
  if (auto* failure = std::get_if<HttpFailure>(&taken)) return std::move(*failure);
  stream = std::move(*std::get_if<0>(&taken));
  // Also when memory runs out: the place would be lost for good.
  struct Return {
    ~Return() { pool.give_back(key, std::move(stream)); }
    HttpPool& pool;
    const std::string& key;
    std::unique_ptr<HttpStream>& stream;
  } const at_the_end{*this, key, stream};
  return exchange_on(stream, target, request, deadline_ms);
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
    if (found.stream->is_quiet()) return std::move(found.stream);
    closed.push_back(std::move(found));
  }
  if (!idle_.empty() && idle_.size() + in_use_ > options_.connections_max) {
    closed.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
  }
  return std::unique_ptr<HttpStream>();
}

void HttpPool::give_back(const std::string& key, std::unique_ptr<HttpStream> stream) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (stream != nullptr && options_.idle_timeout_ms > 0)
      idle_.push_back({key, std::move(stream), clock_->monotonic_ms()});
  }
  freed_.notify_one();
}

// Leaves `stream` empty unless it can be used again.
HttpOutcome HttpPool::exchange_on(std::unique_ptr<HttpStream>& stream, const HttpTarget& target,
                                  const HttpRequest& request, int64_t deadline_ms) {
  if (stream == nullptr) {
    const int64_t until = std::min(deadline_ms, steady_ms() + request.connect_timeout_ms);
    auto opened = HttpStream::open(target, tls_ ? &*tls_ : nullptr, until);
    if (auto* failure = std::get_if<HttpFailure>(&opened)) return std::move(*failure);
    stream = std::move(*std::get_if<0>(&opened));
  }
  std::unique_ptr<HttpStream> used = std::move(stream);
  const Status status = write_request(*used, target, request, deadline_ms);
  if (status == Status::kTimedOut)
    return HttpFailure{Kind::kTimedOut, false, "the request was not taken within the limit"};
  if (status != Status::kDone)
    return HttpFailure{Kind::kCutOff, false, "the connection was closed while sending"};
  auto received = read_reply(*used, request.read_timeout_ms, deadline_ms);
  if (auto* failure = std::get_if<HttpFailure>(&received)) return std::move(*failure);
  auto& reply = *std::get_if<0>(&received);
  if (reply.can_go_on) stream = std::move(used);
  return std::move(reply.reply);
}

}  // namespace dynolith::odm
