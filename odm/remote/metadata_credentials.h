// Credentials that the place where the program runs hands out over HTTP: the container's agent, the
// instance's metadata service.
#pragma once

#include <optional>

#include "odm/remote/http_exchange.h"
#include "odm/remote/options.h"
#include "odm/remote/profile.h"
#include "odm/remote/system.h"
#include "odm/result.h"

namespace dynolith::odm {

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
// or _TOKEN. Without encryption only hosts of this machine and the agents' own addresses are asked.
// Nothing if neither variable is set. Errors: kNoCredentials.
std::optional<Result<Credentials>> container_credentials(const System& system,
                                                         HttpTransport& transport);

// The metadata service of EC2, version 2, at AWS_EC2_METADATA_SERVICE_ENDPOINT or where EC2 has it.
// Each of its three requests takes a second at most. Nothing if AWS_EC2_METADATA_DISABLED is true.
// Errors: kNoCredentials.
std::optional<Result<Credentials>> instance_credentials(const System& system,
                                                        const Profile& profile,
                                                        HttpTransport& transport);

}  // namespace dynolith::odm
