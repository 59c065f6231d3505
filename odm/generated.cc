// Generated identifiers.
#include <array>
#include <cstddef>

#include "odm/object.h"

namespace dynolith::odm {

std::string new_uuid_text(storage::IdSource& ids) { return storage::new_uuid(ids); }

// 48 bits of milliseconds and 80 random bits in Crockford's base 32 (the ULID specification).
std::string new_ulid_text(storage::IdSource& ids, int64_t now_ms) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::array<std::byte, 10> random{};
  ids.fill(random);
  std::string text(26, '0');
  auto time = static_cast<uint64_t>(now_ms);
  for (size_t i = 10; i-- > 0; time >>= 5) text[i] = kDigits[time & 31];
  // Two groups of 40 bits are eight digits each.
  for (size_t group = 0; group < 2; ++group) {
    uint64_t bits = 0;
    for (size_t i = 0; i < 5; ++i)
      bits = bits << 8 | std::to_integer<uint64_t>(random[group * 5 + i]);
    for (size_t i = 8; i-- > 0; bits >>= 5) text[10 + group * 8 + i] = kDigits[bits & 31];
  }
  return text;
}

}  // namespace dynolith::odm
