// Where credentials are looked for, in the order of the AWS SDKs: what the program gave, the
// environment (keys, then a web identity), the shared files, the container, the instance.
//
// Of a profile: web_identity_token_file; role_arn with source_profile or credential_source (and
// role_session_name, duration_seconds, external_id); keys; credential_process.
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
// Not supported, and refused by name where a profile asks for it: single sign-on, login sessions,
// roles that want a code of a device (mfa_serial).
std::unique_ptr<CredentialsSource> credentials_chain(const RemoteOptions& options,
                                                     std::shared_ptr<const System> system,
                                                     std::shared_ptr<HttpTransport> transport,
                                                     std::shared_ptr<storage::Clock> clock);

}  // namespace dynolith::odm
