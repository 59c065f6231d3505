// AWS's Security Token Service: gives the credentials of a role to who may assume it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "odm/remote/endpoint.h"
#include "odm/remote/http_exchange.h"
#include "odm/remote/options.h"
#include "odm/result.h"
#include "storage/clock.h"

namespace dynolith::odm {

struct RoleRequest {
  std::string role_arn;
  std::string session_name = {};      // Empty: one is made of the time.
  std::string duration_seconds = {};  // Empty: the service's choice, an hour.
  std::string external_id = {};       // Of assume_role().
};

// Where and when it is asked. Three attempts of ten seconds at most where there is no answer or
// none of its own making.
struct TokenService {
  ServiceEndpoint endpoint;
  std::shared_ptr<HttpTransport> transport;
  std::shared_ptr<storage::Clock> clock;

  // `who`: what errors call it. Errors: kNoCredentials, with the service's code and message.
  Result<Credentials> assume_role(const RoleRequest& role, const Credentials& as,
                                  std::string_view who) const;
  // Needs no credentials: the token says who asks.
  Result<Credentials> assume_role_with_web_identity(const RoleRequest& role, std::string_view token,
                                                    std::string_view who) const;
};

}  // namespace dynolith::odm
