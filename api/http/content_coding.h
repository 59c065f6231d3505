// gzip and deflate (zlib format, RFC 1950): request bodies expanded, replies compressed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dynolith::api {

enum class ContentCoding : uint8_t { kIdentity, kGzip, kDeflate, kUnknown };

// What a Content-Encoding says.
ContentCoding named_coding(std::string_view content_encoding);

// The coding for a reply to a request with this Accept-Encoding; the service's way to choose, which
// is not quite RFC 9110: "identity" is ignored, and an unreadable q counts as 1.
ContentCoding chosen_coding(std::string_view accept_encoding);

// Replaces `out` by the expanded body. Several gzip members in a row are one body, and what follows
// the last is ignored, as the service does. False: broken, cut off, empty, or more than
// `bytes_max`.
bool expand(ContentCoding coding, std::string_view body, size_t bytes_max, std::string& out);

// Replaces `out` by the compressed body. Needs: kGzip or kDeflate.
void compress(ContentCoding coding, std::string_view body, std::string& out);

}  // namespace dynolith::api
