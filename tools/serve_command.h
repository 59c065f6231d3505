// `dynolith serve`: opens the database, serves it, and closes it in order when told to stop.
#pragma once

#include "tools/flags.h"

namespace dynolith::tools {

// Distinct, so that a script can tell what is wrong. Above those of sysexits.h: 98 is EADDRINUSE.
inline constexpr int kExitCorrupt = 65;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitInUse = 73;
inline constexpr int kExitIo = 74;
inline constexpr int kExitNotWritable = 77;
inline constexpr int kExitTooNew = 78;
inline constexpr int kExitPortInUse = 98;

// Returns the status to exit with, after SIGINT or SIGTERM or when it cannot start.
int serve(const ServeFlags& flags);

}  // namespace dynolith::tools
