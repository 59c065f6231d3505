// Who signed a request and for which region: AWS Signature Version 4, in the header or in the
// query.
//
// The parts are taken apart and missing ones refused in the service's words; the signature itself
// is not verified here.
#pragma once

#include <string_view>

#include "storage/result.h"

namespace dynolith::api {

// Views into what was parsed.
struct Signer {
  std::string_view access_key;
  std::string_view region;  // Empty if the credential scope names none.
};

struct AuthorizationInput {
  std::string_view header;  // Authorization; empty if absent.
  std::string_view date;    // X-Amz-Date or Date; empty if both are absent.
  std::string_view query;   // After '?'.
};

// Errors: kInvalidSignature (header and query at once), kMissingAuthenticationToken,
// kIncompleteSignature (with every missing part in the message).
storage::Result<Signer> read_authorization(const AuthorizationInput& input);

}  // namespace dynolith::api
