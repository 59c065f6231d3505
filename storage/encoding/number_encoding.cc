#include "storage/encoding/number_encoding.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr uint8_t kNegative = 0x01;
constexpr uint8_t kZero = 0x02;
constexpr uint8_t kPositive = 0x03;
constexpr uint8_t kPositiveEnd = 0x00;
constexpr uint8_t kNegativeEnd = 0x66;
constexpr int kExponentBias = 129;
constexpr size_t kPairsMax = kNumberDigitsMax / 2;
// The bytes around the pairs: sign, exponent, end.
constexpr size_t kFrameBytes = 3;

static_assert(kNumberExponentMin + 1 + kExponentBias == 0);
static_assert(kNumberExponentMax + 1 + kExponentBias == 255);
static_assert(kFrameBytes + kPairsMax == kEncodedNumberBytesMax);

uint8_t byte_at(std::string_view bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

// An encoded number that is not zero, opened.
struct Opened {
  explicit Opened(std::string_view encoded)
      : negative(byte_at(encoded, 0) == kNegative),
        exponent((negative ? 0xff - byte_at(encoded, 1) : byte_at(encoded, 1)) - kExponentBias),
        pairs(encoded.substr(2, encoded.size() - kFrameBytes)) {}

  // The two digits of a pair, as 0..99.
  int pair(size_t i) const { return negative ? 100 - byte_at(pairs, i) : byte_at(pairs, i) - 1; }
  int digit_count() const {
    return static_cast<int>(pairs.size()) * 2 - (pair(pairs.size() - 1) % 10 == 0 ? 1 : 0);
  }

  bool negative;
  int exponent;
  std::string_view pairs;
};

constexpr auto kPowersOfTen = [] {
  std::array<int64_t, 19> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// The digits of all pairs as one number; needs: at most nine pairs. Two at a time, because each
// step waits for the one before it.
template <bool kIsNegative>
int64_t joined_pairs(const Opened& opened) {
  const auto pair = [&opened](size_t i) -> int64_t {
    return kIsNegative ? 100 - byte_at(opened.pairs, i) : byte_at(opened.pairs, i) - 1;
  };
  const size_t count = opened.pairs.size();
  int64_t value = count % 2 == 0 ? 0 : pair(0);
  for (size_t i = count % 2; i < count; i += 2)
    value = value * 10'000 + (pair(i) * 100 + pair(i + 1));
  return value;
}

bool is_zero(std::string_view encoded) { return byte_at(encoded, 0) == kZero; }

}  // namespace

void append_number(std::string& out, const Number& number) {
  if (number.is_zero()) {
    out += static_cast<char>(kZero);
    return;
  }
  std::array<char, kEncodedNumberBytesMax> bytes;
  const bool negative = number.is_negative();
  const int exponent = number.exponent() + kExponentBias;
  size_t size = 0;
  bytes[size++] = static_cast<char>(negative ? kNegative : kPositive);
  bytes[size++] = static_cast<char>(negative ? 0xff - exponent : exponent);
  const int count = number.digit_count();
  for (int i = 0; i < count; i += 2) {
    // Behind the last digit of an odd count stands a zero, also in Number.
    const int low = i + 1 < kNumberDigitsMax ? number.digit(i + 1) : 0;
    const int pair = 1 + number.digit(i) * 10 + low;
    bytes[size++] = static_cast<char>(negative ? 101 - pair : pair);
  }
  bytes[size++] = static_cast<char>(negative ? kNegativeEnd : kPositiveEnd);
  out.append(bytes.data(), size);
}

size_t encoded_number_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  if (is_zero(bytes)) return 1;
  const uint8_t sign = byte_at(bytes, 0);
  if (sign != kPositive && sign != kNegative) return 0;
  const uint8_t end = sign == kNegative ? kNegativeEnd : kPositiveEnd;
  const size_t limit = std::min(bytes.size(), kEncodedNumberBytesMax);
  size_t at = 2;
  for (; at < limit && byte_at(bytes, at) != end; ++at) {
    if (byte_at(bytes, at) < 1 || byte_at(bytes, at) > 100) return 0;
  }
  if (at >= limit || at == 2) return 0;
  const Opened opened(bytes.substr(0, at + 1));
  // The first digit is not zero, nor is the last pair 00.
  if (opened.pair(0) < 10 || opened.pair(opened.pairs.size() - 1) == 0) return 0;
  return at + 1;
}

Number Number::decode(std::string_view encoded) {
  Number number;
  if (storage::is_zero(encoded)) return number;
  const Opened opened(encoded);
  assert(opened.pairs.size() <= kPairsMax);
  number.negative_ = opened.negative;
  number.exponent_ = static_cast<int16_t>(opened.exponent);
  for (size_t i = 0; i < opened.pairs.size(); ++i) {
    const int pair = opened.pair(i);
    number.digits_[2 * i] = static_cast<uint8_t>(pair / 10);
    number.digits_[2 * i + 1] = static_cast<uint8_t>(pair % 10);
  }
  number.digit_count_ = static_cast<uint8_t>(opened.digit_count());
  return number;
}

void append_number_text(std::string& out, std::string_view encoded) {
  Number::decode(encoded).append_text(out);
}

std::optional<int64_t> encoded_number_to_int64(std::string_view encoded) {
  if (is_zero(encoded)) return 0;
  const Opened opened(encoded);
  // Eighteen digits cannot overflow; those near the limits take the long way.
  if (opened.exponent > 18) return Number::decode(encoded).to_int64();
  // With a zero behind the last digit of an odd count.
  const int digits = static_cast<int>(opened.pairs.size()) * 2;
  if (opened.exponent < digits - 1) return std::nullopt;
  const int64_t value = opened.negative ? joined_pairs<true>(opened) : joined_pairs<false>(opened);
  int64_t whole = 0;
  if (opened.exponent >= digits) {
    whole = value * kPowersOfTen[static_cast<size_t>(opened.exponent - digits)];
  } else {
    if (value % 10 != 0) return std::nullopt;
    whole = value / 10;
  }
  return opened.negative ? -whole : whole;
}

size_t encoded_number_item_bytes(std::string_view encoded) {
  if (is_zero(encoded)) return 1;
  const Opened opened(encoded);
  const int digits = opened.digit_count();
  const int integer_digits = std::clamp(opened.exponent, 0, digits);
  const int fraction_digits = digits - integer_digits;
  return static_cast<size_t>(1 + (integer_digits + 1) / 2 + (fraction_digits + 1) / 2 +
                             (opened.negative ? 1 : 0));
}

}  // namespace dynolith::storage
