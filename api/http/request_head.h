// The head of an HTTP request: where it ends, and what of it we use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/limits.h"

namespace dynolith::api {

enum class Method : uint8_t { kGet, kHead, kPost, kOptions, kOther };

// Views into the bytes that were parsed; empty for absent fields.
struct RequestHead {
  Method method = Method::kOther;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  bool unknown_expectation = false;
  std::optional<uint64_t> content_length;
  std::string_view path, query;
  std::string_view authority;  // Of an absolute request target; stands beside Host.
  std::string_view host;
  std::string_view target;  // X-Amz-Target.
  std::string_view authorization, amz_date, date;
  std::string_view content_type, content_encoding, accept_encoding;
  std::string_view origin, fetch_site, cors_method, cors_headers;

  // Makes the views refer to a copy of the head at `to`.
  void move_views(const char* from, const char* to);
};

// Finds the end of a head in bytes that arrive piece by piece, without reading any byte twice. What
// two servers could read differently is refused here: bare line feeds, folded lines.
class HeadScanner {
 public:
  enum class Status : uint8_t { kMore, kComplete, kMalformed, kTooLarge };

  // `bytes` is everything from the request's first byte on, and only grows between calls.
  Status scan(std::string_view bytes);

  // After kComplete: the head, its last empty line included, is [begin, end) of the bytes.
  size_t begin() const { return begin_; }
  size_t end() const { return line_; }

 private:
  Status take_line(std::string_view bytes, size_t end);

  size_t begin_ = 0;         // Of the request line; empty lines may come before it.
  size_t line_ = 0;          // Of the line being read.
  size_t searched_ = 0;      // No line feed between line_ and this.
  size_t fields_begin_ = 0;  // 0: still in the request line.
  size_t fields_ = 0;
};

}  // namespace dynolith::api
