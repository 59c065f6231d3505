// Base64 as the service reads and writes it: standard alphabet, padded, strict.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dynolith::api {

// Why `text` is not base64, in the service's words; nullopt if it is.
std::optional<std::string> base64_error(std::string_view text);

// Replaces `bytes` with what `text` stands for. Needs: !base64_error(text).
void decode_base64(std::string_view text, std::string& bytes);

void append_base64(std::string& out, std::string_view bytes);

}  // namespace dynolith::api
