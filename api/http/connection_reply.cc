// What a connection answers: the operation's reply, a page, or a refusal; and how it is sent.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "api/error_reply.h"
#include "api/http/connection.h"

namespace dynolith::api {
namespace {

constexpr std::string_view kAmzJson = "application/x-amz-json-1.0";

// As the service answers what is no API request at all.
constexpr std::string_view kUnknownPage = "<UnknownOperationException/>\n";

}  // namespace

// `body` is the whole body as sent.
Connection::Next Connection::answer(std::string_view body) {
  stage_ = Stage::kAnswer;
  deadline_ms_ = kNever;
  const auto coding = named_coding(head_.content_encoding);
  if (coding != ContentCoding::kIdentity) {
    if (coding == ContentCoding::kUnknown ||
        !expand(coding, body, kRequestBodyBytesMax, expanded_)) {
      return refuse(Refusal::kBodyEncoding);
    }
    if (!reserve(buffer_.size() + decoded_.size() + expanded_.size())) {
      return refuse(Refusal::kBusy);
    }
    body = expanded_;
  }
  return head_.method == Method::kPost && head_.path == "/" ? answer_api(body) : answer_page();
}

Connection::Next Connection::answer_api(std::string_view body) {
  request_ = ApiRequest{.target = head_.target,
                        .content_type = lower_content_type(),
                        .authorization = head_.authorization,
                        .amz_date = head_.amz_date.empty() ? head_.date : head_.amz_date,
                        .query = head_.query,
                        .host = head_.host,
                        .body = body};
  auto& shared = thread_.shared();
  if (shared.workers != nullptr && shared.handler.may_block &&
      shared.handler.may_block(head_.target)) {
    asio::post(*shared.workers, [this] {
      thread_.shared().handler.handle(request_, reply_);
      asio::post(thread_.context(), [this] { on_worked(); });
    });
    return Next::kWait;
  }
  shared.handler.handle(request_, reply_);
  return send_reply();
}

void Connection::on_worked() { resume(aborted_ ? destroy() : send_reply()); }

// The media type alone, in lower case.
std::string_view Connection::lower_content_type() {
  auto type = head_.content_type.substr(0, head_.content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type == kAmzJson) return kAmzJson;
  content_type_.assign(type);
  for (char& c : content_type_) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return content_type_;
}

// What a browser or a health check asks.
Connection::Next Connection::answer_page() {
  const bool reads = head_.method == Method::kGet || head_.method == Method::kHead;
  if (reads && head_.path == "/") {
    reply_.status = 200;
    reply_.content_type = "text/plain";
    reply_.body = thread_.shared().health;
  } else if (head_.method == Method::kOptions) {
    reply_.status = 200;
    reply_.content_type = {};
    reply_.body.clear();
  } else {
    reply_.status = 404;
    reply_.content_type = "text/xml";
    reply_.body = kUnknownPage;
  }
  return send_reply();
}

Connection::Next Connection::refuse(Refusal refusal) {
  const auto text = refusal_text(refusal);
  reply_.status = text.status;
  reply_.content_type = kAmzJson;
  reply_.body = http_error_body(text.type, text.message);
  if (refusal != Refusal::kBodyEncoding) {
    // Where the next request would begin is not known, or not worth reading up to.
    close_ = unread_ = true;
    // No word to a page that may not read it, nor to whom half a head has named.
    head_ = RequestHead();
  }
  return send_reply();
}

Connection::Next Connection::send_reply() {
  std::string_view body = reply_.body;
  ResponseHead response{.status = reply_.status, .content_type = reply_.content_type};
  if (body.size() >= kCompressedReplyBytesMin && !head_.accept_encoding.empty()) {
    response.coding = chosen_coding(head_.accept_encoding);
    if (response.coding != ContentCoding::kIdentity) {
      compress(response.coding, body, compressed_);
      body = compressed_;
    }
  }
  close_ = close_ || !head_.keep_alive || thread_.is_stopping();
  response.keep_alive = !close_;
  response.content_length = body.size();
  response.crc32 = body_crc32(body);
  thread_.head_writer().write(response, head_, out_);
  return send(head_.method == Method::kHead ? std::string_view() : body);
}

Connection::Next Connection::send(std::string_view body) {
  stage_ = Stage::kAnswer;
  std::array<asio::const_buffer, 2> buffers{asio::buffer(out_), asio::buffer(body)};
  ErrorCode error;
  const size_t sent = transport_.write_some(buffers, error);
  if (error && error != asio::error::would_block) return destroy();
  if (sent == out_.size() + body.size()) return after_reply();

  // The client reads slowly; what it has not read yet stays with us, within limits.
  const size_t rest = out_.size() + body.size() - sent;
  if (!reserve(buffer_.size() + decoded_.size() + expanded_.size() + rest)) return destroy();
  deadline_ms_ =
      IoThread::now_ms() + thread_.shared().options.deadlines.write.count() + time_for(rest);
  const size_t of_head = std::min(sent, out_.size());
  buffers[0] += of_head;
  buffers[1] += sent - of_head;
  transport_.async_write(buffers,
                         [this](const ErrorCode& write_error, size_t) { on_written(write_error); });
  return Next::kWait;
}

void Connection::on_written(const ErrorCode& error) {
  resume(error || expired_ ? destroy() : after_reply());
}

Connection::Next Connection::after_reply() {
  if (close_) return unread_ || buffer_.size() > consume_ ? drain() : destroy();
  forget_request();
  return Next::kAgain;
}

}  // namespace dynolith::api
