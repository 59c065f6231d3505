// What a write that was acknowledged survives.
#pragma once

#include <cstdint>

namespace dynolith::storage::kv {

// What an acknowledged write survives. Killing the process loses nothing in any of the three. What
// a power cut leaves is what was there at one moment: without a commit none of the later ones is
// there. Given a disk that keeps what it has confirmed.
enum class Durability : uint8_t {
  kAlways,  // A power cut loses nothing: one fsync for each group of commits, before they return.
  kEverySecond,  // A power cut loses at most what was acknowledged since the last sync: an upkeep
                 // interval ago, and the time that a sync takes.
  kNever,        // When the operating system writes is its affair.
};

}  // namespace dynolith::storage::kv
