// One request's head and chunked body, parsed by Boost.Beast under stricter rules of our own.
//
// Refused, since two servers in a row could disagree about where the request ends:
// Transfer-Encoding other than exactly "chunked", or beside Content-Length; a Content-Length that
// is no plain number; a second Content-Length, Host or Authorization; no Host.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <string_view>

#include "api/http/request_head.h"

namespace dynolith::api {

class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  RequestParser();

  // `bytes` is a whole head as HeadScanner found it. False: malformed.
  bool parse_head(std::string_view bytes, RequestHead& head);

  // A chunked body, piece by piece.
  enum class Status : uint8_t { kMore, kComplete, kMalformed, kTooLarge };
  struct Progress {
    Status status;
    size_t consumed;  // Of `bytes`; the rest is to be handed in again, with more behind it.
  };
  // Appends what `bytes` hold of the body to `body`.
  Progress parse_chunks(std::string_view bytes, std::string& body);

 private:
  using View = boost::beast::string_view;
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;
  using ErrorCode = boost::beast::error_code;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(Verb verb, View method, View target, int version, ErrorCode& ec) override;
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_field_impl(Field field, View name, View value, ErrorCode& ec) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const Length&, ErrorCode&) override {}
  std::size_t on_body_impl(View bytes, ErrorCode&) override { return bytes.size(); }
  void on_chunk_header_impl(std::uint64_t size, View, ErrorCode& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  void take_target(View target);
  bool take_known_field(Field field, std::string_view value);
  bool take_other_field(std::string_view name, std::string_view value);

  RequestHead* head_ = nullptr;  // While the head is parsed; trailers come after it.
  std::string* body_ = nullptr;  // While chunks are parsed.
  bool has_content_type_ = false;
  bool has_host_ = false;
  bool has_authorization_ = false;
  bool is_http_10_ = false;
  bool body_too_large_ = false;
};

}  // namespace dynolith::api
