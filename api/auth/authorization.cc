#include "api/auth/authorization.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "api/limits.h"

namespace dynolith::api {
namespace {

using storage::ErrorCode;
using storage::make_error;
using storage::Result;

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes the text before the next of `separators` from the front of `rest`.
std::string_view take_until(std::string_view& rest, std::string_view separators) {
  const size_t end = rest.find_first_of(separators);
  const auto piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return piece;
}

// What is repeated in a message must be UTF-8; a header may hold any byte.
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_region(std::string_view text) {
  if (text.empty() || text.size() > kRegionBytesMax) return false;
  for (const char c : text) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
  }
  return true;
}

// `credential` is key/date/region/service/aws4_request; in a query its slashes may be encoded.
Signer signer_of(std::string_view credential) {
  const bool encoded = credential.find('/') == std::string_view::npos;
  const auto take_part = [&credential, encoded] {
    if (!encoded) return take_until(credential, "/");
    const size_t end = std::min(credential.find("%2F"), credential.find("%2f"));
    const auto part = credential.substr(0, end);
    credential.remove_prefix(std::min(credential.size(), part.size() + 3));
    return part;
  };
  Signer signer;
  signer.access_key = take_part().substr(0, kAccessKeyBytesMax);
  take_part();  // The date.
  const auto region = take_part();
  if (is_region(region)) signer.region = region;
  return signer;
}

std::optional<std::string_view> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view value = take_until(query, "&");
    if (take_until(value, "=") == name) return value;
  }
  return std::nullopt;
}

Result<Signer> read_query(std::string_view query) {
  constexpr std::array<std::string_view, 5> kRequired = {"X-Amz-Algorithm", "X-Amz-Credential",
                                                         "X-Amz-Signature", "X-Amz-SignedHeaders",
                                                         "X-Amz-Date"};
  std::string message;
  for (const auto name : kRequired) {
    if (query_parameter(query, name).value_or("").empty()) {
      message.append("AWS query-string parameters must include '").append(name).append("'. ");
    }
  }
  if (!message.empty()) {
    message += "Re-examine the query-string parameters.";
    return make_error(ErrorCode::kIncompleteSignature, std::move(message));
  }
  return signer_of(*query_parameter(query, "X-Amz-Credential"));
}

Result<Signer> read_header(const AuthorizationInput& input) {
  struct Part {
    std::string_view name, value;
  };
  std::array<Part, 3> parts{{{"Credential", {}}, {"Signature", {}}, {"SignedHeaders", {}}}};
  std::string_view rest = trimmed(input.header);
  take_until(rest, " ,");  // The algorithm.
  while (!rest.empty()) {
    std::string_view value = trimmed(take_until(rest, ", "));
    const auto name = trimmed(take_until(value, "="));
    for (auto& part : parts) {
      if (part.name == name && part.value.empty()) part.value = trimmed(value);
    }
  }

  std::string message;
  for (const auto& part : parts) {
    if (part.value.empty()) {
      message.append("Authorization header requires '").append(part.name).append("' parameter. ");
    }
  }
  if (input.date.empty()) {
    message +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!message.empty()) {
    message += "Authorization=";
    for (const char c : input.header) message += is_ascii(c) ? c : '?';
    return make_error(ErrorCode::kIncompleteSignature, std::move(message));
  }
  return signer_of(parts[0].value);
}

}  // namespace

Result<Signer> read_authorization(const AuthorizationInput& input) {
  const bool in_query = query_parameter(input.query, "X-Amz-Algorithm").has_value();
  if (in_query && !input.header.empty()) {
    return make_error(ErrorCode::kInvalidSignature,
                      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as "
                      "HTTP header.");
  }
  if (in_query) return read_query(input.query);
  if (!trimmed(input.header).starts_with("AWS4-")) {
    return make_error(ErrorCode::kMissingAuthenticationToken,
                      "Request is missing Authentication Token");
  }
  return read_header(input);
}

}  // namespace dynolith::api
