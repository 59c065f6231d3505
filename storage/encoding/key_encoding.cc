#include "storage/encoding/key_encoding.h"

// The one-shot digests of OpenSSL 3 look their algorithm up by name on every call, which takes
// longer than hashing a key does.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include <array>
#include <cassert>
#include <cstring>

namespace dynolith::storage {
namespace {

constexpr std::string_view kHashSeed = "Outliers";

void append_u64be(std::string& out, uint64_t value) {
  std::array<char, 8> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(value >> 56);
    value <<= 8;
  }
  out.append(bytes.data(), bytes.size());
}

void append_key_space(std::string& out, TableId table, IndexId index) {
  const std::array<char, kKeyPrefixBytes> bytes = {
      static_cast<char>(table >> 24), static_cast<char>(table >> 16), static_cast<char>(table >> 8),
      static_cast<char>(table),       static_cast<char>(index >> 8),  static_cast<char>(index)};
  out.append(bytes.data(), bytes.size());
}

// A number's key bytes: the pairs of digits stand on even powers of ten, unlike in
// number_encoding.h.
struct Base100 {
  std::array<uint8_t, 22> bytes;
  size_t size = 0;
};

Base100 base100(const Number& number) {
  constexpr int kExponentBias = 64;
  constexpr size_t kPairsMax = 20;
  Base100 out;
  if (number.is_zero()) {
    out.bytes[out.size++] = 0x80;
    return out;
  }
  const bool negative = number.is_negative();
  // Of an odd exponent the first pair has a leading zero; & 1 also holds for negative ones.
  const int lead = number.exponent() & 1;
  const auto exponent = static_cast<uint8_t>((number.exponent() + lead) / 2 - kExponentBias);
  out.bytes[out.size++] = negative ? static_cast<uint8_t>(~exponent) : exponent;
  const int count = number.digit_count();
  const auto digit = [&](int i) { return i >= 0 && i < count ? number.digit(i) : 0; };
  for (int i = -lead; i < count; i += 2) {
    const int pair = digit(i) * 10 + digit(i + 1);
    out.bytes[out.size++] = static_cast<uint8_t>(negative ? 101 - pair : pair + 1);
  }
  if (negative && out.size - 1 < kPairsMax) out.bytes[out.size++] = 102;
  return out;
}

class PartitionHasher {
 public:
  PartitionHasher() {
    MD5_Init(&context_);
    MD5_Update(&context_, kHashSeed.data(), kHashSeed.size());
  }

  void add(const ValueView& value) {
    if (value.type() == AttributeType::kNumber) {
      const Base100 key_bytes = base100(value.number());
      MD5_Update(&context_, key_bytes.bytes.data(), key_bytes.size);
    } else {
      MD5_Update(&context_, value.payload().data(), value.payload().size());
    }
  }

  uint64_t finish() {
    std::array<unsigned char, MD5_DIGEST_LENGTH> digest;
    MD5_Final(digest.data(), &context_);
    uint64_t hash = 0;
    for (size_t i = 0; i < kPartitionHashBytes; ++i) hash = hash << 8 | digest[i];
    return hash;
  }

 private:
  MD5_CTX context_;
};

ValueView key_value(const KeyAttribute& attribute, const ItemView& item) {
  const auto value = item.find(attribute.name);
  assert(value && value->type() == attribute.type);
  return *value;
}

// Adds the values' parts, and the values to the hash, if there is one.
void append_attributes(std::string& out, PartitionHasher* hasher,
                       const std::vector<KeyAttribute>& attributes, const ItemView& item) {
  for (const KeyAttribute& attribute : attributes) {
    const ValueView value = key_value(attribute, item);
    if (hasher != nullptr) hasher->add(value);
    append_key_part(out, value);
  }
}

// Puts a hash at `at`, where its place was kept.
void store_hash(std::string& out, size_t at, uint64_t hash) {
  for (size_t i = 0; i < kPartitionHashBytes; ++i) {
    out[at + i] = static_cast<char>(hash >> (8 * (kPartitionHashBytes - 1 - i)));
  }
}

// hash part(partition)+, hashing and writing in one pass.
void append_partition(std::string& out, const std::vector<KeyAttribute>& partition,
                      const ItemView& item) {
  PartitionHasher hasher;
  const size_t hash_at = out.size();
  out.append(kPartitionHashBytes, '\0');
  append_attributes(out, &hasher, partition, item);
  store_hash(out, hash_at, hasher.finish());
}

bool has_all(const std::vector<KeyAttribute>& attributes, const ItemView& item) {
  for (const KeyAttribute& attribute : attributes) {
    if (!item.find(attribute.name)) return false;
  }
  return true;
}

// The least hash of segment `segment`: the hashes h with floor(h * total / 2^64) == segment.
uint64_t segment_begin(uint32_t segment, uint32_t total) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>(((Wide{segment} << 64) + total - 1) / total);
}

