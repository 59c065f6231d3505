#include "tests/odm/remote/fake_token_service.h"

#include <algorithm>

#include "api/auth/canonical_request.h"
#include "api/auth/sigv4.h"
#include "odm/value.h"

namespace dynolith::test {

using odm::HttpOutcome;
using odm::HttpReply;
using odm::HttpRequest;
using odm::HttpTarget;

namespace {

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& each : request.headers)
    if (each.name == name) return each.value;
  return {};
}

// "AKID/20261121/eu-central-1/sts/aws4_request"
std::string scope_of(const HttpRequest& request) {
  const std::string text = header(request, "Authorization");
  const size_t begin = text.find("Credential=");
  if (begin == std::string::npos) return {};
  return text.substr(begin + 11, text.find(',', begin) - begin - 11);
}

}  // namespace

std::string FakeTokenService::signer(const HttpTarget& target, const HttpRequest& request) const {
  const std::string scope = scope_of(request);
  const std::string key = scope.substr(0, scope.find('/'));
  const auto secret = secrets.find(key);
  if (secret == secrets.end()) return {};
  const auto token = tokens.find(key);
  if (header(request, "X-Amz-Security-Token") != (token == tokens.end() ? "" : token->second))
    return {};
  const std::string host = target.authority();
  api::ReceivedRequest received;
  received.method = request.method;
  received.path = request.path;
  received.headers = {{"host", host}};
  for (const auto& each : request.headers) received.headers.push_back({each.name, each.value});
  received.payload = request.body;
  return api::verify(received, secret->second, "sts", clock_->now_ms()) ? key : "";
}

HttpOutcome FakeTokenService::give(const std::string& action) {
  const std::string number = std::to_string(++given_);
  secrets["ROLE" + number] = "hidden-" + number;
  tokens["ROLE" + number] = "token-" + number;
  const auto expires = odm::timestamp_of_ms(clock_->now_ms() + lifetime_ms);
  return HttpReply{
      200,
      {},
      "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n <" + action +
          "Result>\n  <AssumedRoleUser><Arn>arn:x</Arn></AssumedRoleUser>\n" +
          "  <Credentials>\n   <AccessKeyId>ROLE" + number +
          "</AccessKeyId>\n   <SecretAccessKey>hidden-" + number +
          "</SecretAccessKey>\n   <SessionToken>token-" + number +
          "</SessionToken>\n   <Expiration>" + odm::to_iso_text(expires) +
          "</Expiration>\n  </Credentials>\n </" + action + "Result>\n</" + action + "Response>\n"};
}

HttpOutcome FakeTokenService::exchange(const HttpTarget& target, const HttpRequest& request) {
  Asked now{target.to_text(), {}, {}, signer(target, request)};
  std::string_view scope_text;
  const std::string scope = scope_of(request);
  scope_text = scope;
  for (int part = 0; part < 2; ++part) api::sigv4::take_until(scope_text, '/');
  now.region = scope_text.substr(0, scope_text.find('/'));
  std::string_view rest = request.body;
  while (!rest.empty()) {
    std::string_view member = api::sigv4::take_until(rest, '&');
    const std::string_view name = api::sigv4::take_until(member, '=');
    now.form[std::string(name)] = api::sigv4::decoded(member);
  }
  asked.push_back(now);
  const std::string& action = now.form["Action"];
  if (now.form["Version"] != "2011-06-15" ||
      !header(request, "Content-Type").starts_with("application/x-www-form-urlencoded"))
    return token_service_error(400, "InvalidAction", "no such action");
  if (action == "AssumeRoleWithWebIdentity") {
    if (!identities.contains(now.form["WebIdentityToken"]))
      return token_service_error(400, "InvalidIdentityToken", "nobody knows this token");
    return give(action);
  }
  if (now.access_key.empty())
    return token_service_error(403, "SignatureDoesNotMatch", "the signature does not match");
  if (now.form["RoleArn"].ends_with("/forbidden")) {
    return token_service_error(403, "AccessDenied",
                               "User: " + now.access_key + " is not authorized to &lt;assume&gt;");
  }
  return give(action);
}

HttpOutcome token_service_error(int status, const std::string& code, const std::string& message) {
  return HttpReply{status,
                   {},
                   "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
                   "<Type>Sender</Type><Code>" +
                       code + "</Code><Message>" + message +
                       "</Message></Error><RequestId>1</RequestId></ErrorResponse>"};
}

}  // namespace dynolith::test
