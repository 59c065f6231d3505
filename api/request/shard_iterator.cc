#include "api/request/shard_iterator.h"

#include <openssl/sha.h>

#include <array>

#include "api/json/base64.h"

namespace dynolith::api {
namespace {

using storage::make_error;
using storage::Result;

// iterator := digest table:4 stream:4 shard:4 next:8 from_horizon:1 made:8, numbers big-endian
// digest   := the first bytes of SHA-256 over a constant, the ARN, and what follows the digest
//
// The digest notices what was changed or made up by mistake. It is no secret and need not be: an
// iterator reads only streams that its sender may read anyway.
constexpr size_t kDigestBytes = 16;
constexpr size_t kFieldsBytes = 4 + 4 + 4 + 8 + 1 + 8;
constexpr std::string_view kSeparator = "|1|";

void append_number(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i));
}

uint64_t take_number(std::string_view& bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  bytes.remove_prefix(count);
  return value;
}

std::string digest_of(std::string_view arn, std::string_view fields) {
  std::string text("dynolith shard iterator|");
  text.append(arn).append("|").append(fields);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return {reinterpret_cast<const char*>(digest.data()), kDigestBytes};
}

storage::Error invalid() { return storage::validation_error("Invalid ShardIterator"); }

}  // namespace

std::string encode_shard_iterator(const ShardIterator& iterator, std::string_view stream_arn) {
  std::string fields;
  append_number(fields, iterator.table, 4);
  append_number(fields, iterator.stream, 4);
  append_number(fields, iterator.shard, 4);
  append_number(fields, iterator.next, 8);
  append_number(fields, iterator.from_horizon ? 1 : 0, 1);
  append_number(fields, static_cast<uint64_t>(iterator.made_ms), 8);
  std::string text(stream_arn);
  text.append(kSeparator);
  append_base64(text, digest_of(stream_arn, fields).append(fields));
  return text;
}

Result<ShardIterator> decode_shard_iterator(std::string_view text, int64_t now_ms) {
  const size_t arn_end = text.find(kSeparator);
  if (arn_end == std::string_view::npos) return invalid();
  const std::string_view encoded = text.substr(arn_end + kSeparator.size());
  if (base64_error(encoded)) return invalid();
  std::string bytes;
  decode_base64(encoded, bytes);
  if (bytes.size() != kDigestBytes + kFieldsBytes) return invalid();
  std::string_view fields(bytes);
  fields.remove_prefix(kDigestBytes);
  if (digest_of(text.substr(0, arn_end), fields) != std::string_view(bytes).substr(0, kDigestBytes))
    return invalid();
  ShardIterator iterator;
  iterator.table = static_cast<storage::TableId>(take_number(fields, 4));
  iterator.stream = static_cast<uint32_t>(take_number(fields, 4));
  iterator.shard = static_cast<uint32_t>(take_number(fields, 4));
  iterator.next = take_number(fields, 8);
  iterator.from_horizon = take_number(fields, 1) != 0;
  iterator.made_ms = static_cast<int64_t>(take_number(fields, 8));
  if (now_ms - iterator.made_ms > kShardIteratorMs)
    return make_error(storage::ErrorCode::kExpiredIterator,
                      "Iterator expired. The iterator is older than 15 minutes.");
  return iterator;
}

}  // namespace dynolith::api
