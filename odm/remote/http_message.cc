#include "odm/remote/http_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace dynolith::odm {
namespace {

using Status = HttpStream::Status;
using Kind = HttpFailure::Kind;

constexpr size_t kReadBytes = 16 << 10;
constexpr int kInformationalMax = 8;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

HttpFailure malformed(std::string_view why) {
  return {Kind::kMalformed, true, "the answer is not usable: " + std::string(why)};
}

// Reads lines and blocks from a stream. The first failure is kept; later calls do nothing.
class Reader {
 public:
  Reader(HttpStream& stream, int64_t read_timeout_ms, int64_t deadline_ms)
      : stream_(stream), read_timeout_ms_(read_timeout_ms), deadline_ms_(deadline_ms) {}

  // Without its line end. The lines of a head and the sizes of chunks together are limited.
  std::optional<std::string> line() {
    for (;;) {
      const size_t end = buffer_.find('\n', at_);
      if (end != std::string::npos) {
        std::string_view found(buffer_.data() + at_, end - at_);
        if (found.ends_with('\r')) found.remove_suffix(1);
        std::string text(found);
        line_bytes_ += end + 1 - at_;
        at_ = end + 1;
        if (line_bytes_ <= kReplyHeadBytesMax) return text;
      }
      if (line_bytes_ > kReplyHeadBytesMax || buffer_.size() - at_ > kReplyHeadBytesMax)
        return fail(malformed("its head is too long"));
      if (!more()) return std::nullopt;
    }
  }

  void restart_line_limit() { line_bytes_ = 0; }

  bool append(std::string& out, size_t size) {
    while (size > 0) {
      if (at_ == buffer_.size() && !more()) return false;
      const size_t part = std::min(size, buffer_.size() - at_);
      out.append(buffer_, at_, part);
      at_ += part;
      size -= part;
    }
    return true;
  }

  // Until the other side closes in good order.
  bool append_rest(std::string& out) {
    for (;;) {
      out.append(buffer_, at_);
      at_ = buffer_.size();
      if (out.size() > kReplyBodyBytesMax) {
        fail(malformed("it is too large"));
        return false;
      }
      if (!more()) return ended_;
    }
  }

  bool is_empty() const { return at_ == buffer_.size(); }
  HttpFailure failure() const { return failure_; }
  std::nullopt_t fail(HttpFailure why) {
    failure_ = std::move(why);
    return std::nullopt;
  }

 private:
  bool more() {
    if (at_ == buffer_.size()) {
      buffer_.clear();
      at_ = 0;
    }
    const size_t kept = buffer_.size();
    buffer_.resize(kept + kReadBytes);
    size_t count = 0;
    const int64_t until = std::min(deadline_ms_, steady_ms() + read_timeout_ms_);
    const Status status = stream_.read({buffer_.data() + kept, kReadBytes}, count, until);
    buffer_.resize(kept + count);
    if (status == Status::kDone) return true;
    ended_ = status == Status::kEnded;
    if (status == Status::kTimedOut) {
      fail({Kind::kTimedOut, true, "no answer within the limit"});
    } else {
      fail({Kind::kCutOff, true, "the connection was closed before the answer was complete"});
    }
    return false;
  }

