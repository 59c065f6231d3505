// The connection to a DynamoDB-compatible service: a Dynolith server, AWS.
//
//   auto connection = odm::connect({.endpoint = "http://localhost:8000"});
//
// Beside what every connection does: transactions without a token get one, so that they can be sent
// again; a Scan reads forward, whatever is asked for.
#pragma once

#include <memory>

#include "odm/connection/connection.h"
#include "odm/remote/options.h"
#include "odm/result.h"

namespace dynolith::odm {

class ServiceClient;

// Sends nothing yet. Errors: kBadRequest (options that contradict themselves, or no region).
Result<ConnectionPtr> connect(RemoteOptions options = {});

// Over a way of one's own to the service. Needs: not null.
ConnectionPtr remote_connection(std::shared_ptr<ServiceClient> client);

}  // namespace dynolith::odm
