#include "api/auth/sigv4.h"

#include <algorithm>
#include <utility>

#include "api/auth/canonical_request.h"
#include "api/auth/utc_time.h"

namespace dynolith::api {
namespace {

using storage::ErrorCode;
using storage::make_error;
using storage::Result;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

// A value may go on in another line (an old form that the signature knows), never begin one.
bool splits_message(std::string_view value) {
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\n' &&
        (i + 1 == value.size() || (value[i + 1] != ' ' && value[i + 1] != '\t')))
      return true;
    if (value[i] != '\n' && has_control(value.substr(i, 1))) return true;
  }
  return false;
}

// What is refused is named, never shown: it may be a secret.
Result<void> check(const SigningRequest& request) {
  const auto refuse = [](std::string why) {
    return make_error(ErrorCode::kValidation, std::move(why));
  };
  if (request.access_key.empty() || request.secret.empty())
    return refuse("cannot sign without an access key and a secret key");
  const std::pair<std::string_view, std::string_view> checked[] = {
      {"access key", request.access_key},
      {"secret key", request.secret},
      {"session token", request.session_token},
      {"region", request.region},
      {"service", request.service},
      {"method", request.method}};
  for (const auto& [name, text] : checked) {
    if (has_control(text))
      return refuse("control characters in the " + std::string(name) + " of a signature");
  }
  for (const auto& header : request.headers) {
    if (has_control(header.name) || splits_message(header.value))
      return refuse("control characters in a header that is to be signed");
  }
  const auto is_host = [](const SigningHeader& header) {
    return sigv4::lowered(header.name) == "host";
  };
  if (std::none_of(request.headers.begin(), request.headers.end(), is_host))
    return refuse("cannot sign without a Host header");
  if (request.region.empty() || request.service.empty())
    return refuse("cannot sign without a region and a service");
  return {};
}

Result<std::string> time_text(int64_t time_ms) {
  auto text = compact_utc(time_ms);
  if (text.empty()) return make_error(ErrorCode::kValidation, "cannot sign for such a time");
  return text;
}

}  // namespace

Result<SignedHeaders> sign(const SigningRequest& request) {
  TRY(check(request));
  const std::string time = TRY(time_text(request.time_ms));
  const std::string payload_hash = sigv4::sha256_hex(request.payload);
  const sigv4::Scope scope{std::string_view(time).substr(0, 8), request.region, request.service};

  std::vector<SigningHeader> headers = request.headers;
  headers.push_back({"X-Amz-Date", time});
  const bool has_token = !request.session_token.empty();
  const SigningHeader token{"X-Amz-Security-Token", request.session_token};
  if (has_token && request.signs_session_token) headers.push_back(token);
  if (request.declares_payload) headers.push_back({"X-Amz-Content-Sha256", payload_hash});

  SignedHeaders out;
  out.signature = sigv4::signature_of({request.method, request.path, request.normalize_path,
                                       sigv4::parameters_of(request.query), headers, payload_hash},
                                      time, scope, request.secret);
  for (size_t i = request.headers.size(); i < headers.size(); ++i)
    out.added.push_back({std::string(headers[i].name), std::string(headers[i].value)});
  if (has_token && !request.signs_session_token)
    out.added.push_back({std::string(token.name), std::string(token.value)});
  std::string authorization(sigv4::kAlgorithm);
  authorization.append(" Credential=").append(request.access_key).append("/");
  authorization.append(sigv4::to_text(scope)).append(", SignedHeaders=");
  authorization.append(out.signature.signed_headers).append(", Signature=");
  authorization.append(out.signature.hex);
  out.added.push_back({"Authorization", std::move(authorization)});
  return out;
}

Result<SignedQuery> sign_in_query(const SigningRequest& request, int64_t expires_seconds) {
  TRY(check(request));
  const std::string time = TRY(time_text(request.time_ms));
  const sigv4::Scope scope{std::string_view(time).substr(0, 8), request.region, request.service};
  std::string credential(request.access_key);
  credential.append("/").append(sigv4::to_text(scope));

  sigv4::Parameters parameters = sigv4::parameters_of(request.query);
  const size_t own = parameters.size();
  const auto add = [&parameters](std::string_view name, std::string_view value) {
    parameters.emplace_back(name, sigv4::encoded(value));
  };
  add("X-Amz-Algorithm", sigv4::kAlgorithm);
  add("X-Amz-Credential", credential);
  add("X-Amz-Date", time);
  add("X-Amz-SignedHeaders", sigv4::signed_names(request.headers));
  add("X-Amz-Expires", std::to_string(expires_seconds));
  const bool has_token = !request.session_token.empty();
  if (has_token && request.signs_session_token) add("X-Amz-Security-Token", request.session_token);

  SignedQuery out;
  out.signature =
      sigv4::signature_of({request.method, request.path, request.normalize_path, parameters,
                           request.headers, sigv4::sha256_hex(request.payload)},
                          time, scope, request.secret);
  if (has_token && !request.signs_session_token) add("X-Amz-Security-Token", request.session_token);
  add("X-Amz-Signature", out.signature.hex);
  out.query = request.query;
  for (size_t i = own; i < parameters.size(); ++i) {
    if (!out.query.empty()) out.query += '&';
    out.query.append(parameters[i].first).append("=").append(parameters[i].second);
  }
  return out;
}

}  // namespace dynolith::api
