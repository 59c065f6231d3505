// Numbers as big-endian bytes, which compare as the numbers do.
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>

namespace dynolith::storage::kv {

template <class Unsigned>
void store_big_endian(char* to, Unsigned value) {
  static_assert(std::is_unsigned_v<Unsigned>);
  for (size_t i = sizeof(Unsigned); i-- > 0; value = static_cast<Unsigned>(value >> 8))
    to[i] = static_cast<char>(value & 0xff);
}

template <class Unsigned>
Unsigned load_big_endian(const char* from) {
  static_assert(std::is_unsigned_v<Unsigned>);
  Unsigned value = 0;
  for (size_t i = 0; i < sizeof(Unsigned); ++i)
    value = static_cast<Unsigned>((value << 8) | static_cast<unsigned char>(from[i]));
  return value;
}

template <class Unsigned>
void append_big_endian(std::string& to, Unsigned value) {
  to.resize(to.size() + sizeof(Unsigned));
  store_big_endian(to.data() + to.size() - sizeof(Unsigned), value);
}

}  // namespace dynolith::storage::kv
