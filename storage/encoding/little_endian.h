// Unsigned integers in little-endian bytes, at any alignment; compilers make one instruction of
// each.
#pragma once

#include <cstdint>

namespace dynolith::storage {

inline uint32_t load_u16le(const char* bytes) {
  const auto* b = reinterpret_cast<const uint8_t*>(bytes);
  return uint32_t{b[0]} | uint32_t{b[1]} << 8;
}
inline uint32_t load_u32le(const char* bytes) {
  const auto* b = reinterpret_cast<const uint8_t*>(bytes);
  return uint32_t{b[0]} | uint32_t{b[1]} << 8 | uint32_t{b[2]} << 16 | uint32_t{b[3]} << 24;
}
inline void store_u16le(char* bytes, uint32_t value) {
  bytes[0] = static_cast<char>(value);
  bytes[1] = static_cast<char>(value >> 8);
}
inline void store_u32le(char* bytes, uint32_t value) {
  store_u16le(bytes, value);
  store_u16le(bytes + 2, value >> 16);
}

}  // namespace dynolith::storage
