#include "odm/remote/token_service.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "api/auth/canonical_request.h"
#include "api/auth/sigv4.h"
#include "odm/remote/credentials.h"
#include "odm/remote/xml_texts.h"
#include "storage/result.h"

namespace dynolith::odm {
namespace {

constexpr std::string_view kService = "sts";
constexpr std::string_view kContentType = "application/x-www-form-urlencoded; charset=utf-8";
constexpr int64_t kConnectLimitMs = 3'000;
constexpr int64_t kRequestLimitMs = 10'000;
constexpr int kAttempts = 3;
constexpr size_t kShownBytesMax = 500;

class Form {
 public:
  Form(std::string_view action, const RoleRequest& role, int64_t now_ms) {
    add("Action", action);
    add("Version", "2011-06-15");
    add("RoleArn", role.role_arn);
    add("RoleSessionName",
        role.session_name.empty() ? "dynolith-odm-" + std::to_string(now_ms) : role.session_name);
    if (!role.duration_seconds.empty()) add("DurationSeconds", role.duration_seconds);
  }
  void add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_.push_back('&');
    text_.append(name).append("=").append(api::sigv4::encoded(value));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

using Headers = std::vector<HttpHeader>;

Result<Headers> signed_headers(const TokenService& service, const std::string& body,
                               const Credentials& as, std::string_view who) {
  const std::string host = service.endpoint.target.authority();
  api::SigningRequest request;
  request.path = service.endpoint.target.path;
  request.headers = {{"Host", host}, {"Content-Type", kContentType}};
  request.payload = body;
  request.access_key = as.access_key_id;
  request.secret = as.secret_access_key;
  request.session_token = as.session_token;
  request.region = service.endpoint.region;
  request.service = kService;
  request.time_ms = service.clock->now_ms();
  auto made = api::sign(request);
  if (!made) return no_credentials(who, made.error().message);
  Headers headers;
  for (auto& added : made->added)
    headers.push_back({std::move(added.name), std::move(added.value)});
  return headers;
}

std::string_view text_at(const XmlTexts& texts, std::string_view path) {
  const auto found = texts.find(path);
  return found == texts.end() ? std::string_view() : found->second;
}

// "AccessDenied: User: arn:... is not authorized ...", or the status if it says nothing.
std::string reason_of(const HttpReply& reply, const XmlTexts& texts) {
  std::string reason(text_at(texts, "ErrorResponse/Error/Code"));
  if (reason.empty()) return "it answered with " + std::to_string(reply.status);
  if (const auto message = text_at(texts, "ErrorResponse/Error/Message"); !message.empty())
    reason.append(": ").append(message);
  if (reason.size() > kShownBytesMax) {
    size_t size = kShownBytesMax;
    while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80) --size;
    reason.resize(size);
    reason.append("...");
  }
  for (char& c : reason)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return reason;
}

bool may_pass(const HttpFailure& failure) {
  return failure.kind != HttpFailure::Kind::kNotTrusted &&
         failure.kind != HttpFailure::Kind::kRefused;
}

bool may_pass(const HttpReply& reply, std::string_view code) {
  return reply.status >= 500 || reply.status == 429 || code == "Throttling" ||
         code == "ThrottlingException" || code == "RequestLimitExceeded" ||
         code == "IDPCommunicationError";
}

// The texts of the answer, asked for until it is one.
Result<XmlTexts> ask(const TokenService& service, const std::string& body, const Headers& headers,
                     std::string_view who) {
  HttpRequest request;
  request.path = service.endpoint.target.path;
  request.headers = headers;
  request.headers.push_back({"Content-Type", std::string(kContentType)});
  request.headers.push_back({"Accept", "*/*"});
  request.body = body;
  request.connect_timeout_ms = kConnectLimitMs;
  request.read_timeout_ms = request.total_timeout_ms = kRequestLimitMs;
  request.keep_alive = false;
  for (int attempt = 1;; ++attempt) {
    HttpOutcome outcome = service.transport->exchange(service.endpoint.target, request);
    if (const auto* failure = std::get_if<HttpFailure>(&outcome)) {
      if (attempt < kAttempts && may_pass(*failure)) continue;
      return no_credentials(
          who, "no answer from " + service.endpoint.target.to_text() + ": " + failure->text);
    }
    const HttpReply& reply = *std::get_if<HttpReply>(&outcome);
    auto texts = parse_xml_texts(reply.body);
    if (reply.status == 200) {
      if (!texts) return no_credentials(who, "the answer is not XML");
      return std::move(*texts);
    }
    if (!texts) texts.emplace();
    if (attempt < kAttempts && may_pass(reply, text_at(*texts, "ErrorResponse/Error/Code")))
      continue;
    return no_credentials(who, reason_of(reply, *texts));
  }
}

Result<Credentials> credentials_in(const XmlTexts& texts, std::string_view action,
                                   std::string_view who) {
  const auto text = [&](std::string_view name) {
    std::string path(action);
    path.append("Response/").append(action).append("Result/Credentials/").append(name);
    return text_at(texts, path);
  };
  const std::string_view expiration = text("Expiration");
  if (expiration.empty()) return no_credentials(who, "its answer expires at no known moment");
  return made_credentials({std::string(text("AccessKeyId")), std::string(text("SecretAccessKey")),
                           std::string(text("SessionToken"))},
                          expiration, who);
}

}  // namespace

Result<Credentials> TokenService::assume_role(const RoleRequest& role, const Credentials& as,
                                              std::string_view who) const {
  constexpr std::string_view kAction = "AssumeRole";
  Form form(kAction, role, clock->now_ms());
  if (!role.external_id.empty()) form.add("ExternalId", role.external_id);
  const Headers headers = TRY(signed_headers(*this, form.text(), as, who));
  return credentials_in(TRY(ask(*this, form.text(), headers, who)), kAction, who);
}

Result<Credentials> TokenService::assume_role_with_web_identity(const RoleRequest& role,
                                                                std::string_view token,
                                                                std::string_view who) const {
  constexpr std::string_view kAction = "AssumeRoleWithWebIdentity";
  Form form(kAction, role, clock->now_ms());
  form.add("WebIdentityToken", token);
  return credentials_in(TRY(ask(*this, form.text(), {}, who)), kAction, who);
}

}  // namespace dynolith::odm
