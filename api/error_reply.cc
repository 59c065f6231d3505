#include "api/error_reply.h"

#include <cstdlib>

#include "api/classic_wording.h"
#include "api/json/writer.h"

namespace dynolith::api {
namespace {

using storage::CancellationReason;
using storage::Error;
using storage::ErrorCode;
using storage::ErrorScope;

constexpr std::string_view kModelled = "com.amazonaws.dynamodb.v20120810#";
constexpr std::string_view kValidate = "com.amazon.coral.validate#";
constexpr std::string_view kService = "com.amazon.coral.service#";

constexpr std::string_view kEnvelope = "1 validation error detected: ";

struct Shape {
  unsigned status;
  std::string_view prefix, name;
  std::string_view message_member = "message";
};

// Of what the service has and this database has not.
std::string_view name_of_absence(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBackupNotFound:
      return "BackupNotFoundException";
    case ErrorCode::kExportNotFound:
      return "ExportNotFoundException";
    case ErrorCode::kImportNotFound:
      return "ImportNotFoundException";
    case ErrorCode::kGlobalTableNotFound:
      return "GlobalTableNotFoundException";
    case ErrorCode::kPointInTimeRecoveryUnavailable:
      return "PointInTimeRecoveryUnavailableException";
    default:
      return "PolicyNotFoundException";
  }
}

Shape shape_of(ErrorCode code) {
  constexpr Shape kInternalServerError{500, kModelled, "InternalServerError"};
  switch (code) {
    case ErrorCode::kValidation:
      return {400, kValidate, "ValidationException"};
    case ErrorCode::kConditionalCheckFailed:
      return {400, kModelled, "ConditionalCheckFailedException"};
    case ErrorCode::kResourceNotFound:
      return {400, kModelled, "ResourceNotFoundException"};
    case ErrorCode::kTableNotFound:
      return {400, kModelled, "TableNotFoundException"};
    case ErrorCode::kResourceInUse:
      return {400, kModelled, "ResourceInUseException"};
    case ErrorCode::kLimitExceeded:
      return {400, kModelled, "LimitExceededException"};
    case ErrorCode::kItemCollectionSizeLimitExceeded:
      return {400, kModelled, "ItemCollectionSizeLimitExceededException"};
    case ErrorCode::kTransactionCanceled:
      return {400, kModelled, "TransactionCanceledException", "Message"};
    case ErrorCode::kTransactionConflict:
      return {400, kModelled, "TransactionConflictException"};
    case ErrorCode::kTransactionInProgress:
      return {400, kModelled, "TransactionInProgressException", "Message"};
    case ErrorCode::kIdempotentParameterMismatch:
      return {400, kModelled, "IdempotentParameterMismatchException", "Message"};
    case ErrorCode::kDuplicateItem:
      return {400, kModelled, "DuplicateItemException"};
    case ErrorCode::kProvisionedThroughputExceeded:
      return {400, kModelled, "ProvisionedThroughputExceededException"};
    case ErrorCode::kThrottling:
      return {400, kModelled, "ThrottlingException"};
    case ErrorCode::kExpiredIterator:
      return {400, kModelled, "ExpiredIteratorException"};
    case ErrorCode::kTrimmedDataAccess:
      return {400, kModelled, "TrimmedDataAccessException"};
    case ErrorCode::kBackupNotFound:
    case ErrorCode::kExportNotFound:
    case ErrorCode::kImportNotFound:
    case ErrorCode::kGlobalTableNotFound:
    case ErrorCode::kPointInTimeRecoveryUnavailable:
    case ErrorCode::kPolicyNotFound:
      return {400, kModelled, name_of_absence(code)};
    case ErrorCode::kSerialization:
      return {400, kService, "SerializationException", "Message"};
    case ErrorCode::kUnknownOperation:
      return {400, kService, "UnknownOperationException"};
    case ErrorCode::kMissingAuthenticationToken:
      return {400, kService, "MissingAuthenticationTokenException"};
    case ErrorCode::kIncompleteSignature:
      return {400, kService, "IncompleteSignatureException"};
    case ErrorCode::kInvalidSignature:
      return {400, kService, "InvalidSignatureException"};
    case ErrorCode::kUnrecognizedClient:
      return {400, kService, "UnrecognizedClientException"};
    case ErrorCode::kAccessDenied:
      return {400, kService, "AccessDeniedException"};
    case ErrorCode::kUnavailable:
      return {503, kService, "ServiceUnavailable"};
    case ErrorCode::kUnknownOutcome:
    case ErrorCode::kIo:
    case ErrorCode::kCorruption:
    case ErrorCode::kInternal:
    case ErrorCode::kDirectoryInUse:
    case ErrorCode::kDirectoryNotWritable:
    case ErrorCode::kDirectoryCorrupt:
    case ErrorCode::kDirectoryTooNew:
      return kInternalServerError;
  }
  std::abort();  // A value outside the enumeration: a bug, not an input.
}

bool has_envelope(const Error& error, const Operation* operation, Wording wording) {
  return error.code == ErrorCode::kValidation && error.scope == ErrorScope::kRequest &&
         operation != nullptr && operation->envelope == Envelope::kOneError &&
         wording == Wording::kAws2026;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text);
}

