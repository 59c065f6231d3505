#include "api/dispatcher.h"

#include <exception>

#include "api/auth/authorization.h"
#include "api/error_reply.h"
#include "api/json/reader.h"

namespace dynolith::api {
namespace {

constexpr std::string_view kAmzJson = "application/x-amz-json-1.0";
constexpr std::string_view kPlainJson = "application/json";

// Null: no operation of the service that the target names.
const Operation* operation_of(std::string_view target,
                              const Operation* (*find)(std::string_view name)) {
  constexpr std::pair<std::string_view, Service> kServices[] = {
      {"DynamoDB_20120810.", Service::kTables}, {"DynamoDBStreams_20120810.", Service::kStreams}};
  for (const auto& [prefix, service] : kServices) {
    if (!target.starts_with(prefix)) continue;
    const Operation* operation = find(target.substr(prefix.size()));
    return operation != nullptr && operation->service == service ? operation : nullptr;
  }
  return nullptr;
}

// Tables of one access key and region are apart from those of all others. Neither part can hold a
// slash, so no two pairs share a name.
std::string isolated_scope(const Signer& signer, std::string_view region) {
  std::string scope(signer.access_key);
  return scope.append("/").append(region);
}

}  // namespace

Dispatcher::Dispatcher(storage::Database& database, DispatcherOptions options)
    : database_(database), options_(std::move(options)) {}

bool Dispatcher::may_block(std::string_view target) {
  const Operation* operation = operation_of(target, &find_operation);
  return operation != nullptr && operation->writes;
}

void Dispatcher::handle(const ApiRequest& request, ApiReply& reply) const {
  reply.status = 200;
  reply.body.clear();
  if (request.content_type == kAmzJson) {
    reply.content_type = kAmzJson;
  } else if (request.content_type == kPlainJson) {
    reply.content_type = kPlainJson;
  } else {
    reply.status = 404;
    reply.content_type = "text/xml";
    reply.body = "<UnknownOperationException/>\n";
    return;
  }

  const Operation* operation = nullptr;
  try {
    const auto done = carry_out(request, operation, reply.body);
    if (!done.ok()) answer_error(done.error(), operation, reply);
  } catch (const std::exception& exception) {
    // Only a bug or an exhausted machine comes here.
    answer_error(storage::make_error(ErrorCode::kInternal, exception.what()), operation, reply);
  } catch (...) {
    answer_error(storage::make_error(ErrorCode::kInternal, "unknown exception"), operation, reply);
  }
}

Result<void> Dispatcher::carry_out(const ApiRequest& request, const Operation*& operation,
                                   std::string& reply) const {
  thread_local JsonParser parser;
  JsonObject body;
  if (!request.body.empty()) body = TRY(parser.parse(request.body));

  operation = operation_of(request.target, options_.find);
  if (operation == nullptr) return storage::make_error(ErrorCode::kUnknownOperation);

  const auto signer =
      TRY(read_authorization({request.authorization, request.amz_date, request.query}));
  if (request.body.empty()) return storage::make_error(ErrorCode::kSerialization);

  const std::string_view region = signer.region.empty() ? options_.default_region : signer.region;
  std::string scope;
  if (options_.isolate) scope = isolated_scope(signer, region);
  const OperationContext context{.database = database_,
                                 .scope = scope,
                                 .region = region,
                                 .host = request.host,
                                 .wording = options_.wording,
                                 .value_wording = value_wording(*operation, options_.wording),
                                 .admission = options_.admission.get()};
  return operation->handle(context, body, reply);
}

void Dispatcher::answer_error(const Error& error, const Operation* operation,
                              ApiReply& reply) const {
  auto answer = error_reply(error, operation, options_.wording);
  reply.status = answer.status;
  reply.body = std::move(answer.body);
  if (reply.status < 500 || !options_.log) return;
  std::string line(operation == nullptr ? "request" : operation->name);
  options_.log(line.append(" failed: ").append(error.message));
}

}  // namespace dynolith::api
