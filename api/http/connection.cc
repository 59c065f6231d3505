// A connection's life and what it reads; what it answers is in connection_reply.cc.
#include "api/http/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace dynolith::api {
namespace {

constexpr int kRequestsPerTurn = 16;  // Of a pipelining client, before others get their turn.
constexpr size_t kReadBytes = 4096;
constexpr size_t kBodyReadBytes = 64 * 1024;
constexpr size_t kDrainBytesMax = size_t{64} * 1024 * 1024;

// Room behind what was received: the JSON parser may look a little past the end.
constexpr size_t kPaddingBytes = 64;

// What a connection may keep between requests, and what it may hold without asking for it.
constexpr size_t kKeptBytes = 16 * 1024;
constexpr size_t kUncountedBytes = 64 * 1024;

template <class Buffer>
void shrink(Buffer& buffer) {
  if (buffer.capacity() > kKeptBytes) buffer = Buffer();
}

}  // namespace

Connection::Connection(IoThread& thread, Socket socket, AddressLimit::Place place)
    : thread_(thread),
      place_(std::move(place)),
      transport_(std::move(socket), thread.shared().tls.get()) {}

Connection::~Connection() { thread_.shared().body_bytes_in_flight -= reserved_; }

void Connection::start(bool has_room) {
  ErrorCode ignored;  // A connection that is gone already is noticed by its first read.
  transport_.socket().set_option(Tcp::no_delay(true), ignored);
  transport_.socket().non_blocking(true, ignored);
  if (transport_.is_tls()) {
    // Without room there is nothing to say to whom nothing can be said yet.
    return has_room ? shake_hands() : static_cast<void>(destroy());
  }
  deadline_ms_ = IoThread::now_ms() + thread_.shared().options.deadlines.idle.count();
  if (has_room) {
    read_more();
  } else {
    resume(refuse(Refusal::kBusy));
  }
}

void Connection::shake_hands() {
  deadline_ms_ = IoThread::now_ms() + thread_.shared().options.deadlines.handshake.count();
  transport_.async_handshake([this](const ErrorCode& error) {
    if (error || expired_) return static_cast<void>(destroy());
    deadline_ms_ = IoThread::now_ms() + thread_.shared().options.deadlines.idle.count();
    read_more();
  });
}

void Connection::expire() {
  expired_ = true;
  deadline_ms_ = kNever;
  transport_.cancel();
}

void Connection::abort() {
  aborted_ = true;
  expire();
}

Connection::Next Connection::destroy() {
  thread_.remove(*this);
  return Next::kGone;
}

void Connection::resume(Next next) {
  switch (next) {
    case Next::kAgain:
      return advance();
    case Next::kRead:
      return read_more();
    case Next::kWait:
    case Next::kGone:
      return;
  }
}

// Carries on with the bytes there are.
void Connection::advance() {
  if (expired_) return static_cast<void>(destroy());
  for (int i = 0; i < kRequestsPerTurn; ++i) {
    const Next next = stage_ == Stage::kBody ? take_body() : take_head();
    if (next != Next::kAgain) return resume(next);
  }
  asio::post(thread_.context(), [this] { advance(); });
}

void Connection::read_more() {
  size_t room = kReadBytes;
  if (stage_ == Stage::kBody) {
    // Doubles, rather than trust what the head has promised.
    room = std::max(buffer_.size(), kBodyReadBytes);
    if (!head_.chunked) room = std::min(room, consume_ - buffer_.size());
    if (!reserve(buffer_.size() + room + decoded_.size())) return resume(refuse(Refusal::kBusy));
  }
  const auto space = buffer_.prepare(room + kPaddingBytes);
  transport_.async_read_some(
      asio::buffer(space.data(), room),
      [this](const ErrorCode& error, size_t bytes) { on_read(error, bytes); });
}

void Connection::on_read(const ErrorCode& error, size_t bytes) {
  if (expired_ && !aborted_ && (stage_ == Stage::kHead || stage_ == Stage::kBody)) {
    expired_ = false;
    return resume(refuse(Refusal::kTimeout));
  }
  if (error || expired_) return static_cast<void>(destroy());
  buffer_.commit(bytes);
  advance();
}

Connection::Next Connection::take_head() {
  const auto bytes = buffered();
  switch (scanner_.scan(bytes)) {
    case HeadScanner::Status::kMore:
      if (bytes.empty()) {
        thread_.touch(*this);
        if (thread_.is_stopping()) return destroy();
      } else if (stage_ == Stage::kIdle) {
        stage_ = Stage::kHead;
        deadline_ms_ = IoThread::now_ms() + thread_.shared().options.deadlines.head.count();
      }
      return Next::kRead;
    case HeadScanner::Status::kMalformed:
      return refuse(Refusal::kMalformed);
    case HeadScanner::Status::kTooLarge:
      return refuse(Refusal::kHeadTooLarge);
    case HeadScanner::Status::kComplete:
      break;
  }
  const auto head = bytes.substr(scanner_.begin(), scanner_.end() - scanner_.begin());
  if (!parser_.emplace().parse_head(head, head_)) return refuse(Refusal::kMalformed);
  if (head_.unknown_expectation) return refuse(Refusal::kExpectation);
  const size_t length = head_.content_length.value_or(0);
  if (length > kRequestBodyBytesMax) return refuse(Refusal::kBodyTooLarge);
  if (const auto refusal = thread_.shared().access.check(head_)) return refuse(*refusal);

  const auto rest = bytes.substr(scanner_.end());
  if (head_.chunked || rest.size() < length) return begin_body();
  consume_ = scanner_.end() + length;
  return answer(rest.substr(0, length));
}

