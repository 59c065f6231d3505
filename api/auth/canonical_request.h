// The steps of Signature Version 4 that signing and verifying share: from a request's parts to its
// signature.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/auth/sigv4.h"

namespace dynolith::api::sigv4 {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kTerminator = "aws4_request";

std::string sha256_hex(std::string_view bytes);
std::string lowered(std::string_view text);
// All but letters, digits and "-._~" as "%41".
std::string encoded(std::string_view text);
// What is not an escape stays.
std::string decoded(std::string_view text);
// Takes the text before the next `separator` from the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator);

using Parameters = std::vector<std::pair<std::string, std::string>>;  // Both encoded.
Parameters parameters_of(std::string_view query);

// "host;x-amz-date"
std::string signed_names(const std::vector<SigningHeader>& headers);

struct Scope {
  std::string_view date;  // "20150830"
  std::string_view region, service;
};
// "20150830/us-east-1/dynamodb/aws4_request"
std::string to_text(const Scope& scope);

struct CanonicalParts {
  std::string_view method, path;
  bool normalize_path;
  Parameters parameters;
  const std::vector<SigningHeader>& headers;
  std::string_view payload_hash;
};

Signature signature_of(CanonicalParts parts, std::string_view time, const Scope& scope,
                       std::string_view secret);

}  // namespace dynolith::api::sigv4
