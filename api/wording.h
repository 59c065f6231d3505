// The service changed many error texts in June 2026; both generations can be spoken.
#pragma once

#include <cstdint>

namespace dynolith::api {

// Texts of errors: since June 2026, or before.
enum class Wording : uint8_t { kAws2026, kClassic };

}  // namespace dynolith::api
