#include "api/http/response_head.h"

#include <libdeflate.h>

#include <bit>
#include <charconv>
#include <span>

#include "storage/clock.h"

namespace dynolith::api {
namespace {

constexpr size_t kRequestIdLength = 52;
constexpr std::string_view kIdAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

std::string_view status_line(unsigned status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\n";
    case 403:
      return "HTTP/1.1 403 Forbidden\r\n";
    case 404:
      return "HTTP/1.1 404 Not Found\r\n";
    case 408:
      return "HTTP/1.1 408 Request Timeout\r\n";
    case 413:
      return "HTTP/1.1 413 Payload Too Large\r\n";
    case 417:
      return "HTTP/1.1 417 Expectation Failed\r\n";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\n";
    default:
      return "HTTP/1.1 500 Internal Server Error\r\n";
  }
}

void append_number(std::string& out, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// Only a page's request has an Origin, and only it gets these.
void append_cors(std::string& out, const RequestHead& request) {
  if (request.origin.empty()) return;
  out +=
      "Access-Control-Allow-Origin: *\r\n"
      "Access-Control-Expose-Headers: x-amzn-RequestId, x-amz-crc32\r\n";
  if (request.method != Method::kOptions) return;
  out += "Access-Control-Max-Age: 172800\r\n";
  if (!request.cors_method.empty()) {
    out.append("Access-Control-Allow-Methods: ").append(request.cors_method).append("\r\n");
  }
  if (!request.cors_headers.empty()) {
    out.append("Access-Control-Allow-Headers: ").append(request.cors_headers).append("\r\n");
  }
}

}  // namespace

uint32_t body_crc32(std::string_view body) { return libdeflate_crc32(0, body.data(), body.size()); }

ResponseHeadWriter::ResponseHeadWriter() {
  storage::system_id_source()->fill(std::as_writable_bytes(std::span(random_)));
}

void ResponseHeadWriter::write(const ResponseHead& response, const RequestHead& request,
                               std::string& out) {
  out.clear();
  out.append(status_line(response.status));
  out.append("Server: Server\r\nDate: ").append(date());
  if (!response.content_type.empty()) {
    out.append("\r\nContent-Type: ").append(response.content_type);
  }
  out += "\r\nContent-Length: ";
  append_number(out, response.content_length);
  out += response.keep_alive ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n";
  if (response.coding == ContentCoding::kGzip) out += "Content-Encoding: gzip\r\n";
  if (response.coding == ContentCoding::kDeflate) out += "Content-Encoding: deflate\r\n";
  out += "x-amzn-RequestId: ";
  append_request_id(out);
  out += "\r\nx-amz-crc32: ";
  append_number(out, response.crc32);
  out += "\r\n";
  append_cors(out, request);
  out += "\r\n";
}

void ResponseHeadWriter::append_request_id(std::string& out) {
  char id[kRequestIdLength];
  uint64_t bits = 0;
  for (size_t i = 0; i < kRequestIdLength; ++i) {
    if (i % 12 == 0) bits = next_random() >> 4;  // The low bits are the weakest.
    id[i] = kIdAlphabet[bits & 31];
    bits >>= 5;
  }
  out.append(id, sizeof id);
}

std::string_view ResponseHeadWriter::date() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != second_) {
    second_ = now.tv_sec;
    std::tm parts{};
    gmtime_r(&second_, &parts);
    // Not strftime: its names would follow the locale.
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[64];
    const int length = std::snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                                     kDays.data() + 3 * parts.tm_wday, parts.tm_mday,
                                     kMonths.data() + 3 * parts.tm_mon, parts.tm_year + 1900,
                                     parts.tm_hour, parts.tm_min, parts.tm_sec);
    date_.assign(text, static_cast<size_t>(length));
  }
  return date_;
}

uint64_t ResponseHeadWriter::next_random() {
  const uint64_t result = std::rotl(random_[1] * 5, 7) * 9;
  const uint64_t shifted = random_[1] << 17;
  random_[2] ^= random_[0];
  random_[3] ^= random_[1];
  random_[1] ^= random_[2];
  random_[0] ^= random_[3];
  random_[2] ^= shifted;
  random_[3] = std::rotl(random_[3], 45);
  return result;
}

}  // namespace dynolith::api
