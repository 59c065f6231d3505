// The head of a reply, written by hand into one buffer.
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "api/http/content_coding.h"
#include "api/http/request_head.h"

namespace dynolith::api {

struct ResponseHead {
  unsigned status = 200;
  std::string_view content_type;
  size_t content_length = 0;
  uint32_t crc32 = 0;  // Of the body as sent.
  ContentCoding coding = ContentCoding::kIdentity;
  bool keep_alive = true;
};

// CRC-32 as x-amz-crc32 has it.
uint32_t body_crc32(std::string_view body);

// One a thread: keeps the date of the current second and the state of the request ids.
class ResponseHeadWriter {
 public:
  ResponseHeadWriter();

  // Replaces `out`. `request` decides about the CORS fields.
  void write(const ResponseHead& response, const RequestHead& request, std::string& out);

  // 52 characters of 0-9 and A-V, as x-amzn-RequestId has. Unique, not secret.
  void append_request_id(std::string& out);

 private:
  std::string_view date();
  uint64_t next_random();

  std::time_t second_ = 0;
  std::string date_;
  std::array<uint64_t, 4> random_;  // xoshiro256**
};

}  // namespace dynolith::api
