#include "tests/odm/remote/in_process_client.h"

#include <algorithm>
#include <stdexcept>

namespace dynolith::odm {

namespace {

constexpr std::string_view kAuthorization =
    "AWS4-HMAC-SHA256 Credential=key/20261121/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0";

std::unique_ptr<storage::Database> open_in_memory(std::shared_ptr<storage::Clock> clock) {
  storage::DatabaseOptions options;
  options.clock = std::move(clock);
  auto database = storage::Database::open(std::move(options));
  if (!database.ok()) throw std::runtime_error(database.error().message);
  return std::move(database).value();
}

}  // namespace

size_t TestClient::count(std::string_view operation) const {
  return static_cast<size_t>(std::count_if(calls.begin(), calls.end(), [&](const Call& call) {
    return call.target.substr(call.target.find('.') + 1) == operation;
  }));
}

InProcessClient::InProcessClient()
    : database_(open_in_memory(clock_)), dispatcher_(*database_, {}) {}

Result<ServiceReply> InProcessClient::answer(const Call& call) {
  if (instead) {
    if (auto reply = instead(call)) return *std::move(reply);
  }
  api::ApiRequest request{};
  request.target = call.target;
  request.content_type = "application/x-amz-json-1.0";
  request.authorization = kAuthorization;
  request.amz_date = "20261121T000000Z";
  request.body = call.body;
  api::ApiReply reply = dispatcher_.handle(request);
  return ServiceReply{static_cast<int>(reply.status), std::move(reply.body), "request-1"};
}

ScriptedClient& ScriptedClient::add(std::string_view body, int status) {
  replies_.push_back({status, json_of(body), "request-1"});
  return *this;
}

Result<ServiceReply> ScriptedClient::answer(const Call&) {
  ServiceReply reply = replies_.front();
  if (replies_.size() > 1) replies_.pop_front();
  return reply;
}

std::string json_of(std::string_view quoted) {
  std::string text(quoted);
  std::replace(text.begin(), text.end(), '\'', '"');
  return text;
}

}  // namespace dynolith::odm
