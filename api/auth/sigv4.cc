#include "api/auth/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include "api/auth/utc_time.h"
#include "api/limits.h"

namespace dynolith::api {
namespace {

using storage::Error;
using storage::ErrorCode;
using storage::make_error;
using storage::Result;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr size_t kDigestBytes = 32;
using Digest = std::array<unsigned char, kDigestBytes>;

// --- Digests and encodings.

std::string hex(const Digest& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Digest digest{};
  unsigned int size = kDigestBytes;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex(digest);
}

Digest hmac(std::string_view key, std::string_view bytes) {
  Digest digest{};
  unsigned int size = kDigestBytes;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size);
  return digest;
}

std::string_view as_text(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text, bool keeps_slashes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && keeps_slashes)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

std::string encoded(std::string_view text) {
  std::string out;
  append_encoded(out, text, false);
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// "%41" is "A"; what is not an escape stays.
std::string decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string_view take_until(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const auto piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return piece;
}

// --- The canonical request.

std::string normalized(std::string_view path) {
  std::vector<std::string_view> parts;
  std::string_view rest = path;
  bool ends_in_slash = path.ends_with('/');
  while (!rest.empty()) {
    const auto part = take_until(rest, '/');
    const bool is_last = rest.empty() && !path.ends_with('/');
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (is_last && (part == "." || part == "..")) ends_in_slash = true;
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  std::string out;
  for (const auto part : parts) out.append("/").append(part);
  if (out.empty() || ends_in_slash) out += '/';
  return out;
}

std::string canonical_path(std::string_view path, bool normalize) {
  std::string out;
  if (path.empty()) path = "/";
  if (normalize) {
    append_encoded(out, normalized(path), true);
  } else {
    append_encoded(out, path, true);
  }
  return out;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;  // Both encoded.

Parameters parameters_of(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.empty()) continue;
    const auto name = take_until(value, '=');
    parameters.emplace_back(encoded(decoded(name)), encoded(decoded(value)));
  }
  return parameters;
}

std::string canonical_query(Parameters parameters) {
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// Without spaces around it, and with single ones inside. A line that goes on counts as a space.
void append_trimmed(std::string& out, std::string_view value) {
  bool is_first = true, space = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      space = true;
      continue;
    }
    if (space && !is_first) out += ' ';
    out += c;
    is_first = space = false;
  }
}

struct CanonicalHeaders {
  std::string lines;  // "host:a\nx-amz-date:b\n"
  std::string names;  // "host;x-amz-date"
};

CanonicalHeaders canonical_headers(const std::vector<SigningHeader>& headers) {
  std::vector<std::pair<std::string, std::string_view>> sorted;
  sorted.reserve(headers.size());
  for (const auto& header : headers) sorted.emplace_back(lowered(header.name), header.value);
  // Those of one name stay in the order in which they are sent.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  CanonicalHeaders out;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const auto& [name, value] = sorted[i];
    if (i > 0 && sorted[i - 1].first == name) {
      out.lines.back() = ',';
    } else {
      out.lines.append(name).append(":");
      if (!out.names.empty()) out.names += ';';
      out.names.append(name);
    }
    append_trimmed(out.lines, value);
    out.lines += '\n';
  }
  return out;
}

// --- The signature.

struct Scope {
  std::string_view date;  // "20150830"
  std::string_view region, service;
};

std::string to_text(const Scope& scope) {
  std::string text(scope.date);
  text.append("/").append(scope.region).append("/").append(scope.service).append("/");
  return text.append(kTerminator);
}

struct Canonical {
  std::string_view method, path;
  bool normalize_path;
  Parameters parameters;
  const std::vector<SigningHeader>& headers;
  std::string_view payload_hash;
};

Signature signature_of(Canonical parts, std::string_view time, const Scope& scope,
                       std::string_view secret) {
  CanonicalHeaders headers = canonical_headers(parts.headers);
  Signature signature;
  std::string& request = signature.canonical_request;
  request.append(parts.method).append("\n");
  request.append(canonical_path(parts.path, parts.normalize_path)).append("\n");
  request.append(canonical_query(std::move(parts.parameters))).append("\n");
  request.append(headers.lines).append("\n").append(headers.names).append("\n");
  request.append(parts.payload_hash);
  signature.signed_headers = std::move(headers.names);

  signature.string_to_sign.append(kAlgorithm).append("\n").append(time).append("\n");
  signature.string_to_sign.append(to_text(scope)).append("\n").append(sha256_hex(request));

  std::string start = "AWS4";
  start.append(secret);
  Digest key = hmac(start, scope.date);
  OPENSSL_cleanse(start.data(), start.size());
  for (const auto step : {scope.region, scope.service, kTerminator}) key = hmac(as_text(key), step);
  signature.hex = hex(hmac(as_text(key), signature.string_to_sign));
  OPENSSL_cleanse(key.data(), key.size());
  return signature;
}

