// Which web pages may use the server, and under which names it may be addressed.
//
// A server on a developer's machine can be reached by every page in that developer's browser. A
// page of another origin is refused by its Origin; one whose own name was made to point at this
// machine (DNS rebinding) by its Host: such a name is registered somewhere public, so it has a dot
// and none of the suffixes that stay inside a machine or cluster.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http/refusal.h"
#include "api/http/request_head.h"

namespace dynolith::api {

class AccessRules {
 public:
  // `origins`: exact, or "*" for all; pages on localhost always may. `hosts`: names without port,
  // or
  // "*.suffix", or "*".
  AccessRules(std::vector<std::string> origins, std::vector<std::string> hosts);

  bool allows_origin(std::string_view origin) const;
  bool allows_host(std::string_view host) const;

  std::optional<Refusal> check(const RequestHead& head) const;

 private:
  std::vector<std::string> origins_, hosts_;
  bool any_origin_ = false;
};

}  // namespace dynolith::api