  HttpStream& stream_;
  const int64_t read_timeout_ms_, deadline_ms_;
  std::string buffer_;
  size_t at_ = 0;
  size_t line_bytes_ = 0;
  bool ended_ = false;
  HttpFailure failure_;
};

struct Head {
  int minor_version = 1;
  HttpReply reply;
};

bool parse_status(std::string_view line, Head& head) {
  // "HTTP/1.1 200 OK"
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') return false;
  if (line[7] != '0' && line[7] != '1') return false;
  head.minor_version = line[7] - '0';
  const auto [end, failure] = std::from_chars(line.data() + 9, line.data() + 12, head.reply.status);
  return failure == std::errc() && end == line.data() + 12 && head.reply.status >= 100 &&
         (line.size() == 12 || line[12] == ' ');
}

std::optional<Head> read_head(Reader& reader) {
  Head head;
  const auto status = reader.line();
  if (!status) return std::nullopt;
  if (!parse_status(*status, head)) return reader.fail(malformed("it does not begin as HTTP/1"));
  for (;;) {
    const auto line = reader.line();
    if (!line) return std::nullopt;
    if (line->empty()) return head;
    const size_t colon = line->find(':');
    if (colon == 0 || colon == std::string::npos)
      return reader.fail(malformed("a line of its head is no header"));
    head.reply.headers.push_back({lowered(std::string_view(*line).substr(0, colon)),
                                  std::string(trimmed(std::string_view(*line).substr(colon + 1)))});
  }
}

std::optional<size_t> parse_size(std::string_view text, int base) {
  size_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return size;
}

bool read_chunks(Reader& reader, std::string& body) {
  for (;;) {
    reader.restart_line_limit();
    const auto line = reader.line();
    if (!line) return false;
    const auto size = parse_size(trimmed(line->substr(0, line->find(';'))), 16);
    if (!size || *size > kReplyBodyBytesMax - body.size()) {
      reader.fail(malformed("a chunk has no usable size"));
      return false;
    }
    if (*size == 0) break;
    if (!reader.append(body, *size)) return false;
    const auto end = reader.line();
    if (!end) return false;
    if (!end->empty()) {
      reader.fail(malformed("a chunk is longer than its size"));
      return false;
    }
  }
  for (;;) {  // Trailers.
    const auto line = reader.line();
    if (!line || line->empty()) return line.has_value();
  }
}

// Sets `until_close` if only the end of the connection ends the body.
bool read_body(Reader& reader, HttpReply& reply, bool& until_close) {
  if (reply.status == 204 || reply.status == 304) return true;
  const std::string coding = lowered(reply.header("transfer-encoding"));
  const std::string_view length = reply.header("content-length");
  if (!coding.empty()) {
    if (coding == "chunked" && length.empty()) return read_chunks(reader, reply.body);
    reader.fail(malformed("its transfer coding is not known"));
    return false;
  }
  if (length.empty()) {
    until_close = true;
    return reader.append_rest(reply.body);
  }
  const auto size = parse_size(length, 10);
  if (!size || *size > kReplyBodyBytesMax) {
    reader.fail(malformed("its length is none, or too large"));
    return false;
  }
  for (const HttpHeader& header : reply.headers) {
    if (header.name == "content-length" && header.value != length) {
      reader.fail(malformed("it has two lengths"));
      return false;
    }
  }
  reply.body.reserve(*size);
  return reader.append(reply.body, *size);
}

bool is_clean(std::string_view text, bool spaces) {
  return std::all_of(text.begin(), text.end(), [spaces](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 ? byte != 0x7f : spaces && (c == ' ' || c == '\t');
  });
}

}  // namespace

bool are_clean(const HttpRequest& request) {
  if (!is_clean(request.method, false) || !is_clean(request.path, false)) return false;
  return std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return !header.name.empty() && is_clean(header.name, false) && is_clean(header.value, true);
  });
}

std::string request_head(const HttpTarget& target, const HttpRequest& request) {
  std::string head;
  head.reserve(1024);
  head.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\nHost: ");
  head.append(target.authority()).append("\r\nContent-Length: ");
  head.append(std::to_string(request.body.size())).append("\r\n");
  for (const HttpHeader& header : request.headers)
    head.append(header.name).append(": ").append(header.value).append("\r\n");
  if (!request.keep_alive) head.append("Connection: close\r\n");
  return head.append("\r\n");
}

std::variant<ReceivedReply, HttpFailure> read_reply(HttpStream& stream, int64_t read_timeout_ms,
                                                    int64_t deadline_ms) {
  Reader reader(stream, read_timeout_ms, deadline_ms);
  for (int heads = 0; heads < kInformationalMax; ++heads) {
    auto head = read_head(reader);
    if (!head) return reader.failure();
    if (head->reply.status < 200) continue;
    bool until_close = false;
    if (!read_body(reader, head->reply, until_close)) return reader.failure();
    const std::string connection = lowered(head->reply.header("connection"));
    const bool can_go_on = !until_close && reader.is_empty() && connection != "close" &&
                           (head->minor_version == 1 || connection == "keep-alive");
    return ReceivedReply{std::move(head->reply), can_go_on};
  }
  return malformed("it never comes to an end");
}

}  // namespace dynolith::odm
