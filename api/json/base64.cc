#include "api/json/base64.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace dynolith::api {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kForeign = 0xff;

constexpr std::array<uint8_t, 256> make_sextets() {
  std::array<uint8_t, 256> sextets{};
  sextets.fill(kForeign);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    sextets[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return sextets;
}
constexpr auto kSextets = make_sextets();

// Two characters for each twelve bits.
constexpr std::array<char, 8192> make_pairs() {
  std::array<char, 8192> pairs{};
  for (size_t i = 0; i < 4096; ++i) {
    pairs[2 * i] = kAlphabet[i >> 6];
    pairs[2 * i + 1] = kAlphabet[i & 63];
  }
  return pairs;
}
constexpr auto kPairs = make_pairs();

uint32_t sextet(char c) { return kSextets[static_cast<uint8_t>(c)]; }

size_t padding_of(std::string_view text) {
  if (text.empty() || text.back() != '=') return 0;
  return text[text.size() - 2] == '=' ? 2 : 1;
}

}  // namespace

std::optional<std::string> base64_error(std::string_view text) {
  if (text.size() % 4 != 0) {
    return "Base64 encoded length is expected a multiple of 4 bytes but found: " +
           std::to_string(text.size());
  }
  const size_t padding = padding_of(text);
  const std::string_view digits = text.substr(0, text.size() - padding);
  uint32_t seen = 0;
  for (const char c : digits) seen |= sextet(c);
  const uint32_t unused_bits = padding == 2 ? 0x0f : padding == 1 ? 0x03 : 0;
  const bool sound =
      (seen & 0x80) == 0 && (digits.empty() || (sextet(digits.back()) & unused_bits) == 0);
  if (!sound) return "Invalid last non-pad Base64 character dectected";
  return std::nullopt;
}

void decode_base64(std::string_view text, std::string& bytes) {
  const size_t padding = padding_of(text);
  bytes.resize(text.size() / 4 * 3);
  char* to = bytes.data();
  const char* from = text.data();
  const char* const end = from + text.size();
  for (; from != end; from += 4, to += 3) {
    // A padding character counts as foreign; its bits fall into bytes that are cut off below.
    const uint32_t word = sextet(from[0]) << 18 | sextet(from[1]) << 12 |
                          (sextet(from[2]) & 63) << 6 | (sextet(from[3]) & 63);
    to[0] = static_cast<char>(word >> 16);
    to[1] = static_cast<char>(word >> 8);
    to[2] = static_cast<char>(word);
  }
  bytes.resize(bytes.size() - padding);
}

void append_base64(std::string& out, std::string_view bytes) {
  const size_t begin = out.size();
  out.resize(begin + (bytes.size() + 2) / 3 * 4);
  char* to = out.data() + begin;
  const auto* from = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t left = bytes.size();
  for (; left >= 3; left -= 3, from += 3, to += 4) {
    const uint32_t word =
        static_cast<uint32_t>(from[0]) << 16 | static_cast<uint32_t>(from[1]) << 8 | from[2];
    std::memcpy(to, &kPairs[2 * (word >> 12)], 2);
    std::memcpy(to + 2, &kPairs[2 * (word & 4095)], 2);
  }
  if (left == 0) return;
  const uint32_t word =
      static_cast<uint32_t>(from[0]) << 16 | (left == 2 ? static_cast<uint32_t>(from[1]) << 8 : 0);
  std::memcpy(to, &kPairs[2 * (word >> 12)], 2);
  to[2] = left == 2 ? kAlphabet[word >> 6 & 63] : '=';
  to[3] = '=';
}

}  // namespace dynolith::api
