// Where credentials are looked for, in the order of the AWS SDKs: what the program gave, the
// environment, the shared files, the container, the instance.
#pragma once

#include <memory>

#include "odm/remote/credentials.h"
#include "odm/remote/http_exchange.h"
#include "odm/remote/options.h"
#include "odm/remote/system.h"
#include "storage/clock.h"

namespace dynolith::odm {

// The first place that has any decides; a place that has some but cannot use them is an error, not
// a reason to go on as somebody else. Nothing is read before the first fetch.
//
// Not supported, and refused by name where a profile or the environment asks for it: roles, single
// sign-on, web identity, login sessions, credential processes.
std::unique_ptr<CredentialsSource> credentials_chain(const RemoteOptions& options,
                                                     std::shared_ptr<const System> system,
                                                     std::shared_ptr<HttpTransport> transport);

}  // namespace dynolith::odm
