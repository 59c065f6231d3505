#include "odm/remote/http_service_client.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "api/auth/sigv4.h"
#include "api/auth/utc_time.h"
#include "odm/remote/credentials_chain.h"
#include "odm/remote/endpoint.h"
#include "odm/remote/http_pool.h"
#include "odm/remote/profile.h"
#include "odm/remote/retry.h"
#include "odm/remote/system.h"
#include "storage/result.h"

namespace dynolith::odm {
namespace {

constexpr std::string_view kService = "dynamodb";
constexpr std::string_view kStreamsTarget = "DynamoDBStreams_";
constexpr std::string_view kContentType = "application/x-amz-json-1.0";
constexpr std::string_view kUserAgent = "dynolith-odm";
// A signature is accepted some minutes around its time. Below this the clock was not the reason.
constexpr int64_t kClockToleranceMs = 2 * 60 * 1000;
constexpr int kAttemptsMax = 100;
constexpr size_t kConnectionsMax = 10'000;
constexpr int64_t kTimeoutMaxMs = 24LL * 60 * 60 * 1000;

// What one attempt came to.
struct Attempt {
  std::variant<ServiceReply, Error> outcome;
  Verdict verdict = Verdict::kFinal;
  bool timed_out = false;
  bool may_have_happened = false;    // It was sent, and there is no answer.
  bool credentials_expired = false;  // Says the service.
};

class HttpServiceClient : public ServiceClient {
 public:
  HttpServiceClient(RemoteOptions options, Endpoints endpoints, Surroundings surroundings)
      : options_(std::move(options)),
        endpoints_(std::move(endpoints)),
        surroundings_(std::move(surroundings)),
        credentials_(credentials_chain(options_, surroundings_.system, surroundings_.transport,
                                       surroundings_.clock),
                     surroundings_.clock) {
    user_agent_ = kUserAgent;
    if (!options_.user_agent_suffix.empty())
      user_agent_.append(" ").append(options_.user_agent_suffix);
    options_.credentials = {};  // The chain has them.
  }

  Result<ServiceReply> call(std::string_view target, const std::string& body,
                            CallKind kind) override;
  storage::Clock& clock() override { return *surroundings_.clock; }
  storage::IdSource& ids() override { return *surroundings_.ids; }
  void wait_ms(int64_t milliseconds) override { surroundings_.wait(milliseconds); }

 private:
  Attempt attempt(std::string_view target, const std::string& body, CallKind kind,
                  int64_t deadline_ms, CredentialsPtr& used);
  Result<std::vector<HttpHeader>> signed_headers(const HttpTarget& endpoint,
                                                 std::string_view target, const std::string& body,
                                                 const Credentials& credentials);
  Attempt judged(HttpReply reply, const HttpTarget& endpoint, CallKind kind);
  bool correct_clock(const HttpReply& reply);
  bool has_newer_credentials(const CredentialsPtr& expired);

