#include "api/auth/canonical_request.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace dynolith::api::sigv4 {
namespace {

constexpr size_t kDigestBytes = 32;
using Digest = std::array<unsigned char, kDigestBytes>;

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

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

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

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  Digest digest{};
  unsigned int size = kDigestBytes;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex(digest);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string encoded(std::string_view text) {
  std::string out;
  append_encoded(out, text, false);
  return out;
}

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

std::string signed_names(const std::vector<SigningHeader>& headers) {
  return canonical_headers(headers).names;
}

std::string to_text(const Scope& scope) {
  std::string text(scope.date);
  text.append("/").append(scope.region).append("/").append(scope.service).append("/");
  return text.append(kTerminator);
}

Signature signature_of(CanonicalParts parts, std::string_view time, const Scope& scope,
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

}  // namespace dynolith::api::sigv4