void append_encoded_item(std::string& out, std::string_view encoded) {
  out += ",\"Item\":";
  append_item(out, storage::ItemView::trusted(encoded));
}

void append_reasons(std::string& out, const std::vector<CancellationReason>& reasons) {
  out += ",\"CancellationReasons\":[";
  for (size_t i = 0; i < reasons.size(); ++i) {
    const auto& reason = reasons[i];
    out += i == 0 ? "{\"Code\":" : ",{\"Code\":";
    append_json_string(out, reason.code);
    if (!reason.message.empty()) append_member(out, "Message", reason.message);
    if (!reason.item.empty()) append_encoded_item(out, reason.item);
    out += '}';
  }
  out += ']';
}

// The member is spelled with a small letter in ThrottlingException, and only there.
void append_throttling(std::string& out, const Error& error) {
  out += error.code == ErrorCode::kThrottling ? ",\"throttlingReasons\":["
                                              : ",\"ThrottlingReasons\":[";
  const auto& reasons = error.detail->throttling;
  for (size_t i = 0; i < reasons.size(); ++i) {
    out += i == 0 ? "{\"reason\":" : ",{\"reason\":";
    append_json_string(out, reasons[i].reason);
    append_member(out, "resource", reasons[i].resource);
    out += '}';
  }
  out += ']';
}

}  // namespace

ErrorReply error_reply(const Error& error, const Operation* operation, Wording wording) {
  const Shape shape = shape_of(error.code);
  ErrorReply reply;
  reply.status = shape.status;
  auto& body = reply.body;
  body.append("{\"__type\":\"").append(shape.prefix).append(shape.name).append("\"");
  if (shape.status == 500) {
    // What went wrong inside (paths, states of the store) is for the log, not for clients.
    append_member(body, shape.message_member, "Internal server error");
  } else if (has_envelope(error, operation, wording)) {
    append_member(body, shape.message_member, std::string(kEnvelope).append(error.message));
  } else if (!error.message.empty()) {
    const bool classic = error.code == ErrorCode::kValidation && wording == Wording::kClassic;
    append_member(body, shape.message_member,
                  classic ? in_classic_words(error.message) : error.message);
  }
  if (error.detail != nullptr) {
    if (!error.detail->item.empty()) append_encoded_item(body, error.detail->item);
    if (!error.detail->reasons.empty()) append_reasons(body, error.detail->reasons);
    if (!error.detail->throttling.empty()) append_throttling(body, error);
  }
  body += '}';
  return reply;
}

std::string http_error_body(std::string_view type, std::string_view message) {
  std::string body = "{\"__type\":\"";
  body.append(type).append("\"");
  append_member(body, "message", message);
  body += '}';
  return body;
}

}  // namespace dynolith::api