  RemoteOptions options_;
  const Endpoints endpoints_;
  const Surroundings surroundings_;
  CredentialsProvider credentials_;
  RetryTokens tokens_;
  std::string user_agent_;
  std::atomic<int64_t> clock_offset_ms_{0};  // The service's clock less ours.
};

// --- One attempt.

Result<std::vector<HttpHeader>> HttpServiceClient::signed_headers(const HttpTarget& endpoint,
                                                                  std::string_view target,
                                                                  const std::string& body,
                                                                  const Credentials& credentials) {
  const std::string host = endpoint.authority();
  api::SigningRequest request;
  request.path = endpoint.path;
  request.headers = {{"Host", host}, {"Content-Type", kContentType}, {"X-Amz-Target", target}};
  request.payload = body;
  request.access_key = credentials.access_key_id;
  request.secret = credentials.secret_access_key;
  request.session_token = credentials.session_token;
  request.region = endpoints_.region;
  request.service = kService;
  request.time_ms = surroundings_.clock->now_ms() + clock_offset_ms_;
  auto made = api::sign(request);
  if (!made) return make_error(ErrorCode::kBadRequest, made.error().message);

  std::vector<HttpHeader> headers;
  headers.reserve(5 + made->added.size());
  for (size_t i = 1; i < request.headers.size(); ++i)
    headers.push_back(
        {std::string(request.headers[i].name), std::string(request.headers[i].value)});
  for (auto& added : made->added)
    headers.push_back({std::move(added.name), std::move(added.value)});
  // The checksum is of what is sent: uncompressed.
  headers.push_back({"Accept-Encoding", "identity"});
  headers.push_back({"User-Agent", user_agent_});
  return headers;
}

Attempt failed(Error error) {
  Attempt made;
  made.outcome = std::move(error);
  return made;
}

Error no_answer(const HttpFailure& failure, const HttpTarget& endpoint) {
  const auto code = failure.kind == HttpFailure::Kind::kTimedOut  ? ErrorCode::kTimeout
                    : failure.kind == HttpFailure::Kind::kRefused ? ErrorCode::kBadRequest
                                                                  : ErrorCode::kNetwork;
  return make_error(code, "no answer from " + endpoint.to_text() + ": " + failure.text);
}

Attempt HttpServiceClient::attempt(std::string_view target, const std::string& body, CallKind kind,
                                   int64_t deadline_ms, CredentialsPtr& used) {
  auto credentials = credentials_.get();
  if (!credentials) return failed(std::move(credentials).error());
  used = *credentials;
  const HttpTarget& endpoint =
      target.starts_with(kStreamsTarget) ? endpoints_.streams : endpoints_.tables;
  auto headers = signed_headers(endpoint, target, body, *used);
  if (!headers) return failed(std::move(headers).error());

  HttpRequest request;
  request.path = endpoint.path;
  request.headers = std::move(*headers);
  request.body = body;
  request.connect_timeout_ms = options_.connect_timeout_ms;
  request.read_timeout_ms = options_.read_timeout_ms;
  request.total_timeout_ms = deadline_ms - surroundings_.clock->monotonic_ms();
  HttpOutcome outcome = surroundings_.transport->exchange(endpoint, request);
  if (auto* reply = std::get_if<HttpReply>(&outcome))
    return judged(std::move(*reply), endpoint, kind);

  const HttpFailure& failure = *std::get_if<HttpFailure>(&outcome);
  Attempt made = failed(no_answer(failure, endpoint));
  made.verdict = verdict_on(failure, kind);
  made.timed_out = failure.kind == HttpFailure::Kind::kTimedOut;
  made.may_have_happened = failure.was_sent;
  return made;
}

Attempt HttpServiceClient::judged(HttpReply reply, const HttpTarget& endpoint, CallKind kind) {
  if (!is_intact(reply)) {
    const HttpFailure failure{HttpFailure::Kind::kMalformed, true, "its checksum does not match"};
    Attempt made = failed(no_answer(failure, endpoint));
    made.verdict = verdict_on(failure, kind);
    made.may_have_happened = true;
    return made;
  }
  Attempt made;
  const std::string code = service_code_of(reply);
  made.verdict = verdict_on(reply, code, kind);
  if (made.verdict == Verdict::kCorrectClock && !correct_clock(reply))
    made.verdict = Verdict::kFinal;
  std::string request_id(reply.header("x-amzn-requestid"));
  if (made.verdict == Verdict::kUnknown) {
    Error error = make_error(ErrorCode::kUnknownOutcome,
                             "the service failed with status " + std::to_string(reply.status));
    error.service_code = code;
    error.request_id = std::move(request_id);
    error.http_status = reply.status;
    made.outcome = std::move(error);
    return made;
  }
  made.credentials_expired = code == "ExpiredTokenException" || code == "ExpiredToken";
  made.outcome = ServiceReply{reply.status, std::move(reply.body), std::move(request_id)};
  return made;
}

// True if the clock was what was wrong with the signature, and now is corrected.
bool HttpServiceClient::correct_clock(const HttpReply& reply) {
  const auto theirs = api::parse_utc(reply.header("date"));
  if (!theirs) return false;
  const int64_t offset = *theirs - surroundings_.clock->now_ms();
  const int64_t before = clock_offset_ms_;
  if (std::abs(offset - before) < kClockToleranceMs) return false;
  clock_offset_ms_ = offset;
  return true;
}

// Somebody may have renewed them in the files, or their source gives new ones earlier than they
// said.
bool HttpServiceClient::has_newer_credentials(const CredentialsPtr& expired) {
  credentials_.discard(expired);
  const auto newer = credentials_.get();
  return newer.ok() && ((*newer)->access_key_id != expired->access_key_id ||
                        (*newer)->session_token != expired->session_token);
}

// --- All attempts.

int64_t limit_of(int64_t milliseconds) {
  return std::clamp<int64_t>(milliseconds, 1, kTimeoutMaxMs);
}

Error unknown_outcome(Error error) {
  error.message.append("; the write was sent and may have been carried out");
  error.code = ErrorCode::kUnknownOutcome;
  return error;
}

// What the caller gets when `made` was the last of `attempts`.
Result<ServiceReply> final_answer(Attempt made, bool earlier_may_have_happened, CallKind kind,
                                  int attempts) {
  if (auto* reply = std::get_if<ServiceReply>(&made.outcome)) {
    const bool is_answer =
        made.verdict == Verdict::kFinal || made.verdict == Verdict::kCorrectClock;
    if (is_answer || !earlier_may_have_happened || kind == CallKind::kRead)
      return std::move(*reply);
    Error error = make_error(ErrorCode::kUnknownOutcome, "the service answered with status " +
                                                             std::to_string(reply->status) +
                                                             " in the end, and not at all before");
    error.http_status = reply->status;
    error.request_id = std::move(reply->request_id);
    return unknown_outcome(std::move(error));
  }
  Error error = std::move(*std::get_if<Error>(&made.outcome));
  if (attempts > 1) error.message.append(" (attempt ").append(std::to_string(attempts)).append(")");
  const bool may_have_happened =
      made.may_have_happened || earlier_may_have_happened || made.verdict == Verdict::kUnknown;
  if (may_have_happened && kind != CallKind::kRead) return unknown_outcome(std::move(error));
  return error;
}

Result<ServiceReply> HttpServiceClient::call(std::string_view target, const std::string& body,
                                             CallKind kind) {
  storage::Clock& clock = *surroundings_.clock;
  const int64_t deadline_ms = clock.monotonic_ms() + options_.total_timeout_ms;
  int cost_of_retry = 0;
  bool clock_corrected = false, credentials_renewed = false, may_have_happened = false;
  for (int number = 1;; ++number) {
    CredentialsPtr used;
    Attempt made = attempt(target, body, kind, deadline_ms, used);
    if (made.credentials_expired && !credentials_renewed && number < options_.max_attempts) {
      credentials_renewed = true;
      if (has_newer_credentials(used)) continue;
    }
    if (made.verdict == Verdict::kFinal && std::holds_alternative<ServiceReply>(made.outcome))
      tokens_.give(cost_of_retry);
    const bool is_over = made.verdict == Verdict::kFinal || made.verdict == Verdict::kUnknown ||
                         number >= options_.max_attempts ||
                         (made.verdict == Verdict::kCorrectClock && clock_corrected);
    if (is_over) return final_answer(std::move(made), may_have_happened, kind, number);

    int64_t wait = 0;
    if (made.verdict == Verdict::kCorrectClock) {
      clock_corrected = true;
    } else {
      cost_of_retry = RetryTokens::cost(made.timed_out);
      wait = backoff_ms(number - 1, made.verdict == Verdict::kRetryThrottled, ids());
      if (clock.monotonic_ms() + wait >= deadline_ms || !tokens_.take(cost_of_retry))
        return final_answer(std::move(made), may_have_happened, kind, number);
    }
    may_have_happened |= made.may_have_happened;
    if (wait > 0) wait_ms(wait);
  }
}

Result<void> check(RemoteOptions& options) {
  if (options.max_attempts < 1 || options.max_attempts > kAttemptsMax)
    return make_error(ErrorCode::kBadRequest, "max_attempts is not from 1 to 100");
  if (options.connections_max < 1 || options.connections_max > kConnectionsMax)
    return make_error(ErrorCode::kBadRequest, "connections_max is not from 1 to 10000");
  const std::string& suffix = options.user_agent_suffix;
  if (!std::all_of(suffix.begin(), suffix.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
    return make_error(ErrorCode::kBadRequest,
                      "user_agent_suffix has characters that a header cannot have");
  }
  options.connect_timeout_ms = limit_of(options.connect_timeout_ms);
  options.read_timeout_ms = limit_of(options.read_timeout_ms);
  options.total_timeout_ms = limit_of(options.total_timeout_ms);
  return {};
}

Result<void> complete(Surroundings& surroundings, RemoteOptions& options, bool is_tls) {
  if (surroundings.clock == nullptr) surroundings.clock = storage::system_clock();
  if (surroundings.ids == nullptr) surroundings.ids = storage::system_id_source();
  if (!surroundings.wait) {
    surroundings.wait = [](int64_t milliseconds) {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    };
  }
  if (surroundings.transport != nullptr) return {};
  if (options.ca_bundle.empty())
    options.ca_bundle = surroundings.system->environment("AWS_CA_BUNDLE").value_or(std::string());
  auto pool =
      std::make_shared<HttpPool>(HttpPoolOptions{options.connections_max, options.idle_timeout_ms,
                                                 options.ca_bundle, options.verify_tls},
                                 surroundings.clock);
  if (is_tls) TRY(pool->prepare_tls());
  surroundings.transport = std::move(pool);
  return {};
}

}  // namespace

Result<std::shared_ptr<ServiceClient>> make_service_client(RemoteOptions options,
                                                           Surroundings surroundings) {
  TRY(check(options));
  if (surroundings.system == nullptr) surroundings.system = real_system();
  const Profile profile = Profile::load(*surroundings.system, options.profile);
  auto endpoints = TRY(resolve_endpoints(options, *surroundings.system, profile));
  TRY(complete(surroundings, options, endpoints.tables.is_tls));
  std::shared_ptr<ServiceClient> client = std::make_shared<HttpServiceClient>(
      std::move(options), std::move(endpoints), std::move(surroundings));
  return client;
}

}  // namespace dynolith::odm
