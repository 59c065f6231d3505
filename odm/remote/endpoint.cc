#include "odm/remote/endpoint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "storage/result.h"

namespace dynolith::odm {
namespace {

constexpr size_t kRegionBytesMax = 63;

struct Partition {
  std::string_view region_prefix, domain;
};
// The longer prefix first.
constexpr std::array<Partition, 6> kPartitions = {{{"cn-", "amazonaws.com.cn"},
                                                   {"eusc-", "amazonaws.eu"},
                                                   {"us-isob-", "sc2s.sgov.gov"},
                                                   {"us-isof-", "csp.hci.ic.gov"},
                                                   {"eu-isoe-", "cloud.adc-e.uk"},
                                                   {"us-iso-", "c2s.ic.gov"}}};

std::string_view domain_of(std::string_view region) {
  for (const auto& [prefix, domain] : kPartitions) {
    if (region.starts_with(prefix)) return domain;
  }
  return "amazonaws.com";
}

// It becomes part of a host name: "x.example/" would send signed requests elsewhere.
bool is_region(std::string_view text) {
  return text.size() <= kRegionBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<std::string> resolve_region(const RemoteOptions& options, const System& system,
                                   const Profile& profile) {
  std::string region = options.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (region.empty()) region = system.environment(name).value_or(std::string());
  }
  if (region.empty()) region = profile.get("region");
  if (region.empty()) {
    return make_error(
        ErrorCode::kBadRequest,
        "no region: set RemoteOptions::region, AWS_REGION, or region in the profile " +
            profile.name());
  }
  if (!is_region(region))
    return make_error(ErrorCode::kBadRequest, "the region is not one: letters, digits and '-'");
  return region;
}

struct NamedUrl {
  std::string url, where;
};

// `variable`: the service's own; `service`: as sections of the shared files call it.
NamedUrl configured_url(const System& system, const Profile& profile, const char* variable,
                        std::string_view service) {
  if (system.environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true") return {};
  for (const char* name : {variable, "AWS_ENDPOINT_URL"}) {
    if (auto url = system.environment(name)) return {std::move(*url), name};
  }
  if (profile.get("ignore_configured_endpoint_urls") == "true") return {};
  const std::string in_profile = " of the profile " + profile.name();
  const std::string in_service(service);
  if (const auto url = profile.service(in_service + ".endpoint_url"); !url.empty())
    return {std::string(url), "endpoint_url of " + in_service + in_profile};
  if (const auto url = profile.get("endpoint_url"); !url.empty())
    return {std::string(url), "endpoint_url" + in_profile};
  return {};
}

Result<HttpTarget> parse_configured(const NamedUrl& configured) {
  auto target = TRY(parse_url(configured.url, configured.where));
  if (target.path.find('?') != std::string::npos)
    return make_error(ErrorCode::kBadRequest, configured.where + " must not have a query");
  return target;
}

std::string host_end(const std::string& region) {
  return region + "." + std::string(domain_of(region));
}

}  // namespace

Result<Endpoints> resolve_endpoints(const RemoteOptions& options, const System& system,
                                    const Profile& profile) {
  Endpoints endpoints;
  endpoints.region = TRY(resolve_region(options, system, profile));
  const NamedUrl configured =
      !options.endpoint.empty()
          ? NamedUrl{options.endpoint, "RemoteOptions::endpoint"}
          : configured_url(system, profile, "AWS_ENDPOINT_URL_DYNAMODB", "dynamodb");
  if (!configured.url.empty()) {
    endpoints.tables = TRY(parse_configured(configured));
    endpoints.streams = endpoints.tables;
    return endpoints;
  }
  const std::string rest = host_end(endpoints.region);
  endpoints.tables = TRY(parse_url("https://dynamodb." + rest, "the endpoint"));
  endpoints.streams = TRY(parse_url("https://streams.dynamodb." + rest, "the endpoint"));
  return endpoints;
}

Result<ServiceEndpoint> resolve_token_service(const RemoteOptions& options, const System& system,
                                              const Profile& profile) {
  ServiceEndpoint endpoint;
  endpoint.region = TRY(resolve_region(options, system, profile));
  const NamedUrl configured = configured_url(system, profile, "AWS_ENDPOINT_URL_STS", "sts");
  endpoint.target = TRY(configured.url.empty()
                            ? parse_url("https://sts." + host_end(endpoint.region), "the endpoint")
                            : parse_configured(configured));
  return endpoint;
}

}  // namespace dynolith::odm
