#include "api/partiql/next_token.h"

#include <openssl/sha.h>

#include <array>

#include "api/json/base64.h"

namespace dynolith::api::partiql {

using storage::Error;
using storage::Result;
using storage::validation_error;

namespace {

// token   := base64(checksum request version:u8(=01) query:u32le item?)
// request := the first bytes of SHA-256 over statement, parameters and table
// checksum:= the same over what follows it
constexpr size_t kDigestBytes = 16;
constexpr char kVersion = 1;
constexpr size_t kHeadBytes = 2 * kDigestBytes + 1 + sizeof(uint32_t);

class Digest {
 public:
  // Its length goes first, so that what is added one after the other cannot run together.
  void add(std::string_view bytes) {
    bytes_.append(std::to_string(bytes.size())).append(1, ':').append(bytes);
  }
  std::string finish() const {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> all{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size(), all.data());
    return {reinterpret_cast<const char*>(all.data()), kDigestBytes};
  }

 private:
  std::string bytes_;
};

std::string request_digest(const TokenSubject& subject) {
  Digest digest;
  digest.add(subject.statement);
  for (const auto& parameter : subject.parameters) digest.add(parameter.bytes);
  digest.add(subject.table.uuid);
  digest.add(subject.table.name());
  return digest.finish();
}

std::string checksum(std::string_view protected_bytes) {
  Digest digest;
  digest.add("dynolith NextToken");
  digest.add(protected_bytes);
  return digest.finish();
}

Error invalid() { return validation_error("Invalid NextToken"); }

}  // namespace

std::string make_next_token(const ReadPosition& position, const TokenSubject& subject) {
  std::string body = request_digest(subject);
  body += kVersion;
  for (size_t i = 0; i < sizeof position.query; ++i) {
    body += static_cast<char>(position.query >> (8 * i));
  }
  body += position.start.bytes;
  std::string token;
  append_base64(token, checksum(body) + body);
  return token;
}

Result<ReadPosition> read_next_token(std::string_view token, const TokenSubject& subject) {
  if (token.empty() || token.size() > kNextTokenBytesMax || base64_error(token)) return invalid();
  std::string bytes;
  decode_base64(token, bytes);
  if (bytes.size() < kHeadBytes) return invalid();
  std::string_view rest = bytes;
  const auto take = [&](size_t count) {
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  };
  const std::string_view sum = take(kDigestBytes);
  if (checksum(rest) != sum) return invalid();
  const std::string_view request = take(kDigestBytes);
  if (take(1)[0] != kVersion) return invalid();
  if (request_digest(subject) != request) {
    return validation_error("NextToken does not match request");
  }
  ReadPosition position;
  for (size_t i = 0; i < sizeof position.query; ++i) {
    position.query |= static_cast<uint32_t>(static_cast<unsigned char>(take(1)[0])) << (8 * i);
  }
  if (!rest.empty() && !storage::ItemView::validated(rest)) return invalid();
  position.start.bytes = rest;
  return position;
}

}  // namespace dynolith::api::partiql
