// One connection as a state machine on its I/O thread: head, body, answer, and again.
//
// At every moment exactly one continuation is under way (a read, a write, a job on a worker, a
// posted turn), and it alone may destroy the connection. Whoever else wants it gone (a deadline,
// shutdown) marks it and cancels, so that the continuation runs and sees the mark.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/dispatcher.h"
#include "api/http/io_thread.h"
#include "api/http/refusal.h"
#include "api/http/request_head.h"
#include "api/http/request_parser.h"
#include "api/http/transport.h"

namespace dynolith::api {

class Connection : public boost::intrusive::list_base_hook<> {
 public:
  Connection(IoThread& thread, Socket socket, AddressLimit::Place place);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start(bool has_room);  // Without room it answers 503 and closes.
  bool is_idle() const { return stage_ == Stage::kIdle && !expired_; }
  int64_t deadline_ms() const { return deadline_ms_; }
  void expire();  // Its deadline has passed, or it is idle and in the way.
  void abort();   // The same, without an answer.

 private:
  using ErrorCode = boost::system::error_code;
  enum class Stage : uint8_t {
    kIdle,      // Between requests.
    kHead,      // Some bytes of a head have come.
    kBody,      // The head is taken.
    kAnswer,    // The operation runs, or its reply is being sent.
    kDraining,  // Refused or closing: what still comes is thrown away, so that the reply is read.
  };
  enum class Next : uint8_t {
    kAgain,  // There may be another request in the buffer.
    kRead,   // More bytes are needed.
    kWait,   // A continuation is under way.
    kGone,   // *this is no more.
  };

  void shake_hands();
  void advance();
  void resume(Next next);
  void read_more();
  void on_read(const ErrorCode& error, size_t bytes);

  Next take_head();
  Next begin_body();
  Next take_body();
  Next take_chunks();
  Next send_continue();
  bool reserve(size_t bytes);
  void release();
  int64_t time_for(size_t bytes) const;

  Next answer(std::string_view body);
  Next answer_api(std::string_view body);
  Next answer_page();
  Next refuse(Refusal refusal);

  void on_worked();
  Next send_reply();
  Next send(std::string_view body);
  void on_written(const ErrorCode& error);
  Next after_reply();
  void forget_request();
  Next drain();
  void drain_more();
  Next destroy();

  std::string_view buffered() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }
  std::string_view lower_content_type();

  IoThread& thread_;
  const AddressLimit::Place place_;
  Transport transport_;
  boost::beast::flat_buffer buffer_;  // Received, not yet used; a request in place begins it.
  Stage stage_ = Stage::kIdle;
  bool expired_ = false;
  bool aborted_ = false;
  bool close_ = false;   // After the reply.
  bool unread_ = false;  // Some of the request was left unread.
  int64_t deadline_ms_ = kNever;
  int64_t body_begun_ms_ = 0;
  size_t consume_ = 0;   // Bytes of buffer_ that the request under way takes.
  size_t reserved_ = 0;  // Of the budget for bodies in flight.
  size_t drained_ = 0;

  HeadScanner scanner_;
  std::optional<RequestParser> parser_;
  RequestHead head_;
  std::string head_copy_;  // What head_ refers to once the head has left the buffer.
  std::string decoded_;    // A chunked body, put together.
  std::string expanded_;   // A compressed body, expanded.
  std::string content_type_;
  ApiRequest request_;
  ApiReply reply_;
  std::string out_;         // The reply's head.
  std::string compressed_;  // The reply's body, if it is still being sent.
};

}  // namespace dynolith::api
