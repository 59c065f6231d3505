#include "odm/connection/service_error.h"

#include <algorithm>
#include <iterator>

namespace dynolith::odm {
namespace {

using storage::ErrorScope;
using EngineCode = storage::ErrorCode;

struct Translation {
  ErrorCode code;
  std::string_view exception;  // Empty: the service has no name for it.
};

Translation translate_own(EngineCode code) {
  switch (code) {
    case EngineCode::kUnavailable:
    case EngineCode::kDirectoryInUse:
      return {ErrorCode::kUnavailable, "ServiceUnavailable"};
    case EngineCode::kUnknownOutcome:
      return {ErrorCode::kUnknownOutcome, "InternalServerError"};
    default:
      return {ErrorCode::kInternal, "InternalServerError"};
  }
}

Translation translate(EngineCode code) {
  switch (code) {
    case EngineCode::kValidation:
      return {ErrorCode::kBadRequest, "ValidationException"};
    case EngineCode::kConditionalCheckFailed:
      return {ErrorCode::kConditionFailed, "ConditionalCheckFailedException"};
    case EngineCode::kResourceNotFound:
      return {ErrorCode::kTableNotFound, "ResourceNotFoundException"};
    case EngineCode::kTableNotFound:
      return {ErrorCode::kTableNotFound, "TableNotFoundException"};
    case EngineCode::kResourceInUse:
      return {ErrorCode::kTableInUse, "ResourceInUseException"};
    case EngineCode::kLimitExceeded:
      return {ErrorCode::kLimitExceeded, "LimitExceededException"};
    case EngineCode::kItemCollectionSizeLimitExceeded:
      return {ErrorCode::kLimitExceeded, "ItemCollectionSizeLimitExceededException"};
    case EngineCode::kTransactionCanceled:
      return {ErrorCode::kTransactionCanceled, "TransactionCanceledException"};
    case EngineCode::kTransactionConflict:
      return {ErrorCode::kTransactionConflict, "TransactionConflictException"};
    case EngineCode::kTransactionInProgress:
      return {ErrorCode::kTransactionInProgress, "TransactionInProgressException"};
    case EngineCode::kIdempotentParameterMismatch:
      return {ErrorCode::kIdempotentParameterMismatch, "IdempotentParameterMismatchException"};
    case EngineCode::kProvisionedThroughputExceeded:
      return {ErrorCode::kThrottled, "ProvisionedThroughputExceededException"};
    case EngineCode::kThrottling:
      return {ErrorCode::kThrottled, "ThrottlingException"};
    case EngineCode::kTrimmedDataAccess:
      return {ErrorCode::kTrimmed, "TrimmedDataAccessException"};
    case EngineCode::kAccessDenied:
      return {ErrorCode::kAccessDenied, "AccessDeniedException"};
    default:
      return translate_own(code);
  }
}

struct NamedCode {
  std::string_view name;
  ErrorCode code;
};

constexpr NamedCode kExceptions[] = {
    {"AccessDeniedException", ErrorCode::kAccessDenied},
    {"ConditionalCheckFailedException", ErrorCode::kConditionFailed},
    {"ExpiredTokenException", ErrorCode::kAccessDenied},
    {"IdempotentParameterMismatchException", ErrorCode::kIdempotentParameterMismatch},
    {"IncompleteSignatureException", ErrorCode::kAccessDenied},
    {"InternalServerError", ErrorCode::kUnavailable},
    {"InvalidSignatureException", ErrorCode::kAccessDenied},
    {"ItemCollectionSizeLimitExceededException", ErrorCode::kLimitExceeded},
    {"LimitExceededException", ErrorCode::kLimitExceeded},
    {"MissingAuthenticationTokenException", ErrorCode::kAccessDenied},
    {"ProvisionedThroughputExceededException", ErrorCode::kThrottled},
    {"RequestLimitExceeded", ErrorCode::kThrottled},
    {"ResourceInUseException", ErrorCode::kTableInUse},
    {"ResourceNotFoundException", ErrorCode::kTableNotFound},
    {"ServiceUnavailable", ErrorCode::kUnavailable},
    {"TableAlreadyExistsException", ErrorCode::kTableInUse},
    {"TableInUseException", ErrorCode::kTableInUse},
    {"TableNotFoundException", ErrorCode::kTableNotFound},
    {"ThrottlingException", ErrorCode::kThrottled},
    {"TransactionCanceledException", ErrorCode::kTransactionCanceled},
    {"TransactionConflictException", ErrorCode::kTransactionConflict},
    {"TransactionInProgressException", ErrorCode::kTransactionInProgress},
    {"TrimmedDataAccessException", ErrorCode::kTrimmed},
    {"UnrecognizedClientException", ErrorCode::kAccessDenied},
};

constexpr NamedCode kReasons[] = {
    {"AccessDenied", ErrorCode::kAccessDenied},
    {"ConditionalCheckFailed", ErrorCode::kConditionFailed},
    {"DuplicateItem", ErrorCode::kBadRequest},
    {"ItemCollectionSizeLimitExceeded", ErrorCode::kLimitExceeded},
    {"ProvisionedThroughputExceeded", ErrorCode::kThrottled},
    {"ThrottlingError", ErrorCode::kThrottled},
    {"TransactionConflict", ErrorCode::kTransactionConflict},
    {"ValidationError", ErrorCode::kBadRequest},
};

template <size_t kCount>
ErrorCode find_code(const NamedCode (&codes)[kCount], std::string_view name, ErrorCode otherwise) {
  const auto* found = std::find_if(std::begin(codes), std::end(codes),
                                   [&](const NamedCode& code) { return code.name == name; });
  return found == std::end(codes) ? otherwise : found->code;
}

OperationFailure to_failure(const storage::CancellationReason& reason) {
  OperationFailure failure;
  failure.reason = reason.code;
  failure.message = reason.message;
  failure.item.bytes = reason.item;
  failure.code = code_of_reason(reason.code);
  return failure;
}

}  // namespace

Error to_error(storage::Error error, Envelope envelope) {
  const Translation translation = translate(error.code);
  Error translated;
  translated.code = translation.code;
  translated.service_code = translation.exception;
  translated.message = std::move(error.message);
  const bool is_wrapped = envelope == Envelope::kOneError &&
                          error.code == EngineCode::kValidation &&
                          error.scope == ErrorScope::kRequest;
  if (is_wrapped) translated.message.insert(0, "1 validation error detected: ");
  if (error.detail == nullptr) return translated;
  translated.item.bytes = error.detail->item;
  translated.operations.reserve(error.detail->reasons.size());
  for (const auto& reason : error.detail->reasons) {
    translated.operations.push_back(to_failure(reason));
  }
  return translated;
}

ErrorCode code_of_exception(std::string_view name) {
  return find_code(kExceptions, name, ErrorCode::kBadRequest);
}

ErrorCode code_of_reason(std::string_view reason) {
  return find_code(kReasons, reason, ErrorCode::kInternal);
}

}  // namespace dynolith::odm
