// verify() of sigv4.h: takes a signed request apart and signs it again.
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "api/auth/authorization.h"
#include "api/auth/canonical_request.h"
#include "api/auth/sigv4.h"
#include "api/auth/utc_time.h"

namespace dynolith::api {
namespace {

using sigv4::take_until;
using storage::Error;
using storage::ErrorCode;
using storage::make_error;
using storage::Result;

constexpr size_t kSignedHeadersMax = 100;
constexpr int64_t kExpiresSecondsMax = 7LL * 24 * 60 * 60;

// What the header or the query says of the signature.
struct Claim {
  std::string algorithm, credential, signed_headers, signature;
  std::string time;             // As signed: "20150830T123600Z".
  int64_t expires_seconds = 0;  // In a query.
  bool is_in_query = false;
};

Error refused(std::string why) { return make_error(ErrorCode::kInvalidSignature, std::move(why)); }

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// `name` in lower case. Empty if it was not received.
std::string_view header(const ReceivedRequest& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (sigv4::lowered(header.name) == name) return trimmed(header.value);
  }
  return {};
}

Claim claim_in_header(std::string_view text, std::string_view time) {
  Claim claim;
  claim.algorithm = take_until(text, ' ');
  while (!text.empty()) {
    std::string_view value = trimmed(take_until(text, ','));
    const std::string_view name = take_until(value, '=');
    if (name == "Credential") claim.credential = value;
    if (name == "SignedHeaders") claim.signed_headers = value;
    if (name == "Signature") claim.signature = value;
  }
  const auto moment = parse_utc(time);  // A Date header has another form than what is signed.
  claim.time = moment ? compact_utc(*moment) : std::string();
  return claim;
}

Claim claim_in_query(std::string_view query) {
  Claim claim;
  claim.is_in_query = true;
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    std::string text = sigv4::decoded(value);
    if (name == "X-Amz-Algorithm") claim.algorithm = std::move(text);
    if (name == "X-Amz-Credential") claim.credential = std::move(text);
    if (name == "X-Amz-SignedHeaders") claim.signed_headers = std::move(text);
    if (name == "X-Amz-Signature") claim.signature = std::move(text);
    if (name == "X-Amz-Date") claim.time = std::move(text);
    if (name == "X-Amz-Expires") claim.expires_seconds = std::atoll(std::string(value).c_str());
  }
  return claim;
}

Result<void> check_time(const Claim& claim, int64_t now_ms, int64_t skew_ms) {
  const auto moment = parse_utc(claim.time);
  if (!moment || claim.time.size() != 16)
    return refused("Date must be in ISO-8601 'basic format'. Got '" + claim.time + "'.");
  int64_t valid_ms = skew_ms;
  if (claim.is_in_query) {
    if (claim.expires_seconds < 0 || claim.expires_seconds > kExpiresSecondsMax)
      return refused("X-Amz-Expires must be between 0 and 604800 seconds");
    valid_ms = claim.expires_seconds * 1000;
  }
  const std::string now = compact_utc(now_ms);
  if (*moment < now_ms - valid_ms)
    return refused("Signature expired: " + claim.time + " is now earlier than " +
                   compact_utc(now_ms - valid_ms) + " (" + now + " - " +
                   std::to_string(valid_ms / 60'000) + " min.)");
  if (*moment > now_ms + skew_ms)
    return refused("Signature not yet current: " + claim.time + " is still later than " +
                   compact_utc(now_ms + skew_ms) + " (" + now + " + " +
                   std::to_string(skew_ms / 60'000) + " min.)");
  return {};
}

Result<sigv4::Scope> read_scope(const Claim& claim, std::string_view service) {
  std::string_view rest = claim.credential;
  take_until(rest, '/');  // The access key.
  const auto date = take_until(rest, '/');
  const auto region = take_until(rest, '/');
  const auto scope_service = take_until(rest, '/');
  if (rest != sigv4::kTerminator) {
    return refused("Credential should be scoped with a valid terminator: 'aws4_request', not '" +
                   std::string(rest) + "'.");
  }
  if (scope_service != service) {
    return refused("Credential should be scoped to correct service: '" + std::string(service) +
                   "'. ");
  }
  if (region.empty()) return refused("Credential should be scoped to a valid region. ");
  if (date != std::string_view(claim.time).substr(0, 8)) {
    return refused(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        "HTTP: '" +
        std::string(date) + "' != '" + claim.time.substr(0, 8) + "', from '" + claim.time + "'.");
  }
  return sigv4::Scope{date, region, scope_service};
}

// All received headers of the names that are signed.
Result<std::vector<SigningHeader>> signed_headers(const Claim& claim,
                                                  const ReceivedRequest& request) {
  std::vector<SigningHeader> found;
  bool has_host = false;
  std::string_view names = claim.signed_headers;
  for (size_t count = 0; !names.empty(); ++count) {
    if (count == kSignedHeadersMax) return refused("Too many signed headers.");
    const std::string_view name = take_until(names, ';');
    has_host |= name == "host";
    for (const auto& header : request.headers) {
      if (sigv4::lowered(header.name) == name) found.push_back(header);
    }
  }
  if (!has_host) {
    return refused("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  return found;
}

bool are_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Result<void> verify(const ReceivedRequest& request, std::string_view secret,
                    std::string_view service, int64_t now_ms, int64_t skew_ms,
                    bool normalize_path) {
  const std::string_view authorization = header(request, "authorization");
  std::string_view time = header(request, "x-amz-date");
  if (time.empty()) time = header(request, "date");
  TRY(read_authorization({authorization, time, request.query}));  // That all parts are there.

  const Claim claim =
      authorization.empty() ? claim_in_query(request.query) : claim_in_header(authorization, time);
  if (claim.algorithm != sigv4::kAlgorithm)
    return refused("Unsupported AWS 'algorithm': '" + claim.algorithm + "'.");
  TRY(check_time(claim, now_ms, skew_ms));
  const sigv4::Scope scope = TRY(read_scope(claim, service));
  const auto headers = TRY(signed_headers(claim, request));

  sigv4::Parameters parameters = sigv4::parameters_of(request.query);
  std::erase_if(parameters,
                [](const auto& parameter) { return parameter.first == "X-Amz-Signature"; });
  const Signature expected =
      sigv4::signature_of({request.method, request.path, normalize_path, std::move(parameters),
                           headers, sigv4::sha256_hex(request.payload)},
                          claim.time, scope, secret);
  if (!are_equal(expected.hex, claim.signature)) {
    return refused(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.");
  }
  return {};
}

}  // namespace dynolith::api
