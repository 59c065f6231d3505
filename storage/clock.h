// Time and randomness as interfaces, so that a test can say what happens and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace dynolith::storage {

// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z; may jump.
  virtual int64_t now_ms() const = 0;
  // Milliseconds since some fixed moment; never goes back.
  virtual int64_t monotonic_ms() const = 0;
};

// Threads: any.
class IdSource {
 public:
  virtual ~IdSource() = default;
  // Fills `out` with unpredictable bytes.
  virtual void fill(std::span<std::byte> out) = 0;
};

// The machine's clock and random generator.
std::shared_ptr<Clock> system_clock();
std::shared_ptr<IdSource> system_id_source();

// A random (version 4) UUID in its usual text form.
std::string new_uuid(IdSource& ids);

}  // namespace dynolith::storage
