// Streams as the store keeps them, beside the catalog. See storage/FORMAT.md, "Streams". PERSISTED.
#pragma once

#include <string>
#include <string_view>

#include "storage/engine/stream.h"
#include "storage/result.h"

namespace dynolith::storage {

// What begins the keys of all descriptors, and the key of one.
std::string stream_descriptor_prefix();
std::string stream_descriptor_key(TableId table, uint32_t number);

// The descriptor is an item; FORMAT.md names its attributes.
std::string encode_stream(const Stream& stream);
// Errors: kCorruption (not what this version writes), kDirectoryTooNew.
Result<Stream> decode_stream(std::string_view bytes);

}  // namespace dynolith::storage
