// The order of short texts in one comparison of numbers: names of attributes are mostly short, and
// comparing them is most of what finding them costs.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/encoding/little_endian.h"

namespace dynolith::storage {

inline constexpr size_t kRankBytes = sizeof(uint64_t);

// The first eight bytes as a big-endian number, shorter texts filled with zeros: if two ranks
// differ, the texts are ordered as the ranks are. Loads overlap where fewer than eight bytes are
// there.
inline uint64_t rank_of(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  const char* bytes = text.data();
  const size_t size = text.size();
  uint64_t rank = 0;
  if (size >= kRankBytes) {
    std::memcpy(&rank, bytes, kRankBytes);
  } else if (size >= 4) {
    rank = load_u32le(bytes) | uint64_t{load_u32le(bytes + size - 4)} << (8 * (size - 4));
  } else if (size >= 2) {
    rank = load_u16le(bytes) | load_u16le(bytes + size - 2) << (8 * (size - 2));
  } else if (size == 1) {
    rank = static_cast<uint8_t>(*bytes);
  }
  return __builtin_bswap64(rank);
}

// The last eight bytes as a number, nothing of shorter texts. Texts of up to sixteen bytes are
// equal if their sizes, ranks and ends are.
inline uint64_t end_of(std::string_view text) {
  uint64_t end = 0;
  if (text.size() >= kRankBytes)
    std::memcpy(&end, text.data() + text.size() - kRankBytes, kRankBytes);
  return end;
}

// A text with its rank, to be compared with many others.
struct RankedText {
  std::string_view text;
  uint64_t rank = rank_of(text);

  // Negative, zero or positive, as std::string_view::compare.
  int compare(const RankedText& other) const {
    if (rank != other.rank) return rank < other.rank ? -1 : 1;
    // Zeros in a text are not those that fill a rank.
    if (text.size() == other.text.size() && text.size() <= 2 * kRankBytes &&
        end_of(text) == end_of(other.text))
      return 0;
    return text.compare(other.text);
  }
};

}  // namespace dynolith::storage
