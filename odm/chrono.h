// Time points and durations: <chrono>, without its calendars, time zones and formats where the
// standard library keeps those apart (libstdc++ 12 and later). The whole header brings iostreams
// and is a tenth of what including the mapper costs; a program that wants more of it includes it.
#pragma once

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