// The body is not all there: the head leaves the buffer, which may now move.
Connection::Next Connection::begin_body() {
  const char* begin = buffered().data();
  head_copy_.assign(begin, scanner_.end());
  head_.move_views(begin, head_copy_.data());
  buffer_.consume(scanner_.end());
  stage_ = Stage::kBody;
  consume_ = head_.chunked ? 0 : *head_.content_length;
  body_begun_ms_ = IoThread::now_ms();
  deadline_ms_ =
      body_begun_ms_ + thread_.shared().options.deadlines.body.count() + time_for(consume_);
  return buffer_.size() == 0 && head_.expects_continue ? send_continue() : take_body();
}

Connection::Next Connection::send_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  transport_.async_write(asio::buffer(kContinue), [this](const ErrorCode& error, size_t) {
    resume(error || expired_ ? destroy() : take_body());
  });
  return Next::kWait;
}

Connection::Next Connection::take_body() {
  if (head_.chunked) return take_chunks();
  if (buffer_.size() < consume_) return Next::kRead;
  return answer(buffered().substr(0, consume_));
}

Connection::Next Connection::take_chunks() {
  const auto progress = parser_->parse_chunks(buffered(), decoded_);
  buffer_.consume(progress.consumed);
  switch (progress.status) {
    case RequestParser::Status::kMore:
      deadline_ms_ = body_begun_ms_ + thread_.shared().options.deadlines.body.count() +
                     time_for(decoded_.size());
      return Next::kRead;
    case RequestParser::Status::kMalformed:
      return refuse(Refusal::kMalformed);
    case RequestParser::Status::kTooLarge:
      return refuse(Refusal::kBodyTooLarge);
    case RequestParser::Status::kComplete:
      break;
  }
  return answer(decoded_);
}

// Milliseconds that so many bytes may take.
int64_t Connection::time_for(size_t bytes) const {
  return static_cast<int64_t>(bytes * 1000 /
                              thread_.shared().options.deadlines.bytes_per_second_min);
}

// Takes bytes for this request from the budget that all connections share. Small requests do not
// ask.
bool Connection::reserve(size_t bytes) {
  if (bytes <= kUncountedBytes || bytes <= reserved_) return true;
  auto& in_flight = thread_.shared().body_bytes_in_flight;
  const size_t more = bytes - reserved_;
  if (in_flight.fetch_add(more) + more > thread_.shared().options.body_bytes_in_flight_max) {
    in_flight.fetch_sub(more);
    return false;
  }
  reserved_ = bytes;
  return true;
}

// Gives back what was taken from the budget, and large buffers with it.
void Connection::release() {
  if (reserved_ > 0) {
    thread_.shared().body_bytes_in_flight -= reserved_;
    reserved_ = 0;
  }
  if (buffer_.size() == 0) shrink(buffer_);
  decoded_.clear();
  shrink(decoded_);
  shrink(expanded_);
  shrink(compressed_);
  shrink(reply_.body);
}

// Back to between requests; what is left in the buffer is the next one's.
void Connection::forget_request() {
  buffer_.consume(consume_);
  consume_ = 0;
  scanner_ = HeadScanner();
  parser_.reset();
  release();
  stage_ = Stage::kIdle;
  deadline_ms_ = IoThread::now_ms() + thread_.shared().options.deadlines.idle.count();
}

// Closing with unread bytes would reset the connection and could take the reply with it.
Connection::Next Connection::drain() {
  stage_ = Stage::kDraining;
  buffer_.consume(buffer_.size());
  release();
  deadline_ms_ = IoThread::now_ms() + thread_.shared().options.deadlines.head.count();
  ErrorCode ignored;
  transport_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  drain_more();
  return Next::kWait;
}

void Connection::drain_more() {
  const auto space = buffer_.prepare(kReadBytes);
  // Past TLS: nobody reads what it says.
  transport_.socket().async_read_some(asio::buffer(space.data(), kReadBytes),
                                      [this](const ErrorCode& error, size_t bytes) {
                                        drained_ += bytes;
                                        if (error || expired_ || drained_ > kDrainBytesMax) {
                                          destroy();
                                        } else {
                                          drain_more();
                                        }
                                      });
}

}  // namespace dynolith::api
