#include "api/http/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <charconv>
#include <limits>

namespace dynolith::api {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view std_view(beast::string_view view) { return {view.data(), view.size()}; }

bool is_same_name(std::string_view name, std::string_view lower_case) {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

// Plain digits, nothing else: no sign, no list, no blanks.
std::optional<uint64_t> plain_number(std::string_view text) {
  uint64_t number = 0;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Sets `slot` to `value`; false if it was set before.
bool take_once(std::string_view& slot, bool& taken, std::string_view value) {
  if (taken) return false;
  taken = true;
  slot = value;
  return true;
}

}  // namespace

RequestParser::RequestParser() {
  // Heads are bounded by HeadScanner, bodies while they are read.
  header_limit(static_cast<std::uint32_t>(kRequestLineBytesMax + kHeaderBytesMax + 1024));
  body_limit(std::numeric_limits<std::uint64_t>::max());
  eager(false);
}

bool RequestParser::parse_head(std::string_view bytes, RequestHead& head) {
  head = RequestHead();
  head_ = &head;
  ErrorCode ec;
  const size_t consumed = put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  head_ = nullptr;
  if (ec || consumed != bytes.size() || !has_host_) return false;
  head.keep_alive = keep_alive();
  if (head.chunked && is_http_10_) return false;
  return true;
}

RequestParser::Progress RequestParser::parse_chunks(std::string_view bytes, std::string& body) {
  body_ = &body;
  eager(true);
  ErrorCode ec;
  const size_t consumed = put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  body_ = nullptr;
  if (body_too_large_) return {Status::kTooLarge, consumed};
  if (ec && ec != http::error::need_more) return {Status::kMalformed, consumed};
  if (is_done()) return {Status::kComplete, consumed};
  if (bytes.size() - consumed > kChunkLineBytesMax) return {Status::kMalformed, consumed};
  return {Status::kMore, consumed};
}

void RequestParser::on_request_impl(Verb verb, View, View target, int version, ErrorCode& ec) {
  is_http_10_ = version == 10;
  switch (verb) {
    case Verb::get:
      head_->method = Method::kGet;
      break;
    case Verb::head:
      head_->method = Method::kHead;
      break;
    case Verb::post:
      head_->method = Method::kPost;
      break;
    case Verb::options:
      head_->method = Method::kOptions;
      break;
    case Verb::connect:
      ec = http::error::bad_method;
      return;
    default:
      break;
  }
  take_target(target);
}

// Splits "/path?query", or "http://authority/path?query" as a proxy sends it.
void RequestParser::take_target(View target) {
  std::string_view rest = std_view(target);
  const size_t scheme = rest.find("://");
  if (!rest.starts_with('/') && scheme != std::string_view::npos) {
    rest.remove_prefix(scheme + 3);
    const size_t end = std::min(rest.find_first_of("/?"), rest.size());
    head_->authority = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  const size_t mark = rest.find('?');
  head_->path = rest.substr(0, mark);
  if (mark != std::string_view::npos) head_->query = rest.substr(mark + 1);
  if (head_->path.empty() && !head_->authority.empty()) head_->path = "/";
}

void RequestParser::on_field_impl(Field field, View name, View value, ErrorCode& ec) {
  if (head_ == nullptr) return;  // A trailer: read, not used.
  const bool good = field == Field::unknown ? take_other_field(std_view(name), std_view(value))
                                            : take_known_field(field, std_view(value));
  if (!good) ec = http::error::bad_value;
}

bool RequestParser::take_known_field(Field field, std::string_view value) {
  switch (field) {
    case Field::host:
      return take_once(head_->host, has_host_, value);
    case Field::authorization:
      return take_once(head_->authorization, has_authorization_, value);
    case Field::content_type:
      return take_once(head_->content_type, has_content_type_, value);
    case Field::content_length:
      if (head_->content_length.has_value()) return false;
      head_->content_length = plain_number(value);
      return head_->content_length.has_value();
    case Field::transfer_encoding:
      head_->chunked = is_same_name(value, "chunked");
      return head_->chunked;
    case Field::content_encoding:
      if (!head_->content_encoding.empty()) return false;
      head_->content_encoding = value;
      return true;
    case Field::accept_encoding:
      if (head_->accept_encoding.empty()) head_->accept_encoding = value;
      return true;
    case Field::expect:
      (is_same_name(value, "100-continue") ? head_->expects_continue : head_->unknown_expectation) =
          true;
      return true;
    case Field::date:
      head_->date = value;
      return true;
    case Field::origin:
      if (!head_->origin.empty() || value.empty()) return false;
      head_->origin = value;
      return true;
    case Field::access_control_request_method:
      head_->cors_method = value;
      return true;
    case Field::access_control_request_headers:
      head_->cors_headers = value;
      return true;
    default:
      return true;
  }
}

bool RequestParser::take_other_field(std::string_view name, std::string_view value) {
  if (is_same_name(name, "x-amz-target")) {
    if (!head_->target.empty()) return false;
    head_->target = value;
  } else if (is_same_name(name, "x-amz-date")) {
    head_->amz_date = value;
  } else if (is_same_name(name, "sec-fetch-site")) {
    head_->fetch_site = value;
  }
  return true;
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, View, ErrorCode& ec) {
  if (size > kRequestBodyBytesMax - body_->size()) {
    body_too_large_ = true;
    ec = http::error::body_limit;
  }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View bytes, ErrorCode&) {
  body_->append(bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace dynolith::api
