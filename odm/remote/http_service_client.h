// Calls a DynamoDB-compatible service over HTTP: signed, over kept-alive connections, tried again
// where that is safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "odm/remote/options.h"
#include "odm/remote/service_client.h"
#include "odm/result.h"
#include "storage/clock.h"

namespace dynolith::odm {

class HttpTransport;
class System;

// What a client depends on; null: the machine's own. Tests say what time it is, what the
// environment holds and what comes back.
struct Surroundings {
  std::shared_ptr<storage::Clock> clock = {};
  std::shared_ptr<storage::IdSource> ids = {};
  std::function<void(int64_t milliseconds)> wait = {};
  std::shared_ptr<const System> system = {};
  std::shared_ptr<HttpTransport> transport = {};
};

// Reads configuration, sends nothing: credentials are fetched at the first call.
// Errors: kBadRequest (no region; an endpoint, a limit or a CA bundle that is not usable).
Result<std::shared_ptr<ServiceClient>> make_service_client(RemoteOptions options,
                                                           Surroundings surroundings = {});

}  // namespace dynolith::odm
