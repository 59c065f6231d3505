// AWS Signature Version 4: signing requests, in headers or in the query, and checking signatures.
//
// A signature is made of four texts, each the input of the next: the canonical request, the string
// to sign, the signing key, the signature. The first two are shown so that a mismatch can be
// explained; keys are not.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/result.h"

namespace dynolith::api {

struct SigningHeader {
  std::string_view name, value;
};

struct AddedHeader {
  std::string name, value;
};

// Views borrowed for the call. All headers given are signed: leave out what a proxy may change.
struct SigningRequest {
  std::string_view method = "POST";
  std::string_view path = "/";  // As sent: its escapes are escaped again, as services expect.
  std::string_view query = {};  // After '?', as sent.
  std::vector<SigningHeader> headers = {};  // Must include Host.
  std::string_view payload = {};
  std::string_view access_key, secret;
  std::string_view session_token = {};  // Empty: none.
  std::string_view region, service;
  int64_t time_ms = 0;              // Since 1970; seconds are signed.
  bool normalize_path = true;       // Remove "." and ".." and double slashes, as most services do.
  bool signs_session_token = true;  // Else it is added after signing.
  bool declares_payload = false;    // Add X-Amz-Content-Sha256, as S3 wants.
};

struct Signature {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signed_headers;  // "host;x-amz-date"
  std::string hex;             // The signature itself.
};

struct SignedHeaders {
  std::vector<AddedHeader> added;  // X-Amz-Date, X-Amz-Security-Token, ..., Authorization.
  Signature signature;
};

struct SignedQuery {
  std::string query;  // The request's own parameters first; without '?'.
  Signature signature;
};

// Errors: kValidation (no host, no credentials, control characters in a header, in a credential or
// in the scope; a time before 1970 or after 9999).
storage::Result<SignedHeaders> sign(const SigningRequest& request);
// Valid for `expires_seconds` from its time. Errors: as above.
storage::Result<SignedQuery> sign_in_query(const SigningRequest& request, int64_t expires_seconds);

struct ReceivedRequest {
  std::string_view method, path, query;  // As received.
  std::vector<SigningHeader> headers;    // All that were received.
  std::string_view payload;
};

// Checks the signature of Authorization or of the query against what the secret of its access key
// makes. Takes the same time wherever the difference is.
// Errors, in the service's words: kMissingAuthenticationToken, kIncompleteSignature,
// kInvalidSignature (it does not match, its time is further than `skew_ms` from `now_ms`, a query
// expired, its scope is not of `service`, Host is not signed).
storage::Result<void> verify(const ReceivedRequest& request, std::string_view secret,
                             std::string_view service, int64_t now_ms,
                             int64_t skew_ms = 15 * 60 * 1000, bool normalize_path = true);

}  // namespace dynolith::api