// Room for a key of moderate parts, so that most keys are built without growing.
constexpr size_t kKeyBytesExpected = 96;

}  // namespace

void append_key_part(std::string& out, const ValueView& value) {
  assert(is_key_type(value.type()));
  std::string_view bytes = value.payload();
  if (value.type() == AttributeType::kNumber) {
    out += bytes;  // Its encoding is ordered and prefix-free already.
    return;
  }
  while (!bytes.empty()) {
    const void* zero = std::memchr(bytes.data(), 0, bytes.size());
    if (zero == nullptr) break;
    const auto length = static_cast<size_t>(static_cast<const char*>(zero) - bytes.data());
    out += bytes.substr(0, length);
    out.append("\x00\x01", 2);
    bytes.remove_prefix(length + 1);
  }
  out += bytes;
  out.append(2, '\0');
}

uint64_t partition_hash(std::span<const ValueView> values) {
  PartitionHasher hasher;
  for (const ValueView& value : values) hasher.add(value);
  return hasher.finish();
}

EncodedKey encode_table_key(TableId table, const KeySchema& schema, const ItemView& item) {
  EncodedKey key;
  key.bytes.reserve(kKeyBytesExpected);
  append_key_space(key.bytes, table, 0);
  append_partition(key.bytes, schema.partition, item);
  append_attributes(key.bytes, nullptr, schema.sort, item);
  return key;
}

std::optional<EncodedKey> encode_index_key(TableId table, IndexId index,
                                           const KeySchema& index_schema,
                                           const KeySchema& table_schema, const ItemView& item) {
  if (!has_all(index_schema.partition, item) || !has_all(index_schema.sort, item)) {
    return std::nullopt;
  }
  EncodedKey key;
  key.bytes.reserve(2 * kKeyBytesExpected);
  append_key_space(key.bytes, table, index);
  append_partition(key.bytes, index_schema.partition, item);
  append_attributes(key.bytes, nullptr, index_schema.sort, item);
  PartitionHasher item_hasher;
  const size_t hash_at = key.bytes.size();
  key.bytes.append(kPartitionHashBytes, '\0');
  append_attributes(key.bytes, &item_hasher, table_schema.partition, item);
  append_attributes(key.bytes, &item_hasher, table_schema.sort, item);
  store_hash(key.bytes, hash_at, item_hasher.finish());
  return key;
}

std::string key_space_prefix(TableId table, IndexId index) {
  std::string prefix;
  append_key_space(prefix, table, index);
  return prefix;
}

std::string collection_prefix(TableId table, IndexId index, std::span<const ValueView> partition,
                              std::span<const ValueView> leading_sort) {
  std::string prefix;
  prefix.reserve(kKeyBytesExpected);
  append_key_space(prefix, table, index);
  append_u64be(prefix, partition_hash(partition));
  for (const ValueView& value : partition) append_key_part(prefix, value);
  for (const ValueView& value : leading_sort) append_key_part(prefix, value);
  return prefix;
}

KeyRange prefix_range(std::string prefix) {
  std::string end = prefix_end(prefix);
  return {std::move(prefix), std::move(end)};
}

std::string prefix_end(std::string prefix) {
  while (!prefix.empty() && static_cast<uint8_t>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  return prefix;
}

KeyRange segment_range(TableId table, IndexId index, uint32_t segment, uint32_t total) {
  assert(segment < total);
  KeyRange range = prefix_range(key_space_prefix(table, index));
  // The outermost bounds are the key space's own: also keys at the very end of the hash space.
  if (segment > 0) append_u64be(range.begin, segment_begin(segment, total));
  if (segment + 1 < total) {
    range.end = key_space_prefix(table, index);
    append_u64be(range.end, segment_begin(segment + 1, total));
  }
  return range;
}

}  // namespace dynolith::storage
