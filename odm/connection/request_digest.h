// What tells one transaction from another under the same token.
#pragma once

#include <cstdint>
#include <string>

#include "odm/connection/request.h"

namespace dynolith::odm {

struct RequestDigest {
  std::string sha256;        // 32 bytes: the same for requests that ask for the same.
  size_t payload_bytes = 0;  // Of the items, keys, names and values: what the request counts for.
};

// Need: the trees passed tree_rules.h. Threads: any.
RequestDigest digest_of(const TransactWriteRequest& request);

}  // namespace dynolith::odm
