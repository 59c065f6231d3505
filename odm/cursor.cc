#include "odm/cursor.h"

#include <array>
#include <optional>
#include <string_view>

namespace dynolith::odm {
namespace {

// text := base64url(version:u8 digest:u64be key), without padding; key: an encoded item.
constexpr char kVersion = 1;
constexpr size_t kHeadBytes = 1 + 8;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 3);
  uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<uint8_t>(byte);
    for (held += 8; held >= 6; held -= 6) text.push_back(kAlphabet[(bits >> (held - 6)) & 63]);
  }
  if (held > 0) text.push_back(kAlphabet[(bits << (6 - held)) & 63]);
  return text;
}

// Nothing: not what to_base64url writes.
std::optional<std::string> from_base64url(std::string_view text) {
  static const std::array<int8_t, 256> kValues = [] {
    std::array<int8_t, 256> values{};
    values.fill(-1);
    for (size_t i = 0; i < kAlphabet.size(); ++i)
      values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
    return values;
  }();
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int8_t value = kValues[static_cast<uint8_t>(c)];
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>((bits >> held) & 0xff));
  }
  if (held >= 6 || (bits & ((1u << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

// FNV-1a over parts with their lengths: it keeps cursors apart that were mixed up, not attackers
// out; the service holds the key against the query in any case.
class Digest {
 public:
  void add(std::string_view part) {
    add_number(part.size());
    for (const char byte : part) add_byte(static_cast<uint8_t>(byte));
  }
  void add_number(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<uint8_t>(number >> shift));
  }
  uint64_t value() const { return value_; }

 private:
  void add_byte(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

Error bad_cursor(std::string_view why) {
  return make_error(ErrorCode::kBadRequest, "the cursor " + std::string(why));
}

}  // namespace

uint64_t range_digest(const RangeRequest& request) {
  Digest digest;
  digest.add(request.table);
  digest.add(request.index);
  digest.add_number(request.forward ? 1 : 0);
  digest.add_number(request.segment ? request.segment->total : 0);
  digest.add_number(request.segment ? request.segment->segment : 0);
  for (const storage::KeyClause& clause : request.key_clauses) {
    digest.add(clause.attribute);
    digest.add_number(static_cast<uint64_t>(clause.op));
    digest.add(clause.value.bytes);
    digest.add(clause.second ? clause.second->bytes : std::string());
  }
  return digest.value();
}

Cursor make_cursor(const EncodedItem& last_key, uint64_t digest) {
  std::string bytes(1, kVersion);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(digest >> shift));
  bytes += last_key.bytes;
  return Cursor(to_base64url(bytes));
}

Result<EncodedItem> read_cursor(const Cursor& cursor, uint64_t digest,
                                std::span<const std::string> key_names) {
  if (cursor.text().size() > Cursor::kBytesMax) return bad_cursor("is too long to be one");
  const std::optional<std::string> bytes = from_base64url(cursor.text());
  if (!bytes || bytes->size() <= kHeadBytes) return bad_cursor("is not one, or was cut off");
  if (bytes->front() != kVersion) return bad_cursor("is of another version of this library");
  uint64_t bound_to = 0;
  for (size_t i = 1; i < kHeadBytes; ++i)
    bound_to = (bound_to << 8) | static_cast<uint8_t>((*bytes)[i]);
  if (bound_to != digest)
    return bad_cursor("belongs to another query: table, index, key, order and segment must stay");
  EncodedItem key{bytes->substr(kHeadBytes)};
  if (!storage::ItemView::validated(key.bytes)) return bad_cursor("is damaged");
  const storage::MapView attributes = key.view().attributes();
  bool fits = attributes.size() == key_names.size();
  for (uint32_t i = 0; fits && i < attributes.size(); ++i)
    fits = attributes[i].first == key_names[i];
  if (!fits) return bad_cursor("holds another key than this query's");
  return key;
}

}  // namespace dynolith::odm
