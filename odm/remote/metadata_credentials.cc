#include "odm/remote/metadata_credentials.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "api/json/reader.h"
#include "odm/remote/credentials.h"
#include "storage/result.h"

namespace dynolith::odm {
namespace {

constexpr int64_t kRequestLimitMs = 1'000;
constexpr int kContainerAttempts = 3;
constexpr std::string_view kContainerHost = "http://169.254.170.2";
constexpr std::string_view kInstanceHost = "http://169.254.169.254";
constexpr std::string_view kInstanceHost6 = "http://[fd00:ec2::254]";
constexpr std::string_view kRolePath = "/latest/meta-data/iam/security-credentials/";
constexpr size_t kRoleBytesMax = 512;

bool is_true(const std::optional<std::string>& text) {
  if (!text || text->size() != 4) return false;
  std::string small = *text;
  for (char& c : small) c = static_cast<char>(c | 32);
  return small == "true";
}

// What was answered is never shown: it may be half a secret.
Result<std::string> ask(HttpTransport& transport, const HttpTarget& target, std::string_view who,
                        std::string_view method, std::string_view path,
                        std::vector<HttpHeader> headers) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.headers = std::move(headers);
  request.headers.push_back({"Accept", "*/*"});
  request.connect_timeout_ms = request.read_timeout_ms = request.total_timeout_ms = kRequestLimitMs;
  request.keep_alive = false;
  HttpOutcome outcome = transport.exchange(target, request);
  if (const auto* failure = std::get_if<HttpFailure>(&outcome))
    return no_credentials(who, failure->text);
  HttpReply& reply = *std::get_if<HttpReply>(&outcome);
  if (reply.status != 200)
    return no_credentials(who, "it answered with " + std::to_string(reply.status));
  return std::move(reply.body);
}

std::string member(const api::JsonObject& object, std::string_view name) {
  std::string_view text;
  if (object[name].get_string().get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

Result<Credentials> parse_credentials(const std::string& body, std::string_view who) {
  api::JsonParser parser;
  const auto object = parser.parse(body);
  if (!object) return no_credentials(who, "its answer is not JSON");
  Credentials found{member(*object, "AccessKeyId"), member(*object, "SecretAccessKey"),
                    member(*object, "Token")};
  if (const auto code = member(*object, "Code"); !code.empty() && code != "Success")
    return no_credentials(who, "it has none to give");
  return made_credentials(std::move(found), member(*object, "Expiration"), who);
}

// --- The container.

bool is_loopback(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return bytes[0] == 127;
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1)
    return bytes.back() == 1 && std::count(bytes.begin(), bytes.end(), 0) == 15;
  return host == "localhost";
}

bool is_allowed(const HttpTarget& target) {
  constexpr std::array<std::string_view, 3> kAgents = {"169.254.170.2", "169.254.170.23",
                                                       "fd00:ec2::23"};
  return target.is_tls || is_loopback(target.host) ||
         std::find(kAgents.begin(), kAgents.end(), target.host) != kAgents.end();
}

Result<HttpTarget> container_target(const std::optional<std::string>& relative,
                                    const std::optional<std::string>& full, std::string_view who) {
  auto target = relative ? parse_url(std::string(kContainerHost) +
                                         (relative->starts_with('/') ? *relative : "/" + *relative),
                                     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                         : parse_url(*full, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!target) return no_credentials(who, target.error().message);
  if (!is_allowed(*target)) {
    return no_credentials(
        who,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine nor an "
        "agent's address");
  }
  return target;
}

Result<std::vector<HttpHeader>> container_headers(const System& system, std::string_view who) {
  std::string token;
  if (const auto path = system.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    auto text = system.read_file(*path);
    if (!text) return no_credentials(who, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read");
    token = std::move(*text);
  } else if (auto text_in_variable = system.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
    token = std::move(*text_in_variable);
  }
  if (token.find_first_of("\r\n") != std::string::npos)
    return no_credentials(who, "its authorization token has line ends");
  std::vector<HttpHeader> headers;
  if (!token.empty()) headers.push_back({"Authorization", std::move(token)});
  return headers;
}

Result<Credentials> ask_container(const System& system, HttpTransport& transport,
                                  const std::optional<std::string>& relative,
                                  const std::optional<std::string>& full) {
  constexpr std::string_view kWho = "the container's credentials";
  const HttpTarget target = TRY(container_target(relative, full, kWho));
  const auto headers = TRY(container_headers(system, kWho));
  for (int attempt = 1;; ++attempt) {
    auto body = ask(transport, target, kWho, "GET", target.path, headers);
    if (body) return parse_credentials(*body, kWho);
    if (attempt == kContainerAttempts) return std::move(body).error();
  }
}

// --- The instance.

Result<Credentials> ask_instance(const System& system, const Profile& profile,
                                 HttpTransport& transport) {
  constexpr std::string_view kWho = "the instance's metadata service";
  const auto setting = [&](const char* variable, std::string_view name) {
    return system.environment(variable).value_or(std::string(profile.get(name)));
  };
  std::string url = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
  const std::string mode =
      setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
  if (url.empty()) url = mode == "IPv6" || mode == "ipv6" ? kInstanceHost6 : kInstanceHost;
  auto target = parse_url(url, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (!target) return no_credentials(kWho, target.error().message);
  std::string base = target->path;
  while (base.ends_with('/')) base.pop_back();

  const std::string token = TRY(ask(transport, *target, kWho, "PUT", base + "/latest/api/token",
                                    {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}));
  const std::vector<HttpHeader> headers = {{"X-aws-ec2-metadata-token", token}};
  const std::string roles =
      TRY(ask(transport, *target, kWho, "GET", base + std::string(kRolePath), headers));
  const std::string role = roles.substr(0, roles.find_first_of("\r\n"));
  if (role.empty() || role.size() > kRoleBytesMax)
    return no_credentials(kWho, "the instance has no role");
  const std::string body =
      TRY(ask(transport, *target, kWho, "GET", base + std::string(kRolePath) + role, headers));
  return parse_credentials(body, kWho);
}

}  // namespace

std::optional<Result<Credentials>> container_credentials(const System& system,
                                                         HttpTransport& transport) {
  const auto relative = system.environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = system.environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative && !full) return std::nullopt;
  return ask_container(system, transport, relative, full);
}

std::optional<Result<Credentials>> instance_credentials(const System& system,
                                                        const Profile& profile,
                                                        HttpTransport& transport) {
  if (is_true(system.environment("AWS_EC2_METADATA_DISABLED"))) return std::nullopt;
  return ask_instance(system, profile, transport);
}

}  // namespace dynolith::odm
