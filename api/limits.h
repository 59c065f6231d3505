// Every limit of the protocol front end, by name. The service's own limits are in storage/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dynolith::api {

inline constexpr size_t kRequestBodyBytesMax = 16 * 1024 * 1024;  // As sent, and expanded.
inline constexpr size_t kRequestLineBytesMax = 16 * 1024;
inline constexpr size_t kHeaderBytesMax = 16 * 1024;  // All fields together.
inline constexpr size_t kHeaderFieldsMax = 64;
inline constexpr size_t kChunkLineBytesMax = 4 * 1024;  // Chunk size with extensions, or trailer.

// Bodies from this size on are compressed if the client accepts it.
inline constexpr size_t kCompressedReplyBytesMin = 4096;

inline constexpr size_t kConnectionsMax = 1024;
inline constexpr size_t kConnectionsPerAddressMax = 256;  // Of other machines.
inline constexpr int kListenBacklog = 4096;
inline constexpr size_t kBodyBytesInFlightMax = size_t{512} * 1024 * 1024;

inline constexpr std::chrono::milliseconds kHandshakeDeadline{5'000};
inline constexpr std::chrono::milliseconds kHeadDeadline{5'000};
inline constexpr std::chrono::milliseconds kBodyDeadline{10'000};  // And a second for each...
inline constexpr size_t kBodyBytesPerSecondMin = 128 * 1024;
inline constexpr std::chrono::milliseconds kIdleDeadline{60'000};
inline constexpr std::chrono::milliseconds kWriteDeadline{30'000};
inline constexpr std::chrono::milliseconds kShutdownDeadline{10'000};

inline constexpr unsigned kBlockingWorkers = 32;
inline constexpr size_t kAccessKeyBytesMax = 256;
inline constexpr size_t kRegionBytesMax = 64;

}  // namespace dynolith::api