// --- Signing.

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

// A value may go on in another line (an old form that the signature knows), never begin one.
bool splits_message(std::string_view value) {
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\n' &&
        (i + 1 == value.size() || (value[i + 1] != ' ' && value[i + 1] != '\t')))
      return true;
    if (value[i] != '\n' && has_control(value.substr(i, 1))) return true;
  }
  return false;
}

// What is refused is named, never shown: it may be a secret.
Result<void> check(const SigningRequest& request) {
  const auto refuse = [](std::string why) {
    return make_error(ErrorCode::kValidation, std::move(why));
  };
  if (request.access_key.empty() || request.secret.empty())
    return refuse("cannot sign without an access key and a secret key");
  const std::pair<std::string_view, std::string_view> checked[] = {
      {"access key", request.access_key},
      {"secret key", request.secret},
      {"session token", request.session_token},
      {"region", request.region},
      {"service", request.service},
      {"method", request.method}};
  for (const auto& [name, text] : checked) {
    if (has_control(text))
      return refuse("control characters in the " + std::string(name) + " of a signature");
  }
  for (const auto& header : request.headers) {
    if (has_control(header.name) || splits_message(header.value))
      return refuse("control characters in a header that is to be signed");
  }
  const auto is_host = [](const SigningHeader& header) { return lowered(header.name) == "host"; };
  if (std::none_of(request.headers.begin(), request.headers.end(), is_host))
    return refuse("cannot sign without a Host header");
  if (request.region.empty() || request.service.empty())
    return refuse("cannot sign without a region and a service");
  return {};
}

Result<std::string> time_text(int64_t time_ms) {
  auto text = compact_utc(time_ms);
  if (text.empty()) return make_error(ErrorCode::kValidation, "cannot sign for such a time");
  return text;
}

}  // namespace

Result<SignedHeaders> sign(const SigningRequest& request) {
  TRY(check(request));
  const std::string time = TRY(time_text(request.time_ms));
  const std::string payload_hash = sha256_hex(request.payload);
  const Scope scope{std::string_view(time).substr(0, 8), request.region, request.service};

  std::vector<SigningHeader> headers = request.headers;
  headers.push_back({"X-Amz-Date", time});
  const bool has_token = !request.session_token.empty();
  const SigningHeader token{"X-Amz-Security-Token", request.session_token};
  if (has_token && request.signs_session_token) headers.push_back(token);
  if (request.declares_payload) headers.push_back({"X-Amz-Content-Sha256", payload_hash});

  SignedHeaders out;
  out.signature = signature_of({request.method, request.path, request.normalize_path,
                                parameters_of(request.query), headers, payload_hash},
                               time, scope, request.secret);
  for (size_t i = request.headers.size(); i < headers.size(); ++i)
    out.added.push_back({std::string(headers[i].name), std::string(headers[i].value)});
  if (has_token && !request.signs_session_token)
    out.added.push_back({std::string(token.name), std::string(token.value)});
  std::string authorization(kAlgorithm);
  authorization.append(" Credential=").append(request.access_key).append("/");
  authorization.append(to_text(scope)).append(", SignedHeaders=");
  authorization.append(out.signature.signed_headers).append(", Signature=");
  authorization.append(out.signature.hex);
  out.added.push_back({"Authorization", std::move(authorization)});
  return out;
}

Result<SignedQuery> sign_in_query(const SigningRequest& request, int64_t expires_seconds) {
  TRY(check(request));
  const std::string time = TRY(time_text(request.time_ms));
  const Scope scope{std::string_view(time).substr(0, 8), request.region, request.service};
  std::string credential(request.access_key);
  credential.append("/").append(to_text(scope));

  Parameters parameters = parameters_of(request.query);
  const size_t own = parameters.size();
  const auto add = [&parameters](std::string_view name, std::string_view value) {
    parameters.emplace_back(name, encoded(value));
  };
  add("X-Amz-Algorithm", kAlgorithm);
  add("X-Amz-Credential", credential);
  add("X-Amz-Date", time);
  add("X-Amz-SignedHeaders", canonical_headers(request.headers).names);
  add("X-Amz-Expires", std::to_string(expires_seconds));
  const bool has_token = !request.session_token.empty();
  if (has_token && request.signs_session_token) add("X-Amz-Security-Token", request.session_token);

  SignedQuery out;
  out.signature = signature_of({request.method, request.path, request.normalize_path, parameters,
                                request.headers, sha256_hex(request.payload)},
                               time, scope, request.secret);
  if (has_token && !request.signs_session_token) add("X-Amz-Security-Token", request.session_token);
  add("X-Amz-Signature", out.signature.hex);
  out.query = request.query;
  for (size_t i = own; i < parameters.size(); ++i) {
    if (!out.query.empty()) out.query += '&';
    out.query.append(parameters[i].first).append("=").append(parameters[i].second);
  }
  return out;
}

}  // namespace dynolith::api
