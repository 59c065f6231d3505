// Which region requests are signed for, and which hosts they go to.
#pragma once

#include <string>

#include "odm/remote/http_exchange.h"
#include "odm/remote/options.h"
#include "odm/remote/profile.h"
#include "odm/remote/system.h"
#include "odm/result.h"

namespace dynolith::odm {

struct Endpoints {
  std::string region;
  HttpTarget tables;   // DynamoDB_20120810
  HttpTarget streams;  // DynamoDBStreams_20120810; the same unless it is AWS itself.
};

// One service of a region.
struct ServiceEndpoint {
  std::string region;
  HttpTarget target;
};

// Region: options, AWS_REGION, AWS_DEFAULT_REGION, the profile. Endpoint: options,
// AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, the profile's services and endpoint_url (all but the
// first ignored if AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true), else AWS's of the region.
// Errors: kBadRequest (no region, one that cannot be part of a host name, a URL that is none).
Result<Endpoints> resolve_endpoints(const RemoteOptions& options, const System& system,
                                    const Profile& profile);

// The Security Token Service of the same region, where roles are assumed: AWS_ENDPOINT_URL_STS,
// "sts" of the profile's services, else found as DynamoDB is, but not at the endpoint of the
// options: that is DynamoDB's. Errors: kBadRequest, as above.
Result<ServiceEndpoint> resolve_token_service(const RemoteOptions& options, const System& system,
                                              const Profile& profile);

}  // namespace dynolith::odm
