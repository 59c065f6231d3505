#include "storage/clock.h"

#include <openssl/rand.h>

#include <array>
#include <chrono>

namespace dynolith::storage {
namespace {

class SystemClock : public Clock {
 public:
  int64_t now_ms() const override { return since_epoch_ms<std::chrono::system_clock>(); }
  int64_t monotonic_ms() const override { return since_epoch_ms<std::chrono::steady_clock>(); }

 private:
  template <class StdClock>
  static int64_t since_epoch_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(StdClock::now().time_since_epoch())
        .count();
  }
};

class SystemIdSource : public IdSource {
 public:
  void fill(std::span<std::byte> out) override {
    RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  }
};

}  // namespace

std::shared_ptr<Clock> system_clock() {
  static const std::shared_ptr<Clock> clock = std::make_shared<SystemClock>();
  return clock;
}

std::shared_ptr<IdSource> system_id_source() {
  static const std::shared_ptr<IdSource> ids = std::make_shared<SystemIdSource>();
  return ids;
}

std::string new_uuid(IdSource& ids) {
  std::array<std::byte, 16> bytes;
  ids.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};  // Version 4.
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};  // The RFC 4122 variant.
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[std::to_integer<unsigned>(bytes[i]) >> 4];
    text += kHex[std::to_integer<unsigned>(bytes[i]) & 15];
  }
  return text;
}

}  // namespace dynolith::storage
