#include "api/http/request_head.h"

#include <algorithm>

namespace dynolith::api {
namespace {

constexpr size_t kEmptyLinesMax = 4;  // Some clients end a body with an empty line too many.

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

void RequestHead::move_views(const char* from, const char* to) {
  for (auto* view :
       {&path, &query, &authority, &host, &target, &authorization, &amz_date, &date, &content_type,
        &content_encoding, &accept_encoding, &origin, &fetch_site, &cors_method, &cors_headers}) {
    if (!view->empty()) *view = {to + (view->data() - from), view->size()};
  }
}

HeadScanner::Status HeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const size_t feed = bytes.find('\n', searched_);
    if (feed == std::string_view::npos) {
      searched_ = bytes.size();
      // Another protocol on this port is answered at once, not at the deadline.
      if (fields_begin_ == 0 && bytes.size() > line_ && !is_letter(bytes[line_]) &&
          bytes[line_] != '\r') {
        return Status::kMalformed;
      }
      const size_t limit =
          fields_begin_ == 0 ? line_ + kRequestLineBytesMax : fields_begin_ + kHeaderBytesMax;
      return bytes.size() > limit ? Status::kTooLarge : Status::kMore;
    }
    const auto status = take_line(bytes, feed + 1);
    if (status != Status::kMore) return status;
  }
}

// Takes the line [line_, end). kMore: go on with the next.
HeadScanner::Status HeadScanner::take_line(std::string_view bytes, size_t end) {
  const size_t begin = line_;
  line_ = searched_ = end;
  if (end - begin < 2 || bytes[end - 2] != '\r') return Status::kMalformed;
  const bool empty = end - begin == 2;
  if (fields_begin_ == 0) {
    if (empty) {
      begin_ = end;
      return end > 2 * kEmptyLinesMax ? Status::kMalformed : Status::kMore;
    }
    if (!is_letter(bytes[begin])) return Status::kMalformed;
    if (end - begin > kRequestLineBytesMax) return Status::kTooLarge;
    fields_begin_ = end;
    return Status::kMore;
  }
  if (end - fields_begin_ > kHeaderBytesMax) return Status::kTooLarge;
  if (empty) return Status::kComplete;
  if (bytes[begin] == ' ' || bytes[begin] == '\t') return Status::kMalformed;
  return ++fields_ > kHeaderFieldsMax ? Status::kTooLarge : Status::kMore;
}

}  // namespace dynolith::api
